/**
 * Reads sums in the current unit of a quota. Amounts in two units are never added: those from before a change are
 * converted where the limits on both sides tell how, and left out otherwise.
 */
import {
  type Bucket,
  bucketStart,
  DAY,
  FIVE_MINUTES,
  HOUR,
  type Step,
  sumUp,
} from "../model/engine/bucket.ts";
import { convert, isOtherCurrency, unitFactor } from "../model/engine/mark.ts";
import { convertBucket } from "../model/engine/open_sums.ts";
import type { QuotaKey, Unit } from "../model/quota.ts";
import type { Store, StoredReading } from "../store/store.ts";
import { cutBucket, seriesAt } from "./as_of.ts";

/** A time range in which a quota was stated in one unit. */
interface UnitSpan {
  /** Epoch milliseconds; 0 for the first one. */
  readonly from: number;
  /** How many current units equal one of these. */
  readonly factor: number;
}

/** The time ranges with amounts convertible to the current unit, oldest first; never empty. */
export interface UnitHistory {
  readonly spans: readonly UnitSpan[];
  /** When the current unit began, epoch milliseconds; 0 when it never changed. */
  readonly changedAt: number;
  /** The earlier units, and when each ended, oldest first. */
  readonly earlier: readonly { readonly unit: Unit; readonly until: number }[];
}

const ONE_UNIT: UnitHistory = { spans: [{ from: 0, factor: 1 }], changedAt: 0, earlier: [] };

/** Returns the units in which a quota was stated up to `now`. @throws {StoreError} */
export async function unitHistory(store: Store, quota: QuotaKey, now: number): Promise<UnitHistory> {
  const terms = await store.terms(quota);
  const earlier = terms.flatMap(({ unit, until }) => unit !== null && until <= now ? [{ unit, until }] : []);
  const changes = earlier.map(({ until }) => until);
  const changedAt = changes.at(-1);
  if (changedAt === undefined) return ONE_UNIT;
  const spans: UnitSpan[] = [{ from: changedAt, factor: 1 }];
  // As of a past time, the unit is that which the next change ended.
  const later = terms.find(({ unit, until }) => unit !== null && until > now);
  let unit = later?.unit ?? (await store.describe(quota))?.unit;
  let [factor, to] = [1, now + 1];
  for (let place = changes.length - 1; place >= 0; place--) {
    const [from, at] = [changes[place - 1] ?? 0, changes[place]!];
    const before = earlier[place]!.unit;
    // Limits say nothing about the worth of two currencies. A change within one unit is always one of currency.
    if (before === unit || await isCurrencyChange(store, quota, at, { before, after: unit })) break;
    unit = before;
    const step = unitFactor(
      await limitIn(store, quota, { from, to: at }, "last"),
      await limitIn(store, quota, { from: at, to }, "first"),
    );
    if (step === null) break;
    factor *= step;
    spans.unshift({ from, factor });
    to = at;
  }
  return { spans, changedAt, earlier };
}

/** Returns the unit of an instant whose amounts cannot be converted; undefined where they can. */
export function strangeUnit({ spans, earlier }: UnitHistory, at: number): Unit | undefined {
  return at < spans[0]!.from ? earlier.find(({ until }) => at < until)?.unit : undefined;
}

/** Reports whether the unit changed in `(from, to]`. */
export function changedBetween({ earlier }: UnitHistory, from: number, to: number): boolean {
  return earlier.some(({ until }) => from < until && until <= to);
}

async function isCurrencyChange(
  store: Store,
  quota: QuotaKey,
  at: number,
  units: { readonly before: Unit; readonly after: Unit | undefined },
): Promise<boolean> {
  const [last] = await store.readings({ quota, to: at, limit: 1, newestFirst: true });
  const [first] = await store.readings({ quota, from: at, limit: 1 });
  return last !== undefined && first !== undefined && units.after !== undefined &&
    isOtherCurrency({ ...last, unit: units.before }, { ...first, unit: units.after });
}

/** Maximum readings without a limit to skip beside a change. */
const MAX_READINGS_WITHOUT_LIMIT = 20;

