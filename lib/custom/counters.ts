/** Turns events recorded by users' programs into a provider: counters over the declared windows. */
import { type Log, Secret } from "../provider/context.ts";
import { computeRest, tidy } from "../provider_kit/decode.ts";
import type { Reading } from "../model/quota.ts";
import { dayStart, midnight, wallTime, weekStart } from "../model/time.ts";
import type { Provider } from "../provider/contract.ts";
import { CALENDAR, withStart } from "../provider_kit/readings.ts";
import { type CounterRule, type EventSource, providerId } from "./declaration.ts";
import type { EventMatch, Sums } from "./event_store.ts";

/** Queries over the recorded events. */
export interface Events {
  sums(match: EventMatch, from: number, to: number): Sums;
}

export interface EventSources {
  /** Imports new lines from the files, then lets `use` query all events. */
  read<T>(now: number, log: Log, use: (events: Events) => T): Promise<T>;
  /** Returns the zone in which days begin. */
  zone(): string;
}

export function counterProvider(declaration: EventSource, sources: EventSources): Provider {
  const { id, label, quotas, events: match } = declaration;
  return {
    id: providerId(declaration),
    name: label,
    hosts: [],
    official: false,
    settings: [],
    signIn: "Nothing to set: it counts the lines of files",
    everyMs: declaration.everySeconds * 1000,
    accounts: () =>
      Promise.resolve([{ name: "default", source: `the declaration of ${id}`, secret: new Secret("") }]),
    async read(ctx) {
      const now = ctx.now();
      const zone = sources.zone();
      return await sources.read(now, ctx.log, (events) => {
        return { readings: quotas.map((rule) => createReading(rule, match, events, now, zone)) };
      });
    },
  };
}

function createReading(
  rule: CounterRule,
  match: EventMatch,
  events: Events,
  now: number,
  zone: string,
): Reading {
  const { start, end } = chooseSpan(rule, now, zone);
  const used = tidy(events.sums(match, start, now + 1)[rule.count]);
  const limit = rule.limit?.literal ?? null;
  const seconds = rule.windowSeconds ?? null;
  return withStart({
    quota: rule.key,
    label: rule.label,
    unit: rule.unit,
    used,
    limit,
    remaining: computeRest(limit, used),
    window: seconds === null ? CALENDAR : { kind: rule.rolling ? "rolling" : "fixed", seconds },
    resetsAt: end,
  }, start);
}

/**
 * Returns the window that contains `now`. A window with a length
 * starts at a whole multiple of it since 1970, in UTC.
 */
function chooseSpan(
  rule: CounterRule,
  now: number,
  zone: string,
): { readonly start: number; readonly end: number | null } {
  if (rule.calendar === "day") return { start: dayStart(now, zone), end: dayStart(now, zone, 1) };
  if (rule.calendar === "week") return { start: weekStart(now, zone), end: weekStart(now, zone, 1) };
  if (rule.calendar === "month") return { start: monthStart(now, zone), end: monthStart(now, zone, 1) };
  const length = (rule.windowSeconds ?? 86_400) * 1000;
  if (rule.rolling) return { start: now - length + 1, end: null };
  const start = Math.floor(now / length) * length;
  return { start, end: start + length };
}

function monthStart(at: number, zone: string, move = 0): number {
  const { year, month } = wallTime(at, zone);
  return midnight(year, month + move, 1, zone);
}
