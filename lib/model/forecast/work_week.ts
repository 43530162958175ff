/**
 * The course of a window: how much of it has passed and how much is left, in wall time or,
 * for whoever works five or six days a week, in worked time alone.
 */
import { WEEK_MS } from "../duration.ts";
export { WEEK_MS } from "../duration.ts";
import { dayStart, wallTime } from "../time.ts";

/** Only a window of exactly this length has working days. */
const MIN_WORK_DAYS = 2;
const ALL_DAYS = 7;

/** A stretch of wall time, epoch milliseconds; `to` is not part of it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A window and an instant in it, in milliseconds that count. */
export interface WindowProgress {
  readonly elapsedMs: number;
  readonly leftMs: number;
  /** The instant at which so many more counted milliseconds have passed; past the end, the end. */
  after(countedMs: number): number;
  /** Days of the week that count, or 7 when all of the time does. */
  readonly workDays: number;
}

export interface WindowProgressOptions {
  readonly from: number;
  readonly to: number;
  /** In `[from, to]`. */
  readonly now: number;
  /** Days from Monday on that are worked, 2 to 6; anything else means that all time counts. */
  readonly workDays?: number | undefined;
  /** IANA zone in which days begin; without one all time counts. */
  readonly zone?: string | undefined;
}

/** @throws {RangeError} when working days are asked for in a zone that is not known */
export function windowProgress({ from, to, now, workDays, zone }: WindowProgressOptions): WindowProgress {
  if (zone === undefined || workDays === undefined || !hasWorkDays(to - from, workDays)) {
    return {
      elapsedMs: now - from,
      leftMs: to - now,
      after: (countedMs) => Math.min(to, now + countedMs),
      workDays: ALL_DAYS,
    };
  }
  const worked = workedStretches(from, to, workDays, zone);
  return {
    elapsedMs: workedBetween(worked, from, now),
    leftMs: workedBetween(worked, now, to),
    after: (countedMs) => afterWorked(worked, now, countedMs) ?? to,
    workDays,
  };
}

function hasWorkDays(windowMs: number, workDays: number): boolean {
  return windowMs === WEEK_MS && Number.isInteger(workDays) && workDays >= MIN_WORK_DAYS &&
    workDays < ALL_DAYS;
}

/** The last answer: the same week is asked for again and again, and the calendar is slow. */
let lastWeek: { readonly key: string; readonly worked: readonly Stretch[] } | null = null;

/** The parts of `[from, to)` that lie on the first `workDays` days of ISO weeks, cut at local midnights. */
export function workedStretches(
  from: number,
  to: number,
  workDays: number,
  zone: string,
): readonly Stretch[] {
  const key = `${from} ${to} ${workDays} ${zone}`;
  if (lastWeek?.key !== key) lastWeek = { key, worked: cutWeek(from, to, workDays, zone) };
  return lastWeek.worked;
}

function cutWeek(from: number, to: number, workDays: number, zone: string): readonly Stretch[] {
  const worked: Stretch[] = [];
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

/** How much of `[from, to)` is worked, in milliseconds. */
export function workedBetween(worked: readonly Stretch[], from: number, to: number): number {
  let sum = 0;
  for (const stretch of worked) {
    sum += Math.max(0, Math.min(to, stretch.to) - Math.max(from, stretch.from));
  }
  return sum;
}

/** The first instant at which `workedMs` have been worked since `from`, or null when there are not so many. */
export function afterWorked(worked: readonly Stretch[], from: number, workedMs: number): number | null {
  let wanted = workedMs;
  if (wanted <= 0) return from;
  for (const stretch of worked) {
    const start = Math.max(from, stretch.from);
    const length = stretch.to - start;
    if (length <= 0) continue;
    if (wanted <= length) return start + wanted;
    wanted -= length;
  }
  return null;
}

/** 1 is Monday, 7 is Sunday. */
function isoWeekday(at: number, zone: string): number {
  const { year, month, day } = wallTime(at, zone);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7;
}
