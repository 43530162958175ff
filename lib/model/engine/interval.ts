/**
 * How often something is read, learnt from the instants at which it was: a history says itself how it came
 * about, so that it means the same wherever it is looked at, whatever is set there. Total and pure.
 *
 * A quota keeps the distances between its last readings. The interval is what most of them are, or nearly
 * the longest of those where they vary; times without readings that are much longer, such as nights, are
 * gaps and no part of it. Two long ones in a row are no gaps any more: somebody reads less often from then on.
 */
import type { Outcome } from "../outcome.ts";

/** A time without readings longer than so many intervals is a gap, in which nothing is inferred. */
export const GAP_INTERVALS = 2.5;
/** Without a rise for longer than so many intervals somebody is idle, however short the idle time is set. */
const IDLE_INTERVALS = 1.5;

/** Distances that are remembered; after half as many a change of rhythm is known. */
export const MAX_DISTANCES = 16;
/** Fewer do not tell a gap from an interval. */
const MIN_DISTANCES = 4;
/** While there are fewer, a longer one is taken for a gap. */
const MAX_FIRST_MS = 3_600_000;
/** Nothing is read less often than this, only left alone for longer. */
const MAX_INTERVAL_MS = 86_400_000;
/** So many of the distances that are no gaps are no longer than the interval. */
const REGULAR_SHARE = 0.9;

/** The distances with one more at the end, epoch milliseconds; those that are too long ago are forgotten. */
export function addDistance(distances: readonly number[] | undefined, distance: number): readonly number[] {
  return distances ? [...distances.slice(1 - MAX_DISTANCES), distance] : [distance];
}

/** The distances between instants in order of time, as `addDistance` remembers them. */
export function distancesOf(instants: readonly number[]): readonly number[] {
  const last = instants.slice(-MAX_DISTANCES - 1);
  return last.slice(1).map((at, place) => at - last[place]!);
}

/** The interval in milliseconds, or null while it is not known. @param distances oldest first */
export function intervalOf(distances: readonly number[]): number | null {
  const { length } = distances;
  if (length < MIN_DISTANCES) return firstIntervalOf(distances);
  const sorted = distances.toSorted((a, b) => a - b);
  const usual = sorted[(length - 1) >> 1]!;
  const longer = Math.min(distances[length - 1]!, distances[length - 2]!);
  if (longer > GAP_INTERVALS * usual) return Math.min(longer, MAX_INTERVAL_MS);
  const regular = sorted.filter((distance) => distance <= GAP_INTERVALS * usual);
  return Math.min(regular[Math.floor(REGULAR_SHARE * (regular.length - 1))]!, MAX_INTERVAL_MS);
}

/** While little is known, rather too long than too short: what lies between two readings is no gap then. */
function firstIntervalOf(distances: readonly number[]): number | null {
  const short = distances.filter((distance) => distance <= MAX_FIRST_MS);
  if (short.length > 0) return Math.max(...short);
  return distances.length > 1 ? Math.min(...distances, MAX_INTERVAL_MS) : null;
}

/** How far back entries count for the rate of what is read so often: with long waits, memory has to be longer. */
export function recentMsFor(recentMs: number, intervalMs: number | null): number {
  return Math.max(recentMs, GAP_INTERVALS * (intervalMs ?? 0));
}

/**
 * After how long without a rise somebody is idle, where readings were so far apart. While little is known,
 * rather too soon: a reading without a rise has shown it.
 */
export function idleMsFor(idleMs: number, distances: readonly number[]): number {
  const { length } = distances;
  const few = length > 1 || length === 1 && distances[0]! <= MAX_FIRST_MS ? Math.min(...distances) : 0;
  const intervalMs = length < MIN_DISTANCES ? few : intervalOf(distances) ?? 0;
  return Math.max(idleMs, Math.ceil(IDLE_INTERVALS * Math.min(intervalMs, MAX_INTERVAL_MS)));
}

/** What is known of a quota as far as its interval goes. */
export interface Rhythmic {
  readonly at: number;
  readonly distances?: readonly number[];
}

/** How often a quota was read lately, in milliseconds; null while that is not known. */
export function quotaIntervalMs({ distances }: Pick<Rhythmic, "distances">): number | null {
  return distances ? intervalOf(distances) : null;
}

