/**
 * Handles what a vendor may still revert: an early reset that is pending until
 * the next reading, and provisional readings, remembered so that they can be
 * reverted. The rule and its reasons are at the head of `cycle.ts`.
 */
import {
  continueCycle,
  type Cycle,
  type Evidence,
  findExpectedReset,
  isIdle,
  MIN_MOVE_MS,
  moveTolerance,
} from "./cycle.ts";
import { type Level, type Mark, measureAbove, raiseMark } from "./mark.ts";
import { completeAmounts, type Reading } from "../quota.ts";
import { findRise, type Rise, type SessionQuota } from "./session_parts.ts";

/** The state before something uncertain was stated. */
export interface StateBefore {
  readonly reading: Reading;
  /** When it was read, epoch milliseconds. */
  readonly at: number;
  readonly cycle: Cycle;
  /** The level counted until then; absent in states of older versions. */
  readonly mark?: Mark;
  /** The quota's part in the current session at that time, if any; states are stored with this name. */
  readonly strand?: SessionQuota;
  /** Rises up to that time that became known later, and are not in `strand` yet. */
  readonly rises?: readonly Rise[];
}

/** An early reset shown by one reading. */
export interface PendingReset {
  readonly before: StateBefore;
  readonly evidence: readonly Evidence[];
}

/** A ledger entry to remove if the readings are reverted. */
export interface ProvisionalEntry {
  readonly at: number;
  readonly consumed: number;
  /** Start of the cycle that began with it, or null. */
  readonly begun: number | null;
  /** True when that cycle began with the first use of its window, which is not a reset. */
  readonly firstUse?: true;
}

/** Readings that the vendor may revert. */
export interface ProvisionalReadings {
  readonly before: StateBefore;
  /** The first provisional reading, epoch milliseconds. */
  readonly since: number;
  /** Number of provisional readings so far. */
  readonly readings: number;
  /** Their non-zero entries, oldest first. */
  readonly entries: readonly ProvisionalEntry[];
  /** True when the last one stated the previous reset again, with yet another value. */
  readonly returning: boolean;
  /** What counts as used since, in case the first provisional reading proves to have shown an early reset. */
  readonly fall?: Fall;
}

/** A cycle that may have begun with the first provisional reading. */
export interface Fall {
  readonly cycle: Cycle;
  readonly mark: Mark;
  readonly evidence: readonly Evidence[];
  /** Its use, oldest first. */
  readonly rises: readonly Rise[];
}

/** Readings not reverted within this time become final. */
const MAX_DOUBT_MS = 24 * 3_600_000;
/** So do readings with more entries than this, which bounds memory. */
const MAX_ENTRIES = 100;
/** A balance that is zero for longer was spent: at most this many readings in a row, over at most this time. */
const MAX_SLIP_READINGS = 3;
const MAX_SLIP_MS = 3_600_000;
/** After a slip, a balance is at least this share of what it was. */
const MIN_SAME_BALANCE = 0.95;
/** Without a stated reset, a value has come back if it exceeds the old one by at most this share. */
const NEAR_SHARE = 0.1;
/** It must also have risen by more than this share at once. */
const JUMP_SHARE = 0.05;
/** Use since a fall proves it was real once it reaches this share of the value before. */
const GROWN_SHARE = 0.5;

/** Reports whether a reading states a reset other than the current one, before that one has passed. */
export function statesOtherReset(before: StateBefore, reading: Reading, at: number): boolean {
  // The reset of an idle window slides along until the first use.
  if (isIdle(before.reading, before.at)) return false;
  const known = findExpectedReset(before.cycle);
  return known !== null && at < known && distanceToReset(before.cycle, reading) > moveTolerance(reading);
}

/** Reports whether `reading` drops a pending reset that `last` showed. */
export function isDropped(held: PendingReset, last: Reading, reading: Reading): boolean {
  const { before } = held;
  if (!Number.isNaN(distanceToReset(before.cycle, reading))) {
    // Soon after its window began, an early reset moves the stated one by little.
    return hasReturned(before.cycle, last, reading, MIN_MOVE_MS);
  }
  const values = toLevels(before.reading, last, reading);
  if (!values) return false;
  const [from, low, to] = values;
  const whole = Math.abs(reading.limit ?? from);
  return to >= from && to - from <= NEAR_SHARE * whole && to - low > JUMP_SHARE * whole;
}

/**
 * Reports whether `reading` shows a balance at zero that the previous one showed filled. Vendors that cannot tell the
 * balance have stated zero for a moment.
 */
export function isEmptied(before: StateBefore, reading: Reading): boolean {
  return reading.window.kind === "balance" && reading.used === null && reading.remaining === 0 &&
    (before.reading.remaining ?? 0) > 0;
}

/** Reports whether a balance is back at its former level, or somewhat less. A top-up rarely leads exactly there. */
function isFilledAgain({ before }: ProvisionalReadings, { remaining }: Reading): boolean {
  const was = before.reading.remaining;
  return was !== null && remaining !== null && remaining <= was && remaining >= was * MIN_SAME_BALANCE;
}

/** Reports whether `reading` reverts the provisional readings up to `last`. */
export function isReverted(doubt: ProvisionalReadings, last: Reading, reading: Reading): boolean {
  const { before } = doubt;
  if (reading.window.kind === "balance") return isFilledAgain(doubt, reading);
  if (!hasReturned(before.cycle, last, reading)) return false;
  const values = toLevels(before.reading, last, reading);
  if (!values) return false;
  const [old, doubtful, now] = values;
  return Math.abs(now - old) <= Math.abs(now - doubtful);
}

