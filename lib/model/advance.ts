/**
 * The engine: what a new snapshot means, given all that was known before.
 *
 * Total and pure: it never throws, reads no clock, and gives for the same state and
 * snapshot always the same changes. A snapshot that is not newer than the state changes
 * nothing, so replaying the same polls is harmless.
 */
import { type Bucket, bucketOf, merge, type Step, STEPS } from "./bucket.ts";
import { type Cycle, judge, type Verdict } from "./cycle.ts";
import { consumedBetween } from "./ledger.ts";
import { type AccountKey, quotaKey, type Reading, type Snapshot } from "./quota.ts";

/** What is known of one quota after its last reading. */
export interface QuotaState {
  readonly reading: Reading;
  /** When it was read, epoch milliseconds. */
  readonly at: number;
  /** The open cycle. */
  readonly cycle: Cycle;
  /** The bucket under way for each step, shortest first. */
  readonly open: readonly Bucket[];
  /** Ledger entries of the recent past summed up in slots, oldest first, for the burn rate. */
  readonly recent: readonly Slot[];
}

/** Consumption between two instants: entries of readings in `(from, to]`, epoch milliseconds. */
export interface Slot {
  readonly from: number;
  readonly to: number;
  readonly consumed: number;
}

/** All that `advance` needs to know of an account. Stored as it is. */
export interface AccountState {
  readonly account: AccountKey;
  /** Time of the last snapshot, epoch milliseconds, or null before the first. */
  readonly at: number | null;
  readonly plan: string | null;
  /** By quota id, in the order in which they were first seen. */
  readonly quotas: Readonly<Record<string, QuotaState>>;
}

/** What follows from a snapshot. Everything in it replaces what was stored under the same key. */
export type Change =
  /** The ledger entry of the snapshot's reading of `quota`. */
  | { readonly kind: "entry"; readonly quota: string; readonly consumed: number; readonly reset: boolean }
  /** A bucket as it stands now; key: quota, step, start. */
  | { readonly kind: "bucket"; readonly quota: string; readonly bucket: Bucket }
  /** A cycle as it stands now; key: quota, startedAt. */
  | { readonly kind: "cycle"; readonly quota: string; readonly cycle: Cycle };

export interface Rules {
  /** Entries older than this no longer count for the burn rate, in milliseconds. */
  readonly recentMs: number;
}

export const DEFAULT_RULES: Rules = { recentMs: 60 * 60_000 };

/** Slots of the recent past are at least this long, which bounds their number. */
const SLOT_MS = 5 * 60_000;

export function emptyState(account: AccountKey): AccountState {
  return { account, at: null, plan: null, quotas: {} };
}

export function advance(
  state: AccountState,
  snapshot: Snapshot,
  rules: Rules = DEFAULT_RULES,
): { readonly state: AccountState; readonly changes: readonly Change[] } {
  if (state.at !== null && snapshot.at <= state.at) return { state, changes: [] };
  // A map, since ids come from outside and one like "constructor" must not find what every object has.
  const quotas = new Map(Object.entries(state.quotas));
  const changes: Change[] = [];
  for (const reading of snapshot.readings) {
    const before = quotas.get(reading.quota);
    // A quota has one reading per instant: the first stands.
    if (before?.at === snapshot.at) continue;
    const step = advanceQuota(snapshot, before, reading, rules);
    quotas.set(reading.quota, step.state);
    changes.push(...step.changes);
  }
  return {
    state: {
      account: state.account,
      at: snapshot.at,
      plan: snapshot.plan ?? null,
      quotas: Object.fromEntries(quotas),
    },
    changes,
  };
}

function advanceQuota(
  snapshot: Snapshot,
  before: QuotaState | undefined,
  reading: Reading,
  rules: Rules,
): { readonly state: QuotaState; readonly changes: readonly Change[] } {
  const { at } = snapshot;
  const quota = reading.quota;
  const verdict = before && judge(before, reading, at);
  const reset = verdict?.reset ?? false;
  const consumed = before ? consumedBetween(before.reading, reading, reset) : 0;

  const changes: Change[] = [{ kind: "entry", quota, consumed, reset }];
  const { cycle, closed } = nextCycle(snapshot, before?.cycle, reading, verdict, consumed);
  if (closed) changes.push({ kind: "cycle", quota, cycle: closed });
  changes.push({ kind: "cycle", quota, cycle });

  const open = STEPS.map((step) => {
    const own = bucketOf(reading, at, { consumed, reset }, step);
    const under = openBucket(before, step);
    return under && under.start === own.start ? merge(under, own) : own;
  });
  for (const bucket of open) changes.push({ kind: "bucket", quota, bucket });

  const recent = before ? addSlot(before, at, consumed, rules) : [];
  return { state: { reading, at, cycle, open, recent }, changes };
}

function openBucket(before: QuotaState | undefined, step: Step): Bucket | undefined {
  return before?.open.find((bucket) => bucket.step === step);
}

function nextCycle(
  snapshot: Snapshot,
  before: Cycle | undefined,
  reading: Reading,
  verdict: Verdict | undefined,
  consumed: number,
): { readonly cycle: Cycle; readonly closed: Cycle | undefined } {
  const begins = (startedAt: number, whole: boolean): Cycle => ({
    quota: quotaKey(snapshot.account, reading.quota),
    startedAt,
    endedAt: null,
    resetsAt: reading.resetsAt,
    peak: reading.used,
    consumed,
    limit: reading.limit,
    count: 1,
    lastAt: snapshot.at,
    whole,
    endedBy: [],
  });
  if (!before) return { cycle: begins(snapshot.at, false), closed: undefined };
  if (verdict?.reset) {
    const closed: Cycle = { ...before, endedAt: verdict.endedAt, endedBy: verdict.evidence };
    return { cycle: begins(verdict.startedAt, true), closed };
  }
  const cycle: Cycle = {
    ...before,
    // A window that is not under way may advertise no reset for a while; the one known still stands.
    resetsAt: reading.resetsAt ?? before.resetsAt,
    peak: higher(before.peak, reading.used),
    consumed: before.consumed + consumed,
    limit: reading.limit ?? before.limit,
    count: before.count + 1,
    lastAt: snapshot.at,
  };
  return { cycle, closed: undefined };
}

function addSlot(before: QuotaState, at: number, consumed: number, rules: Rules): readonly Slot[] {
  // Nothing is inferred inside a gap: after a long one the rate starts anew.
  if (at - before.at > rules.recentMs) return [];
  const kept = before.recent.filter((slot) => slot.to > at - rules.recentMs);
  const last = kept.at(-1);
  if (last && last.to - last.from < SLOT_MS && last.to === before.at) {
    return [...kept.slice(0, -1), { from: last.from, to: at, consumed: last.consumed + consumed }];
  }
  return [...kept, { from: before.at, to: at, consumed }];
}

function higher(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
