/**
 * What one reading means for its quota: its ledger entry, its cycle, its buckets, and
 * whether what was said before has to be corrected. Pure, like all of the engine.
 */
import { type Bucket, bucketOf, merge, startOf, STEPS } from "./bucket.ts";
import { type Cycle, type Evidence, fellToNothing, judge, type Verdict } from "./cycle.ts";
import {
  beginDoubt,
  continueDoubt,
  type Doubt,
  type DoubtfulEntry,
  type Fall,
  isAlive,
  isDropped,
  isSettled,
  isTakenBack,
  type Standing,
  wanders,
} from "./doubt.ts";
import {
  type BaselineReason,
  beginMark,
  changeOfWhole,
  consumedAbove,
  consumedSinceReset,
  convert,
  isNewSource,
  type Mark,
  raiseMark,
  unitFactor,
} from "./mark.ts";
import { type AccountKey, quotaKey, type Reading, type Unit } from "./quota.ts";
import { type Rise, riseOf, type SessionQuota } from "./session.ts";
import type { Change, QuotaState, Rules, Slot } from "./state.ts";

/** How an early reset is known that was only certain later. */
const FALL_EVIDENCE: readonly Evidence[] = ["reset-moved", "use-fell"];
const UNIT_EVIDENCE: readonly Evidence[] = ["unit-changed"];
/** Slots of the recent past are at least this long, which bounds their number. */
const SLOT_MS = 5 * 60_000;

export interface QuotaStep {
  readonly state: QuotaState;
  readonly changes: readonly Change[];
  readonly rises: readonly Rise[];
  /** What stood before the readings that were taken back, where some were. */
  readonly undone?: Standing;
  /** The unit is another one than before. */
  readonly hasNewUnit?: true;
}

/** A reading and where it comes from. */
export interface Read {
  readonly account: AccountKey;
  readonly at: number;
  readonly reading: Reading;
  /** The plan as the snapshot states it, or null where it does not. */
  readonly plan: string | null;
  /** The quota's part in the session under way, if it has one. */
  readonly strand: SessionQuota | undefined;
}

/** The ledger entry of one reading. */
interface LedgerEntry {
  readonly consumed: number;
  readonly reset: boolean;
  readonly baseline?: BaselineReason;
  readonly unit?: Unit;
  readonly plan?: string;
}

/** The first reading of a quota is a base line: it consumes nothing, and its cycle was under way. */
export function firstStep(read: Read): QuotaStep {
  const { at, reading, plan } = read;
  const entry = { consumed: 0, reset: false, unit: reading.unit, ...plan !== null && { plan } };
  const cycle = begunCycle(read, 0, at, false);
  const open = openBuckets([], read, entry);
  return {
    state: { reading, at, cycle, open, recent: [], mark: beginMark(reading, plan) },
    changes: changesOf(read, entry, [cycle], open),
    rises: [],
  };
}

export function nextStep(before: QuotaState, read: Read, rules: Rules): QuotaStep {
  const { at, reading, plan, strand } = read;
  const changed = changeOfWhole(markOf(before), reading, plan);
  const ground = groundOf(before, read, changed);
  const standing: Standing = {
    reading: ground.reading,
    at: before.at,
    cycle: ground.cycle,
    mark: ground.mark,
    ...strand && { strand },
  };
  const verdict = judge(standing, reading, at, changed);
  const early = verdict.kind === "early";
  const { baseline, consumed, mark } = count(ground.mark, read, verdict, changed);
  const entry: LedgerEntry = {
    consumed,
    reset: verdict.kind === "reset",
    ...baseline && { baseline },
    ...reading.unit !== ground.mark.unit && { unit: reading.unit },
    ...plan !== null && plan !== ground.mark.plan && { plan },
  };
  const cycles = ground.endsCycle && verdict.kind === "none"
    ? [{ ...ground.cycle, endedAt: at, endedBy: UNIT_EVIDENCE }, begunCycle(read, 0, at, false)]
    : cyclesAfter(ground.cycle, read, verdict, consumed);
  const open = openBuckets(ground.open, read, entry);
  const recent = changed === null ? addSlot(ground.recent, before.at, at, consumed, rules) : [];
  const from = { ...ground.reading, used: ground.mark.used, remaining: ground.mark.remaining };
  const rise = riseOf({ reading: from, at: before.at }, { reading, at }, entry);
  const doubt = changed === null
    ? doubtAfter(ground.doubt, standing, before.reading, read, verdict, consumed)
    : undefined;
  const known = knownAfter(ground.reading, reading, entry.reset);
  return {
    state: {
      reading,
      at,
      cycle: cycles.at(-1) ?? ground.cycle,
      open,
      recent,
      mark,
      ...known && { known },
      ...early && { held: { before: standing, evidence: verdict.evidence } },
      ...doubt && { doubt },
    },
    changes: [...ground.changes, ...changesOf(read, entry, cycles, open)],
    rises: rise ? [...ground.rises, rise] : ground.rises,
    ...ground.undone && { undone: ground.undone },
    ...changed === "unit" && { hasNewUnit: true },
  };
}

