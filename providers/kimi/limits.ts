/** Decodes the limits of Kimi Code in each of their forms, and the wallet for use beyond them. */
import * as v from "valibot";
import { monthBefore } from "../../lib/provider_kit/calendar.ts";
import {
  amountOrNull,
  computeRest,
  computeUsed,
  containsFigure,
  instantOrNull,
  isNoLimit,
  isRecord,
  isStated,
  type KnownMembers,
  limitOrNull,
  member,
  slug,
  tidy,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import type { Reading, Window } from "../../lib/model/quota.ts";
import {
  CALENDAR,
  countFigures,
  createGathering,
  FIVE_HOURS,
  type Gathering,
  ONE_WEEK,
  percentReading,
  withStart,
} from "../../lib/provider_kit/readings.ts";
import { addWallet } from "./wallet.ts";

const DETAIL = {
  limit: true,
  used: "amount",
  remaining: "amount",
  resetTime: "instant",
  resetAt: "instant",
  reset_time: "instant",
  reset_at: "instant",
  periodEnd: "instant",
  period_end: "instant",
  resetIn: "amount",
  reset_in: "amount",
  ttl: "amount",
  name: true,
} as const;
const KNOWN: KnownMembers = {
  user: true,
  parallel: true,
  authentication: true,
  usage: DETAIL,
  totalQuota: DETAIL,
  limits: {
    ...DETAIL,
    duration: true,
    timeUnit: true,
    window: { duration: true, timeUnit: true },
    detail: DETAIL,
  },
  usages: {
    "*": { used_ratio: true, usedRatio: true, ...DETAIL },
  },
  boosterWallet: {
    balance: { amount: "amount", amountLeft: "amount", id: true },
    monthlyChargeLimit: { priceInCents: "amount" },
    monthlyUsed: { priceInCents: "amount" },
  },
};

/** Collects the limits of a response, and reports what it does not understand. */
export function gatherLimits(body: Readonly<Record<string, unknown>>, now: number): Gathering {
  const { usage, limits, usages, totalQuota } = body;
  const found = createGathering();
  for (const { what, why } of unknownFigures(body, KNOWN)) found.drop(what, why);
  const add = (what: string, reading: Reading | string | null) => {
    if (typeof reading === "string") found.drop(what, reading);
    else if (reading) found.add(reading, what);
  };
  const week = isStated(usage) ? readDetailed("weekly", "Weekly limit", ONE_WEEK, usage, now) : null;
  add("usage", week);
  const windows = (Array.isArray(limits) ? limits as readonly unknown[] : []).map((one) =>
    readWindowed(one, now)
  );
  for (const one of windows) add("limits", one);
  if (isStated(limits) && !Array.isArray(limits)) found.drop("limits", "no list of limits");
  const isUnread = (one: Reading | string | null) =>
    typeof one === "string" || (one !== null && countFigures(one) < 0);
  // The older form always has a week; if the rest of that form is present without it, it is unreadable.
  const isWeekUnread = isUnread(week) ||
    (week === null && !isNotApplied(usage) && (Object.hasOwn(body, "usage") || windows.length > 0));
  const isFiveUnread = windows.some((one) =>
    isUnread(one) && (typeof one === "string" || one?.quota === FIVE.quota)
  );
  const unread = new Map([[WEEKLY.quota, isWeekUnread], [FIVE.quota, isFiveUnread]]);
  for (const [name, entry] of isRecord(usages) ? Object.entries(usages) : []) {
    const what = `usages.${name.slice(0, 60)}`;
    const reading = readRatio(name, entry, now);
    // The vendor has sent a ratio of 0 for a used-up limit: beside an unreadable limit, it says nothing.
    const isDoubtful = typeof reading === "object" && reading?.used === 0 &&
      unread.get(reading.quota) === true;
    if (isDoubtful) found.drop(what, "a share of 0 beside an unreadable limit");
    add(what, isDoubtful ? { ...reading, used: null, remaining: null } : reading);
  }
  if (isStated(totalQuota)) {
    const month = readDetailed("monthly-total", "Monthly total", CALENDAR, totalQuota, now);
    add("totalQuota", typeof month === "object" && month ? ofMonth(month) : month);
  }
  addWallet(found, body.boosterWallet, now);
  return found;
}

/** Reports whether the response has any known form. */
export function isLimits({ usage, limits, usages }: Readonly<Record<string, unknown>>): boolean {
  return isRecord(usage) || Array.isArray(limits) || isRecord(usages);
}

/** A limit of 0 without use means that it does not apply. */
function isNotApplied(detail: unknown): boolean {
  return isRecord(detail) && v.parse(limitOrNull, detail.limit) === 0;
}

const Detail = v.object({ limit: limitOrNull, used: amountOrNull, remaining: amountOrNull });

/** Returns a limit with counts; null when it does not apply, or else why there is none. */
function readDetailed(
  quota: string,
  label: string,
  window: Window,
  detail: unknown,
  now: number,
): Reading | string | null {
  const result = v.safeParse(Detail, detail);
  if (!result.success) return "no block of figures";
  const { limit, remaining } = result.output;
  const used = result.output.used ?? computeUsed(limit, remaining);
  if (limit === null && used === null && remaining === null) {
    return containsFigure(detail) || DETAILS.some((name) => isStated(member(detail, name)))
      ? "no figure"
      : null;
  }
  if (limit === 0 && !used) return null;
  const stated = member(detail, "limit");
  // Nothing left means used up, even with an unknown limit.
  if (limit === null && remaining !== 0 && isStated(stated) && !isNoLimit(stated)) {
    return "its limit is not a number";
  }
  return {
    quota,
    label,
    unit: limit === 100 ? "percent" : "requests",
    used,
    limit,
    remaining: used === null ? remaining : computeRest(limit, used) ?? remaining,
    window,
    resetsAt: parseReset(detail, now),
  };
}

const DETAILS = ["limit", "used", "remaining"];
const RESETS = ["resetTime", "resetAt", "reset_time", "reset_at", "periodEnd", "period_end"];
const WAITS = ["resetIn", "reset_in", "ttl"];

function parseReset(detail: unknown, now: number): number | null {
  for (const name of RESETS) {
    const at = v.parse(instantOrNull, member(detail, name));
    if (at !== null) return at;
  }
  for (const name of WAITS) {
    const seconds = v.parse(amountOrNull, member(detail, name));
    if (seconds !== null) return v.parse(instantOrNull, now + Math.round(seconds * 1000));
  }
  return null;
}

/** Seconds of the vendor's units, with the letter each has in keys. */
const UNITS: Readonly<Record<string, readonly [seconds: number, letter: string]>> = {
  SECOND: [1, "s"],
  MINUTE: [60, "m"],
  HOUR: [3600, "h"],
  DAY: [86_400, "d"],
};
const MAX_SECONDS = 400 * 86_400;

/** Returns a limit with its own window; in older responses all fields are on the element itself. */
function readWindowed(limit: unknown, now: number): Reading | string | null {
  const window = isRecord(member(limit, "window")) ? member(limit, "window") : limit;
  const detail = isRecord(member(limit, "detail")) ? member(limit, "detail") : limit;
  const duration = v.parse(amountOrNull, member(window, "duration"));
  const name = member(window, "timeUnit");
  const word = typeof name === "string" ? name.toUpperCase().replace(/^TIME_UNIT_/, "") : "";
  const unit = Object.hasOwn(UNITS, word) ? UNITS[word] : undefined;
  const named = unit && duration !== null ? ofLength(duration, ...unit) : null;
  if (named === null) return "a window that is not recognized";
  return readDetailed(named.quota, named.label, named.window, detail, now);
}

interface NamedLimit {
  readonly quota: string;
  readonly label: string;
  readonly window: Window;
}

function ofLength(duration: number, unitSeconds: number, letter: string): NamedLimit | null {
  const seconds = duration * unitSeconds;
  if (!Number.isInteger(duration) || duration < 1 || seconds > MAX_SECONDS) return null;
  if (seconds === FIVE_HOURS.seconds) return FIVE;
  const length = `${duration}${letter}`;
  return {
    quota: `window-${length}`,
    label: `Limit of ${duration} ${letter}`,
    window: { kind: "fixed", seconds },
  };
}

const FIVE: NamedLimit = { quota: "five-hour", label: "5-hour limit", window: FIVE_HOURS };
const WEEKLY: NamedLimit = { quota: "weekly", label: "Weekly limit", window: ONE_WEEK };

/** Returns a window's share, named by its length: `limit_5h`, `limit_month_code`; or why there is none. */
function readRatio(name: string, entry: unknown, now: number): Reading | string | null {
  if (!isStated(entry)) return null;
  const stated = member(entry, "used_ratio") ?? member(entry, "usedRatio");
  if (stated === null) return null;
  const share = v.parse(amountOrNull, stated);
  if (share === null) return "no figure";
  const { quota, label, window } = ratioName(name);
  if (quota === "") return "no name";
  const resetsAt = parseReset(entry, now);
  const reading = percentReading(quota, label, tidy(Math.min(share, 1e6) * 100), window, resetsAt);
  return quota.startsWith("monthly") ? ofMonth(reading) : reading;
}

/** Adds the beginning of a limit that is named after the month it lasts. */
function ofMonth(reading: Reading): Reading {
  return withStart(reading, monthBefore(reading.resetsAt));
}

/** Names new windows by their length if they have one, otherwise by their own name. */
function ratioName(name: string): NamedLimit {
  const plain = slug(name.replace(/([a-z])(?=[A-Z0-9])/g, "$1_").replace(/^limit_?/i, ""));
  const [, count = "", letter = ""] = /^(\d{1,6})-?([smhd])$/.exec(plain) ?? [];
  const unit = Object.values(UNITS).find(([, one]) => one === letter);
  if (unit && Number(count) * unit[0] === ONE_WEEK.seconds) return WEEKLY;
  const named = unit ? ofLength(Number(count), ...unit) : null;
  if (named) return named;
  const quota = plain.replace(/^month-/, "monthly-");
  const words = quota.replaceAll("-", " ");
  return { quota, label: words.charAt(0).toUpperCase() + words.slice(1), window: CALENDAR };
}
