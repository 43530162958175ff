/**
 * Learns the polling interval from the instants of readings: the history itself says how it came about, so
 * that it means the same everywhere, whatever the settings are. Total and pure.
 *
 * A quota keeps the distances between its last readings. The interval is the distance most of them have, or
 * nearly the longest of them when they vary; much longer pauses, such as nights, are gaps and do not count.
 * Two long ones in a row are no longer gaps: polling has become less frequent.
 */
import type { Outcome } from "../outcome.ts";

/** A pause longer than this many intervals is a gap, in which nothing is inferred. */
export const GAP_INTERVALS = 2.5;
/** Minimum age of a stale reading, however short the interval. */
export const MIN_STALE_MS = 180_000;
/** Without a rise for longer than this many intervals the account is idle, however short the idle setting. */
const IDLE_INTERVALS = 1.5;

/** Number of distances stored; half as many reveal a change of rhythm. */
export const MAX_DISTANCES = 16;
/** Fewer cannot distinguish a gap from an interval. */
const MIN_DISTANCES = 4;
/** With fewer distances, a longer one counts as a gap. */
const MAX_FIRST_MS = 3_600_000;
/** Nothing is polled less often than this; longer distances are pauses. */
const MAX_INTERVAL_MS = 86_400_000;
/** This share of the distances that are not gaps is no longer than the interval. */
const REGULAR_SHARE = 0.9;

/** Returns the age from which an account's readings are stale, in milliseconds: one poll may be late or lost. */
export function staleAfterMs(expectedIntervalMs: number): number {
  return Math.max(MIN_STALE_MS, GAP_INTERVALS * expectedIntervalMs);
}

/**
 * Reports whether another process polls an account that this one's settings do not find, such as a server
 * with a different environment: it planned another poll, and is not so late that the readings are stale.
 */
export function isPolledElsewhere(outcome: Outcome | null, now: number): boolean {
  if (outcome === null) return false;
  const { at, nextAt } = outcome;
  return now <= at + staleAfterMs(nextAt === null ? 0 : nextAt - at);
}

/** Appends a distance in milliseconds, and drops the oldest ones beyond the maximum. */
export function addDistance(distances: readonly number[] | undefined, distance: number): readonly number[] {
  return distances ? [...distances.slice(1 - MAX_DISTANCES), distance] : [distance];
}

/** Returns the distances between instants in time order, in the form `addDistance` keeps. */
export function measureDistances(instants: readonly number[]): readonly number[] {
  const last = instants.slice(-MAX_DISTANCES - 1);
  return last.slice(1).map((at, place) => at - last[place]!);
}

/** Estimates by their distances, which never change: a view asks for each several times a second. */
const estimates = new WeakMap<readonly number[], number | null>();

/** Returns the interval in milliseconds, or null while it is unknown. @param distances oldest first */
export function estimateInterval(distances: readonly number[]): number | null {
  let estimate = estimates.get(distances);
  if (estimate === undefined) estimates.set(distances, estimate = computeInterval(distances));
  return estimate;
}

function computeInterval(distances: readonly number[]): number | null {
  const { length } = distances;
  if (length < MIN_DISTANCES) return estimateFirstInterval(distances);
  const sorted = distances.toSorted((a, b) => a - b);
  const usual = sorted[(length - 1) >> 1]!;
  const longer = Math.min(distances[length - 1]!, distances[length - 2]!);
  if (longer > GAP_INTERVALS * usual) return Math.min(longer, MAX_INTERVAL_MS);
  const regular = sorted.filter((distance) => distance <= GAP_INTERVALS * usual);
  return Math.min(regular[Math.floor(REGULAR_SHARE * (regular.length - 1))]!, MAX_INTERVAL_MS);
}

/**
 * Estimates from few distances, rather too long than too short, so
 * that the time between two readings is not taken for a gap.
 */
function estimateFirstInterval(distances: readonly number[]): number | null {
  const short = distances.filter((distance) => distance <= MAX_FIRST_MS);
  if (short.length > 0) return Math.max(...short);
  return distances.length > 1 ? Math.min(...distances, MAX_INTERVAL_MS) : null;
}

/** Returns how far back entries count for the rate: a long interval needs a longer memory. */
export function recentMsFor(recentMs: number, intervalMs: number | null): number {
  return Math.max(recentMs, GAP_INTERVALS * (intervalMs ?? 0));
}

/**
 * Returns how long without a rise makes an account idle, given the distances between readings. With few
 * distances, it prefers too short, because a reading without a rise has shown idleness.
 */
export function idleMsFor(idleMs: number, distances: readonly number[]): number {
  const { length } = distances;
  const few = length > 1 || length === 1 && distances[0]! <= MAX_FIRST_MS ? Math.min(...distances) : 0;
  const intervalMs = length < MIN_DISTANCES ? few : estimateInterval(distances)!;
  return Math.max(idleMs, Math.ceil(IDLE_INTERVALS * Math.min(intervalMs, MAX_INTERVAL_MS)));
}