/** The mark of a state, worked out where a version wrote it that kept none. */
function markOf({ mark, known, reading, cycle }: QuotaState): Mark {
  if (mark) return mark;
  const last = isKnown(reading) ? reading : known ?? reading;
  const begun = beginMark(last, null);
  const grows = last.window.kind !== "rolling" && begun.used !== null && cycle.peak !== null;
  return grows ? { ...begun, used: Math.max(begun.used ?? 0, cycle.peak ?? 0) } : begun;
}

/** What a reading adds to the ledger, and the mark after it. */
function count(
  mark: Mark,
  { reading, plan }: Read,
  { kind }: Verdict,
  changed: BaselineReason | null,
): { readonly consumed: number; readonly baseline?: BaselineReason; readonly mark: Mark } {
  // Whose reading it is will only be known with the next one.
  if (kind === "early") return { consumed: 0, mark };
  const isOther = changed === "unit" || changed === "plan";
  if (kind === "reset" || kind === "top-up") {
    // A window that began unseen began at nothing.
    const start = kind === "reset" && !isKnown(reading)
      ? { ...reading, used: 0, remaining: reading.limit }
      : reading;
    const begun = beginMark(start, plan, mark);
    if (isOther) return { consumed: 0, baseline: changed, mark: begun };
    const consumed = kind === "reset" ? consumedSinceReset(reading) : consumedAbove(mark, reading);
    return { consumed, mark: begun };
  }
  if (changed !== null) return { consumed: 0, baseline: changed, mark: beginMark(reading, plan, mark) };
  if (isNewSource(mark, reading)) {
    // Another source may round otherwise or lag behind: only its own rises tell use.
    return { consumed: 0, baseline: "source", mark: raiseMark(mark, reading, plan, 0) };
  }
  const consumed = consumedAbove(mark, reading);
  return { consumed, mark: raiseMark(mark, reading, plan, consumed) };
}

/** What a reading is compared with, once it has told what to think of those before it. */
interface Ground {
  readonly reading: Reading;
  readonly mark: Mark;
  readonly cycle: Cycle;
  readonly open: readonly Bucket[];
  readonly recent: readonly Slot[];
  readonly doubt: Doubt | undefined;
  readonly changes: readonly Change[];
  readonly rises: readonly Rise[];
  readonly undone?: Standing;
  /** The cycle cannot go on: its amounts are in a unit that cannot be converted. */
  readonly endsCycle?: true;
}

function groundOf(
  before: QuotaState,
  { account, at, reading, plan }: Read,
  changed: BaselineReason | null,
): Ground {
  const { held } = before;
  const ground: Ground = {
    ...before,
    reading: isKnown(before.reading) ? before.reading : before.known ?? before.reading,
    mark: markOf(before),
    doubt: undefined,
    changes: [],
    rises: [],
  };
  if (changed !== null) {
    return restated(held ? { ...ground, reading: held.before.reading } : ground, reading, changed);
  }
  if (before.doubt && isSettled(before.doubt, reading, at)) return settled(ground, before.doubt);
  const doubt = before.doubt && isAlive(before.doubt, at) ? before.doubt : undefined;
  if (doubt && isTakenBack(doubt, before.reading, reading)) return takenBack(before, doubt);
  if (!held) return { ...ground, doubt };
  if (isDropped(held, before.reading, reading)) return { ...ground, doubt, reading: held.before.reading };
  return confirmed({ ...ground, doubt }, before, { account, plan });
}

/**
 * What stands before a reading that is a share of another whole. Amounts in another unit are converted by the two
 * limits, so that no cycle and no bucket mixes units; where a limit is not known, the cycle ends.
 */
