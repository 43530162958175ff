/** Sentences and words that more than one component shows. */
import { instantText } from "./dates.ts";
import {
  formatAmount,
  formatDuration,
  formatShare,
  formatWindow,
  unitWord,
  UNKNOWN,
} from "../model/format.ts";
import { LEAST_STALE_MS, staleAfterMs } from "../model/health.ts";
import type { Health } from "../model/outcome.ts";
import { type AccountView, type DashboardView, type QuotaView, tightestFirst } from "../model/view.ts";
import { harmless } from "../text.ts";

const FAILURE_WORDS = {
  missing: "No credential",
  auth: "Login refused",
  rate_limited: "Told to wait",
  unavailable: "Vendor unreachable",
  bad_response: "Answer not understood",
} as const;

/**
 * Whether the figures of an account are old at `now`. The server said so when it made the view; a page that
 * hears nothing more has to notice by itself.
 */
export function isStale({ at, health }: AccountView, now: number): boolean {
  const { state, triedAt, nextAt } = health;
  if (state === "stale" || state === "off") return true;
  if (at === null || state === "new") return false;
  if (state !== "fresh") return now - at > LEAST_STALE_MS;
  return triedAt !== null && nextAt !== null && now - at > staleAfterMs(nextAt - triedAt);
}

/** The health of an account in a few words. */
export function healthWord(account: AccountView, now: number): string {
  const { health } = account;
  if (account.paused) return "Polling is off";
  if (health.state === "fresh" && isStale(account, now)) return "Stale";
  return stateWord(health);
}

function stateWord(health: Health): string {
  switch (health.state) {
    case "fresh":
      return "Up to date";
    case "new":
      return "Not asked yet";
    case "off":
      return "No longer configured";
    case "stale":
      return "Stale";
    case "expired":
      return "Login expired";
    case "waiting":
    case "failing":
      return health.failure === null ? "Failing" : FAILURE_WORDS[health.failure];
  }
}

/** What is used of what, in words: `97.2 of 135 requests`, `$12.84 of $48.00`; empty where the percentage says it all. */
export function usedText(quota: QuotaView): string {
  if (quota.unit === "percent" || (quota.used === null && quota.limit === null)) return "";
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

/** The one figure a card shows large: the share where it is known, else what is left, else what is used. */
export function headlineOf(quota: QuotaView): { readonly figure: string; readonly word: string } {
  const { share, remaining, used, unit } = quota;
  if (share !== null) return { figure: formatShare(share), word: "used" };
  const word = unitWord(unit);
  const ofUnit = (rest: string) => word ? `${word} ${rest}` : rest;
  if (remaining !== null) {
    return {
      figure: formatAmount(Math.abs(remaining), unit),
      word: ofUnit(remaining < 0 ? "over" : "left"),
    };
  }
  if (used !== null) return { figure: formatAmount(used, unit), word: ofUnit("used") };
  return { figure: UNKNOWN, word: "" };
}

/** What there is to say of the reset at `now`, without the countdown itself. */
export function resetState(quota: QuotaView, now: number): "none" | "ahead" | "passed" {
  if (quota.resetsAt === null) return "none";
  return quota.resetsAt > now ? "ahead" : "passed";
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
  return `${owner ? `${accountTitle(owner)} ` : ""}${quotaTitle(tightest)} is the tightest: ${
    formatShare(tightest.share)
  } used${reset}`;
}

/**
 * The title of the document: the fullest quota first, since a tab shows no more than a few letters.
 *
 * @param view null where its figures are not to be trusted
 * @param title of the page; empty for the overview
 */
export function titleWith(view: Pick<DashboardView, "accounts"> | null, title: string): string {
  const tightest = view === null ? undefined : tightestFirst(view)[0];
  const figure = tightest && tightest.share !== null
    ? `${formatShare(tightest.share)} ${quotaTitle(tightest)}`
    : "";
  return [figure, title, "Syntrack"].filter((part) => part !== "").join(" - ");
}

/** The newest snapshot in a view, epoch milliseconds, or null before the first. */
export function newestSnapshot({ accounts }: Pick<DashboardView, "accounts">): number | null {
  return accounts.reduce<number | null>(
    (newest, { at }) => at !== null && at > (newest ?? 0) ? at : newest,
    null,
  );
}

/** Changes with every setting that changes how a page looks. */
export function settingsMark({ settings }: Pick<DashboardView, "settings">): string {
  const { display, zone, thresholds, theme, density } = settings;
  return [display, zone, thresholds.warning, thresholds.critical, theme, density].join(" ");
}

const WINDOW_WORDS = {
  fixed: "window",
  calendar: "billing period",
  rolling: "rolling window",
  balance: "balance",
} as const;

/** What a quota is counted over: `window of 5 h`, `billing period`. */
export function windowText({ window }: QuotaView): string {
  const word = WINDOW_WORDS[window.kind];
  return window.seconds === null ? word : `${word} of ${formatWindow(window.seconds)}`;
}

/** Texts from outside are shown up to so many characters. */
const LONGEST_TITLE = 80;
const LONGEST_PLAN = 40;

/** Text from outside as it may be shown: harmless, and not longer than there is room for. */
function shown(text: string, most = LONGEST_TITLE): string {
  const characters = [...harmless(text).trim()];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}\u2026` : characters.join("");
}

/** `Synthetic`, or `Synthetic work` where the account has a name of its own. */
export function accountTitle({ label, name, providerName, provider }: AccountView): string {
  const own = shown(label ?? "");
  if (own !== "") return own;
  return shown(name === "default" ? providerName : `${providerName} ${name}`) || shown(provider);
}

/** The label of a quota; its key where the vendor gave it none. */
export function quotaTitle({ label, quota }: QuotaView): string {
  return shown(label) || shown(quota);
}

/** The plan of an account; empty where there is nothing to show. */
export function planText({ plan }: AccountView): string {
  return shown(plan ?? "", LONGEST_PLAN);
}

/** Where a quota is heading, in a few words; empty where nothing can be said yet. */
export function outlookText({ forecast }: QuotaView, now: number, zone: string): string {
  switch (forecast?.state) {
    case "runs-dry":
      return forecast.emptyAt === null
        ? "runs dry"
        : `runs dry at ${instantText(forecast.emptyAt, now, zone)}`;
    case "tight":
      return "tight until its reset";
    case "lasts":
      return "lasts until its reset";
    default:
      return "";
  }
}
