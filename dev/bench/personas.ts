/**
 * Synthetic people and their quotas, for judging the forecast: their demand over
 * time is random, a simulated vendor is read every five minutes, and the engine
 * builds cycles from it. The same seed always gives the same histories.
 */
import { DAY_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import type { QuotaHistory } from "../../lib/model/forecast/backtest.ts";
import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import { accountKey, type Reading, type Window } from "../../lib/model/quota.ts";

const STEP_MS = 5 * MINUTE_MS;
const SLOTS_A_DAY = DAY_MS / STEP_MS;

export const PERSONAS = ["steady", "office", "bursty", "nightly", "evenings", "moody"] as const;
export type Persona = (typeof PERSONAS)[number];

export interface QuotaShape {
  readonly name: string;
  readonly window: Window;
  /** Whether windows begin with the first use after the previous one, or follow each other. */
  readonly begins: "first-use" | "back-to-back";
  /** Number of days by which every other calendar window is longer. */
  readonly months?: boolean;
  /** Usage is stated in steps of this, out of a limit of 100. */
  readonly step: number;
}

const createFixed = (hours: number): Window => ({ kind: "fixed", seconds: hours * 3600 });

export const SHAPES: readonly QuotaShape[] = [
  { name: "five-hour", window: createFixed(5), begins: "first-use", step: 1 },
  { name: "five-hour-fine", window: createFixed(5), begins: "back-to-back", step: 0.1 },
  { name: "daily", window: createFixed(24), begins: "back-to-back", step: 0.1 },
  { name: "weekly", window: createFixed(168), begins: "back-to-back", step: 1 },
  {
    name: "monthly",
    window: { kind: "calendar", seconds: null },
    begins: "back-to-back",
    months: true,
    step: 0.1,
  },
];

export interface PersonaHistory extends QuotaHistory {
  readonly persona: Persona;
  readonly shape: QuotaShape;
}

export interface PersonaOptions {
  readonly seed: number;
  readonly days: number;
  /** The first reading, epoch milliseconds; a midnight UTC. */
  readonly from: number;
}

/** Yields every persona with every shape of quota. */
export function* personaHistories(options: PersonaOptions): Iterable<PersonaHistory> {
  for (const persona of PERSONAS) {
    const random = createRandom(options.seed * 31 + PERSONAS.indexOf(persona) * 7919);
    const demand = simulateDemand(persona, options, random);
    for (const shape of SHAPES) yield simulateHistory(persona, shape, demand, options, random);
  }
}

/** Returns the demand in each five-minute slot, in some unit. */
function simulateDemand(
  persona: Persona,
  { days, from }: PersonaOptions,
  random: () => number,
): Float64Array {
  const demand = new Float64Array(days * SLOTS_A_DAY);
  const put = (day: number, hour: number, hours: number, pace: number) => {
    const first = Math.round((day * 24 + hour) * 12);
    for (let slot = first; slot < first + hours * 12; slot++) {
      if (slot >= 0 && slot < demand.length) demand[slot]! += pace * (0.3 + 1.4 * random());
    }
  };
  /** Adds jobs with pauses over some hours. */
  const work = (day: number, from: number, to: number, pace: number) => {
    for (let hour = from; hour < to;) {
      const long = Math.min(to - hour, 0.15 + 1.3 * random() ** 2);
      put(day, hour, long, pace * (0.5 + 1.1 * random()));
      hour += long + 0.05 + 0.35 * random();
    }
  };
  let mood = 1;
  for (let day = 0; day < days; day++) {
    const weekday = new Date(from + day * DAY_MS).getUTCDay();
    const free = weekday === 0 || weekday === 6;
    const energy = 0.6 + 0.9 * random();
    switch (persona) {
      case "steady":
        put(day, 0, 24, 1);
        break;
      case "office":
        if (!free && random() > 0.05) {
          work(day, 8.7 + random() * 0.7, 12.3, energy);
          work(day, 13 + random() * 0.4, 17.3 + random() * 1.3, energy);
        }
        break;
      case "bursty":
        for (let hour = random() * 9; hour < 24; hour += 1 + random() * 9) {
          put(day, hour, 0.2 + random() * 1.2, 1 + 5 * random() ** 2);
        }
        break;
      case "nightly":
        put(day, 2 + random() * 0.2, 1.4 + random() * 0.5, 5);
        if (!free) work(day, 10, 16, 0.3 * energy);
        break;
      case "evenings":
        if (free ? random() < 0.7 : random() < 0.5) {
          work(day, 19.3 + random(), 21.5 + random() * 1.8, energy * 2);
        }
        if (free && random() < 0.5) work(day, 10.5 + random() * 3, 15 + random() * 2, energy);
        break;
      case "moody":
        // Now and then a new project changes everything.
        if (random() < 0.07) mood = 0.2 + 2.5 * random() ** 2;
        if (!free || random() < 0.3) work(day, 9 + random() * 2, 16 + random() * 3, mood * energy);
    }
  }
  return demand;
}

function simulateHistory(
  persona: Persona,
  shape: QuotaShape,
  demand: Float64Array,
  { from }: PersonaOptions,
  random: () => number,
): PersonaHistory {
  const windowMs = shape.window.seconds === null ? 30 * DAY_MS : shape.window.seconds * 1000;
  // Sets the limit such that a busy window uses about all of it, and most do not.
  const factor = 100 / (busyWindow(demand, windowMs) * (0.6 + 0.9 * random()));
  const account = accountKey("made-up", persona);
  const points: QuotaHistory["points"][number][] = [];
  const cycles: Cycle[] = [];
  let state = emptyState(account);
  let used = 0;
  let resetsAt: number | null = shape.begins === "back-to-back" ? from : null;
  let turn = 0;
  for (const [slot, amount] of demand.entries()) {
    const at = from + slot * STEP_MS;
    if (resetsAt !== null && at >= resetsAt) {
      used = 0;
      const length = shape.months ? windowMs + turn++ % 2 * DAY_MS : windowMs;
      resetsAt = shape.begins === "back-to-back" ? resetsAt + length : null;
    }
    if (amount > 0) resetsAt ??= at + windowMs;
    used = Math.min(100, used + amount * factor);
    const stated = Math.floor(used / shape.step + 1e-9) * shape.step;
    const reading: Reading = {
      quota: shape.name,
      label: shape.name,
      unit: "percent",
      used: Number(stated.toFixed(2)),
      limit: 100,
      remaining: null,
      window: shape.window,
      resetsAt,
    };
    const next = advance(state, { account, at, readings: [reading] });
    state = next.state;
    let consumed = 0;
    for (const change of next.changes) {
      if (change.kind === "entry") consumed = change.consumed;
      if (change.kind === "cycle" && change.cycle.endedAt !== null) cycles.push(change.cycle);
    }
    points.push({ at, used: reading.used, limit: 100, remaining: null, consumed, resetsAt });
  }
  return { persona, shape, window: shape.window, intervalMs: STEP_MS, points, cycles };
}

/** Returns the minimum demand of the busiest tenth of consecutive windows. */
function busyWindow(demand: Float64Array, windowMs: number): number {
  const slots = windowMs / STEP_MS;
  const sums: number[] = [];
  for (let start = 0; start + slots <= demand.length; start += slots) {
    let sum = 0;
    for (let slot = start; slot < start + slots; slot++) sum += demand[slot]!;
    if (sum > 0) sums.push(sum);
  }
  sums.sort((a, b) => a - b);
  return sums[Math.floor(sums.length * 0.9)] ?? 1;
}

/** A small generator of numbers in [0, 1) that repeats for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