/** What the interval of a quota is computed from. */
export interface ReadingTimes {
  readonly at: number;
  readonly distances?: readonly number[];
}

/** Returns a quota's recent polling interval, in milliseconds; null while unknown. */
export function quotaIntervalMs({ distances }: Pick<ReadingTimes, "distances">): number | null {
  return distances ? estimateInterval(distances) : null;
}

/**
 * Returns the normal distance between an account's readings, in milliseconds: the interval of the most
 * frequently read quota in the last snapshot, or the plan of the last poll if that is longer.
 */
export function accountIntervalMs(
  { at, quotas }: { readonly at: number | null; readonly quotas: Readonly<Record<string, ReadingTimes>> },
  outcome: PlannedOutcome,
): number {
  const learnt = Object.values(quotas).flatMap((quota) =>
    quota.at === at ? quotaIntervalMs(quota) ?? [] : []
  );
  return Math.max(learnt.length === 0 ? 0 : Math.min(...learnt), plannedMs(outcome));
}

/** Like `accountIntervalMs`, for one of its quotas. */
export function expectedMs(quota: Pick<ReadingTimes, "distances">, outcome: PlannedOutcome): number {
  return Math.max(quotaIntervalMs(quota) ?? 0, plannedMs(outcome));
}

type PlannedOutcome = Pick<Outcome, "kind" | "at" | "nextAt" | "nextReason"> | null;

/**
 * Maximum planned delay to the next poll that says something about the interval, by its reason. A poll that
 * waits for anything but time says nothing; while local readings arrive, the vendor is polled only after they
 * have stopped for a while.
 */
const PLANNED_MS: Readonly<Record<string, number>> = {
  interval: Infinity,
  politeness: Infinity,
  cron: Infinity,
  // Only planned when it comes before the regular poll.
  reset: Infinity,
  fed: 600_000,
};

function plannedMs(outcome: PlannedOutcome): number {
  if (outcome === null || outcome.kind !== "ok" || outcome.nextAt === null) return 0;
  return Math.max(0, Math.min(outcome.nextAt - outcome.at, PLANNED_MS[outcome.nextReason] ?? 0));
}

/** One reading, or a group known only by its ends and its size. */
export interface Mark {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
}

/**
 * Reports whether the time between two marks is a gap, judged by the polling interval around it, before and
 * after: a half-hourly reading from earlier does not become a gap when polling later runs every minute.
 *
 * @param marks in time order
 * @param last index of the earlier one; those between it and `next` state nothing
 * @param minMs nothing shorter than or equal to this is a gap
 * @param known distances before the first mark, oldest first
 */
export function isGap(
  marks: readonly Mark[],
  [last, next]: readonly [last: number, next: number],
  minMs: number,
  known: readonly number[] = [],
): boolean {
  const own = marks[next]!.firstAt - marks[last]!.lastAt;
  if (own <= minMs) return false;
  const before = takeNearest(distancesBefore(marks, next - 1, known));
  // Only the nearest, as on the other side.
  const after = takeNearest(distancesAfter(marks, next));
  const sides = [before, after].flatMap((distances) => estimateInterval(distances) ?? []);
  const between = marks[next]!.firstAt - marks[next - 1]!.lastAt;
  const interval = sides.length > 0 ? Math.max(...sides) : estimateInterval([...before, between, ...after]);
  return interval === null || own > GAP_INTERVALS * interval;
}

/** Returns the first distances, in the form `addDistance` keeps. @param distances nearest first */
function takeNearest(distances: Iterable<number>): readonly number[] {
  const taken: number[] = [];
  for (const distance of distances) {
    taken.push(distance);
    if (taken.length === MAX_DISTANCES) break;
  }
  return taken.reverse();
}

/** Returns the distances up to the end of a mark, nearest first. */
function* distancesBefore(
  marks: readonly Mark[],
  place: number,
  known: readonly number[],
): Iterable<number> {
  for (let at = place; at >= 0; at--) {
    yield* distancesInside(marks[at]!);
    const earlier = marks[at - 1];
    if (earlier) yield marks[at]!.firstAt - earlier.lastAt;
  }
  yield* known.toReversed();
}

/** Returns the distances from the start of a mark, nearest first. */
function* distancesAfter(marks: readonly Mark[], place: number): Iterable<number> {
  for (let at = place; at < marks.length; at++) {
    yield* distancesInside(marks[at]!);
    const later = marks[at + 1];
    if (later) yield later.firstAt - marks[at]!.lastAt;
  }
}

/** Returns the distances between the readings of a mark, assuming even ones. */
function* distancesInside({ firstAt, lastAt, count }: Mark): Iterable<number> {
  for (let each = 1; each < count; each++) yield (lastAt - firstAt) / (count - 1);
}
