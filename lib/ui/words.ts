/** Sentences and words that several components share. */
import { shareText } from "./amounts.ts";
import { instantText } from "./dates.ts";
import {
  displayUnit,
  formatDuration,
  formatPlan,
  formatRate,
  formatWindow,
  withPreposition,
} from "../model/view/format.ts";
import { forecastWord, outlookWords } from "../model/view/forecast_words.ts";
import { isFuture } from "../model/time.ts";
import { MIN_STALE_MS, staleAfterMs } from "../model/engine/interval.ts";
import { findReset, isUsedUp, statesAmount } from "../model/quota.ts";
import type { Health } from "../model/outcome.ts";
import {
  type AccountView,
  type DashboardView,
  type Display,
  findTightest,
  type QuotaView,
  recentIntervalMs,
} from "../model/view/view.ts";
import { withoutName } from "../model/view/without_name.ts";
import { harmless } from "../base/text.ts";

const FAILURE_WORDS = {
  missing: "No usable login",
  auth: "Sign-in rejected",
  rate_limited: "Rate limited",
  unavailable: "Vendor unreachable",
  bad_response: "Unexpected response",
} as const;

/**
 * Reports whether an account's figures are stale at `now`. The server decides this when it builds the view; a
 * page that receives no more events has to notice by itself.
 */
export function isStale(account: AccountView, now: number): boolean {
  const { at, health: { state, triedAt, nextAt } } = account;
  if (state === "stale" || state === "off") return true;
  if (at === null || state === "new") return false;
  if (isFuture(at, now)) return true;
  if (state !== "fresh") return now - at > MIN_STALE_MS;
  const plannedMs = triedAt === null || nextAt === null ? 0 : nextAt - triedAt;
  const everyMs = Math.max(plannedMs, recentIntervalMs(account) ?? 0);
  return everyMs > 0 && now - at > staleAfterMs(everyMs);
}

/** Returns an account as of `now`: one without news for too long is stale. */
export function markStale(account: AccountView, now: number): AccountView {
  return account.health.state === "fresh" && isStale(account, now)
    ? { ...account, health: { ...account.health, state: "stale" } }
    : account;
}

/** Describes the health of an account in a few words. */
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
      return "Not polled yet";
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

/** Returns the state of the reset at `now`, apart from the countdown. */
export function resetState(quota: QuotaView, now: number): "none" | "ahead" | "passed" | "overdue" {
  const resetsAt = findReset(quota);
  if (resetsAt === null) return "none";
  if (resetsAt > now) return "ahead";
  // A reading from after the reset still names it: the vendor itself is late.
  return quota.at < resetsAt ? "passed" : "overdue";
}

/**
 * Builds the document title, the fullest quota first, because a tab shows only a few letters.
 *
 * @param view null when its figures cannot be trusted
 * @param title the page's title; empty for the overview
 */
export function titleWith(
  view: Pick<DashboardView, "accounts" | "settings"> | null,
  title: string,
): string {
  const tightest = findTightest(view);
  const figure = view !== null && tightest && tightest.share !== null
    ? `${shareText(tightest.share, view.settings.display)} ${quotaTitle(tightest)}`
    : "";
  return [figure, title, "Syntrack"].filter(Boolean).join(" - ");
}

/** Returns the newest snapshot in a view, epoch milliseconds; null before the first. */
export function findNewestSnapshot({ accounts }: Pick<DashboardView, "accounts">): number | null {
  return accounts.reduce<number | null>(
    (newest, { at }) => at !== null && at > (newest ?? 0) ? at : newest,
    null,
  );
}

/** Returns a text that changes with every setting that affects how a page looks. */
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
    // A short hash of account names and order, because every page carries this mark.
    shortHash(names.join("\n")),
  ].join(" ");
}

/** Hashes a text with 32-bit FNV-1a, to notice when one replaces another. */
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

/** Describes a quota's window: `window of 5 h`, `billing period`. */
export function windowText({ window }: QuotaView): string {
  const word = WINDOW_WORDS[window.kind];
  return window.seconds === null ? word : `${word} of ${formatWindow(window.seconds)}`;
}

/** Maximum length of external texts on a page, in characters. */
const MAX_TITLE = 80;
const MAX_PLAN = 40;