async function limitIn(
  store: Store,
  quota: QuotaKey,
  span: { readonly from: number; readonly to: number },
  which: "first" | "last",
): Promise<number | null> {
  const readings = await store.readings({
    quota,
    ...span,
    limit: MAX_READINGS_WITHOUT_LIMIT,
    newestFirst: which === "last",
  });
  const stated = readings.find(({ limit }) => limit !== null);
  if (stated) return stated.limit;
  // Readings expire; daily buckets do not.
  const days = (await store.series({ quota, from: bucketStart(span.from, DAY), to: span.to, step: DAY }))
    .filter(({ limit, firstAt, lastAt }) => limit !== null && firstAt >= span.from && lastAt < span.to);
  return (which === "last" ? days.at(-1) : days[0])?.limit ?? null;
}

/**
 * Returns the buckets of `[from, to)` up to `now` in the current unit. A bucket that contains a change is summed up
 * from finer ones, and ultimately from readings.
 *
 * @throws {StoreError}
 */
export async function seriesInUnit(
  store: Store,
  query: { readonly quota: QuotaKey; readonly from: number; readonly to: number; readonly step: Step },
  now: number,
  history: UnitHistory,
): Promise<readonly Bucket[]> {
  const { quota, step } = query;
  const { spans } = history;
  const [from, to] = [firstStart(query.from, step), firstStart(query.to, step)];
  const buckets: Bucket[] = [];
  for (const [place, span] of spans.entries()) {
    // A bucket that contains a change belongs to the span after the change.
    let start = Math.max(from, bucketStart(span.from, step));
    const end = Math.min(to, bucketStart(spans[place + 1]?.from ?? to, step));
    if (start >= end) continue;
    if (start < span.from) {
      const mixed = await mixedBucket(store, { quota, start, step }, now, history);
      if (mixed) buckets.push(mixed);
      start += step;
    }
    const own = await seriesAt(store, { quota, from: start, to: end, step }, now);
    buckets.push(...own.map((bucket) => inUnit(bucket, span.factor)));
  }
  return buckets;
}

/** Returns the start of the first bucket that begins at an instant or later. */
function firstStart(at: number, step: Step): number {
  return bucketStart(at + step - 1, step);
}

/**
 * Returns readings in the current unit, in time order; those that cannot be converted are left out.
 * @throws {StoreError}
 */
export async function readingsInUnit(
  store: Store,
  query: { readonly quota: QuotaKey; readonly from: number; readonly to: number },
  { spans }: UnitHistory,
): Promise<readonly StoredReading[]> {
  const from = Math.max(query.from, spans[0]!.from);
  const readings = await store.readings({ ...query, from });
  return readings.map((reading) => {
    const { used, limit, remaining, consumed } = reading;
    const factor = factorAt(spans, reading.at);
    return factor === 1 ? reading : {
      ...reading,
      used: to(used, factor),
      limit: to(limit, factor),
      remaining: to(remaining, factor),
      consumed: convert(consumed, factor),
    };
  });
}

/** Converts an amount stated at an instant to the current unit; null when that is unknown. */
export function amountInUnit({ spans }: UnitHistory, amount: number | null, at: number): number | null {
  if (at < spans[0]!.from) return null;
  const factor = factorAt(spans, at);
  return factor === 1 ? amount : to(amount, factor);
}

function to(amount: number | null, factor: number): number | null {
  return amount === null ? null : convert(amount, factor);
}

/** Sums up a bucket that contains a change, from up to `now`; null without readings that can be converted. */
async function mixedBucket(
  store: Store,
  { quota, start, step }: { readonly quota: QuotaKey; readonly start: number; readonly step: Step },
  now: number,
  history: UnitHistory,
): Promise<Bucket | null> {
  if (step !== FIVE_MINUTES) {
    // Fine buckets expire; going one step down loses no more than the hour of the change.
    const query = { quota, from: start, to: start + step, step: step === DAY ? HOUR : FIVE_MINUTES };
    const sum = sumUp(await seriesInUnit(store, query, now, history));
    return sum && { ...sum, step, start };
  }
  const last = Math.min(now, start + step - 1);
  const cut = await cutBucket(store, quota, start, last, step);
  return cut && inUnit(cut, factorAt(history.spans, last));
}

/** @param at not before the first span */
function factorAt(spans: readonly UnitSpan[], at: number): number {
  return spans.findLast(({ from }) => from <= at)!.factor;
}

function inUnit(bucket: Bucket, factor: number): Bucket {
  return factor === 1 ? bucket : convertBucket(bucket, factor);
}
