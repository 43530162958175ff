/**
 * The progress of a window: how much of it has passed and how much is left, in wall time or, for people who
 * work up to six days a week, in working time.
 */
import { WEEK_MS } from "../duration.ts";
export { WEEK_MS } from "../duration.ts";
import { dayStart, wallTime } from "../time.ts";

const MIN_WORK_DAYS = 2;
const ALL_DAYS = 7;

/** A range of wall time, epoch milliseconds; excludes `to`. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** A window and an instant in it, in milliseconds that count. */
export interface WindowProgress {
  readonly elapsedMs: number;
  readonly leftMs: number;
  /** Returns the instant after this many more counted milliseconds; the window's end if that is earlier. */
  after(countedMs: number): number;
  /** Number of days of the week that count; 7 when all time does. */
  readonly workDays: number;
}

export interface WindowProgressOptions {
  readonly from: number;
  readonly to: number;
  /** In `[from, to]`. */
  readonly now: number;
  /** Number of working days counted from Monday, 2 to 6; for any other value all time counts. */
  readonly workDays?: number | undefined;
  /** IANA zone of the days; without one all time counts. */
  readonly zone?: string | undefined;
}

/** @throws {RangeError} when working days are requested in an unknown zone */
export function windowProgress({ from, to, now, workDays, zone }: WindowProgressOptions): WindowProgress {
  if (zone === undefined || workDays === undefined || !hasWorkDays(to - from, workDays)) {
    return {
      elapsedMs: now - from,
      leftMs: to - now,
      after: (countedMs) => Math.min(to, now + countedMs),
      workDays: ALL_DAYS,
    };
  }
  const worked = listWorkTime(from, to, workDays, zone);
  return {
    elapsedMs: measureWorkTime(worked, from, now),
    leftMs: measureWorkTime(worked, now, to),
    after: (countedMs) => findAfterWorked(worked, now, countedMs) ?? to,
    workDays,
  };
}

/** Only a window of exactly a week has working days. */
function hasWorkDays(windowMs: number, workDays: number): boolean {
  return windowMs === WEEK_MS && Number.isInteger(workDays) && workDays >= MIN_WORK_DAYS &&
    workDays < ALL_DAYS;
}

/** The last answer: callers request the same week repeatedly, and calendar arithmetic is slow. */
let lastWeek: { readonly key: string; readonly worked: readonly TimeRange[] } | null = null;

/** Returns the parts of `[from, to)` on the first `workDays` days of ISO weeks, cut at local midnights. */
export function listWorkTime(
  from: number,
  to: number,
  workDays: number,
  zone: string,
): readonly TimeRange[] {
  const key = `${from} ${to} ${workDays} ${zone}`;
  if (lastWeek?.key !== key) lastWeek = { key, worked: cutWeek(from, to, workDays, zone) };
  return lastWeek.worked;
}

function cutWeek(from: number, to: number, workDays: number, zone: string): readonly TimeRange[] {
  const worked: TimeRange[] = [];
  for (let start = from; start < to;) {
    const end = Math.min(to, dayStart(start, zone, 1));
    const last = worked.at(-1);
    if (isoWeekday(start, zone) <= workDays) {
      if (last?.to === start) worked[worked.length - 1] = { from: last.from, to: end };
      else worked.push({ from: start, to: end });
    }
    start = end;
  }
  return worked;
}

/** Sums the working time in `[from, to)`, in milliseconds. */
export function measureWorkTime(worked: readonly TimeRange[], from: number, to: number): number {
  let sum = 0;
  for (const timeRange of worked) {
    sum += Math.max(0, Math.min(to, timeRange.to) - Math.max(from, timeRange.from));
  }
  return sum;
}

/** Returns when `workedMs` of working time have passed since `from`, or null when there is less. */
export function findAfterWorked(worked: readonly TimeRange[], from: number, workedMs: number): number | null {
  let wanted = workedMs;
  if (wanted <= 0) return from;
  for (const timeRange of worked) {
    const start = Math.max(from, timeRange.from);
    const length = Math.max(0, timeRange.to - start);
    if (wanted <= length) return start + wanted;
    wanted -= length;
  }
  return null;
}

/** Returns 1 for Monday, up to 7 for Sunday. */
function isoWeekday(at: number, zone: string): number {
  const { year, month, day } = wallTime(at, zone);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;
}