/**
 * How far apart readings of an account are when all is well: as often as the last snapshot's quota that is read
 * most often, or as rarely as the last poll meant to be followed by another; in milliseconds.
 */
export function accountIntervalMs(
  { at, quotas }: { readonly at: number | null; readonly quotas: Readonly<Record<string, Rhythmic>> },
  outcome: PlannedBy,
): number {
  const learnt = Object.values(quotas).flatMap((quota) =>
    quota.at === at ? quotaIntervalMs(quota) ?? [] : []
  );
  return Math.max(learnt.length === 0 ? 0 : Math.min(...learnt), plannedMs(outcome));
}

/** The same for one of its quotas. */
export function expectedMs(quota: Pick<Rhythmic, "distances">, outcome: PlannedBy): number {
  return Math.max(quotaIntervalMs(quota) ?? 0, plannedMs(outcome));
}

type PlannedBy = Pick<Outcome, "kind" | "at" | "nextAt" | "nextReason"> | null;

/**
 * How long after the last poll another was to follow, at most, by why it was to be then. A poll that waits for
 * something else than time says nothing of how often; while figures come by themselves, nobody is asked until
 * they have stayed away for a while.
 */
const PLANNED_MS: Readonly<Record<string, number>> = {
  interval: Infinity,
  politeness: Infinity,
  cron: Infinity,
  fed: 600_000,
};

function plannedMs(outcome: PlannedBy): number {
  if (outcome === null || outcome.kind !== "ok" || outcome.nextAt === null) return 0;
  return Math.max(0, Math.min(outcome.nextAt - outcome.at, PLANNED_MS[outcome.nextReason] ?? 0));
}

/** One reading, or several of which only the ends and the number are known. */
export interface Mark {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly count: number;
}

/**
 * Whether the time between two marks is a gap, judged by how often was read around it, before and after: what
 * was read every half hour then is no gap now that it is read every minute.
 *
 * @param marks in order of time
 * @param last place of the earlier one; those between it and `next` state nothing
 * @param leastMs what is no longer is none
 * @param known distances before the first mark, oldest first
 */
export function isGap(
  marks: readonly Mark[],
  [last, next]: readonly [last: number, next: number],
  leastMs: number,
  known: readonly number[] = [],
): boolean {
  const own = marks[next]!.firstAt - marks[last]!.lastAt;
  if (own <= leastMs) return false;
  const before = intervalOf(distancesBefore(marks, next - 1, known));
  // The nearest last, as on the other side.
  const after = intervalOf(distancesAfter(marks, next));
  const around = before === null && after === null
    ? intervalOf([...distancesBefore(marks, next, known), ...distancesAfter(marks, next)])
    : Math.max(before ?? 0, after ?? 0);
  return own > GAP_INTERVALS * (around ?? 0);
}

function distancesBefore(marks: readonly Mark[], place: number, known: readonly number[]): number[] {
  const nearestFirst: number[] = [];
  for (let at = place; at >= 0 && nearestFirst.length < MAX_DISTANCES; at--) {
    addInner(nearestFirst, marks[at]!);
    if (at > 0) nearestFirst.push(marks[at]!.firstAt - marks[at - 1]!.lastAt);
  }
  for (let at = known.length - 1; at >= 0 && nearestFirst.length < MAX_DISTANCES; at--) {
    nearestFirst.push(known[at]!);
  }
  return nearestFirst.slice(0, MAX_DISTANCES).reverse();
}

function distancesAfter(marks: readonly Mark[], place: number): number[] {
  const nearestFirst: number[] = [];
  for (let at = place; at < marks.length && nearestFirst.length < MAX_DISTANCES; at++) {
    addInner(nearestFirst, marks[at]!);
    if (at + 1 < marks.length) nearestFirst.push(marks[at + 1]!.firstAt - marks[at]!.lastAt);
  }
  return nearestFirst.slice(0, MAX_DISTANCES).reverse();
}

/** The readings of a mark, taken to lie evenly. */
function addInner(distances: number[], { firstAt, lastAt, count }: Mark): void {
  const between = Math.min(count - 1, MAX_DISTANCES);
  for (let each = 0; each < between; each++) distances.push((lastAt - firstAt) / (count - 1));
}
