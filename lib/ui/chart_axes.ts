/** Where the axes of the history chart have their marks. */
import { clockText, dayStart, wallTime } from "../model/time.ts";
import { dayText } from "./dates.ts";

export interface Tick {
  /** Share of the axis, 0 to 1. */
  readonly place: number;
  readonly text: string;
  /** True where a narrow screen can do without it. */
  readonly minor: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Steps between marks, and how long a range may be to use them. */
const STEPS: readonly (readonly [upTo: number, stepMs: number])[] = [
  [HOUR_MS, 10 * 60_000],
  [6 * HOUR_MS, HOUR_MS],
  [24 * HOUR_MS, 3 * HOUR_MS],
  [7 * DAY_MS, DAY_MS],
  [31 * DAY_MS, 4 * DAY_MS],
];

/** Marks of the time axis, at round times of the zone's wall clock. */
export function timeTicks(from: number, to: number, zone: string): readonly Tick[] {
  const length = to - from;
  const step = STEPS.find(([upTo]) => length <= upTo)?.[1] ?? length / 6;
  return step >= DAY_MS
    ? dayTicks(from, to, zone, Math.round(step / DAY_MS))
    : hourTicks(from, to, zone, step);
}

function hourTicks(from: number, to: number, zone: string, step: number): readonly Tick[] {
  const ticks: Tick[] = [];
  const midnight = dayStart(from, zone);
  for (let at = midnight + Math.ceil((from - midnight) / step) * step, i = 0; at <= to; at += step, i++) {
    const { hour, minute } = wallTime(at, zone);
    const text = hour === 0 && minute === 0 ? dayText(at, zone) : clockText(at, zone);
    ticks.push({ place: (at - from) / (to - from), text, minor: i % 2 === 1 });
  }
  return ticks;
}

function dayTicks(from: number, to: number, zone: string, days: number): readonly Tick[] {
  const ticks: Tick[] = [];
  for (let i = 0, at = dayStart(from, zone, 1); at <= to; i++, at = dayStart(at, zone, days)) {
    ticks.push({
      place: (at - from) / (to - from),
      text: dayText(at, zone),
      minor: i % 2 === 1,
    });
  }
  return ticks;
}

const TOPS = [0.25, 0.5, 1, 1.25, 1.5, 2, 3, 5, 10];

/** The upper end of the axis of shares: low enough to see something, never below a quarter. */
export function topOf(highest: number): number {
  return TOPS.find((top) => highest <= top) ?? Math.ceil(highest);
}

/** Four marks of the axis of shares, the upper end included. */
export function shareTicks(top: number): readonly Tick[] {
  return [1, 0.75, 0.5, 0.25, 0].map((part) => ({
    place: 1 - part,
    text: `${Math.round(top * part * 1000) / 10}%`,
    minor: false,
  }));
}
