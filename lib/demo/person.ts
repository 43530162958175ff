/**
 * The days of the person whose quotas the demo shows: when jobs run, and when the laptop is closed. Weekdays
 * from nine to six with lunch, some evenings, some weekends, a day off.
 */
import { dayStart, wallTime } from "../model/time.ts";
import { decideByChance, drawBetween } from "./random.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The story begins this many days before the anchor, so that the back-fill's monthly windows are complete.
 */
const STORY_DAYS = 63;

/** A period of work without a pause. */
export interface Job {
  readonly from: number;
  readonly to: number;
  /** 1 is the normal pace. */
  readonly pace: number;
  /** Identifies the job, to decide which vendors it uses. */
  readonly id: number;
}

/** A period in which the laptop is closed and nothing polls. */
export interface Rest {
  readonly from: number;
  readonly to: number;
}

export interface Person {
  readonly seed: number;
  /** When the story becomes live, epoch milliseconds. */
  readonly anchor: number;
  readonly zone: string;
  /** In time order, from the start of the story to the anchor. */
  readonly jobs: readonly Job[];
  /** In time order. */
  readonly rests: readonly Rest[];
}

export interface PersonOptions {
  readonly seed: number;
  /** Epoch milliseconds. */
  readonly anchor: number;
  /** IANA zone the person lives in. */
  readonly zone: string;
}

export function createPerson({ seed, anchor, zone }: PersonOptions): Person {
  const jobs: Job[] = [];
  const rests: Rest[] = [];
  for (let back = STORY_DAYS; back >= 0; back--) {
    const start = dayStart(anchor, zone, -back);
    const today = planJobs(seed, start, zone, jobs.length);
    rests.push(...planRests(seed, start, today.length === 0));
    jobs.push(...today);
  }
  return {
    seed,
    anchor,
    zone,
    jobs: jobs.filter((job) => job.to <= anchor).map(wholeMs),
    // The last day is viewed up close and stays complete.
    rests: rests.filter((rest) => rest.to < anchor - 30 * HOUR).map(wholeMs),
  };
}

/** Returns when the story begins, epoch milliseconds: nothing was ever used before. */
export function storyStart(person: Person): number {
  return person.anchor - STORY_DAYS * DAY;
}

/** Rounds to whole milliseconds, as everywhere else. */
function wholeMs<T extends Rest>(timeRange: T): T {
  return { ...timeRange, from: Math.round(timeRange.from), to: Math.round(timeRange.to) };
}

/** Returns the weekday of a day, 0 for Sunday. */
function findWeekday(start: number, zone: string): number {
  const { year, month, day } = wallTime(start, zone);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

function planJobs(seed: number, start: number, zone: string, firstId: number): readonly Job[] {
  const day = Math.round(start / DAY);
  const weekday = findWeekday(start, zone);
  const timeRanges: { readonly from: number; readonly to: number }[] = [];
  if (weekday === 0 || weekday === 6) {
    if (decideByChance(seed, "weekend", day) < (weekday === 6 ? 0.4 : 0.25)) {
      const from = start + drawBetween(10.2, 15, seed, "weekend at", day) * HOUR;
      timeRanges.push({ from, to: from + drawBetween(1.5, 4, seed, "weekend for", day) * HOUR });
    }
  } else if (decideByChance(seed, "day off", day) > 0.04) {
    const noon = start + drawBetween(12.1, 12.8, seed, "lunch", day) * HOUR;
    const after = noon + drawBetween(40, 65, seed, "lunch for", day) * MINUTE;
    timeRanges.push({ from: start + drawBetween(8.7, 9.4, seed, "morning", day) * HOUR, to: noon });
    timeRanges.push({ from: after, to: start + drawBetween(17.3, 18.6, seed, "home", day) * HOUR });
    if (decideByChance(seed, "evening", day) < 0.35) {
      const from = start + drawBetween(19.8, 21, seed, "evening at", day) * HOUR;
      timeRanges.push({ from, to: from + drawBetween(0.6, 2, seed, "evening for", day) * HOUR });
    }
  }

  const energy = drawBetween(0.65, 1.45, seed, "energy", day);
  const jobs: Job[] = [];
  for (const timeRange of timeRanges) {
    let from = timeRange.from;
    while (from < timeRange.to - 5 * MINUTE) {
      const id = firstId + jobs.length;
      const long = 10 + 80 * decideByChance(seed, "job for", day, jobs.length) ** 2;
      const to = Math.min(timeRange.to, from + long * MINUTE);
      jobs.push({ from, to, pace: energy * drawBetween(0.5, 1.6, seed, "pace", day, jobs.length), id });
      from = to + drawBetween(3, 22, seed, "pause", day, jobs.length) * MINUTE;
    }
  }
  return jobs;
}

/** Returns the night that ends on a day, and the day itself if it is free. */
function planRests(seed: number, start: number, free: boolean): readonly Rest[] {
  const day = Math.round(start / DAY);
  const wake = start + drawBetween(7.1, 8.2, seed, "wake", day) * HOUR;
  const rests: Rest[] = [];
  if (decideByChance(seed, "closed night", day) < 0.75) {
    rests.push({ from: start + drawBetween(0.2, 1.3, seed, "close", day) * HOUR, to: wake });
  }
  if (free && decideByChance(seed, "closed day", day) < 0.5) {
    rests.push({ from: start + 9 * HOUR, to: start + drawBetween(19, 23, seed, "open", day) * HOUR });
  }
  return rests;
}
