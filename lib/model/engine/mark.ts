/**
 * The mark: the highest level of a quota counted so far, with which each reading is compared.
 *
 * The difference of two readings is use only when both are shares of the same whole: the same unit, window,
 * plan, limit and source. Within a window use only grows, so a value that falls and comes back was used once; only
 * what exceeds the highest value counted since the window began counts. A rolling window gives back what was
 * used, so each of its rises counts, except one that only undoes a momentary fall.
 *
 * Pure, and independent of cycles: `quota_step.ts` decides when a mark starts over.
 */
import { type Amounts, findCurrency, isGauge, type Reading, type Unit, type Window } from "../quota.ts";

/** Why a reading cannot be compared with the previous ones. */
export type BaselineReason = "unit" | "window" | "plan" | "limit" | "source";

/** Amounts of one reading, in its unit; unknown is null. */
export interface Level {
  readonly used: number | null;
  readonly remaining: number | null;
}

export interface Mark extends Level {
  readonly unit: Unit;
  readonly currency: string | null;
  /** Absent in states of older versions. */
  readonly window?: Window;
  /** The latest stated limit and plan, or null when they were never stated. */
  readonly limit: number | null;
  readonly plan: string | null;
  /** The sources compared with it so far; the vendor's endpoint is the empty name. */
  readonly sources: readonly string[];
  /** For a rolling window: the level before a fall, while that may prove to be a slip. */
  readonly dip?: Level & { readonly readings: number };
  /**
   * Right after a reset: the level before it, while the vendor still states exactly that. It counts once it changes, or
   * from `until` on (epoch milliseconds): vendors state the new reset before the new level.
   */
  readonly stale?: Level & { readonly until: number };
}

/** A limit that changes by no more than this share was only stated more precisely. */
const MAX_LIMIT_DRIFT = 0.01;
/** Differences smaller than this share of the level or limit are rounding. */
const ROUNDING = 1e-9;
/** A fall of a rolling window is a slip when it is undone within this many readings. */
const MAX_DIP_READINGS = 3;
/** The level must also come back to within this share of the limit. */
const DIP_TOLERANCE = 0.02;
/** Bounds the list: once there are this many, further sources count as known. */
const MAX_SOURCES = 8;

/** Creates a mark at a first reading, which counts as nothing. */
export function beginMark(reading: Reading, plan: string | null, before?: Mark): Mark {
  const { used, remaining, unit, currency, limit } = reading;
  return {
    used,
    remaining,
    unit,
    currency: currency ?? null,
    window: reading.window,
    limit: limit ?? (before?.unit === unit && !isOtherCurrency(before, reading) ? before.limit : null),
    plan: plan ?? before?.plan ?? null,
    sources: withSource(before?.sources ?? [], reading),
  };
}

/**
 * Returns why `reading` is a share of another whole than the previous readings; null when it is the same one.
 */
export function changeOfWhole(
  mark: Mark,
  reading: Reading,
  plan: string | null,
): Exclude<BaselineReason, "source"> | null {
  if (reading.unit !== mark.unit || findCurrency(reading) !== findCurrency(mark)) return "unit";
  if (mark.window !== undefined && isOtherWindow(mark.window, reading.window)) return "window";
  if (isOtherPlan(mark, plan)) return "plan";
  const { limit } = reading;
  if (limit === null || mark.limit === null) return null;
  const drift = Math.abs(limit - mark.limit);
  return drift > MAX_LIMIT_DRIFT * Math.max(Math.abs(limit), Math.abs(mark.limit)) ? "limit" : null;
}

/** Reports whether two amounts are money in two currencies. An unknown currency is no other one. */
export function isOtherCurrency(before: Amounts, after: Amounts): boolean {
  const [was, is] = [findCurrency(before), findCurrency(after)];
  return was !== null && is !== null && was !== is;
}

/** Stated lengths are rounded, or computed from the ends of a period: 299 minutes are five hours. */
const MAX_LENGTH_DRIFT = 0.05;

/** Reports whether a quota is counted over another time: a week instead of a month. An unknown length is no other one. */
export function isOtherWindow(before: Window, { kind, seconds }: Window): boolean {
  if (before.kind !== kind) return true;
  if (before.seconds === null || seconds === null) return false;
  return Math.abs(seconds - before.seconds) > MAX_LENGTH_DRIFT * Math.max(seconds, before.seconds);
}

/**
 * Reports whether `plan` differs from the mark's. Vendors write one plan in several ways: in another case, or
 * with other separators between its words.
 */
export function isOtherPlan(mark: Pick<Mark, "plan">, plan: string | null): boolean {
  return plan !== null && mark.plan !== null && plan !== mark.plan &&
    planWords(plan) !== planWords(mark.plan);
}

function planWords(plan: string): string {
  return plan.toLowerCase().replace(/[\s_-]+/g, " ").trim();
}

/** Reports whether `reading` comes from a source not compared before. */
export function isNewSource({ sources }: Pick<Mark, "sources">, { source = "" }: Reading): boolean {
  return sources.length < MAX_SOURCES && !sources.includes(source);
}

/**
 * Returns the use of `reading` above the mark, in its unit,
 * never negative. The mark must be of the same whole.
 */
export function measureAbove(mark: Mark, reading: Reading): number {
  if (isGauge(reading.window) || mark.stale && isSameLevel(mark.stale, reading)) return 0;
  const base = mark.dip && isAtLeast(reading, mark.dip) ? mark.dip : mark;
  return riseBetween(base, reading);
}

/**
 * Returns the use of a window that started at zero, in the unit of its first reading. When only the remainder
 * is known, it is computed from the limit.
 */
