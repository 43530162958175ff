/** Sentences and words that more than one component shows. */
import { formatAmount, formatDuration, formatShare, unitWord } from "../model/format.ts";
import type { Health } from "../model/outcome.ts";
import type { AccountView, DashboardView, QuotaView } from "../model/view.ts";
import { tightestFirst } from "../model/view.ts";
import { clockText, isoDate, wallTime } from "../model/time.ts";

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

/** What is used of what, in words: `97.2 of 135 requests`, `$12.84 of $48.00`; empty where the percentage says it all. */
export function usedText(quota: QuotaView): string {
  if (quota.unit === "percent") return "";
  const unit = unitWord(quota.unit);
  const limit = quota.limit === null ? "" : ` of ${formatAmount(quota.limit, quota.unit)}`;
  return `${formatAmount(quota.used, quota.unit)}${limit}${unit ? ` ${unit}` : ""}`;
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

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEK_MS = 6 * 86_400_000;

/** An instant in the zone: `15:22` of the same day, `Sun 10:42` within a week, `28 Nov 17:00` beyond. */
export function instantText(at: number, now: number, zone: string): string {
  const clock = clockText(at, zone);
  if (isoDate(at, zone) === isoDate(now, zone)) return clock;
  const { year, month, day } = wallTime(at, zone);
  if (Math.abs(at - now) < WEEK_MS) {
    return `${WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]} ${clock}`;
  }
  return `${day} ${MONTHS[month - 1]} ${clock}`;
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
