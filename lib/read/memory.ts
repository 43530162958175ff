/**
 * Caches what need not be read again of a quota: closed cycles, past days, all-time totals. After a change it
 * reads only what is still in progress.
 */
import { MINUTE_MS } from "../model/duration.ts";
import { type Bucket, bucketStart, DAY, FIVE_MINUTES, HOUR, merge, sumUp } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import type { QuotaState } from "../model/engine/advance.ts";
import { correctableFrom } from "../model/engine/pending_reset.ts";
import { TUNING } from "../model/forecast/parts.ts";
import { MAX_CYCLES } from "../model/insights/insight.ts";
import type { PastCycle } from "../model/forecast/past_cycles.ts";
import type { QuotaKey } from "../model/quota.ts";
import type { Store } from "../store/store.ts";
import { seriesAt } from "./as_of.ts";
import { seriesInUnit, type UnitHistory, unitHistory } from "./units.ts";
import type { OpenLessons } from "./lessons.ts";
import { readPastCycles } from "./past.ts";
import { lastDays, type Period, readBuckets } from "./periods.ts";
import { countFinalDays } from "./settled.ts";

/** Days with buckets: one billing period and the one before it. */
const DAYS = 62;
/** Hours with buckets, besides the one in progress. */
const HOURS = 25;

export interface CycleFacts {
  /** Closed cycles, newest first, at most 200. */
  readonly closed: readonly Cycle[];
  /** By `startedAt` of their cycle, newest first. */
  readonly past: ReadonlyMap<number, PastCycle>;
}

/** Consumption over the last day of readings, as one burn rate. */
export interface DayRate {
  /** In the quota's unit; null with fewer than two readings. */
  readonly perHour: number | null;
  readonly readings: number;
}

export interface BucketFacts {
  /** Days of the zone, in time order. */
  readonly days: readonly Bucket[];
  readonly hours: readonly Bucket[];
}

/** One quota at one instant, the subject of a read. */
export interface Subject {
  readonly store: Store;
  readonly quota: QuotaKey;
  readonly state: QuotaState;
  readonly now: number;
  /** Changes whenever the account does. */
  readonly version: number;
}

/** The memory of one quota. Reads only what it does not know yet. */
export class QuotaMemory {
  #cycles: CycleFacts & { readonly openedAt: number } | undefined;
  #read: { readonly version: number; readonly now: number; readonly units: UnitHistory } | undefined;
  #plan: { readonly version: number; readonly now: number; readonly since: number | null } | undefined;
  /** When the current unit began; sums in an earlier one are dropped. */
  #unitChangedAt: number | undefined;
  #lifetime: { readonly day: number; readonly settled: Bucket | null } | undefined;
  #sum: { readonly version: number; readonly sum: Bucket | null } | undefined;
  #partial:
    | { readonly firstAt: number; readonly openedAt: number; readonly consumed: number | null }
    | undefined;
  #rate: { readonly version: number; readonly minute: number; readonly rate: DayRate } | undefined;
  #days: { readonly zone: string; readonly to: number; readonly settled: readonly Bucket[] } | undefined;
  #buckets:
    | BucketFacts & { readonly version: number; readonly zone: string; readonly hour: number }
    | undefined;

  /** Returns an independent memory that starts with the same cycles. */
  copied(): QuotaMemory {
    const copy = new QuotaMemory();
    copy.#cycles = this.#cycles;
    return copy;
  }