export function measureSinceReset(reading: Reading): number {
  const { used, remaining, limit, window } = reading;
  if (isGauge(window)) return 0;
  if (used !== null) return withoutRounding(used, used, limit);
  return remaining === null || limit === null ? 0 : withoutRounding(limit - remaining, remaining, limit);
}

/** A level from before a reset is stated for at most this long. */
const MAX_STALE_MS = 15 * 60_000;

/**
 * Returns the mark after a reset at `resetAt` whose first reading, at `at`, still states the level before it; null when
 * that is no longer likely.
 */
export function beginStaleMark(
  { reading, at, plan }: { readonly reading: Reading; readonly at: number; readonly plan: string | null },
  resetAt: number,
  before: Mark,
): Mark | null {
  const until = resetAt + MAX_STALE_MS;
  if (at >= until) return null;
  const { used, remaining, limit } = reading;
  const start = { ...reading, used: used === null ? null : 0, remaining: remaining === null ? null : limit };
  return { ...beginMark(start, plan, before), stale: { used, remaining, until } };
}

/** Returns the mark for a reading at `at`: a level that stays as it was for long is the new one. */
export function withoutStale(mark: Mark, at: number): Mark {
  const { stale, ...rest } = mark;
  return stale !== undefined && at >= stale.until ? rest : mark;
}

/** Reports whether two levels with any use are exactly the same. */
export function isSameLevel(before: Level, after: Pick<Reading, "used" | "remaining" | "limit">): boolean {
  const { used, remaining, limit } = after;
  if (used !== null && before.used !== null) return used > 0 && used === before.used;
  return remaining !== null && limit !== null && remaining < limit && remaining === before.remaining;
}

/** Returns the mark after a reading of the same whole; `consumed` is what was counted for it. */
export function raiseMark(mark: Mark, reading: Reading, plan: string | null, consumed: number): Mark {
  if (mark.stale && isSameLevel(mark.stale, reading)) return mark;
  const { dip: _, stale: __, ...rest } = mark;
  const common = {
    ...rest,
    window: reading.window,
    limit: reading.limit ?? mark.limit,
    plan: plan ?? mark.plan,
    sources: withSource(mark.sources, reading),
  };
  // An unstated amount moves along with the stated one.
  const usedNow = reading.used ?? (mark.used === null ? null : mark.used + consumed);
  const leftNow = reading.remaining ?? (mark.remaining === null ? null : mark.remaining - consumed);
  if (reading.window.kind === "rolling") {
    const dip = dipAfter(mark, reading);
    return { ...common, used: usedNow, remaining: leftNow, ...dip && { dip } };
  }
  return {
    ...common,
    used: mark.used === null ? usedNow : Math.max(mark.used, usedNow ?? mark.used),
    remaining: mark.remaining === null ? leftNow : Math.min(mark.remaining, leftNow ?? mark.remaining),
  };
}

function dipAfter(mark: Mark, reading: Reading): Mark["dip"] {
  if (mark.dip) {
    if (isAtLeast(reading, mark.dip) || mark.dip.readings >= MAX_DIP_READINGS) return undefined;
    return { ...mark.dip, readings: mark.dip.readings + 1 };
  }
  const hasFallen = mark.used !== null && reading.used !== null
    ? reading.used < mark.used / 2
    : mark.remaining !== null && reading.remaining !== null && reading.limit !== null &&
      reading.limit - reading.remaining < (reading.limit - mark.remaining) / 2;
  return hasFallen ? { used: mark.used, remaining: mark.remaining, readings: 1 } : undefined;
}

/** Reports whether use is at `level` or above, or close enough to count as the same. */
function isAtLeast(reading: Reading, level: Level): boolean {
  const near = DIP_TOLERANCE * Math.abs(reading.limit ?? level.used ?? level.remaining ?? NaN);
  if (reading.used !== null && level.used !== null) return reading.used >= level.used - near;
  return reading.remaining !== null && level.remaining !== null &&
    reading.remaining <= level.remaining + near;
}

function riseBetween(base: Level, { used, remaining, limit }: Reading): number {
  if (used !== null && base.used !== null) return withoutRounding(used - base.used, used, limit);
  if (remaining === null || base.remaining === null) return 0;
  return withoutRounding(base.remaining - remaining, remaining, limit);
}

/** Returns a rise to or by a level, or 0 when it is a fall or only rounding. */
function withoutRounding(rise: number, level: number, limit: number | null): number {
  return rise > roundingAt(level, limit) ? rise : 0;
}

/** Returns by how much an amount may differ without meaning anything. */
export function roundingAt(level: number, limit: number | null): number {
  return ROUNDING * Math.max(Math.abs(level), Math.abs(limit ?? level), 1);
}

function withSource(sources: readonly string[], reading: Reading): readonly string[] {
  return isNewSource({ sources }, reading) ? [...sources, reading.source ?? ""] : sources;
}

/**
 * Returns how many new units equal one old unit, from the two limits, which are never negative; null when they
 * do not tell.
 */
export function unitFactor(before: number | null, after: number | null): number | null {
  const factor = (after ?? NaN) / (before ?? NaN);
  return factor > 0 && factor < Infinity ? factor : null;
}

/** The same for a reading in another unit than those before it: two currencies cannot be converted. */
export function restatingFactor(mark: Mark, reading: Reading): number | null {
  return isOtherCurrency(mark, reading) ? null : unitFactor(mark.limit, reading.limit);
}

/** Converts an amount to another unit, rounding off digits that come from the arithmetic. */
export function convert(amount: number, factor: number): number {
  return Number((amount * factor).toPrecision(12));
}
