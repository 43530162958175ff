/**
 * Finds the baseline of a reading: the reading, mark and cycle to compare it with, after resolving pending
 * resets and provisional readings before it. Pure, like the whole engine.
 */
import type { Bucket } from "./bucket.ts";
import type { Cycle } from "./cycle.ts";
import {
  isAlive,
  isDropped,
  isReverted,
  isSettled,
  type ProvisionalEntry,
  type ProvisionalReadings,
  startProvisional,
  type StateBefore,
  statesSameReset,
} from "./pending_reset.ts";
import {
  type BaselineReason,
  beginMark,
  convert,
  type Mark,
  measureSinceReset,
  restatingFactor,
  withoutStale,
} from "./mark.ts";
import { adjustBuckets, adjustSlots, convertBucket } from "./open_sums.ts";
import { type AccountKey, quotaKey, type Reading } from "../quota.ts";
import { findRise, type Rise, type SessionQuota } from "./session_parts.ts";
import type { Change, QuotaState, Slot } from "./state.ts";

/** A reading and its context. */
export interface CurrentReading {
  readonly account: AccountKey;
  readonly at: number;
  readonly reading: Reading;
  /** The plan the snapshot states, or null when it states none. */
  readonly plan: string | null;
  /** The quota's part in the current session, if any. */
  readonly sessionQuota: SessionQuota | undefined;
}

/** What a reading is compared with, after it has resolved the readings before it. */
export interface Baseline {
  readonly reading: Reading;
  readonly mark: Mark;
  readonly cycle: Cycle;
  readonly open: readonly Bucket[];
  readonly recent: readonly Slot[];
  readonly doubt: ProvisionalReadings | undefined;
  readonly changes: readonly Change[];
  readonly rises: readonly Rise[];
  readonly undone?: StateBefore;
  /** Why the cycle cannot continue: its unit cannot be converted, or its quota has another window. */
  readonly endsCycle?: "unit-changed" | "window-changed";
}

export function findBaseline(
  before: QuotaState,
  { account, at, reading, plan }: CurrentReading,
  changed: BaselineReason | null,
): Baseline {
  const { held } = before;
  const base: Baseline = {
    ...before,
    reading: isKnown(before.reading) ? before.reading : before.known ?? before.reading,
    mark: withoutStale(findMark(before), at),
    doubt: undefined,
    changes: [],
    rises: [],
  };
  if (changed !== null) {
    return adaptBaseline(held ? { ...base, reading: held.before.reading } : base, reading, changed);
  }
  if (before.doubt && isSettled(before.doubt, reading, at)) return settleReset(base, before.doubt);
  const doubt = before.doubt && isAlive(before.doubt, at) ? before.doubt : undefined;
  if (doubt && isReverted(doubt, before.reading, reading)) return revertProvisional(before, doubt);
  if (!held) return { ...base, doubt };
  if (isDropped(held, before.reading, reading)) return { ...base, doubt, reading: held.before.reading };
  return confirmReset({ ...base, doubt }, before, { account, plan });
}

/**
 * Adapts the baseline to a reading that is a share of another whole. Amounts in another unit are converted by
 * the ratio of the limits, so that no cycle and no bucket mixes units; with an unknown limit, the cycle ends.
 */
function adaptBaseline(base: Baseline, reading: Reading, changed: BaselineReason): Baseline {
  if (changed === "window") return { ...base, endsCycle: "window-changed" };
  if (changed !== "unit") return base;
  const factor = restatingFactor(base.mark, reading);
  const { cycle } = base;
  if (factor === null) return { ...base, open: [], endsCycle: "unit-changed" };
  return {
    ...base,
    cycle: {
      ...cycle,
      peak: cycle.peak === null ? null : convert(cycle.peak, factor),
      consumed: convert(cycle.consumed, factor),
      limit: reading.limit,
    },
    open: base.open.map((bucket) => convertBucket(bucket, factor)),
  };
}

/**
 * Settles an early reset that was uncertain when first seen and is certain now: its cycle began with the
 * first provisional reading.
 */
