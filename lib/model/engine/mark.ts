/**
 * What a reading is compared with: the highest level of its quota that was counted already.
 *
 * Two readings tell use by their difference only where both are shares of the same whole: the same unit, plan,
 * limit and source. In a window use only grows, so a value that falls and comes back was used once; what counts is
 * what lies above the highest value counted since the window began. A rolling window is different: it gives back
 * what was used, so there each rise counts, except one that only undoes a fall of a moment.
 *
 * Pure, and independent of cycles: when a mark begins anew is decided in `quota_step.ts`.
 */
import { isGauge, type Reading, type Unit } from "../quota.ts";

/** Why a reading cannot be compared with those before it. */
export type BaselineReason = "unit" | "plan" | "limit" | "source";

/** Amounts of one reading, in its unit; unknown is null. */
export interface Level {
  readonly used: number | null;
  readonly remaining: number | null;
}

export interface Mark extends Level {
  readonly unit: Unit;
  readonly currency: string | null;
  /** The limit and the plan as last stated, or null where they never were. */
  readonly limit: number | null;
  readonly plan: string | null;
  /** The sources that were compared with it so far, without a name for the vendor's endpoint. */
  readonly sources: readonly string[];
  /** Of a rolling window: the level before a fall, while it may turn out to have been a slip. */
  readonly dip?: Level & { readonly readings: number };
}

/** A limit that changes by no more than this share was only stated more precisely. */
const MAX_LIMIT_DRIFT = 0.01;
/** Differences smaller than this share of the level or limit come from rounding. */
const ROUNDING = 1e-9;
/** A fall of a rolling window is a slip when it is undone within this many readings. */
const MAX_DIP_READINGS = 3;
/** And when the level comes back to this share of the limit from where it was. */
const DIP_TOLERANCE = 0.02;
/** A bound for what is kept: more sources than this are not told apart. */
const MAX_SOURCES = 8;

/** A mark at a first reading, of which nothing is counted. */
export function beginMark(reading: Reading, plan: string | null, before?: Mark): Mark {
  const { used, remaining, unit, currency, limit } = reading;
  return {
    used,
    remaining,
    unit,
    currency: currency ?? null,
    limit: limit ?? (before?.unit === unit ? before.limit : null),
    plan: plan ?? before?.plan ?? null,
    sources: withSource(before?.sources ?? [], reading),
  };
}

/** Why `reading` is a share of another whole than the readings before it; null where it is the same one. */
export function changeOfWhole(
  mark: Mark,
  reading: Reading,
  plan: string | null,
): Exclude<BaselineReason, "source"> | null {
  if (reading.unit !== mark.unit || (reading.currency ?? null) !== mark.currency) return "unit";
  if (isOtherPlan(mark, plan)) return "plan";
  const { limit } = reading;
  if (limit === null || mark.limit === null) return null;
  const drift = Math.abs(limit - mark.limit);
  return drift > MAX_LIMIT_DRIFT * Math.max(Math.abs(limit), Math.abs(mark.limit)) ? "limit" : null;
}

/**
 * Whether `plan` is another one than that of the mark. Vendors write one plan in several ways: in other case, or with
 * other marks between its words.
 */
export function isOtherPlan(mark: Pick<Mark, "plan">, plan: string | null): boolean {
  return plan !== null && mark.plan !== null && plan !== mark.plan &&
    planWords(plan) !== planWords(mark.plan);
}

function planWords(plan: string): string {
  return plan.toLowerCase().replace(/[\s_-]+/g, " ").trim();
}

/** Whether nothing of the source of `reading` was compared before. */
export function isNewSource({ sources }: Mark, reading: Reading): boolean {
  return !sources.includes(reading.source ?? "");
}

/**
 * What `reading` says was used above the mark, in its unit, never negative. The mark has to be of the same whole.
 */
export function consumedAbove(mark: Mark, reading: Reading): number {
  if (isGauge(reading.window)) return 0;
  const base = mark.dip && isAtLeast(reading, mark.dip) ? mark.dip : mark;
  return riseBetween(base, reading);
}

/**
 * What was used of a window that began at nothing, in the unit of its first reading. Where only what is left is
 * known, the limit tells it.
 */
export function consumedSinceReset({ used, remaining, limit, window }: Reading): number {
  if (isGauge(window)) return 0;
  if (used !== null) return Math.max(0, used);
  return remaining === null || limit === null ? 0 : Math.max(0, limit - remaining);
}

/** The mark after a reading of the same whole, of which `consumed` was counted. */
export function raiseMark(mark: Mark, reading: Reading, plan: string | null, consumed: number): Mark {
  const { dip: _, ...rest } = mark;
  const common = {
    ...rest,
    limit: reading.limit ?? mark.limit,
    plan: plan ?? mark.plan,
    sources: withSource(mark.sources, reading),
  };
  // What is not stated moved along with what is.
  const usedNow = reading.used ?? (mark.used === null ? null : mark.used + consumed);
  const leftNow = reading.remaining ?? (mark.remaining === null ? null : mark.remaining - consumed);
  if (reading.window.kind === "rolling") {
    const dip = dipAfter(mark, reading);
    return { ...common, used: usedNow, remaining: leftNow, ...dip && { dip } };
  }
  return {
    ...common,
    used: mark.used === null || usedNow === null ? usedNow : Math.max(mark.used, usedNow),
    remaining: mark.remaining === null || leftNow === null ? leftNow : Math.min(mark.remaining, leftNow),
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

/** Whether as much is used as at `level`, or so nearly that it must be the same. */
function isAtLeast(reading: Reading, level: Level): boolean {
  const near = DIP_TOLERANCE * Math.abs(reading.limit ?? level.used ?? level.remaining ?? 0);
  if (reading.used !== null && level.used !== null) return reading.used >= level.used - near;
  return reading.remaining !== null && level.remaining !== null &&
    reading.remaining <= level.remaining + near;
}

function riseBetween(base: Level, { used, remaining, limit }: Reading): number {
  let rise = 0;
  if (used !== null && base.used !== null) rise = used - base.used;
  else if (remaining !== null && base.remaining !== null) rise = base.remaining - remaining;
  const slack = ROUNDING * Math.max(Math.abs(used ?? remaining ?? 0), Math.abs(limit ?? 0), 1);
  return rise > slack ? rise : 0;
}

function withSource(sources: readonly string[], { source = "" }: Reading): readonly string[] {
  return sources.includes(source) || sources.length >= MAX_SOURCES ? sources : [...sources, source];
}

/** How many of the new unit one of the old one is, where both limits say it; null where they do not. */
export function unitFactor(before: number | null, after: number | null): number | null {
  if (before === null || after === null || before <= 0 || after <= 0) return null;
  const factor = after / before;
  return Number.isFinite(factor) && factor > 0 ? factor : null;
}

/** An amount in another unit, without the digits that only come from reckoning. */
export function convert(amount: number, factor: number): number {
  return Number((amount * factor).toPrecision(12));
}
