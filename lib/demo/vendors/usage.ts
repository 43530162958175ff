/**
 * One person's use of one vendor, and the gauges that count it: windows, balances and pools. A gauge is
 * defined by the share of it that is used, so that every vendor has a believable month whatever its unit.
 */
import { createMeter, fromFirstUse, type Meter, type Windows } from "../meter.ts";
import { type Person, storyStart } from "../person.ts";
import { drawBetween } from "../random.ts";
import { createWork } from "../work.ts";
import type { Gauge, Level, VendorRequest } from "./vendor.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SLOT = 5 * 60_000;
/** Demand per hour of a job at normal pace. The gauges convert it to their own measure. */
const PER_HOUR = 10;

/** Bounds; the story takes something in between. */
export type Range = readonly [low: number, high: number];

export interface CountedUsage extends Gauge {
  readonly limit: number;
  /** Return what a response states as used and as left; swapped when that is the trouble. */
  used(req: VendorRequest): number;
  left(req: VendorRequest): number;
  /** Returns when the window ends, epoch milliseconds; null between windows. */
  end(now: number): number | null;
}

interface CountOptions {
  /**
   * The default is a percentage.
   * @default {100}
   */
  readonly limit?: number;
  /**
   * Usage is stated in steps of this.
   * @default {1}
   */
  readonly step?: number;
}

export interface Usage {
  /**
   * Creates windows of this many hours that begin with the first use;
   * `now` is the used share of the one at the anchor.
   */
  session(
    quota: string,
    options: CountOptions & { readonly hours: number; readonly now: Range },
  ): CountedUsage;
  /** Creates consecutive windows; `typical` is the used share of a complete one. */
  period(
    quota: string,
    options: CountOptions & { readonly windows: Windows; readonly days: number; readonly typical: Range },
  ): CountedUsage;
  /**
   * Creates money that falls by `perMonth` in 30 days and is
   * topped up by `topUp` whenever only `low` is left.
   */
  purse(
    quota: string,
    options: { readonly perMonth: number; readonly topUp: number; readonly low: number },
  ): Purse;
  /** Creates an allowance that refills by `refill` an hour; a normal job takes `perHour` of it. */
  pool(
    quota: string,
    options: { readonly limit: number; readonly refill: number; readonly perHour: number },
  ): MeasuredLevel;
  /** Creates the use of the newest whole minute; a normal job takes `usual` of it. */
  minute(quota: string, usual: number): MeasuredLevel;
}

/** A level that is always stated. */
export interface MeasuredLevel extends Level {
  stated(now: number): number;
}

export interface Purse extends MeasuredLevel {
  /** Return all-time spend, and all-time top-ups. */
  spent(now: number): number;
  paid(now: number): number;
}

export interface UsageOptions {
  /** Share of the jobs that use this vendor, 0 to 1. */
  readonly share: number;
  /**
   * How many hours before the anchor the running job began.
   * @default {2.4}
   */
  readonly sinceHours?: number;
}

export function createUsage(person: Person, name: string, { share, sinceHours = 2.4 }: UsageOptions): Usage {
  const { seed, anchor } = person;
  const start = storyStart(person);
  const running = PER_HOUR * sinceHours * 0.8;
  const work = createWork(person, {
    name,
    share,
    perHour: PER_HOUR,
    running: { sinceMs: sinceHours * HOUR, amount: running, perHour: PER_HOUR * 0.6 },
  });
  /** The month's work, as far as the story covers it. */
  const inMonth = work.doneBy(anchor) / (anchor - start) * 30 * DAY;
  const pick = ([low, high]: Range, quota: string) => drawBetween(low, high, seed, name, quota);
  const scaleWork = (factor: number) => (at: number) => work.doneBy(at) * factor;

  function countUsage(quota: string, meter: Meter, { limit = 100, step = 1 }: CountOptions): CountedUsage {
    const computeStated = (now: number) => inSteps(meter.at(now).used, step);
    const computeLeft = (now: number) => tidy(limit - computeStated(now));
    return {
      quota,
      meter,
      limit,
      stated: computeStated,
      used: ({ now, inverted }) => inverted ? computeLeft(now) : computeStated(now),
      left: ({ now, inverted }) => inverted ? computeStated(now) : computeLeft(now),
      end: (now) => meter.at(now).window?.to ?? null,
    };
  }

  return {
    session(quota, { hours, now, ...options }) {
      const { limit = 100 } = options;
      const doneBy = scaleWork(limit * pick(now, quota) / running);
      const windows = fromFirstUse(hours * HOUR, start, work.nextUse);
      return countUsage(quota, createMeter({ windows, limit, doneBy }), options);
    },
    period(quota, { windows, days, typical, ...options }) {
      const { limit = 100 } = options;
      const doneBy = scaleWork(limit * pick(typical, quota) / (inMonth * days / 30));
      return countUsage(quota, createMeter({ windows, limit, doneBy }), options);
    },
    purse(quota, { perMonth, topUp, low }) {
      const ahead = drawBetween(0.2, 0.6, seed, name, quota, "ahead") * topUp;
      const spent = scaleWork(perMonth / inMonth);
      // In cents from the start, so that the parts of a response add up.
      const computeCents = (now: number) => Math.round((spent(now) + ahead) * 100);
      const countTopUps = (now: number) => Math.floor(computeCents(now) / (topUp * 100));
      return {
        quota,
        figure: "remaining",
        stated: (now) => Math.round(low * 100 + topUp * 100 - computeCents(now) % (topUp * 100)) / 100,
        spent: (now) => computeCents(now) / 100,
        paid: (now) => Math.round((low + topUp * (countTopUps(now) + 1)) * 100) / 100,
      };
    },
    pool(quota, { limit, refill, perHour }) {
      const doneBy = scaleWork(perHour / PER_HOUR);
      const levels = [0];
      const at = (slot: number) => {
        for (let next = levels.length; next <= slot; next++) {
          const [from, to] = [start + (next - 1) * SLOT, start + next * SLOT];
          const level = (levels[next - 1] ?? 0) + doneBy(to) - doneBy(from) - refill * SLOT / HOUR;
          levels.push(Math.min(limit, Math.max(0, level)));
        }
        return levels[slot] ?? 0;
      };
      return {
        quota,
        figure: "used",
        stated(now) {
          const place = Math.max(0, (now - start) / SLOT);
          const slot = Math.floor(place);
          return Math.round(at(slot) + (at(slot + 1) - at(slot)) * (place - slot));
        },
      };
    },
    minute(quota, usual) {
      return {
        quota,
        figure: "used",
        stated(now) {
          const end = Math.floor(now / 60_000) * 60_000;
          const done = work.doneBy(end) - work.doneBy(end - 60_000);
          const wave = drawBetween(0.5, 1.5, seed, name, quota, end);
          return Math.round(done / (PER_HOUR / 60) * usual * wave);
        },
      };
    },
  };
}

/** Rounds to no more digits than the step has. */
function inSteps(value: number, step: number): number {
  return tidy(Math.floor(value / step + 1e-9) * step);
}

function tidy(value: number): number {
  return Number(value.toFixed(4));
}
