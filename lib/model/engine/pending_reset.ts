/**
 * Second thoughts about what a vendor stated: a reset before its time that is held until
 * the next reading, and a stretch of readings that is remembered so that it can be taken
 * back. The rule and its reasons stand at the head of `cycle.ts`.
 */
import { type Cycle, type Evidence, expectedReset, isIdle, moveTolerance } from "./cycle.ts";
import { consumedAbove, type Mark, raiseMark } from "./mark.ts";
import type { Reading } from "../quota.ts";
import { type Rise, riseOf, type SessionQuota } from "./session_parts.ts";

/** What stood before something doubtful was stated. */
export interface StateBefore {
  readonly reading: Reading;
  /** When it was read, epoch milliseconds. */
  readonly at: number;
  readonly cycle: Cycle;
  /** What was counted until then; absent in states of older versions. */
  readonly mark?: Mark;
  /** The quota's part in the session under way, if it had one. */
  readonly strand?: SessionQuota;
  /** Rises up to then that are known only now, and are not in `strand` yet. */
  readonly rises?: readonly Rise[];
}

/** A reset before its time that one reading has shown. */
export interface PendingReset {
  readonly before: StateBefore;
  readonly evidence: readonly Evidence[];
}

/** A ledger entry that would have to be taken back. */
export interface ProvisionalEntry {
  readonly at: number;
  readonly consumed: number;
  /** Start of the cycle that began with it, or null. */
  readonly begun: number | null;
}

/** Readings that the vendor may take back. */
export interface ProvisionalReadings {
  readonly before: StateBefore;
  /** The first doubtful reading, epoch milliseconds. */
  readonly since: number;
  /** Doubtful readings so far. */
  readonly readings: number;
  /** Those of their entries that are not nothing, oldest first. */
  readonly entries: readonly ProvisionalEntry[];
  /** True when the last one had the reset of before again, and yet another value. */
  readonly returning: boolean;
  /** What will have been used since, should the first doubtful reading turn out to have shown an early reset. */
  readonly fall?: Fall;
}

/** A cycle that may have begun with the first doubtful reading. */
export interface Fall {
  readonly cycle: Cycle;
  readonly mark: Mark;
  readonly evidence: readonly Evidence[];
  /** What was used in it, oldest first. */
  readonly rises: readonly Rise[];
}

/** What was not taken back after so long is believed. */
const MAX_DOUBT_MS = 24 * 3_600_000;
/** Nor is a stretch with more entries than this taken back, which bounds what is kept. */
const MAX_ENTRIES = 100;
/** Without an advertised reset, a value came back if it is above the old one by no more than this share. */
const NEAR_SHARE = 0.1;
/** And if it rose by more than this share at once. */
const JUMP_SHARE = 0.05;
/** What was used since a fall tells it from a slip once it is this share of what it fell from. */
const GROWN_SHARE = 0.5;

/** Whether a reading advertises a reset that is not the standing one, before that one has passed. */
export function wanders(before: StateBefore, reading: Reading, at: number): boolean {
  // The reset of a window that is not under way slides along until the first use.
  if (isIdle(before.reading, before.at)) return false;
  const known = expectedReset(before.cycle);
  if (known === null || at >= known || reading.resetsAt === null) return false;
  return Math.abs(reading.resetsAt - known) > moveTolerance(reading);
}

/** Whether a reset before its time that `last` showed has vanished with `reading`. */
export function isDropped(held: PendingReset, last: Reading, reading: Reading): boolean {
  const { before } = held;
  if (reading.resetsAt !== null && expectedReset(before.cycle) !== null) {
    return hasReturned(before.cycle, last, reading);
  }
  const [from, low, to] = levels(before.reading, last, reading) ?? [0, 0, -1];
  const whole = Math.max(Math.abs(reading.limit ?? from), 0);
  return to >= from && to - from <= NEAR_SHARE * whole && to - low > JUMP_SHARE * whole;
}

/** Whether the doubtful readings up to `last` are taken back by `reading`. */
export function isTakenBack({ before }: ProvisionalReadings, last: Reading, reading: Reading): boolean {
  if (!hasReturned(before.cycle, last, reading)) return false;
  const values = levels(before.reading, last, reading);
  if (!values) return false;
  const [old, doubtful, now] = values;
  return Math.abs(now - old) <= Math.abs(now - doubtful);
}

/** Whether what is in doubt can still be taken back at `at`. */
export function isAlive(doubt: ProvisionalReadings, at: number): boolean {
  const known = expectedReset(doubt.before.cycle);
  return known !== null && at <= known + moveTolerance(doubt.before.reading) &&
    at - doubt.since <= MAX_DOUBT_MS;
}

