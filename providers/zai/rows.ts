/** Turns the rows of Z.ai's response, identified by type and duration, into readings. */
import * as v from "valibot";
import { monthBefore } from "../../lib/provider_kit/calendar.ts";
import {
  amountOrNull,
  computeRest,
  computeUsed,
  instantOrNull,
  type KnownMembers,
  lenientNumber,
  limitOrNull,
  orNull,
  slug,
  tidy,
} from "../../lib/provider_kit/decode.ts";
import type { Part, Reading, Unit, Window } from "../../lib/model/quota.ts";
import {
  CALENDAR,
  DAY_SECONDS,
  type Gathering,
  HOUR_SECONDS,
  isResetTooFar,
  withStart,
} from "../../lib/provider_kit/readings.ts";

const Row = v.object({
  type: v.pipe(v.string(), v.trim(), v.toUpperCase()),
  unit: orNull(lenientNumber),
  number: orNull(lenientNumber),
  // The vendor's name for the limit.
  usage: limitOrNull,
  currentValue: amountOrNull,
  remaining: amountOrNull,
  percentage: amountOrNull,
  nextResetTime: instantOrNull,
  usageDetails: v.fallback(v.array(v.unknown()), []),
});

export type Row = v.InferOutput<typeof Row>;

export const KNOWN_ROW: KnownMembers = {
  type: true,
  unit: true,
  number: true,
  usage: "figure",
  currentValue: true,
  remaining: true,
  percentage: true,
  nextResetTime: "instant",
  usageDetails: { modelCode: true, usage: "figure" },
};

/** Reports whether a row states any use. */
export function hasFigure({ currentValue, remaining, percentage }: Row): boolean {
  return currentValue !== null || remaining !== null || percentage !== null;
}

export function parseRow(item: unknown): Row | undefined {
  const result = v.safeParse(Row, item);
  return result.success ? result.output : undefined;
}

/** Credits came after tokens: when both have a row for one window, credits count. */
const TYPE_ORDER = ["CREDIT_LIMIT", "TOKENS_LIMIT"];
const QUOTA_ORDER = ["five-hour", "weekly"];

/**
 * Builds one reading for each row in the plan. When two rows claim one quota, the second gets a name made of
 * its type and duration; when several claim even that, the fullest wins and the others are dropped.
 */
export function gatherRows(rows: readonly Row[], now: number, gathering: Gathering): readonly Reading[] {
  const ordered = rows.toSorted((a, b) => rank(TYPE_ORDER, a.type) - rank(TYPE_ORDER, b.type));
  for (const row of ordered) {
    const reading = toReading(row, now);
    if (!reading) continue;
    const isTaken = gathering.readings.some((one) => one.quota === reading.quota);
    const renamed = { ...reading, quota: plainKey(row, now), label: plainLabel(row, now) };
    gathering.add(isTaken ? renamed : reading, row.type.slice(0, 80));
  }
  return gathering.readings.toSorted((a, b) => rank(QUOTA_ORDER, a.quota) - rank(QUOTA_ORDER, b.quota));
}

function rank(order: readonly string[], one: string): number {
  const index = order.indexOf(one);
  return index < 0 ? order.length : index;
}

function toReading(row: Row, now: number): Reading | undefined {
  const { usage, currentValue, percentage } = row;
  if (usage === 0 && !currentValue && !percentage) return undefined;
  const parts = listParts(row);
  const name = chooseName(row, now);
  const reading: Reading = {
    ...name,
    ...readFigures(row),
    resetsAt: row.nextResetTime,
    ...parts.length > 0 ? { parts } : {},
  };
  return isMonth(row) ? withStart(reading, monthBefore(reading.resetsAt)) : reading;
}

function chooseName(row: Row, now: number): Pick<Reading, "quota" | "label" | "window"> {
  if (isMonth(row) && TOOL_TYPES.includes(row.type)) {
    return { quota: "tool-calls", label: "Tool calls (monthly)", window: CALENDAR };
  }
  const seconds = readSeconds(row, now);
  const window: Window = seconds === null ? CALENDAR : { kind: "fixed", seconds };
  if (TYPE_ORDER.includes(row.type)) {
    if (seconds === 5 * HOUR_SECONDS) return { quota: "five-hour", label: "5-hour quota", window };
    if (seconds === 7 * DAY_SECONDS) return { quota: "weekly", label: "Weekly quota", window };
    if (isMonth(row)) return { quota: "monthly", label: "Monthly quota", window };
  }
  return { quota: plainKey(row, now), label: plainLabel(row, now), window };
}

