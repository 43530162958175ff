/** Sentences and words that more than one component shows. */
import { formatAmount, formatDuration, formatShare, unitWord } from "../model/format.ts";
import type { Health } from "../model/outcome.ts";
import type { AccountView, DashboardView, QuotaView } from "../model/view.ts";
import { tightestFirst } from "../model/view.ts";
import { clockText, wallText } from "../model/time.ts";

const FAILURE_WORDS = {
  missing: "No credential",
  auth: "Login refused",
  rate_limited: "Told to wait",
  unavailable: "Vendor unreachable",
  bad_response: "Answer not understood",
} as const;

/** The health of an account in a few words. */
export function healthWord(health: Health): string {
  switch (health.state) {
    case "fresh":
      return "Up to date";
    case "new":
      return "Not asked yet";
    case "off":
      return "No longer configured";
    case "stale":
      return "Stale";
    case "waiting":
    case "failing":
      return health.failure === null ? "Failing" : FAILURE_WORDS[health.failure];
  }
}

/** What is used, in words: `97.2 of 135 requests`, `$12.84 of $48.00`, `unknown of 1000 credits`. */
export function usedText(quota: QuotaView): string {
  const unit = unitWord(quota.unit);
  const used = formatAmount(quota.used, quota.unit);
  if (quota.unit === "percent") return `${used} used`;
  const limit = quota.limit === null ? "" : ` of ${formatAmount(quota.limit, quota.unit)}`;
  return `${used}${limit}${unit ? ` ${unit}` : ""} used`;
}

/** What is left, in words; below nothing is said as being over. */
export function leftText(quota: QuotaView): string {
  if (quota.remaining === null) return "";
  const amount = formatAmount(Math.abs(quota.remaining), quota.unit);
  return quota.remaining < 0 ? `${amount} over` : `${amount} left`;
}

/** What there is to say of the reset at `now`, without the countdown itself. */
export function resetState(quota: QuotaView, now: number): "none" | "ahead" | "passed" {
  if (quota.resetsAt === null) return "none";
  return quota.resetsAt > now ? "ahead" : "passed";
}

/** An instant in the zone, with the date where it is not within the same day. */
export function instantText(at: number, now: number, zone: string): string {
  return Math.abs(at - now) < 20 * 3_600_000 ? clockText(at, zone) : wallText(at, zone);
}

/** The one sentence at the top of the page. */
export function summarySentence(view: DashboardView, now: number): string {
  if (view.accounts.length === 0) return "No account is configured yet";
  const [tightest] = tightestFirst(view);
  if (!tightest || tightest.share === null) {
    return view.accounts.every((account) => account.at === null)
      ? "Waiting for the first reading"
      : "No quota states how full it is";
  }
  const owner = view.accounts.find((account) => account.quotas.includes(tightest));
  const reset = tightest.resetsAt !== null && tightest.resetsAt > now
    ? `, resets in ${formatDuration(tightest.resetsAt - now)}`
    : "";
  return `${owner ? `${accountTitle(owner)} ` : ""}${tightest.label} is the tightest: ${
    formatShare(tightest.share)
  } used${reset}`;
}

/** `Synthetic`, or `Synthetic work` where the account has a name of its own. */
export function accountTitle(account: AccountView): string {
  return account.name === "default" ? account.providerName : `${account.providerName} ${account.name}`;
}