  async cycles({ store, quota, state, now }: Subject): Promise<CycleFacts> {
    const openedAt = state.cycle.startedAt;
    // Cycles close and reopen only together with a change of the open one.
    if (this.#cycles?.openedAt === openedAt) return this.#cycles;
    const cycles = await store.cycles({ quota, to: openedAt, limit: MAX_CYCLES });
    // As of an instant, a cycle may have ended since.
    const closed = cycles.filter(({ endedAt }) => endedAt !== null && endedAt <= now);
    const past = await readPastCycles(
      store,
      quota,
      state.reading.window,
      closed,
      this.#cycles?.past ?? new Map(),
    );
    const known = { openedAt, closed, past };
    this.#cycles = known;
    return known;
  }

  /** Returns what the forecast learns from, newest first; skips reading the cycles when a valid lesson is stored. */
  async past(subject: Subject, lessons?: OpenLessons): Promise<readonly PastCycle[]> {
    const { store, quota, state: { cycle: { startedAt: openedAt }, reading: { window } } } = subject;
    const markFrom = async (from: number) => (await store.pastMarks?.([{ quota, from, to: openedAt }]))?.[0];
    const isKnown = this.#cycles?.openedAt === openedAt;
    const valid = isKnown ? undefined : lessons?.valid.get(quota);
    if (valid) return valid;
    const before = isKnown || !lessons ? undefined : await markFrom(0);
    const { past, closed } = await this.cycles(subject);
    const all = [...past.values()];
    // Store the lesson only if nothing changed while it was learnt.
    if (before !== undefined && await markFrom(0) === before) {
      // Older cycles were not considered.
      const oldest = closed.length < MAX_CYCLES ? 0 : closed.at(-1)!.startedAt;
      const from = past.size < TUNING.maxPastCycles ? oldest : Math.min(...past.keys());
      const mark = await markFrom(from);
      if (mark !== undefined) lessons?.keep(quota, { openedAt, window, from, mark, past: all });
    }
    return all;
  }

  /** Returns the total of all readings ever; null when there are none. */
  async lifetime(subject: Subject): Promise<Bucket | null> {
    const { store, quota, state, now, version } = subject;
    if (this.#sum?.version === version) return this.#sum.sum;
    const units = await this.#units(subject);
    const day = bucketStart(Math.min(now - DAY, correctableFrom(state)), DAY);
    const known = this.#lifetime && this.#lifetime.day <= day ? this.#lifetime : { day: 0, settled: null };
    const since = sumUp(
      await seriesInUnit(store, { quota, from: known.day, to: day, step: DAY }, now, units),
    );
    const settled = mergeIfBoth(known.settled, since);
    this.#lifetime = { day, settled };
    const recent = sumUp(
      await seriesInUnit(store, { quota, from: day, to: now + 1, step: DAY }, now, units),
    );
    const sum = mergeIfBoth(settled, recent);
    this.#sum = { version, sum };
    return sum;
  }

  /** Returns what the first cycle consumed, if it is closed and readings began within it. */
  async partial(subject: Subject): Promise<number | null> {
    const { store, quota, state: { cycle: { startedAt: openedAt } } } = subject;
    const lifetime = await this.lifetime(subject);
    if (lifetime === null || lifetime.resets === 0) return null;
    const { firstAt } = lifetime;
    const known = this.#partial;
    // A reset that is taken back opens the first cycle again.
    if (known?.firstAt === firstAt && known.openedAt === openedAt) return known.consumed;
    const [first] = await store.cycles({ quota, to: firstAt + 1, limit: 1 });
    const isPartial = first !== undefined && !first.whole && first.endedAt !== null;
    // Amounts of another unit cannot be subtracted.
    const consumed = isPartial && (await this.#units(subject)).changedAt === 0 ? first.consumed : null;
    this.#partial = { firstAt, openedAt, consumed };
    return consumed;
  }

  async buckets(subject: Subject, zone: string): Promise<BucketFacts> {
    const { store, quota, now, version } = subject;
    const hour = bucketStart(now, HOUR);
    const known = this.#buckets;
    if (known?.version === version && known.zone === zone && known.hour === hour) return known;

    const units = await this.#units(subject);
    const periods = daysUpTo(now, zone);
    const final = countFinalDays(periods, correctableFrom(subject.state));
    const settled = await this.#settledDays(subject, zone, periods.slice(0, final), units);
    const recent = await sumDays(store, quota, periods.slice(final), now, units);
    const query = { quota, from: hour - HOURS * HOUR, to: now + 1, step: HOUR };
    const hours = await seriesInUnit(store, query, now, units);
    const read = { version, zone, hour, days: [...settled, ...recent], hours };
    this.#buckets = read;
    return read;
  }

  /**
   * Returns the burn rate of the last 24 hours, equal to the model's `burnRate` over the readings themselves.
   */
  async dayRate(subject: Subject): Promise<DayRate> {
    const { store, quota, now, version } = subject;
    const minute = bucketStart(now, MINUTE_MS);
    if (this.#rate?.version === version && this.#rate.minute === minute) return this.#rate.rate;
    const rate = await readDayRate(store, quota, now, (await this.#units(subject)).changedAt);
    this.#rate = { version, minute, rate };
    return rate;
  }

  /** Returns the first reading on the current plan, epoch milliseconds; null when no other plan is known. */
  async planSince({ store, quota, now, version }: Subject): Promise<number | null> {
    const last = this.#plan;
    if (last?.version === version && last.now === now) return last.since;
    const terms = await store.terms(quota);
    const since = terms.findLast(({ plan, until }) => plan !== null && until <= now)?.until ?? null;
    this.#plan = { version, now, since };
    return since;
  }

  /** Returns the units up to now, and drops sums in an earlier one. */
  async #units({ store, quota, now, version }: Subject): Promise<UnitHistory> {
    const last = this.#read;
    if (last?.version === version && last.now === now) return last.units;
    const units = await unitHistory(store, quota, now);
    this.#read = { version, now, units };
    if (units.changedAt !== this.#unitChangedAt) this.#lifetime = this.#days = this.#partial = undefined;
    this.#unitChangedAt = units.changedAt;
    return units;
  }

  /** Returns the days that are final; reads only those it does not know yet. */
  async #settledDays(
    { store, quota, now }: Subject,
    zone: string,
    wanted: readonly Period[],
    units: UnitHistory,
  ): Promise<readonly Bucket[]> {
    const last = wanted.at(-1);
    if (!last) return [];
    const { to } = last;
    const { from } = wanted[0]!;
    const known = this.#days?.zone === zone && this.#days.to <= to ? this.#days : { to: from, settled: [] };
    const since = await sumDays(store, quota, wanted.filter((day) => day.from >= known.to), now, units);
    const settled = [...known.settled.filter(({ start }) => start >= from), ...since];
    this.#days = { zone, to, settled };
    return settled;
  }
}

/**
 * Computes the rate of the day. Buckets contain the same sums as readings, so single readings are needed only at
 * the edge of the day: the first one's consumption belongs to the time before it.
 */
async function readDayRate(
  store: Store,
  quota: QuotaKey,
  now: number,
  unitChangedAt: number,
): Promise<DayRate> {
  const from = Math.max(now - DAY + 1, unitChangedAt);
  const edge = bucketStart(from, FIVE_MINUTES) + FIVE_MINUTES;
  let first = await store.readings({ quota, from, to: Math.min(edge, now + 1) });
  let buckets = await seriesAt(store, { quota, from: edge, to: now + 1, step: FIVE_MINUTES }, now);
  if (first.length === 0 && buckets[0]) {
    const { start } = buckets[0];
    first = await store.readings({ quota, from: start, to: Math.min(now + 1, start + FIVE_MINUTES) });
    buckets = buckets.slice(1);
  }
  const beginning = first[0]?.at ?? now;
  const end = buckets.at(-1)?.lastAt ?? first.at(-1)?.at ?? beginning;
  const consumed = first.slice(1).reduce((sum, entry) => sum + entry.consumed, 0) +
    buckets.reduce((sum, bucket) => sum + bucket.consumed, 0);
  return {
    perHour: end > beginning ? consumed / ((end - beginning) / HOUR) : null,
    readings: first.length + buckets.reduce((sum, { count }) => sum + count, 0),
  };
}

let calendar:
  | { readonly zone: string; readonly today: Period; readonly days: readonly Period[] }
  | undefined;

/**
 * Returns the last days of a zone in time order. Computed once a day, because calendar arithmetic is slow.
 */
function daysUpTo(now: number, zone: string): readonly Period[] {
  if (!calendar || calendar.zone !== zone || now < calendar.today.from || now >= calendar.today.to) {
    const days = lastDays(now, zone, DAYS);
    const [today] = days;
    calendar = { zone, today: today!, days: days.toReversed() };
  }
  return calendar.days;
}

function mergeIfBoth(earlier: Bucket | null, later: Bucket | null): Bucket | null {
  return earlier && later ? merge(earlier, later) : earlier ?? later;
}

/**
 * Sums the readings of each period into a bucket.
 * @param periods in time order, each from the end of the one before it
 */
async function sumDays(
  store: Store,
  quota: QuotaKey,
  periods: readonly Period[],
  now: number,
  units: UnitHistory,
): Promise<readonly Bucket[]> {
  const buckets = await readBuckets(store, quota, periods, now, units);
  const days: Bucket[] = [];
  let next = 0;
  for (const { from, to } of periods) {
    const first = next;
    while (next < buckets.length && buckets[next]!.lastAt < to) next++;
    const sum = sumUp(buckets.slice(first, next));
    if (sum) days.push({ ...sum, step: DAY, start: from });
  }
  return days;
}
