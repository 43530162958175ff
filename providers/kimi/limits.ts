/** The limits in an answer of Kimi Code, in each of its forms, and the wallet for use beyond them. */
import * as v from "valibot";
import { nextMonth } from "../../lib/calendar.ts";
import {
  amountOrNull,
  instantOrNull,
  isRecord,
  limitOrNull,
  member,
  restOf,
  tidy,
} from "../../lib/decode.ts";
import type { Reading, Window } from "../../lib/model/quota.ts";
import { CALENDAR, FIVE_HOURS, fullnessOf, ONE_WEEK, percentReading } from "../../lib/readings.ts";
import { walletReadings } from "./wallet.ts";

export interface Limits {
  readonly readings: readonly Reading[];
  /** Whether the answer holds any of the forms that are known. */
  readonly recognised: boolean;
  /** How many limits were not understood. */
  readonly strange: number;
}

export function readingsOf(body: Readonly<Record<string, unknown>>, now: number): Limits {
  const { usage, limits, usages } = body;
  const listed = Array.isArray(limits) ? limits : [];
  const others = listed.map((limit) => windowed(limit, now));
  const classic = [
    isRecord(usage) ? detailed("weekly", "Weekly limit", ONE_WEEK, usage, now) : undefined,
    ...others,
  ];
  const total = isRecord(body.totalQuota)
    ? detailed("monthly-total", "Monthly total", CALENDAR, body.totalQuota, now)
    : undefined;
  const readings = new Map<string, Reading>();
  for (const reading of [...classic, ...isRecord(usages) ? ratios(usages) : [], total]) {
    if (reading === undefined || reading === "empty" || reading === "strange") continue;
    const before = readings.get(reading.quota);
    readings.set(reading.quota, before ? fuller(before, reading) : reading);
  }
  return {
    readings: [...readings.values(), ...walletReadings(body.boosterWallet, nextMonth(now))],
    recognised: isRecord(usage) || Array.isArray(limits) || isRecord(usages),
    strange: others.filter((one) => one === "strange").length,
  };
}

/**
 * Of two figures of one window, the one with less left: a ratio of 0 was seen beside a limit that was
 * used up and enforced.
 */
function fuller(before: Reading, other: Reading): Reading {
  const [most, least] = fullnessOf(other) > fullnessOf(before) ? [other, before] : [before, other];
  return { ...most, resetsAt: most.resetsAt ?? least.resetsAt };
}

const Detail = v.object({ limit: limitOrNull, used: amountOrNull, remaining: amountOrNull });

/** A limit with counts; one of nothing with nothing used does not apply. */
function detailed(
  quota: string,
  label: string,
  window: Window,
  detail: unknown,
  now: number,
): Reading | "empty" | "strange" {
  const result = v.safeParse(Detail, detail);
  if (!result.success) return "strange";
  const { limit, remaining } = result.output;
  const used = result.output.used ?? restOf(limit, remaining);
  if (limit === 0 && !used) return "empty";
  if (limit === null && used === null && remaining === null) return "empty";
  return {
    quota,
    label,
    unit: limit === 100 ? "percent" : "requests",
    used,
    limit,
    remaining: used === null ? remaining : restOf(limit, used) ?? remaining,
    window,
    resetsAt: resetOf(detail, now),
  };
}

const RESETS = ["resetTime", "resetAt", "reset_time", "reset_at", "periodEnd", "period_end"];
const WAITS = ["resetIn", "reset_in", "ttl"];

function resetOf(detail: unknown, now: number): number | null {
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

/** Seconds of the vendor's units, with the letter a key has for them. */
const UNITS: Readonly<Record<string, readonly [seconds: number, letter: string]>> = {
  SECOND: [1, "s"],
  MINUTE: [60, "m"],
  HOUR: [3600, "h"],
  DAY: [86_400, "d"],
};
const MOST_SECONDS = 400 * 86_400;

/** A limit over a window of its own; in older answers everything stands on the element itself. */
function windowed(limit: unknown, now: number): Reading | "empty" | "strange" {
  const window = isRecord(member(limit, "window")) ? member(limit, "window") : limit;
  const detail = isRecord(member(limit, "detail")) ? member(limit, "detail") : limit;
  const duration = v.parse(amountOrNull, member(window, "duration"));
  const name = member(window, "timeUnit");
  const word = typeof name === "string" ? name.toUpperCase().replace(/^TIME_UNIT_/, "") : "";
  const unit = Object.hasOwn(UNITS, word) ? UNITS[word] : undefined;
  if (!unit || duration === null || !Number.isInteger(duration) || duration < 1) return "strange";
  const [one, letter] = unit;
  const seconds = duration * one;
  if (seconds > MOST_SECONDS) return "strange";
  if (seconds === FIVE_HOURS.seconds) return detailed("five-hour", "5-hour limit", FIVE_HOURS, detail, now);
  const length = `${duration}${letter}`;
  return detailed(
    `window-${length}`,
    `Limit of ${duration} ${letter}`,
    { kind: "fixed", seconds },
    detail,
    now,
  );
}

const RATIOS: readonly (readonly [name: string, quota: string, label: string, window: Window])[] = [
  ["limit_7d", "weekly", "Weekly limit", ONE_WEEK],
  ["limit_5h", "five-hour", "5-hour limit", FIVE_HOURS],
  ["limit_month_total", "monthly-total", "Monthly total", CALENDAR],
  ["limit_month_code", "monthly-code", "Monthly code", CALENDAR],
];

function ratios(usages: Readonly<Record<string, unknown>>): readonly Reading[] {
  return RATIOS.flatMap(([name, quota, label, window]) => {
    const entry = member(usages, name);
    const ratio = v.parse(amountOrNull, member(entry, "used_ratio"));
    if (ratio === null) return [];
    const resetsAt = v.parse(instantOrNull, member(entry, "reset_time"));
    return [percentReading(quota, label, tidy(Math.min(ratio, 1e6) * 100), window, resetsAt)];
  });
}