function restated(ground: Ground, reading: Reading, changed: BaselineReason): Ground {
  if (changed !== "unit") return ground;
  const factor = unitFactor(ground.mark, reading);
  const { cycle } = ground;
  if (factor === null) return { ...ground, open: [], endsCycle: true };
  return {
    ...ground,
    cycle: {
      ...cycle,
      peak: cycle.peak === null ? null : convert(cycle.peak, factor),
      consumed: convert(cycle.consumed, factor),
      limit: reading.limit,
    },
    open: ground.open.map((bucket) => convertBucket(bucket, factor)),
  };
}

function convertBucket(bucket: Bucket, factor: number): Bucket {
  const to = (amount: number | null) => amount === null ? null : convert(amount, factor);
  return {
    ...bucket,
    first: to(bucket.first),
    last: to(bucket.last),
    low: to(bucket.low),
    high: to(bucket.high),
    leftLow: to(bucket.leftLow),
    leftHigh: to(bucket.leftHigh),
    leftSum: convert(bucket.leftSum, factor),
    limit: to(bucket.limit),
    consumed: convert(bucket.consumed, factor),
  };
}

/** An early reset that was not certain when it was seen, and is now: its cycle began with the first doubtful reading. */
function settled(ground: Ground, { before: standing, since, fall }: Doubt): Ground {
  if (!fall) return ground;
  const { quota } = ground.reading;
  let { open, recent } = ground;
  const closed: Cycle = { ...standing.cycle, endedAt: since, endedBy: fall.evidence };
  const changes: Change[] = [{ kind: "cycle", quota, cycle: closed }];
  const entries = fall.rises.some(({ at }) => at === since)
    ? fall.rises
    : [{ at: since, consumed: 0 }, ...fall.rises];
  for (const { at, consumed } of entries) {
    const resets = at === since ? 1 : 0;
    changes.push({ kind: "adjust", quota, at, by: consumed, resets });
    open = adjustBuckets(open, at, consumed, resets);
    recent = adjustSlots(recent, at, consumed);
  }
  return { ...ground, cycle: fall.cycle, mark: fall.mark, open, recent, changes, rises: fall.rises };
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
    mark: standing.mark ?? markOf({ ...before, reading: standing.reading, cycle: standing.cycle }),
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
function confirmed(
  ground: Ground,
  before: QuotaState,
  { account, plan }: Pick<Read, "account" | "plan">,
): Ground {
  const { reading, at, held } = before;
  if (!held) return ground;
  const quota = reading.quota;
  const consumed = consumedSinceReset(reading);
  const closed: Cycle = { ...held.before.cycle, endedAt: at, endedBy: held.evidence };
  const cycle = begunCycle({ account, at, reading }, consumed, at, true);
  const rise = riseOf(held.before, { reading, at }, { consumed, reset: true });
  const entry: DoubtfulEntry = { at, consumed, begun: at };
  const doubt = ground.doubt
    ? { ...ground.doubt, entries: [...ground.doubt.entries, entry] }
    : beginDoubt(held.before, at, entry);
  return {
    reading,
    mark: beginMark(reading, plan, ground.mark),
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
  { account, at, reading, plan }: Read,
  verdict: Verdict,
  consumed: number,
): Doubt | undefined {
  // What was due has come: the vendor lives by the reset it moved to.
  if (verdict.kind === "reset" || verdict.kind === "top-up") return undefined;
  const entry = consumed > 0 ? { at, consumed, begun: null } : null;
  if (doubt) return continueDoubt(doubt, last, reading, at, entry);
  if (verdict.kind === "early" || !wanders(standing, reading, at)) return undefined;
  const fall = fellToNothing(standing, reading, at)
    ? beginFall(standing, { account, at, reading, plan })
    : undefined;
  return beginDoubt(standing, at, entry, fall);
}

function beginFall(standing: Standing, read: Pick<Read, "account" | "at" | "reading" | "plan">): Fall {
  const { at, reading, plan } = read;
  const consumed = consumedSinceReset(reading);
  const rise = riseOf(standing, { reading, at }, { consumed, reset: true });
  return {
    cycle: begunCycle(read, consumed, at, true),
    mark: beginMark(reading, plan),
    evidence: FALL_EVIDENCE,
    rises: rise ? [rise] : [],
  };
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
  entry: LedgerEntry,
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