/** Makes external text safe to show, and shortens it. */
function safeText(text: string, most = MAX_TITLE): string {
  const characters = [...harmless(text).trim()];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}\u2026` : characters.join("");
}

/** Names an account: `Synthetic`, or `Synthetic work` when it has its own name. */
export function accountTitle(
  { label, name, providerName, provider }: Pick<AccountView, "label" | "name" | "providerName" | "provider">,
): string {
  const own = safeText(label ?? "");
  if (own !== "") return own;
  return safeText(name === "default" ? providerName : `${providerName} ${name}`) || safeText(provider);
}

/** Returns the label of a quota, or its key when the vendor gave none. */
export function quotaTitle({ label, quota }: Pick<QuotaView, "label" | "quota">): string {
  return safeText(label) || safeText(quota);
}

/** Names account and quota together, without repeating a vendor's name that its quotas already start with. */
export function fullTitle(
  account: Pick<AccountView, "label" | "name" | "providerName" | "provider">,
  quota: Pick<QuotaView, "label" | "quota">,
): string {
  const own = accountTitle(account);
  const title = quotaTitle(quota);
  return `${own} ${withoutName(title, own, account.providerName)}`;
}

/** Names a quota among those of other accounts: `Amp: Free`, `Claude work: Weekly`. */
export function listTitle(
  account: Pick<AccountView, "label" | "name" | "providerName" | "provider">,
  quota: Pick<QuotaView, "label" | "quota">,
): string {
  const own = accountTitle(account);
  return `${own}: ${withoutName(quotaTitle(quota), own, account.providerName)}`;
}

/** Returns the plan of an account; empty when there is nothing to show. */
export function planText({ plan }: AccountView): string {
  return safeText(formatPlan(plan ?? ""), MAX_PLAN);
}

/** Describes where a quota is heading; empty while it is unknown. */
export function outlookText({ forecast, window }: QuotaView, now: number, zone: string): string {
  if (!forecast) return "";
  const { state, emptyAt } = forecast;
  if (state !== "runs-dry") return outlookWords(forecast, window.kind, now);
  const word = forecastWord(forecast);
  if (emptyAt === null) return word;
  return emptyAt <= now ? "about to run out" : `${word} ${atText(emptyAt, now, zone)}`;
}

/** Formats `at 16:40`, `on Sat 11:07`. */
export function atText(at: number, now: number, zone: string): string {
  return withPreposition(instantText(at, now, zone));
}

/** A line of a card: its subject and its text. */
export interface CardFact {
  readonly name: string;
  /** Null while it is unknown. */
  readonly text: string | null;
}

/**
 * Describes what to expect of a quota by its kind: the state of a window at its reset, the time a balance
 * runs out, the amount a sliding window refills. Null when the kind will never have such a statement.
 *
 * @param now read for a balance only: what reads a ticking clock is rendered again each second
 */
export function describeExpectation(
  quota: QuotaView,
  display: Display,
  now: { readonly value: number },
): CardFact | null {
  const { window, forecast, refillPerHour } = quota;
  switch (window.kind) {
    case "allocation":
      return null;
    case "balance": {
      const text = forecast ? outlookWords(forecast, window.kind, now.value) : "";
      return text === "" ? null : { name: "Empty", text };
    }
    case "rolling":
      return refillPerHour === undefined
        ? null
        : { name: "Refills", text: formatRate(refillPerHour, displayUnit(quota)) };
    default: {
      // Without a limit it will never be known; otherwise it is just not known yet.
      if (quota.share === null || quota.allowed === false) return null;
      return { name: "Forecast at reset", text: projectionText(quota, display) };
    }
  }
}

/** Reports whether a quota can have a reset: a balance or an allocation never has one. */
export function hasReset({ window, resetsAt }: QuotaView): boolean {
  return resetsAt !== null || window.kind !== "balance" && window.kind !== "allocation";
}

/** Reports whether a quota can have a rate: of one that is used up, a rate of 0 says nothing. */
export function hasRate(quota: QuotaView): boolean {
  return statesAmount(quota) && !(quota.ratePerHour === 0 && isUsedUp(quota));
}

/** Reports whether a quota can have a pace: it needs an end, a length and a limit. */
export function hasPace({ window, share, pace }: QuotaView): boolean {
  const ends = window.kind === "fixed" || window.kind === "calendar";
  return Boolean(pace) || ends && window.seconds !== null && share !== null;
}

/** Describes the state of a quota at its reset; null while it is unknown. */
function projectionText({ forecast, resetsAt }: QuotaView, display: Display): string | null {
  if (!forecast || resetsAt === null) return null;
  const { state, projectedShare, emptyAt } = forecast;
  if (state === "exhausted") return shareText(1, display);
  if (state === "runs-dry") {
    return emptyAt !== null && emptyAt < resetsAt
      ? `out ${formatDuration(resetsAt - emptyAt)} before`
      : "out";
  }
  if (projectedShare === null || !["lasts", "tight", "idle"].includes(state)) return null;
  // A forecast is not precise enough for tenths of a percent.
  return `about ${shareText(Math.min(1, Math.round(projectedShare * 100) / 100), display)}`;
}

/** Formats `12% over pace`, `on pace`; null when unknown. */
export function paceText({ pace }: QuotaView): string | null {
  if (!pace) return null;
  if (pace.stage === "on-track") return "on pace";
  return `${Math.round(Math.abs(pace.delta) * 100)}% ${pace.delta > 0 ? "over" : "under"} pace`;
}

/**
 * Makes external text safe as a component key. Fresh 2.3.3 writes component keys into HTML comments
 * unescaped, where `-->` would end the comment and turn the rest into markup.
 */
export function nodeKey(text: string): string {
  return text.replaceAll(">", "%3E");
}

/** Returns the id of an element about an account or a quota: one for each key, whatever the script of its name. */
export function nodeId(about: string, key: string): string {
  return `${about}-${encodeURIComponent(key.toWellFormed())}`;
}
