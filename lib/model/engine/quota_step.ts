/**
 * Computes what one reading means for its quota: its ledger entry, its cycle, its buckets, and whether
 * earlier conclusions need correction. Pure, like the whole engine.
 */
import { type CurrentReading, findBaseline, findMark, isKnown, startCycle } from "./baseline.ts";
import type { Bucket } from "./bucket.ts";
import {
  continueCycle,
  type Cycle,
  decideReset,
  type Evidence,
  hasDroppedToZero,
  NO_RESET,
  type Verdict,
} from "./cycle.ts";
import { firstUseAt, hasPassedUnused } from "./idle_window.ts";
import {
  type Fall,
  isEmptied,
  type ProvisionalReadings,
  startProvisional,
  type StateBefore,
  statesOtherReset,
  updateProvisional,
} from "./pending_reset.ts";
import { addDistance, estimateInterval, recentMsFor } from "./interval.ts";
import {
  type BaselineReason,
  beginMark,
  beginStaleMark,
  changeOfWhole,
  isNewSource,
  isOtherCurrency,
  isOtherPlan,
  isSameLevel,
  type Mark,
  measureAbove,
  measureSinceReset,
  raiseMark,
  restatingFactor,
} from "./mark.ts";
import { addSlot, openBuckets } from "./open_sums.ts";
import type { Reading, Unit } from "../quota.ts";
import { findRise, type Rise } from "./session_parts.ts";
import type { Change, QuotaState, Rules } from "./state.ts";

/** The evidence of an early reset that became certain later. */
const FALL_EVIDENCE: readonly Evidence[] = ["reset-moved", "use-fell"];

export interface QuotaStep {
  readonly state: QuotaState;
  readonly changes: readonly Change[];
  readonly rises: readonly Rise[];
  /** The state before the readings that were reverted, if any were. */
  readonly undone?: StateBefore;
  /** Set when the unit changed: how many new units equal one old unit, or null when unknown. */
  readonly restatedBy?: number | null;
}

/** The ledger entry of one reading. */
interface LedgerEntry {
  readonly consumed: number;
  readonly reset: boolean;
  readonly baseline?: BaselineReason;
  readonly unitBefore?: Unit;
  readonly planBefore?: string;
}

/** Handles a quota's first reading, which is a baseline: it consumes nothing, and its cycle was under way. */
export function firstStep(read: CurrentReading): QuotaStep {
  const { at, reading, plan } = read;
  const entry = { consumed: 0, reset: false };
  const cycle = startCycle(read, 0, at, false);
  const open = openBuckets([], read, entry);
  return {
    state: { reading, at, cycle, open, recent: [], mark: beginMark(reading, plan) },
    changes: listChanges(read, entry, [cycle], open),
    rises: [],
  };
}

export function nextStep(before: QuotaState, read: CurrentReading, rules: Rules): QuotaStep {
  const { at, reading, plan, sessionQuota } = read;
  const changed = changeOfWhole(findMark(before), reading, plan);
  const base = findBaseline(before, read, changed);
  const stateBefore: StateBefore = {
    reading: base.reading,
    at: base.reading === before.known ? before.knownAt ?? before.at : before.at,
    cycle: base.cycle,
    mark: base.mark,
    ...sessionQuota && { strand: sessionQuota },
    rises: base.rises,
  };
  const isCertain = changed === null && !base.doubt && !before.held;
  const decided = decideReset(stateBefore, reading, at, changed);
  const isNone = decided.kind === "reset" && isCertain &&
    hasPassedUnused(base.cycle, stateBefore, reading, at);
  const verdict = isNone ? NO_RESET : decided;
  const early = verdict.kind === "early";
  const { baseline, consumed, mark } = count(base.mark, base.reading, read, verdict, changed);
  // A level from before the reset is not the peak of the new cycle.
  const current = mark.stale ? { ...read, reading: { ...reading, used: null } } : read;
  const entry: LedgerEntry = {
    consumed,
    reset: verdict.kind === "reset",
    ...baseline && { baseline },
    ...(reading.unit !== base.mark.unit || isOtherCurrency(base.mark, reading)) &&
      { unitBefore: base.mark.unit },
    ...isOtherPlan(base.mark, plan) && base.mark.plan !== null && { planBefore: base.mark.plan },
  };
  // If provisional readings are reverted, the start of the window is as well.
  const usedFrom = changed === null && !before.held && verdict.kind === "none"
    ? firstUseAt(base.cycle, stateBefore, reading, at)
    : null;
  const cycles = usedFrom !== null
    ? cyclesAfter({ ...base.cycle, startedAt: usedFrom, whole: true, count: 0 }, current, verdict, consumed)
    : base.endsCycle && verdict.kind === "none"
    ? [{ ...base.cycle, endedAt: at, endedBy: [base.endsCycle] }, startCycle(read, 0, at, false)]
    : cyclesAfter(base.cycle, current, verdict, consumed);
  const open = openBuckets(base.open, read, entry);
  const distances = addDistance(before.distances, at - before.at);
  const recentMs = recentMsFor(rules.recentMs, estimateInterval(distances));
  const recent = changed === null ? addSlot(base.recent, before.at, at, consumed, recentMs) : [];
  const from = { ...base.reading, used: base.mark.used, remaining: base.mark.remaining };
  const rise = findRise({ reading: from, at: before.at }, { reading, at }, entry);
  const doubt = changed === null
    ? findProvisional(base.doubt, stateBefore, before.reading, read, verdict, { consumed, usedFrom })
    : undefined;
  const known = lastKnownReading(base.reading, reading, entry.reset);
  return {
    state: {
      reading,
      at,
      cycle: cycles.at(-1) ?? base.cycle,
      open,
      distances,
      recent,
      mark,
      ...known && { known, knownAt: known === base.reading ? stateBefore.at : at },
      ...early && { held: { before: stateBefore, evidence: verdict.evidence } },
      ...doubt && { doubt },
    },
    changes: [
      ...base.changes,
      ...usedFrom === null
        ? []
        : [{ kind: "void-cycle", quota: reading.quota, startedAt: base.cycle.startedAt } as const],
      ...listChanges(read, entry, cycles, open),
    ],
    rises: rise ? [...base.rises, rise] : base.rises,
    ...base.undone && { undone: base.undone },
    ...changed === "unit" && { restatedBy: restatingFactor(base.mark, reading) },
  };
}

