/** Sentences and words that more than one component shows. */
import { shareText } from "./amounts.ts";
import { instantText } from "./dates.ts";
import { formatDuration, formatPlan, formatRate, formatWindow } from "../model/view/format.ts";
import { forecastWord, outlookWords } from "../model/view/forecast_words.ts";
import { isFuture } from "../model/time.ts";
import { MIN_STALE_MS, staleAfterMs } from "../model/view/health.ts";
import { statesAmount } from "../model/quota.ts";
import type { Health } from "../model/outcome.ts";
import {
  type AccountView,
  type DashboardView,
  type Display,
  type QuotaView,
  readEveryMs,
  tightestFirst,
} from "../model/view/view.ts";
import { harmless } from "../base/text.ts";

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
export function isStale(account: AccountView, now: number): boolean {
  const { at, health: { state, triedAt, nextAt } } = account;
  if (state === "stale" || state === "off") return true;
  if (at === null || state === "new") return false;
  if (isFuture(at, now)) return true;
  if (state !== "fresh") return now - at > MIN_STALE_MS;
  const plannedMs = triedAt === null || nextAt === null ? 0 : nextAt - triedAt;
  const everyMs = Math.max(plannedMs, readEveryMs(account) ?? 0);
  return everyMs > 0 && now - at > staleAfterMs(everyMs);
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

/** What there is to say of the reset at `now`, without the countdown itself. */
export function resetState(quota: QuotaView, now: number): "none" | "ahead" | "passed" | "overdue" {
  if (quota.resetsAt === null) return "none";
  if (quota.resetsAt > now) return "ahead";
  // What was read after it is no older than it: then the vendor itself is late.
  return quota.at < quota.resetsAt ? "passed" : "overdue";
}

/**
 * The title of the document: the fullest quota first, since a tab shows no more than a few letters.
 *
 * @param view null where its figures are not to be trusted
 * @param title of the page; empty for the overview
 */
export function titleWith(
  view: Pick<DashboardView, "accounts" | "settings"> | null,
  title: string,
): string {
  const tightest = view === null ? undefined : tightestFirst(view)[0];
  const figure = view !== null && tightest && tightest.share !== null
    ? `${shareText(tightest.share, view.settings.display)} ${quotaTitle(tightest)}`
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
export function settingsMark({ settings, accounts }: Pick<DashboardView, "settings" | "accounts">): string {
  const { display, zone, thresholds, theme, density } = settings;
  const names = accounts.map(({ key, label = "", paused = false }) => `${key} ${label} ${paused}`);
  return [
    display,
    zone,
    thresholds.warning,
    thresholds.critical,
    theme,
    density,
    // Names and order of accounts in a few letters, for the mark stands in every page.
    shortHash(names.join("\n")),
  ].join(" ");
}

/** Tells apart texts of which one takes the place of another; 32 bits of FNV-1a. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}

const WINDOW_WORDS = {
  fixed: "window",
  calendar: "billing period",
  rolling: "rolling window",
  balance: "balance",
  allocation: "allocation",
} as const;

/** What a quota is counted over: `window of 5 h`, `billing period`. */
export function windowText({ window }: QuotaView): string {
  const word = WINDOW_WORDS[window.kind];
  return window.seconds === null ? word : `${word} of ${formatWindow(window.seconds)}`;
}

/** Texts from outside are shown up to so many characters. */
const MAX_TITLE = 80;
const MAX_PLAN = 40;

/** Text from outside as it may be shown: harmless, and not longer than there is room for. */
function shown(text: string, most = MAX_TITLE): string {
  const characters = [...harmless(text).trim()];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}\u2026` : characters.join("");
}

/** `Synthetic`, or `Synthetic work` where the account has a name of its own. */
export function accountTitle(
  { label, name, providerName, provider }: Pick<AccountView, "label" | "name" | "providerName" | "provider">,
): string {
  const own = shown(label ?? "");
  if (own !== "") return own;
  return shown(name === "default" ? providerName : `${providerName} ${name}`) || shown(provider);
}

/** The label of a quota; its key where the vendor gave it none. */
export function quotaTitle({ label, quota }: Pick<QuotaView, "label" | "quota">): string {
  return shown(label) || shown(quota);
}

/** Account and quota in one name: a vendor that puts its name before its quotas is not named twice. */
export function fullTitle(
  account: Pick<AccountView, "label" | "name" | "providerName" | "provider">,
  quota: Pick<QuotaView, "label" | "quota">,
): string {
  const own = accountTitle(account);
  const title = quotaTitle(quota);
  return `${own} ${withoutName(title, own, account.providerName)}`;
}

function withoutName(title: string, own: string, name: string): string {
  const starts = (text: string) => text.toLowerCase().startsWith(`${name.toLowerCase()} `);
  return name !== "" && starts(`${own} `) && starts(title)
    ? title.slice(name.length + 1).trim() || title
    : title;
}

/** The plan of an account; empty where there is nothing to show. */
export function planText({ plan }: AccountView): string {
  return shown(formatPlan(plan ?? ""), MAX_PLAN);
}

/** Where a quota is heading, in a few words; empty where nothing can be said yet. */
export function outlookText({ forecast, window }: QuotaView, now: number, zone: string): string {
  if (!forecast) return "";
  const { state, emptyAt } = forecast;
  if (state !== "runs-dry") return outlookWords(forecast, window.kind, now);
  const word = forecastWord(forecast);
  if (emptyAt === null) return word;
  return emptyAt <= now ? "about to run dry" : `${word} ${atText(emptyAt, now, zone)}`;
}

/** `at 16:40`, `on Sat 11:07`. */
export function atText(at: number, now: number, zone: string): string {
  const text = instantText(at, now, zone);
  return text.includes(" ") ? `on ${text}` : `at ${text}`;
}

/** A line of a card: what it is about, and what there is to say. */
export interface CardFact {
  readonly name: string;
  /** Null while it is not known yet. */
  readonly text: string | null;
}

/**
 * What is expected of a quota, in the shape of its kind: where a window will stand at its reset, when a balance is
 * empty, what a window that slides gives back. Null where there is nothing such to say, and never will be.
 */
export function expectationOf(quota: QuotaView, display: Display, now: number): CardFact | null {
  const { window, forecast, refillPerHour, unit } = quota;
  switch (window.kind) {
    case "allocation":
      return null;
    case "balance": {
      const text = forecast ? outlookWords(forecast, window.kind, now) : "";
      return text === "" ? null : { name: "Empty", text };
    }
    case "rolling":
      return refillPerHour === undefined ? null : { name: "Refills", text: formatRate(refillPerHour, unit) };
    default: {
      // Without a limit nothing will ever be known; of the others it is not known yet.
      if (quota.share === null || quota.allowed === false) return null;
      return { name: "At its reset", text: projectionText(quota, display) };
    }
  }
}

/** Whether there is anything to say of a reset: what is a balance or set aside has none and never will. */
export function hasReset({ window, resetsAt }: QuotaView): boolean {
  return resetsAt !== null || window.kind !== "balance" && window.kind !== "allocation";
}

/** Whether a rate can be known of it. */
export function hasRate(quota: QuotaView): boolean {
  return statesAmount(quota);
}

/** Whether a pace can be known of it: of a window with an end, a length and a limit. */
export function hasPace({ window, share, pace }: QuotaView): boolean {
  const ends = window.kind === "fixed" || window.kind === "calendar";
  return Boolean(pace) || ends && window.seconds !== null && share !== null;
}

/** Where a quota will stand at its reset; null where nothing can be said. */
function projectionText({ forecast, resetsAt }: QuotaView, display: Display): string | null {
  if (!forecast || resetsAt === null) return null;
  const { state, projectedShare, emptyAt } = forecast;
  if (state === "exhausted") return shareText(1, display);
  if (state === "runs-dry") {
    return emptyAt !== null && emptyAt < resetsAt
      ? `empty ${formatDuration(resetsAt - emptyAt)} early`
      : "empty";
  }
  if (projectedShare === null || !["lasts", "tight", "idle"].includes(state)) return null;
  // A forecast is not so exact that tenths would mean anything.
  return `about ${shareText(Math.min(1, Math.round(projectedShare * 100) / 100), display)}`;
}

/** `12% over pace`, `on pace`; null where nobody can say. */
export function paceText({ pace }: QuotaView): string | null {
  if (!pace) return null;
  if (pace.stage === "on-track") return "on pace";
  return `${Math.round(Math.abs(pace.delta) * 100)}% ${pace.delta > 0 ? "over" : "under"} pace`;
}

/**
 * A key for a component, made of text from outside. Fresh 2.3.3 writes keys of components into comments as they
 * are, where `-->` would end the comment and the rest be markup.
 */
export function nodeKey(text: string): string {
  return text.replaceAll(">", "%3E");
}
