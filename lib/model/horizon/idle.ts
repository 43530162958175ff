/** Learns from sessions at which hours a user does not work. */
import { DAY_MS, HOUR_MS } from "../duration.ts";
import type { Session } from "../engine/session.ts";
import type { TimeRange } from "../forecast/work_week.ts";
import { wallTime } from "../time.ts";

/** How much history to learn from. */
export const LEARNING_MS = 28 * DAY_MS;
/** With fewer days of history the result is unknown. */
const MIN_DAYS = 7;
/** From this many weeks on, each weekday is judged by itself. */
const MIN_WEEKS = 3;
/** At most this share of all days may have been worked at an idle hour. */
const MAX_WORKED = 0.1;
/** Shorter breaks, such as lunch, are not idle time. */
const MIN_IDLE_MS = 2 * HOUR_MS;
const HOURS = 24;
const WEEKDAYS = 7;

/** One entry for each hour of a week, Sunday midnight first: true where the user is idle. */
export type IdleWeek = readonly boolean[];

/**
 * Returns null while the history is too short or empty.
 *
 * @param active time ranges with use, in any order
 * @param from when the history begins; nothing is known before it
 */
export function idleWeek(
  active: readonly TimeRange[],
  from: number,
  now: number,
  zone: string,
): IdleWeek | null {
  const start = Math.max(from, now - LEARNING_MS);
  if (now - start < MIN_DAYS * DAY_MS) return null;
  const worked = new Set<number>();
  for (const timeRange of active) {
    const last = Math.floor(Math.min(timeRange.to, now) / HOUR_MS);
    for (let hour = Math.floor(Math.max(timeRange.from, start) / HOUR_MS); hour <= last; hour++) {
      worked.add(hour);
    }
  }
  const seen = createCounts();
  const used = createCounts();
  for (let hour = Math.ceil(start / HOUR_MS); hour < Math.floor(now / HOUR_MS); hour++) {
    const place = findSlot(hour * HOUR_MS, zone);
    seen[place]!++;
    if (worked.has(hour)) used[place]!++;
  }
  if (used.every((count) => count === 0)) return null;
  const byDay = seen.every((count) => count >= MIN_WEEKS);
  return seen.map((_, place) => {
    if (byDay) return used[place] === 0;
    const hour = place % HOURS;
    return sumHour(used, hour) <= MAX_WORKED * sumHour(seen, hour);
  });
}

/** Does the same from the sessions of the last weeks; the history begins with the earliest. */
export function findIdleWeek(
  sessions: readonly Pick<Session, "startedAt" | "lastRiseAt">[],
  now: number,
  zone: string,
): IdleWeek | null {
  const active = sessions.map(({ startedAt, lastRiseAt }) => ({ from: startedAt, to: lastRiseAt }));
  const first = active.reduce((earliest, { from }) => Math.min(earliest, from), now);
  return idleWeek(active, first, now, zone);
}

function createCounts(): number[] {
  return new Array<number>(HOURS * WEEKDAYS).fill(0);
}

/** Sums one hour of the day over all weekdays. */
function sumHour(places: readonly number[], hour: number): number {
  let sum = 0;
  for (let place = hour; place < places.length; place += HOURS) sum += places[place]!;
  return sum;
}

/** Returns the hour of the week in local time. */
function findSlot(at: number, zone: string): number {
  const { year, month, day, hour } = wallTime(at, zone);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() * HOURS + hour;
}

/** Returns the idle parts of a time range; empty when nothing is known. */
export function listIdleRanges(
  week: IdleWeek | null,
  { from, to }: TimeRange,
  zone: string,
): readonly TimeRange[] {
  if (week === null) return [];
  const ranges: TimeRange[] = [];
  // Two extra hours at both ends, so that a break reaching beyond the range is not taken for a short one.
  const first = Math.floor((from - MIN_IDLE_MS) / HOUR_MS);
  const last = Math.ceil((to + MIN_IDLE_MS) / HOUR_MS);
  let begin: number | null = null;
  for (let hour = first; hour <= last; hour++) {
    const isIdle = hour < last && week[findSlot(hour * HOUR_MS, zone)] === true;
    if (isIdle) begin ??= hour * HOUR_MS;
    else if (begin !== null) {
      const end = hour * HOUR_MS;
      const [shownFrom, shownTo] = [Math.max(from, begin), Math.min(to, end)];
      if (end - begin >= MIN_IDLE_MS && shownFrom < shownTo) ranges.push({ from: shownFrom, to: shownTo });
      begin = null;
    }
  }
  return ranges;
}