const TOOL_TYPES = ["TIME_LIMIT", "MCP_LIMIT"];
/** The vendor's unit for minutes, and, with the number 1, for a month. */
const MINUTE_OR_MONTH = 5;

function isMonth({ unit, number }: Row): boolean {
  return unit === MINUTE_OR_MONTH && number === 1;
}

/** Seconds in the vendor's units: day, hour, minute, week. */
const UNIT_SECONDS: Readonly<Record<number, number>> = {
  1: DAY_SECONDS,
  3: HOUR_SECONDS,
  [MINUTE_OR_MONTH]: 60,
  6: 7 * DAY_SECONDS,
};

/**
 * Returns the length of the window; null for a month, and when
 * a reset shows that the unit means something else.
 */
function readSeconds(row: Row, now: number): number | null {
  const { unit, number } = row;
  const one = unit === null ? undefined : UNIT_SECONDS[unit];
  if (one === undefined || number === null || isMonth(row)) return null;
  const seconds = one * number;
  if (!Number.isSafeInteger(seconds) || seconds < 1) return null;
  const window: Window = { kind: "fixed", seconds };
  const isOther = unit === MINUTE_OR_MONTH && isResetTooFar(row.nextResetTime, window, now);
  return isOther ? null : seconds;
}

/** Names a row without a better name: `tokens-86400s`. */
function plainKey(row: Row, now: number): string {
  const type = slug(row.type.replace(/_LIMIT$/i, "").slice(0, 40));
  const seconds = readSeconds(row, now);
  return `${type || "other"}${seconds === null ? "" : `-${seconds}s`}`;
}

function plainLabel(row: Row, now: number): string {
  const seconds = readSeconds(row, now);
  const type = row.type.trim().slice(0, 80) || "Other";
  return seconds === null ? type : `${type} (${lengthText(seconds)})`;
}

function lengthText(seconds: number): string {
  return seconds < HOUR_SECONDS ? `${tidy(seconds / 60)} min` : `${tidy(seconds / HOUR_SECONDS)} h`;
}

const COUNTED_IN: Readonly<Record<string, Unit>> = {
  TOKENS_LIMIT: "tokens",
  CREDIT_LIMIT: "credits",
  TIME_LIMIT: "requests",
  MCP_LIMIT: "requests",
};

/** Returns the row's counts, or else the vendor's percentage, which is rounded down. */
function readFigures(row: Row): Pick<Reading, "unit" | "used" | "limit" | "remaining"> {
  const { usage: limit, percentage } = row;
  const used = row.currentValue ?? computeUsed(limit, row.remaining);
  const unit = Object.hasOwn(COUNTED_IN, row.type) ? COUNTED_IN[row.type] : undefined;
  if (limit === null || used === null || (limit === 0 && used === 0)) {
    // Nothing left means used up, even with an unknown limit.
    if (percentage === null && row.remaining === 0) {
      return { unit: unit ?? "percent", used: null, limit: unit ? limit : null, remaining: 0 };
    }
    // An unknown share is still one of a limit: without it, the row would look like one that has none.
    return { unit: "percent", used: percentage, limit: 100, remaining: computeRest(100, percentage) };
  }
  if (unit) return { unit, used, limit, remaining: row.remaining ?? computeRest(limit, used) };
  // An unknown type's unit is unknown, but its share of the limit is not.
  const share = limit > 0 ? tidy(Math.min(used / limit, 1e9) * 100) : 100;
  return { unit: "percent", used: share, limit: 100, remaining: computeRest(100, share) };
}

const Detail = v.object({ modelCode: v.string(), usage: v.pipe(lenientNumber, v.minValue(0)) });

/** Returns each tool's use; here `usage` does mean use. */
function listParts(row: Row): readonly Part[] {
  const sums = new Map<string, number>();
  for (const item of row.usageDetails) {
    const { success, output } = v.safeParse(Detail, item);
    if (!success) continue;
    const name = output.modelCode.slice(0, 80);
    sums.set(name, (sums.get(name) ?? 0) + output.usage);
  }
  return [...sums].map(([name, used]) => ({ name, used }));
}
