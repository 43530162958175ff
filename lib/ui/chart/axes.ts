/** Computes the ticks of the history chart's axes. */
import { DAY_MS } from "../../model/duration.ts";
import { formatShare } from "../../model/view/format.ts";
import { clockText, dayStart, midnight, wallTime } from "../../model/time.ts";
import { dayText, monthText } from "../dates.ts";

export interface Tick {
  /** Position on the axis, 0 to 1. */
  readonly place: number;
  readonly text: string;
  /** True when a narrow screen can omit it. */
  readonly minor: boolean;
}

export interface TimeTick extends Tick {
  /** Epoch milliseconds. It identifies the tick while the axis moves on. */
  readonly at: number;
}

/** Height of a time axis below a drawing, in pixels. */
export const AXIS_HEIGHT = 26;

/** Writes a position on an axis, 0 to 1, as SVG takes it. */
export function formatPercent(place: number): string {
  return `${Math.round(place * 10_000) / 100}%`;
}

/** Tick distances shorter than a day, and in whole days. */
const STEPS: readonly number[] = [5, 10, 30, 60, 180, 360, 720].map((minutes) => minutes * 60_000);
const DAY_STEPS: readonly number[] = [1, 2, 4, 7, 14];
const MONTH_STEPS: readonly number[] = [1, 2, 3, 6, 12];
const MAX_TICKS = 8;
const MONTH_MS = 30.5 * DAY_MS;

/** Computes the ticks of the time axis, at round local times of the zone; about eight at most. */
export function timeTicks(from: number, to: number, zone: string): readonly TimeTick[] {
  const length = to - from;
  const step = STEPS.find((stepMs) => length / stepMs <= MAX_TICKS);
  if (step !== undefined) return hourTicks(from, to, zone, step);
  const days = DAY_STEPS.find((count) => length / DAY_MS / count <= MAX_TICKS);
  if (days !== undefined) return dayTicks(from, to, zone, days);
  return monthTicks(
    from,
    to,
    zone,
    MONTH_STEPS.find((count) => length / MONTH_MS / count <= MAX_TICKS) ?? 24,
  );
}

function hourTicks(from: number, to: number, zone: string, step: number): readonly TimeTick[] {
  const ticks: TimeTick[] = [];
  const midnight = dayStart(from, zone);
  for (let at = midnight + Math.ceil((from - midnight) / step) * step, i = 0; at <= to; at += step, i++) {
    const { hour, minute } = wallTime(at, zone);
    const text = hour === 0 && minute === 0 ? dayText(at, zone) : clockText(at, zone);
    ticks.push({ at, place: (at - from) / (to - from), text, minor: i % 2 === 1 });
  }
  return ticks;
}

function dayTicks(from: number, to: number, zone: string, days: number): readonly TimeTick[] {
  const ticks: TimeTick[] = [];
  for (let i = 0, at = dayStart(from, zone, 1); at <= to; i++, at = dayStart(at, zone, days)) {
    ticks.push({
      at,
      place: (at - from) / (to - from),
      text: dayText(at, zone),
      minor: i % 2 === 1,
    });
  }
  return ticks;
}

function monthTicks(from: number, to: number, zone: string, months: number): readonly TimeTick[] {
  const { year, month } = wallTime(from, zone);
  const first = Math.ceil(month / months) * months + 1;
  const ticks: TimeTick[] = [];
  for (let i = 0; i <= 2 * MAX_TICKS; i++) {
    const number = first + i * months - 1;
    const at = midnight(year + Math.floor(number / 12), number % 12 + 1, 1, zone);
    if (at > to) break;
    ticks.push({ at, place: (at - from) / (to - from), text: monthText(at, zone), minor: i % 2 === 1 });
  }
  return ticks;
}

const TOPS = [0.25, 0.5, 1, 1.25, 1.5, 2, 3, 5, 10];
/** Tick distances of the share axis: round figures that divide the tops. */
const SHARE_STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100];
const MAX_SHARE_TICKS = 5;

/**
 * Returns the upper end of the share axis: a round figure, at least a quarter, and low enough to show detail.
 */
export function chooseTop(highest: number): number {
  const top = TOPS.find((one) => highest <= one);
  if (top !== undefined) return top;
  const step = chooseStep(highest);
  return Math.ceil(highest / step) * step;
}

/** Lists the ticks of the share axis from top to bottom, at round figures, both ends included. */
export function shareTicks(top: number): readonly Tick[] {
  const count = Math.round(top / chooseStep(top));
  return Array.from({ length: count + 1 }, (_, place) => {
    const part = (count - place) / count;
    return { place: 1 - part, text: formatShare(top * part), minor: false };
  });
}

function chooseStep(top: number): number {
  return SHARE_STEPS.find((step) => top / step <= MAX_SHARE_TICKS + 1e-9) ?? Math.ceil(top / MAX_SHARE_TICKS);
}
