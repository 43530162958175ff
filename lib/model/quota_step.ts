/**
 * What one reading means for its quota: its ledger entry, its cycle, its buckets, and
 * whether what was said before has to be corrected. Pure, like all of the engine.
 */
import { type Bucket, bucketOf, merge, startOf, STEPS } from "./bucket.ts";
import { type Cycle, judge, type Verdict } from "./cycle.ts";
import {
  beginDoubt,
  continueDoubt,
  type Doubt,
  type DoubtfulEntry,
  isAlive,
  isDropped,
  isTakenBack,
  type Standing,
  wanders,
} from "./doubt.ts";
import { consumedBetween } from "./ledger.ts";
import { type AccountKey, quotaKey, type Reading } from "./quota.ts";
import { type Rise, riseOf, type SessionQuota } from "./session.ts";
import type { Change, QuotaState, Rules, Slot } from "./state.ts";

/** Slots of the recent past are at least this long, which bounds their number. */
const SLOT_MS = 5 * 60_000;

export interface QuotaStep {
  readonly state: QuotaState;
  readonly changes: readonly Change[];
  readonly rises: readonly Rise[];
  /** What stood before the readings that were taken back, where some were. */
  readonly undone?: Standing;
}

/** A reading and where it comes from. */
export interface Read {
  readonly account: AccountKey;
  readonly at: number;
  readonly reading: Reading;
  /** The quota's part in the session under way, if it has one. */
  readonly strand: SessionQuota | undefined;
}

/** The first reading of a quota is a base line: it consumes nothing, and its cycle was under way. */
export function firstStep(read: Read): QuotaStep {
  const { at, reading } = read;
  const entry = { consumed: 0, reset: false };
  const cycle = begunCycle(read, 0, at, false);
  const open = openBuckets([], read, entry);
  return {
    state: { reading, at, cycle, open, recent: [] },
    changes: changesOf(read, entry, [cycle], open),
    rises: [],
  };
}

export function nextStep(before: QuotaState, read: Read, rules: Rules): QuotaStep {
  const { at, reading, strand } = read;
  const ground = groundOf(before, read);
  const standing: Standing = {
    reading: ground.reading,
    at: before.at,
    cycle: ground.cycle,
    ...strand && { strand },
  };
  const verdict = judge(standing, reading, at);
  const early = verdict.kind === "early";
  const entry = {
    consumed: early ? 0 : consumedBetween(ground.reading, reading, verdict.kind === "reset"),
    reset: verdict.kind === "reset",
  };
  const cycles = cyclesAfter(ground.cycle, read, verdict, entry.consumed);
  const open = openBuckets(ground.open, read, entry);
  const recent = addSlot(ground.recent, before.at, at, entry.consumed, rules);
  const rise = riseOf({ reading: ground.reading, at: before.at }, { reading, at }, entry);
  const doubt = doubtAfter(ground.doubt, standing, before.reading, read, verdict, entry.consumed);
  const known = knownAfter(ground.reading, reading, entry.reset);
  return {
    state: {
      reading,
      at,
      cycle: cycles.at(-1) ?? ground.cycle,
      open,
      recent,
      ...known && { known },
      ...early && { held: { before: standing, evidence: verdict.evidence } },
      ...doubt && { doubt },
    },
    changes: [...ground.changes, ...changesOf(read, entry, cycles, open)],
    rises: rise ? [...ground.rises, rise] : ground.rises,
    ...ground.undone && { undone: ground.undone },
  };
}

/** What a reading is compared with, once it has told what to think of those before it. */
interface Ground {
  readonly reading: Reading;
  readonly cycle: Cycle;
  readonly open: readonly Bucket[];
  readonly recent: readonly Slot[];
  readonly doubt: Doubt | undefined;
  readonly changes: readonly Change[];
  readonly rises: readonly Rise[];
  readonly undone?: Standing;
}

function groundOf(before: QuotaState, { account, at, reading }: Read): Ground {
  const { held } = before;
  const doubt = before.doubt && isAlive(before.doubt, at) ? before.doubt : undefined;
  if (doubt && isTakenBack(doubt, before.reading, reading)) return takenBack(before, doubt);
  const ground: Ground = {
    ...before,
    reading: isKnown(before.reading) ? before.reading : before.known ?? before.reading,
    doubt,
    changes: [],
    rises: [],
  };
  if (!held) return ground;
  if (isDropped(held, before.reading, reading)) return { ...ground, reading: held.before.reading };
  return confirmed(ground, before, account);
}

/** The readings in doubt count as nothing, and the cycle before them goes on. */
function takenBack(before: QuotaState, { before: standing, entries, readings }: Doubt): Ground {
  const quota = before.reading.quota;
  let { open, recent } = before;
  const changes: Change[] = [];
  for (const { at, consumed, begun } of entries) {
    const resets = begun === null ? 0 : -1;
    changes.push({ kind: "adjust", quota, at, by: 0 - consumed, resets });
    if (begun !== null) changes.push({ kind: "void-cycle", quota, startedAt: begun });
    open = adjustBuckets(open, at, -consumed, resets);
    recent = adjustSlots(recent, at, -consumed);
  }
  const cycle = { ...standing.cycle, count: standing.cycle.count + readings, lastAt: before.at };
  return {
    reading: standing.reading,
    cycle,
    open,
    recent,
    doubt: undefined,
    changes,
    rises: [],
    undone: standing,
  };
}

