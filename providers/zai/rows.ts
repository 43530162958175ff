/** The rows of an answer of Z.ai: told apart by type and duration, and turned into readings. */
import * as v from "valibot";
import {
  amountOrNull,
  instantOrNull,
  lenientNumber,
  limitOrNull,
  orNull,
  restOf,
  tidy,
} from "../../lib/decode.ts";
import type { Part, Reading, Unit, Window } from "../../lib/model/quota.ts";

const Row = v.object({
  type: v.string(),
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

export function rowOf(item: unknown): Row | undefined {
  const result = v.safeParse(Row, item);
  return result.success ? result.output : undefined;
}

/** Credits came after tokens: where both have a row for one window, credits are the ones that count. */
const TYPE_ORDER = ["CREDIT_LIMIT", "TOKENS_LIMIT"];
const QUOTA_ORDER = ["five-hour", "weekly"];

/**
 * One reading for each row that is part of the plan. Where two rows claim one quota, the second
 * takes the name made of its type and duration; a row that repeats even that is left out.
 */
export function readingsOf(rows: readonly Row[]): readonly Reading[] {
  const ordered = rows.toSorted((a, b) => rank(TYPE_ORDER, a.type) - rank(TYPE_ORDER, b.type));
  const readings = new Map<string, Reading>();
  for (const row of ordered) {
    const reading = readingOf(row);
    if (!reading) continue;
    const quota = [reading.quota, plainKey(row)].find((one) => !readings.has(one));
    if (quota !== undefined) {
      readings.set(quota, quota === reading.quota ? reading : { ...reading, quota, label: plainLabel(row) });
    }
  }
  return [...readings.values()].toSorted((a, b) => rank(QUOTA_ORDER, a.quota) - rank(QUOTA_ORDER, b.quota));
}

function rank(order: readonly string[], one: string): number {
  const index = order.indexOf(one);
  return index < 0 ? order.length : index;
}

function readingOf(row: Row): Reading | undefined {
  const { usage, currentValue, percentage } = row;
  if (usage === 0 && !currentValue && !percentage) return undefined;
  const parts = partsOf(row);
  return {
    ...nameOf(row),
    ...figuresOf(row),
    resetsAt: row.nextResetTime,
    ...parts.length > 0 ? { parts } : {},
  };
}

function nameOf(row: Row): Pick<Reading, "quota" | "label" | "window"> {
  if (isMonthlyTools(row)) {
    return {
      quota: "tool-calls",
      label: "Tool calls (monthly)",
      window: { kind: "calendar", seconds: null },
    };
  }
  const seconds = secondsOf(row);
  const window: Window = seconds === null ? { kind: "calendar", seconds } : { kind: "fixed", seconds };
  if (TYPE_ORDER.includes(row.type)) {
    if (seconds === 5 * 3600) return { quota: "five-hour", label: "5-hour quota", window };
    if (seconds === 7 * 86_400) return { quota: "weekly", label: "Weekly quota", window };
  }
  return { quota: plainKey(row), label: plainLabel(row), window };
}

function isMonthlyTools({ type, unit, number }: Row): boolean {
  return (type === "TIME_LIMIT" || type === "MCP_LIMIT") && unit === 5 && number === 1;
}

/** Seconds of the vendor's units: day, hour, minute, week. */
const UNIT_SECONDS: Readonly<Record<number, number>> = { 1: 86_400, 3: 3600, 5: 60, 6: 604_800 };

function secondsOf({ unit, number }: Row): number | null {
  const one = unit === null ? undefined : UNIT_SECONDS[unit];
  return one === undefined || number === null || !Number.isSafeInteger(one * number) || number < 1
    ? null
    : one * number;
}

/** `tokens-86400s`: what a row is called that has no better name. */
function plainKey(row: Row): string {
  const type = row.type.replace(/_LIMIT$/i, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 40)
    .replace(/^-+|-+$/g, "");
  const seconds = isMonthlyTools(row) ? null : secondsOf(row);
  return `${type || "other"}${seconds === null ? "" : `-${seconds}s`}`;
}

function plainLabel(row: Row): string {
  const seconds = isMonthlyTools(row) ? null : secondsOf(row);
  const type = row.type.trim().slice(0, 80) || "Other";
  return seconds === null ? type : `${type} (${tidy(seconds / 3600)} h)`;
}

const COUNTED_IN: Readonly<Record<string, Unit>> = {
  TOKENS_LIMIT: "tokens",
  CREDIT_LIMIT: "credits",
  TIME_LIMIT: "requests",
  MCP_LIMIT: "requests",
};

/** Counts where the row has them, else the vendor's percentage, which is rounded down. */
function figuresOf(row: Row): Pick<Reading, "unit" | "used" | "limit" | "remaining"> {
  const { usage: limit, percentage } = row;
  const used = row.currentValue ?? restOf(limit, row.remaining);
  if (limit === null || used === null || (limit === 0 && used === 0)) {
    const known = percentage === null ? null : 100;
    return { unit: "percent", used: percentage, limit: known, remaining: restOf(known, percentage) };
  }
  const unit = Object.hasOwn(COUNTED_IN, row.type) ? COUNTED_IN[row.type] : undefined;
  if (unit) return { unit, used, limit, remaining: row.remaining ?? restOf(limit, used) };
  // What an unknown type counts is not known, but its share of the limit is.
  const share = limit > 0 ? tidy(Math.min(used / limit, 1e9) * 100) : 100;
  return { unit: "percent", used: share, limit: 100, remaining: restOf(100, share) };
}

const Detail = v.object({ modelCode: v.string(), usage: lenientNumber });

/** What each tool used; here `usage` does mean use. */
function partsOf(row: Row): readonly Part[] {
  const sums = new Map<string, number>();
  for (const item of row.usageDetails) {
    const { success, output } = v.safeParse(Detail, item);
    if (!success) continue;
    const name = output.modelCode.slice(0, 80);
    sums.set(name, (sums.get(name) ?? 0) + Math.max(0, output.usage));
  }
  return [...sums].map(([name, used]) => ({ name, used }));
}
