/**
 * What a reading is compared with: the reading, mark and cycle that stand before it, once it has told what to think of
 * those that were held or in doubt. Pure, like all of the engine.
 */
import type { Bucket } from "./bucket.ts";
import type { Cycle } from "./cycle.ts";
import {
  isAlive,
  isDropped,
  isSettled,
  isTakenBack,
  type ProvisionalEntry,
  type ProvisionalReadings,
  startProvisional,
  type StateBefore,
} from "./pending_reset.ts";
import {
  type BaselineReason,
  beginMark,
  consumedSinceReset,
  convert,
  type Mark,
  unitFactor,
} from "./mark.ts";
import { adjustBuckets, adjustSlots, convertBucket } from "./open_sums.ts";
import { type AccountKey, quotaKey, type Reading } from "../quota.ts";
import { type Rise, riseOf, type SessionQuota } from "./session_parts.ts";
import type { Change, QuotaState, Slot } from "./state.ts";

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

/** What a reading is compared with, once it has told what to think of those before it. */
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
  /** The cycle cannot go on: its amounts are in a unit that cannot be converted. */
  readonly endsCycle?: true;
}

export function findBaseline(
  before: QuotaState,
  { account, at, reading, plan }: Read,
  changed: BaselineReason | null,
): Baseline {
  const { held } = before;
  const base: Baseline = {
    ...before,
    reading: isKnown(before.reading) ? before.reading : before.known ?? before.reading,
    mark: markOf(before),
    doubt: undefined,
    changes: [],
    rises: [],
  };
  if (changed !== null) {
    return restated(held ? { ...base, reading: held.before.reading } : base, reading, changed);
  }
  if (before.doubt && isSettled(before.doubt, reading, at)) return settled(base, before.doubt);
  const doubt = before.doubt && isAlive(before.doubt, at) ? before.doubt : undefined;
  if (doubt && isTakenBack(doubt, before.reading, reading)) return revertProvisional(before, doubt);
  if (!held) return { ...base, doubt };
  if (isDropped(held, before.reading, reading)) return { ...base, doubt, reading: held.before.reading };
  return confirmed({ ...base, doubt }, before, { account, plan });
}

/**
 * What stands before a reading that is a share of another whole. Amounts in another unit are converted by the two
 * limits, so that no cycle and no bucket mixes units; where a limit is not known, the cycle ends.
 */
function restated(base: Baseline, reading: Reading, changed: BaselineReason): Baseline {
  if (changed !== "unit") return base;
  const factor = unitFactor(base.mark.limit, reading.limit);
  const { cycle } = base;
  if (factor === null) return { ...base, open: [], endsCycle: true };
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

/** An early reset that was not certain when it was seen, and is now: its cycle began with the first doubtful reading. */
function settled(base: Baseline, doubt: ProvisionalReadings): Baseline {
  const { before: standing, since, fall } = doubt;
  if (!fall) return base;
  const { quota } = base.reading;
  // What rose above the value of before the fall was counted already, as a part of the cycle that is over now.
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
    ...doubt.entries.length > 0 && { undone: standing },
  };
}

/** The readings in doubt count as nothing, and the cycle before them goes on. */
function revertProvisional(before: QuotaState, doubt: ProvisionalReadings): Baseline {
  const { before: standing, readings } = doubt;
  const cycle = { ...standing.cycle, count: standing.cycle.count + readings, lastAt: before.at };
  return {
    reading: standing.reading,
    mark: standing.mark ?? markOf({ ...before, reading: standing.reading, cycle: standing.cycle }),
    cycle,
    ...withoutEntries(before, doubt),
    doubt: undefined,
    rises: [],
    undone: standing,
  };
}

/** The open sums without what was counted of the readings in doubt, and what a store has to correct. */
function withoutEntries(
  { reading: { quota }, ...sums }: Pick<Baseline, "reading" | "open" | "recent">,
  { entries }: ProvisionalReadings,
): Pick<Baseline, "open" | "recent" | "changes"> {
  let { open, recent } = sums;
  const changes: Change[] = [];
  for (const { at, consumed, begun } of entries) {
    const resets = begun === null ? 0 : -1;
    changes.push({ kind: "adjust", quota, at, by: 0 - consumed, resets });
    if (begun !== null) changes.push({ kind: "void-cycle", quota, startedAt: begun });
    open = adjustBuckets(open, at, -consumed, resets);
    recent = adjustSlots(recent, at, -consumed);
  }
  return { open, recent, changes };
}

/** The reset that was held did happen, when it was first seen. */
function confirmed(
  base: Baseline,
  before: QuotaState,
  { account, plan }: Pick<Read, "account" | "plan">,
): Baseline {
  const { reading, at, held } = before;
  if (!held) return base;
  const quota = reading.quota;
  const consumed = consumedSinceReset(reading);
  const closed: Cycle = { ...held.before.cycle, endedAt: at, endedBy: held.evidence };
  const cycle = startCycle({ account, at, reading }, consumed, at, true);
  const rise = riseOf(held.before, { reading, at }, { consumed, reset: true });
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
    doubt: isAlive(doubt, at) ? doubt : undefined,
    changes: [
      { kind: "cycle", quota, cycle: closed },
      { kind: "adjust", quota, at, by: consumed, resets: 1 },
    ],
    rises: rise ? [rise] : [],
  };
}

/** The mark of a state, worked out where a version wrote it that kept none. */
export function markOf({ mark, known, reading, cycle }: QuotaState): Mark {
  if (mark) return mark;
  const last = isKnown(reading) ? reading : known ?? reading;
  const begun = beginMark(last, null);
  const grows = last.window.kind !== "rolling" && begun.used !== null && cycle.peak !== null;
  return grows ? { ...begun, used: Math.max(begun.used ?? 0, cycle.peak ?? 0) } : begun;
}

export function isKnown(reading: Reading): boolean {
  return reading.used !== null || reading.remaining !== null;
}

export function startCycle(
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