/** The reset that was held did happen, when it was first seen. */
function confirmed(ground: Ground, before: QuotaState, account: AccountKey): Ground {
  const { reading, at, held } = before;
  if (!held) return ground;
  const quota = reading.quota;
  const consumed = consumedBetween(held.before.reading, reading, true);
  const closed: Cycle = { ...held.before.cycle, endedAt: at, endedBy: held.evidence };
  const cycle = begunCycle({ account, at, reading }, consumed, at, true);
  const rise = riseOf(held.before, { reading, at }, { consumed, reset: true });
  const entry: DoubtfulEntry = { at, consumed, begun: at };
  const doubt = ground.doubt
    ? { ...ground.doubt, entries: [...ground.doubt.entries, entry] }
    : beginDoubt(held.before, at, entry);
  return {
    reading,
    cycle,
    open: adjustBuckets(ground.open, at, consumed, 1),
    recent: adjustSlots(ground.recent, at, consumed),
    doubt: isAlive(doubt, at) ? doubt : undefined,
    changes: [
      { kind: "cycle", quota, cycle: closed },
      { kind: "adjust", quota, at, by: consumed, resets: 1 },
    ],
    rises: rise ? [rise] : [],
  };
}

function doubtAfter(
  doubt: Doubt | undefined,
  standing: Standing,
  last: Reading,
  { at, reading }: Read,
  verdict: Verdict,
  consumed: number,
): Doubt | undefined {
  // What was due has come: the vendor lives by the reset it moved to.
  if (verdict.kind === "reset" || verdict.kind === "top-up") return undefined;
  const entry = consumed > 0 ? { at, consumed, begun: null } : null;
  if (doubt) return continueDoubt(doubt, last, reading, entry);
  if (verdict.kind === "early" || !wanders(standing, reading, at)) return undefined;
  return beginDoubt(standing, at, entry);
}

/** A value that is left out for a while is no use lost: the next one is compared with the last that was stated. */
function knownAfter(before: Reading, reading: Reading, reset: boolean): Reading | undefined {
  if (isKnown(reading)) return undefined;
  // A window that began unseen began at nothing.
  if (reset) return { ...reading, used: 0, remaining: reading.limit };
  return isKnown(before) ? before : undefined;
}

function isKnown(reading: Reading): boolean {
  return reading.used !== null || reading.remaining !== null;
}

/** The cycles as they stand after a reading, the open one last. */
function cyclesAfter(
  before: Cycle,
  read: Read,
  { kind, endedAt, startedAt, evidence }: Verdict,
  consumed: number,
): readonly Cycle[] {
  const { at, reading } = read;
  switch (kind) {
    case "reset":
    case "top-up":
      return [{ ...before, endedAt, endedBy: evidence }, begunCycle(read, consumed, startedAt, true)];
    case "early":
      // Whose reading it is will only be known with the next one.
      return [{ ...before, count: before.count + 1, lastAt: at }];
    case "none":
      return [{
        ...before,
        // A window that is not under way may advertise no reset for a while; the one known still stands.
        resetsAt: reading.resetsAt ?? before.resetsAt,
        peak: higher(before.peak, reading.used),
        consumed: before.consumed + consumed,
        limit: reading.limit ?? before.limit,
        count: before.count + 1,
        lastAt: at,
      }];
  }
}

function begunCycle(
  { account, at, reading }: Pick<Read, "account" | "at" | "reading">,
  consumed: number,
  startedAt: number,
  whole: boolean,
): Cycle {
  return {
    quota: quotaKey(account, reading.quota),
    startedAt,
    endedAt: null,
    resetsAt: reading.resetsAt,
    peak: reading.used,
    consumed,
    limit: reading.limit,
    count: 1,
    lastAt: at,
    whole,
    endedBy: [],
  };
}

function changesOf(
  { reading: { quota } }: Read,
  entry: { readonly consumed: number; readonly reset: boolean },
  cycles: readonly Cycle[],
  open: readonly Bucket[],
): readonly Change[] {
  return [
    { kind: "entry", quota, ...entry },
    ...cycles.map((cycle): Change => ({ kind: "cycle", quota, cycle })),
    ...open.map((bucket): Change => ({ kind: "bucket", quota, bucket })),
  ];
}

function openBuckets(
  before: readonly Bucket[],
  { at, reading }: Read,
  entry: { readonly consumed: number; readonly reset: boolean },
): readonly Bucket[] {
  return STEPS.map((step) => {
    const own = bucketOf(reading, at, entry, step);
    const under = before.find((bucket) => bucket.step === step);
    return under && under.start === own.start ? merge(under, own) : own;
  });
}

/** The same sums that a store makes of an `adjust`. */
function adjustBuckets(open: readonly Bucket[], at: number, by: number, resets: number): readonly Bucket[] {
  return open.map((bucket) =>
    bucket.start === startOf(at, bucket.step)
      ? { ...bucket, consumed: Math.max(0, bucket.consumed + by), resets: bucket.resets + resets }
      : bucket
  );
}

function adjustSlots(recent: readonly Slot[], at: number, by: number): readonly Slot[] {
  return recent.map((slot) =>
    slot.from < at && at <= slot.to ? { ...slot, consumed: Math.max(0, slot.consumed + by) } : slot
  );
}

function addSlot(
  recent: readonly Slot[],
  beforeAt: number,
  at: number,
  consumed: number,
  rules: Rules,
): readonly Slot[] {
  // Nothing is inferred inside a gap: after a long one the rate starts anew.
  if (at - beforeAt > rules.recentMs) return [];
  const kept = recent.filter((slot) => slot.to > at - rules.recentMs);
  const last = kept.at(-1);
  if (last && last.to - last.from < SLOT_MS && last.to === beforeAt) {
    return [...kept.slice(0, -1), { from: last.from, to: at, consumed: last.consumed + consumed }];
  }
  return [...kept, { from: beforeAt, to: at, consumed }];
}

function higher(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
