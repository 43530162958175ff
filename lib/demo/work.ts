/**
 * Demand for one thing over time, as a sum that only grows: requests, searches,
 * calls. It follows the person's jobs up to some hours before the anchor, then one
 * running job, so that the demo moves at any time it is viewed.
 */
import { HOUR_MS } from "../model/duration.ts";
import { decideByChance, drawBetween } from "./random.ts";
import { type Person, storyStart } from "./person.ts";

const SLOT_MS = 5 * 60_000;
/** Idle time before the running job, so that every five-hour window has lapsed when it begins. */
const QUIET_MS = 5.5 * HOUR_MS;

export interface Work {
  /** Returns all demand up to an instant, counted from the start of the story. Never falls. */
  doneBy(at: number): number;
  /** Returns the first instant in `[from, until]` with demand, or null. */
  nextUse(from: number, until: number): number | null;
}

export interface WorkOptions {
  /** Names the demand; the same name of the same person gives the same demand. */
  readonly name: string;
  /** Share of the jobs that need it, 0 to 1. */
  readonly share: number;
  /** Hourly demand of a job at normal pace. */
  readonly perHour: number;
  /** The job running at the anchor. */
  readonly running: {
    /** How long before the anchor it began, in milliseconds. */
    readonly sinceMs: number;
    /** Its demand up to the anchor. */
    readonly amount: number;
    /** Its hourly demand from then on. */
    readonly perHour: number;
  };
}

export function createWork(person: Person, options: WorkOptions): Work {
  const { seed, anchor } = person;
  const { name, running } = options;
  // Slots count from here; the anchor is on a slot's edge, because the story lasts whole days.
  const origin = storyStart(person);
  const anchorSlot = (anchor - origin) / SLOT_MS;
  const runningSlot = anchorSlot - Math.max(1, Math.round(running.sinceMs / SLOT_MS));

  /** The demand before each slot. */
  const before: number[] = [0];
  for (const amount of pastSlots()) before.push((before.at(-1) ?? 0) + amount);

  function pastSlots(): Float64Array {
    const slots = new Float64Array(anchorSlot);
    const quiet = origin + runningSlot * SLOT_MS - QUIET_MS;
    for (const job of person.jobs) {
      if (job.to > quiet || job.from < origin) continue;
      if (decideByChance(seed, name, "part", job.id) >= options.share) continue;
      for (let slot = findSlot(job.from); slot <= findSlot(job.to); slot++) {
        const start = origin + slot * SLOT_MS;
        const overlap = Math.min(job.to, start + SLOT_MS) - Math.max(job.from, start);
        const amount = overlap / HOUR_MS * job.pace * options.perHour * burst(slot);
        slots[slot] = (slots[slot] ?? 0) + amount;
      }
    }
    let whole = 0;
    for (let slot = runningSlot; slot < anchorSlot; slot++) whole += burst(slot);
    for (let slot = runningSlot; slot < anchorSlot; slot++) {
      slots[slot] = running.amount * burst(slot) / whole;
    }
    return slots;
  }

  function findSlot(at: number): number {
    return Math.floor((at - origin) / SLOT_MS);
  }

  function burst(slot: number): number {
    return drawBetween(0.3, 1.7, seed, name, "burst", slot);
  }

  /** Calmer, because a user is watching for the next change. */
  function ripple(slot: number): number {
    return drawBetween(0.7, 1.3, seed, name, "ripple", slot);
  }

  /** Computes the slots up to this one. */
  function reach(slot: number): void {
    while (before.length <= slot + 1) {
      const own = before.length - 1;
      before.push((before.at(-1) ?? 0) + running.perHour * SLOT_MS / HOUR_MS * ripple(own));
    }
  }

  return {
    doneBy(at) {
      if (at <= origin) return 0;
      const slot = findSlot(at);
      reach(slot);
      const start = before[slot] ?? 0;
      const end = before[slot + 1] ?? start;
      return start + (end - start) * ((at - origin) / SLOT_MS - slot);
    },
    nextUse(from, until) {
      const first = Math.max(0, findSlot(from));
      reach(findSlot(until));
      for (let slot = first; slot <= findSlot(until); slot++) {
        if ((before[slot + 1] ?? 0) <= (before[slot] ?? 0)) continue;
        // Not on the slot's edge, or every window would begin on the same second.
        const begin = origin + Math.round((slot + decideByChance(seed, name, "begin", slot) * 0.9) * SLOT_MS);
        const at = Math.max(from, begin);
        return at <= until ? at : null;
      }
      return null;
    },
  };
}

/** Rescales the growth such that between two instants it is `amount`. */
export function scaledTo(
  doneBy: (at: number) => number,
  from: number,
  to: number,
  amount: number,
): (at: number) => number {
  const grown = doneBy(to) - doneBy(from);
  const factor = grown > 0 ? amount / grown : 1;
  return (at) => doneBy(at) * factor;
}