function settleReset(base: Baseline, doubt: ProvisionalReadings): Baseline {
  const { before: standing, since, fall } = doubt;
  if (!fall) return base;
  const { quota } = base.reading;
  // Use above the value before the fall was already counted, in the cycle that has now closed.
  const without = withoutEntries(base, doubt);
  let { open, recent } = without;
  const closed: Cycle = { ...standing.cycle, endedAt: since, endedBy: fall.evidence };
  const changes: Change[] = [...without.changes, { kind: "cycle", quota, cycle: closed }];
  const entries = fall.rises.some(({ at }) => at === since)
    ? fall.rises
    : [{ at: since, consumed: 0 }, ...fall.rises];
  for (const { at, consumed } of entries) {
    const resets = at === since ? 1 : 0;
    changes.push({ kind: "adjust", quota, at, by: consumed, resets });
    open = adjustBuckets(open, at, consumed, resets);
    recent = adjustSlots(recent, at, consumed);
  }
  return {
    ...base,
    cycle: fall.cycle,
    mark: fall.mark,
    open,
    recent,
    changes,
    rises: fall.rises,
    undone: standing,
  };
}

/** Reverts the provisional readings: they count as nothing, and the cycle before them continues. */
function revertProvisional(before: QuotaState, doubt: ProvisionalReadings): Baseline {
  const { before: standing, readings } = doubt;
  const cycle = { ...standing.cycle, count: standing.cycle.count + readings, lastAt: before.at };
  return {
    reading: standing.reading,
    mark: standing.mark ?? findMark({ ...before, reading: standing.reading, cycle: standing.cycle }),
    cycle,
    ...withoutEntries(before, doubt),
    doubt: undefined,
    rises: [],
    undone: standing,
  };
}

/**
 * Returns the open sums without the entries of the provisional readings, and the corrections for the store.
 */
function withoutEntries(
  { reading: { quota }, ...sums }: Pick<Baseline, "reading" | "open" | "recent">,
  { entries }: ProvisionalReadings,
): Pick<Baseline, "open" | "recent" | "changes"> {
  let { open, recent } = sums;
  const changes: Change[] = [];
  for (const { at, consumed, begun, firstUse } of entries) {
    const resets = begun === null || firstUse ? 0 : -1;
    changes.push({ kind: "adjust", quota, at, by: 0 - consumed, resets });
    if (begun !== null) changes.push({ kind: "void-cycle", quota, startedAt: begun });
    open = adjustBuckets(open, at, -consumed, resets);
    recent = adjustSlots(recent, at, -consumed);
  }
  return { open, recent, changes };
}

/** Confirms a pending reset, at the time it was first seen. */
function confirmReset(
  base: Baseline,
  before: QuotaState,
  { account, plan }: Pick<CurrentReading, "account" | "plan">,
): Baseline {
  const { reading, at, held } = before;
  if (!held) return base;
  const quota = reading.quota;
  const consumed = measureSinceReset(reading);
  const closed: Cycle = { ...held.before.cycle, endedAt: at, endedBy: held.evidence };
  const cycle = startCycle({ account, at, reading }, consumed, at, true);
  const rise = findRise(held.before, { reading, at }, { consumed, reset: true });
  const entry: ProvisionalEntry = { at, consumed, begun: at };
  const doubt = base.doubt
    ? { ...base.doubt, entries: [...base.doubt.entries, entry] }
    : startProvisional(held.before, at, entry);
  return {
    reading,
    mark: beginMark(reading, plan, base.mark),
    cycle,
    open: adjustBuckets(base.open, at, consumed, 1),
    recent: adjustSlots(base.recent, at, consumed),
    // When the reset moved by little, nothing tells whether the vendor goes back to the previous one.
    doubt: isAlive(doubt, at) && !statesSameReset(held.before, reading) ? doubt : undefined,
    changes: [
      { kind: "cycle", quota, cycle: closed },
      { kind: "adjust", quota, at, by: consumed, resets: 1 },
    ],
    rises: rise ? [rise] : [],
  };
}

/** Returns the mark of a state, computing it for states stored without one. */
export function findMark({ mark, known, reading, cycle }: QuotaState): Mark {
  if (mark) return mark;
  const last = isKnown(reading) ? reading : known ?? reading;
  const begun = beginMark(last, null);
  if (last.window.kind === "rolling" || begun.used === null) return begun;
  return { ...begun, used: Math.max(begun.used, cycle.peak ?? begun.used) };
}

export function isKnown(reading: Reading): boolean {
  return reading.used !== null || reading.remaining !== null;
}

export function startCycle(
  { account, at, reading }: Pick<CurrentReading, "account" | "at" | "reading">,
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