/** Returns what a reading adds to the ledger, and the mark after it. */
function count(
  mark: Mark,
  last: Reading,
  read: CurrentReading,
  { kind, startedAt }: Verdict,
  changed: BaselineReason | null,
): { readonly consumed: number; readonly baseline?: BaselineReason; readonly mark: Mark } {
  const { reading, plan } = read;
  // Only the next reading shows which cycle this one belongs to.
  if (kind === "early") return { consumed: 0, mark };
  const isOther = changed === "unit" || changed === "window" || changed === "plan";
  if (kind === "reset" || kind === "top-up") {
    // A window whose start was not observed started at zero.
    const start = kind === "reset" && !isKnown(reading)
      ? { ...reading, used: 0, remaining: reading.limit }
      : reading;
    const begun = beginMark(start, plan, mark);
    if (isOther) return { consumed: 0, baseline: changed, mark: begun };
    const stale = kind === "reset" && changed === null && isSameLevel(last, reading)
      ? beginStaleMark(read, startedAt, mark)
      : null;
    if (stale) return { consumed: 0, mark: stale };
    const consumed = kind === "reset" ? measureSinceReset(reading) : measureAbove(mark, reading);
    return { consumed, mark: begun };
  }
  if (changed !== null) return { consumed: 0, baseline: changed, mark: beginMark(reading, plan, mark) };
  if (isNewSource(mark, reading)) {
    // Another source may round differently or lag behind: only its own rises are use.
    return { consumed: 0, baseline: "source", mark: raiseMark(mark, reading, plan, 0) };
  }
  const consumed = measureAbove(mark, reading);
  return { consumed, mark: raiseMark(mark, reading, plan, consumed) };
}

function findProvisional(
  doubt: ProvisionalReadings | undefined,
  stateBefore: StateBefore,
  last: Reading,
  { account, at, reading, plan }: CurrentReading,
  verdict: Verdict,
  { consumed, usedFrom }: { readonly consumed: number; readonly usedFrom: number | null },
): ProvisionalReadings | undefined {
  // The due reset came: the vendor keeps to the reset it moved to.
  if (verdict.kind === "reset" || verdict.kind === "top-up") return undefined;
  const entry = usedFrom !== null
    ? { at, consumed, begun: usedFrom, firstUse: true as const }
    : consumed > 0
    ? { at, consumed, begun: null }
    : null;
  if (doubt) return updateProvisional(doubt, last, reading, at, entry);
  const isDoubtful = statesOtherReset(stateBefore, reading, at) || isEmptied(stateBefore, reading);
  if (verdict.kind === "early" || !isDoubtful) return undefined;
  const fall = hasDroppedToZero(stateBefore, reading, at)
    ? beginFall(stateBefore, { account, at, reading, plan })
    : undefined;
  return startProvisional(stateBefore, at, entry, fall);
}

function beginFall(
  stateBefore: StateBefore,
  read: Pick<CurrentReading, "account" | "at" | "reading" | "plan">,
): Fall {
  const { at, reading, plan } = read;
  const consumed = measureSinceReset(reading);
  const rise = findRise(stateBefore, { reading, at }, { consumed, reset: true });
  return {
    cycle: startCycle(read, consumed, at, true),
    mark: beginMark(reading, plan),
    evidence: FALL_EVIDENCE,
    rises: rise ? [rise] : [],
  };
}

/**
 * Returns the last reading with a value. A value missing for a while loses no use: the next one is compared
 * with the last stated one.
 */
function lastKnownReading(before: Reading, reading: Reading, reset: boolean): Reading | undefined {
  if (isKnown(reading)) return undefined;
  // A window whose start was not observed started at zero.
  if (reset) return { ...reading, used: 0, remaining: reading.limit };
  return isKnown(before) ? before : undefined;
}

/** Returns the cycles after a reading, the open one last. */
function cyclesAfter(
  before: Cycle,
  read: CurrentReading,
  { kind, endedAt, startedAt, evidence }: Verdict,
  consumed: number,
): readonly Cycle[] {
  const { at, reading } = read;
  switch (kind) {
    case "reset":
    case "top-up":
      return [{ ...before, endedAt, endedBy: evidence }, startCycle(read, consumed, startedAt, true)];
    case "early":
      // Only the next reading shows which cycle this one belongs to.
      return [{ ...before, count: before.count + 1, lastAt: at }];
    case "none":
      return [continueCycle(before, reading, at, consumed)];
  }
}

function listChanges(
  { reading: { quota } }: CurrentReading,
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