/** Reports whether a reading states the reset of the cycle in another way only by jitter. */
export function statesSameReset({ cycle }: StateBefore, reading: Reading): boolean {
  return distanceToReset(cycle, reading) <= moveTolerance(reading);
}

/** Reports whether the provisional readings can still be reverted at `at`. */
export function isAlive(doubt: ProvisionalReadings, at: number): boolean {
  if (doubt.before.reading.window.kind === "balance") {
    return doubt.readings <= MAX_SLIP_READINGS && at - doubt.since <= MAX_SLIP_MS;
  }
  const known = findExpectedReset(doubt.before.cycle);
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

/** Returns since when the use of a quota may still be corrected, epoch milliseconds; Infinity if it is final. */
export function correctableFrom(
  { at, held, doubt }: {
    readonly at: number;
    readonly held?: PendingReset;
    readonly doubt?: ProvisionalReadings;
  },
): number {
  return Math.min(held ? at : Infinity, doubt ? doubt.since : Infinity);
}

/** Updates the fall with one more reading; undefined once the value is back at the level before the fall. */
export function continueFall(
  { before, fall }: ProvisionalReadings,
  reading: Reading,
  at: number,
): Fall | undefined {
  if (!fall || !isStillBelow(before.reading, reading) && !hasGrown(before, fall, reading)) return undefined;
  const consumed = measureAbove(fall.mark, reading);
  const { cycle, mark } = fall;
  const from = { reading: { ...reading, used: mark.used, remaining: mark.remaining }, at: cycle.lastAt };
  const rise = findRise(from, { reading, at }, { consumed, reset: false });
  return {
    ...fall,
    rises: rise ? [...fall.rises, rise] : fall.rises,
    mark: raiseMark(mark, reading, null, consumed),
    cycle: continueCycle(cycle, reading, at, consumed),
  };
}

/**
 * Reports whether a fall must have been an early reset: it has lasted long enough, or beyond the previous
 * reset, or the use since then has grown step by step beyond the value before the fall.
 */
export function isSettled(
  { before, since, fall }: ProvisionalReadings,
  reading: Reading,
  at: number,
): boolean {
  if (!fall || !(distanceToReset(before.cycle, reading) > moveTolerance(reading))) return false;
  if (!isStillBelow(before.reading, reading)) return hasGrown(before, fall, reading);
  return at >= findExpectedReset(before.cycle)! || at - since >= MAX_DOUBT_MS ||
    fall.rises.length >= MAX_ENTRIES;
}

/**
 * Reports whether use since the fall reached half of the value before it, ahead of
 * the reading that exceeds that value: a slip comes back at once.
 */
function hasGrown({ reading: before }: StateBefore, { mark }: Fall, reading: Reading): boolean {
  const { window } = reading;
  const limit = reading.limit ?? before.limit;
  const usedIn = ({ used, remaining }: Level) =>
    completeAmounts({ used, remaining, limit, window }).used ?? NaN;
  return usedIn(mark) >= GROWN_SHARE * usedIn(before);
}

function isStillBelow(before: Reading, reading: Reading): boolean {
  const [was, now] = toLevels(before, reading) ?? [NaN, NaN];
  return now < was;
}

/** Updates the provisional readings with one more, or returns undefined when they are final. */
export function updateProvisional(
  doubt: ProvisionalReadings,
  last: Reading,
  reading: Reading,
  at: number,
  entry: ProvisionalEntry | null,
): ProvisionalReadings | undefined {
  const returning = hasReturned(doubt.before.cycle, last, reading);
  // The old reset twice with progressing values: only the reset had drifted.
  if (returning && doubt.returning) return undefined;
  const entries = entry ? [...doubt.entries, entry] : doubt.entries;
  if (entries.length > MAX_ENTRIES) return undefined;
  const { fall: _, ...rest } = doubt;
  const fall = continueFall(doubt, reading, at);
  return { ...rest, readings: doubt.readings + 1, entries, returning, ...fall && { fall } };
}

/**
 * Reports whether `reading` states the cycle's current reset again, rather than the one of `last`.
 *
 * @param jitter the reset of `last` was another one if it was further away than this, in milliseconds
 */
function hasReturned(
  cycle: Cycle,
  last: Reading,
  reading: Reading,
  jitter = moveTolerance(reading),
): boolean {
  const off = distanceToReset(cycle, reading);
  if (!(off <= moveTolerance(reading))) return false;
  const lastWasOff = distanceToReset(cycle, last) > jitter;
  return !lastWasOff || off <= Math.abs(reading.resetsAt! - last.resetsAt!);
}

/** Returns how far a stated reset is from the one that will end the cycle; NaN when either is unknown. */
function distanceToReset(cycle: Cycle, { resetsAt }: Reading): number {
  return Math.abs((resetsAt ?? NaN) - (findExpectedReset(cycle) ?? NaN));
}

/** Returns the use in each of some readings on one scale; null when they cannot be compared. */
function toLevels<R extends readonly Reading[]>(...readings: R): { readonly [P in keyof R]: number } | null {
  const used = readings.map((reading) => reading.used);
  const left = readings.map(({ remaining }) => remaining === null ? null : -remaining);
  const known = [used, left].find((values) => !values.includes(null));
  return (known ?? null) as { readonly [P in keyof R]: number } | null;
}
