/** When vendors' windows begin: on the UTC clock, at midnight of a zone, or on the subscription's own day. */
import { dayStart } from "../../model/time.ts";
import { backToBack, createMonthly, type Windows } from "../meter.ts";
import { type Person, storyStart } from "../person.ts";
import { decideByChance } from "../random.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;
/** The first Monday of the epoch. */
const MONDAY = 4 * DAY;

/** Returns windows of equal length that begin at whole multiples of it after `offset`. */
export function alignedWindows(person: Person, ms: number, offset = 0): Windows {
  return backToBack(ms, Math.floor((storyStart(person) - offset) / ms) * ms + offset);
}

/** Returns weeks from Monday, 00:00 UTC. */
export function calendarWeeks(person: Person): Windows {
  return alignedWindows(person, WEEK, MONDAY);
}

/** Returns weeks from the minute the subscription began. */
export function ownWeeks(person: Person, name: string): Windows {
  return alignedWindows(
    person,
    WEEK,
    Math.floor(decideByChance(person.seed, name, "week") * WEEK / MINUTE) * MINUTE,
  );
}

/** Returns months from the first, 00:00 UTC. */
export function calendarMonths(person: Person): Windows {
  return createMonths(person, 1);
}

/** Returns months from the subscription's day, 00:00 UTC. */
export function ownMonths(person: Person, name: string): Windows {
  return createMonths(person, 2 + Math.floor(decideByChance(person.seed, name, "month") * 26));
}

function createMonths(person: Person, day: number): Windows {
  const start = new Date(storyStart(person));
  return createMonthly(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() - 1, day));
}

/** Returns days from midnight in a zone, whatever their length. */
export function daysIn(zone: string, person: Person): Windows {
  return {
    origin: dayStart(storyStart(person), zone),
    next: (ended, until) => ended <= until ? { from: ended, to: dayStart(ended + HOUR, zone, 1) } : null,
  };
}

/** Formats an instant as most vendors do. */
export function iso(at: number): string;
export function iso(at: number | null): string | null;
export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