export function startProvisional(
  before: StateBefore,
  since: number,
  entry: ProvisionalEntry | null,
  fall?: Fall,
): ProvisionalReadings {
  return { before, since, readings: 1, entries: entry ? [entry] : [], returning: false, ...fall && { fall } };
}

/** The fall after one more reading; undefined once the value is no longer below what it fell from. */
export function continueFall(
  { before, fall }: ProvisionalReadings,
  reading: Reading,
  at: number,
): Fall | undefined {
  if (!fall || !staysBelow(before.reading, reading) && !hasGrown(before, fall, reading)) return undefined;
  const consumed = consumedAbove(fall.mark, reading);
  const { cycle, mark } = fall;
  const from = { reading: { ...reading, used: mark.used, remaining: mark.remaining }, at: cycle.lastAt };
  const rise = riseOf(from, { reading, at }, { consumed, reset: false });
  return {
    ...fall,
    rises: rise ? [...fall.rises, rise] : fall.rises,
    mark: raiseMark(mark, reading, null, consumed),
    cycle: {
      ...cycle,
      resetsAt: reading.resetsAt ?? cycle.resetsAt,
      peak: reading.used === null ? cycle.peak : Math.max(cycle.peak ?? 0, reading.used),
      consumed: cycle.consumed + consumed,
      limit: reading.limit ?? cycle.limit,
      count: cycle.count + 1,
      lastAt: at,
    },
  };
}

/**
 * Whether a fall must have been an early reset: it has lasted so long, or beyond the reset that stood before it, or
 * what was used since has grown step by step beyond what it fell from.
 */
export function isSettled(
  { before, since, fall }: ProvisionalReadings,
  reading: Reading,
  at: number,
): boolean {
  if (!fall) return false;
  const known = expectedReset(before.cycle);
  if (known === null || reading.resetsAt === null) return false;
  if (Math.abs(reading.resetsAt - known) <= moveTolerance(reading)) return false;
  if (!staysBelow(before.reading, reading)) return hasGrown(before, fall, reading);
  return at >= known || at - since >= MAX_DOUBT_MS || fall.rises.length >= MAX_ENTRIES;
}

/** Whether half of what it fell from was used since, before the value that is above it: a slip comes back at once. */
function hasGrown({ reading: before }: StateBefore, { mark }: Fall, reading: Reading): boolean {
  const limit = reading.limit ?? before.limit;
  const usedIn = ({ used, remaining }: Pick<Reading, "used" | "remaining">) =>
    used ?? (limit === null || remaining === null ? null : limit - remaining);
  const [was, risen] = [usedIn(before), usedIn(mark)];
  return was !== null && risen !== null && risen >= GROWN_SHARE * was;
}

function staysBelow(before: Reading, reading: Reading): boolean {
  const values = levels(before, before, reading);
  return values !== null && values[2] < values[0];
}

/** The doubt after one more reading, or undefined when there is no reason for it any more. */
export function updateProvisional(
  doubt: ProvisionalReadings,
  last: Reading,
  reading: Reading,
  at: number,
  entry: ProvisionalEntry | null,
): ProvisionalReadings | undefined {
  const returning = hasReturned(doubt.before.cycle, last, reading);
  // Twice the old reset with values that went on: only the reset had wandered.
  if (returning && doubt.returning) return undefined;
  const entries = entry ? [...doubt.entries, entry] : doubt.entries;
  if (entries.length > MAX_ENTRIES) return undefined;
  const { fall: _, ...rest } = doubt;
  const fall = continueFall(doubt, reading, at);
  return { ...rest, readings: doubt.readings + 1, entries, returning, ...fall && { fall } };
}

/** Whether `reading` has the standing reset of the cycle again, rather than the one that `last` had. */
function hasReturned(cycle: Cycle, last: Reading, reading: Reading): boolean {
  const known = expectedReset(cycle);
  if (known === null || reading.resetsAt === null) return false;
  const near = moveTolerance(reading);
  const off = Math.abs(reading.resetsAt - known);
  if (off > near) return false;
  return last.resetsAt === null || Math.abs(last.resetsAt - known) <= near ||
    off <= Math.abs(reading.resetsAt - last.resetsAt);
}

/** How much is used in each of three readings, on one scale; null when they cannot be compared. */
function levels(a: Reading, b: Reading, c: Reading): readonly [number, number, number] | null {
  if (a.used !== null && b.used !== null && c.used !== null) return [a.used, b.used, c.used];
  if (a.remaining === null || b.remaining === null || c.remaining === null) return null;
  return [-a.remaining, -b.remaining, -c.remaining];
}
