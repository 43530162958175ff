/** Readings, polls, and the contents of a correct store after them, for model tests. */
export { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/model/duration.ts";
import {
  type AccountState,
  advance,
  type Change,
  DEFAULT_RULES,
  emptyState,
  type Rules,
} from "../../lib/model/engine/advance.ts";
import { type Bucket, bucketStart } from "../../lib/model/engine/bucket.ts";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import type { Entry } from "../../lib/model/engine/ledger.ts";
import type { AccountKey, Reading, Window } from "../../lib/model/quota.ts";
import type { Session } from "../../lib/model/engine/session.ts";

export const ACCOUNT: AccountKey = "acme/work";
export const FIVE_HOURS: Window = { kind: "fixed", seconds: 18_000 };
export const ONE_HOUR: Window = { kind: "fixed", seconds: 3600 };
export const ONE_WEEK: Window = { kind: "fixed", seconds: 604_800 };
export const MONTHLY: Window = { kind: "calendar", seconds: null };
export const ROLLING: Window = { kind: "rolling", seconds: 18_000 };
export const BALANCE: Window = { kind: "balance", seconds: null };

/** `utc("2026-11-21 10:00")`, with optional seconds. */
export function utc(text: string): number {
  const at = Date.parse(`${text.replace(" ", "T")}${text.length > 10 ? "" : "T00:00"}Z`);
  if (Number.isNaN(at)) throw new RangeError(`Cannot read the instant "${text}"`);
  return at;
}

export function reading(fields: Partial<Reading> = {}): Reading {
  return {
    quota: "five-hour",
    label: "Five hours",
    unit: "requests",
    used: 0,
    limit: 100,
    remaining: null,
    window: FIVE_HOURS,
    resetsAt: null,
    ...fields,
  };
}

export interface FakePoll {
  readonly at: number;
  readonly plan?: string;
  readonly readings: readonly Reading[];
}

export type KeptEntry = Entry & { readonly reset: boolean };

/** The contents of a store after polls, by kind. */
export interface Kept {
  readonly state: AccountState;
  readonly entries: ReadonlyMap<string, readonly KeptEntry[]>;
  /** By quota, in order of time. */
  readonly cycles: ReadonlyMap<string, readonly Cycle[]>;
  /** By quota, in order of time, all steps. */
  readonly buckets: ReadonlyMap<string, readonly Bucket[]>;
  /** In order of time. */
  readonly sessions: readonly Session[];
  /** The changes of each poll. */
  readonly changes: readonly (readonly Change[])[];
}

/** Passes polls to `advance` and collects the results, replacing those with the same key as a store must. */
export function replay(
  polls: readonly FakePoll[],
  from: AccountState = emptyState(ACCOUNT),
  rules: Rules = DEFAULT_RULES,
): Kept {
  const entries = new Map<string, Map<number, KeptEntry>>();
  const cycles = new Map<string, Map<number, Cycle>>();
  const buckets = new Map<string, Map<string, Bucket>>();
  const sessions = new Map<number, Session>();
  const changes: (readonly Change[])[] = [];
  let state = from;
  for (const poll of polls) {
    const step = advance(state, { account: ACCOUNT, ...poll }, rules);
    state = step.state;
    changes.push(step.changes);
    for (const change of step.changes) {
      switch (change.kind) {
        case "entry":
          entry(entries, change.quota, () => new Map())
            .set(poll.at, { at: poll.at, consumed: change.consumed, reset: change.reset });
          break;
        case "adjust":
          adjust(entries.get(change.quota), buckets.get(change.quota), change);
          break;
        case "cycle":
          entry(cycles, change.quota, () => new Map()).set(change.cycle.startedAt, change.cycle);
          break;
        case "void-cycle":
          cycles.get(change.quota)?.delete(change.startedAt);
          break;
        case "bucket":
          entry(buckets, change.quota, () => new Map())
            .set(`${change.bucket.step}@${change.bucket.start}`, change.bucket);
          break;
        case "session":
          sessions.set(change.session.startedAt, change.session);
          break;
        case "void-session":
          sessions.delete(change.startedAt);
      }
    }
  }
  return {
    state,
    entries: inOrder(entries, "at"),
    cycles: inOrder(cycles, "startedAt"),
    buckets: inOrder(buckets, "start"),
    sessions: [...sessions.values()].sort((a, b) => a.startedAt - b.startedAt),
    changes,
  };
}

/** Does the same for one quota: readings with their times. */
export function replayOne(readings: readonly (Partial<Reading> & { readonly at: number })[]): {
  readonly state: AccountState;
  readonly cycles: readonly Cycle[];
  readonly entries: readonly KeptEntry[];
  readonly buckets: readonly Bucket[];
  readonly sessions: readonly Session[];
} {
  const kept = replay(readings.map(({ at, ...fields }) => ({ at, readings: [reading(fields)] })));
  const quota = readings[0]?.quota ?? "five-hour";
  return {
    state: kept.state,
    cycles: kept.cycles.get(quota) ?? [],
    entries: kept.entries.get(quota) ?? [],
    buckets: kept.buckets.get(quota) ?? [],
    sessions: kept.sessions,
  };
}

function adjust(
  entries: Map<number, KeptEntry> | undefined,
  buckets: Map<string, Bucket> | undefined,
  { at, by, resets }: Extract<Change, { kind: "adjust" }>,
): void {
  const wrong = entries?.get(at);
  if (wrong) {
    const reset = resets === 0 ? wrong.reset : resets > 0;
    entries?.set(at, { at, consumed: Math.max(0, wrong.consumed + by), reset });
  }
  for (const [key, bucket] of buckets ?? []) {
    if (bucket.start !== bucketStart(at, bucket.step)) continue;
    const consumed = Math.max(0, bucket.consumed + by);
    buckets?.set(key, { ...bucket, consumed, resets: bucket.resets + resets });
  }
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

function inOrder<F extends string, V extends Readonly<Record<F, number>>>(
  kept: ReadonlyMap<string, ReadonlyMap<unknown, V>>,
  field: F,
): ReadonlyMap<string, readonly V[]> {
  return new Map(
    [...kept].map(([quota, values]) => [quota, [...values.values()].sort((a, b) => a[field] - b[field])]),
  );
}
