/**
 * Reads an account's history as it will be once a poll is stored, for decisions that are stored together with it. Rows
 * that the poll changes replace those of the store.
 */
import type { Change } from "../model/engine/advance.ts";
import { type Bucket, bucketStart, type Step, STEPS } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import type { Terms } from "../model/engine/terms.ts";
import { pointsFromBuckets } from "../model/forecast/closed_cycle.ts";
import { type QuotaKey, quotaKey, type Reading } from "../model/quota.ts";
import type { CyclesQuery, Poll, ReadingsQuery, SeriesQuery, Store, StoredReading } from "../store/store.ts";

export type UnstoredPoll = Pick<Poll, "snapshot" | "changes" | "state" | "outcome">;

/** Covers cycles, buckets, readings and terms of its quotas; everything else is as stored. */
export function createStoreAhead(store: Store, poll: UnstoredPoll): Store {
  const { account } = poll.snapshot;
  const quotas = new Map<QuotaKey, QuotaAhead>(
    Object.keys(poll.state.quotas).map((id) => [quotaKey(account, id), new QuotaAhead(id, poll)]),
  );

  async function readSeries(query: SeriesQuery): Promise<readonly Bucket[]> {
    const stored = await store.series(query);
    return quotas.get(query.quota)?.series(query, stored) ?? stored;
  }

  const ahead: Pick<Store, "cycles" | "series" | "points" | "readings" | "terms"> = {
    async cycles(query) {
      const own = quotas.get(query.quota);
      return await own?.cycles(query, store) ?? await store.cycles(query);
    },
    series: readSeries,
    async points(query) {
      return quotas.has(query.quota) ? pointsFromBuckets(await readSeries(query)) : await store.points(query);
    },
    async readings(query) {
      const stored = await store.readings(query);
      return quotas.get(query.quota)?.readings(query, stored) ?? stored;
    },
    async terms(quota) {
      const stored = await store.terms(quota);
      const changed = quotas.get(quota)?.changedTerms;
      return changed ? [...stored, changed] : stored;
    },
  };
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(ahead, name)) return Reflect.get(ahead, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

interface Correction {
  readonly by: number;
  readonly resets: number;
}

/** What a poll changes in one quota. */
class QuotaAhead {
  readonly changedTerms: Terms | undefined;
  readonly #reading: StoredReading | undefined;
  readonly #buckets = new Map<string, Bucket>();
  /** Null for cycles the poll voids. */
  readonly #cycles = new Map<number, Cycle | null>();
  readonly #readingCorrections = new Map<number, Correction>();
  readonly #bucketCorrections = new Map<string, Correction>();

  constructor(id: string, { snapshot, changes }: UnstoredPoll) {
    const { at } = snapshot;
    for (const change of changes) {
      if (!("quota" in change) || change.quota !== id) continue;
      switch (change.kind) {
        case "entry": {
          const reading = snapshot.readings.find(({ quota }) => quota === id);
          if (reading) this.#reading = storedReading(at, reading, change);
          const { unitBefore = null, planBefore = null } = change;
          const isChanged = unitBefore !== null || planBefore !== null;
          if (isChanged) this.changedTerms = { until: at, unit: unitBefore, plan: planBefore };
          break;
        }
        case "adjust":
          this.#correct(change);
          break;
        case "bucket": {
          const { step, start } = change.bucket;
          // The new bucket includes earlier corrections.
          this.#bucketCorrections.delete(bucketKey(step, start));
          this.#buckets.set(bucketKey(step, start), change.bucket);
          break;
        }
        case "cycle":
          this.#cycles.set(change.cycle.startedAt, change.cycle);
          break;
        case "void-cycle":
          this.#cycles.set(change.startedAt, null);
          break;
      }
    }
  }

  #correct({ at, by, resets }: Extract<Change, { kind: "adjust" }>): void {
    add(this.#readingCorrections, at, { by, resets });
    for (const step of STEPS) {
      const key = bucketKey(step, bucketStart(at, step));
      const bucket = this.#buckets.get(key);
      if (bucket) this.#buckets.set(key, applyCorrection(bucket, { by, resets }));
      else add(this.#bucketCorrections, key, { by, resets });
    }
  }

  async cycles(query: CyclesQuery, store: Pick<Store, "cycles">): Promise<readonly Cycle[]> {
    const stored = await store.cycles({ ...query, limit: query.limit + this.#cycles.size });
    const { from = -Infinity, to = Infinity, before = Infinity, limit } = query;
    const own = [...this.#cycles.values()].filter((cycle): cycle is Cycle =>
      cycle !== null && cycle.startedAt >= from && cycle.startedAt < Math.min(to, before)
    );
    return [...stored.filter(({ startedAt }) => !this.#cycles.has(startedAt)), ...own]
      .sort((a, b) => b.startedAt - a.startedAt).slice(0, Math.max(0, Math.trunc(limit)));
  }

  series({ from, to, step }: SeriesQuery, stored: readonly Bucket[]): readonly Bucket[] {
    const own = [...this.#buckets.values()].filter((bucket) =>
      bucket.step === step && bucket.start >= from && bucket.start < to
    );
    const others = stored.filter(({ start }) => !this.#buckets.has(bucketKey(step, start))).map((bucket) => {
      const correction = this.#bucketCorrections.get(bucketKey(step, bucket.start));
      return correction ? applyCorrection(bucket, correction) : bucket;
    });
    // The poll's own bucket is the one in progress.
    return [...others, ...own];
  }

  /** The poll's own reading is later than any stored one. */
  readings(query: ReadingsQuery, stored: readonly StoredReading[]): readonly StoredReading[] {
    const { from = -Infinity, to = Infinity, limit = Infinity, newestFirst = false } = query;
    const before = stored.map((reading) => {
      const correction = this.#readingCorrections.get(reading.at);
      if (!correction) return reading;
      const { consumed, resets } = applyCorrection({ ...reading, resets: Number(reading.reset) }, correction);
      return { ...reading, consumed, reset: resets === 1 };
    });
    const own = this.#reading && this.#reading.at >= from && this.#reading.at < to ? [this.#reading] : [];
    const all = newestFirst ? [...own, ...before] : [...before, ...own];
    return all.slice(0, Math.max(0, Math.trunc(limit)));
  }
}

function bucketKey(step: Step, start: number): string {
  return `${step} ${start}`;
}

function add<K>(corrections: Map<K, Correction>, key: K, { by, resets }: Correction): void {
  const before = corrections.get(key) ?? { by: 0, resets: 0 };
  corrections.set(key, { by: before.by + by, resets: before.resets + resets });
}

function applyCorrection<T extends { readonly consumed: number; readonly resets: number }>(
  row: T,
  { by, resets }: Correction,
): T {
  return { ...row, consumed: Math.max(0, row.consumed + by), resets: row.resets + resets };
}

function storedReading(
  at: number,
  reading: Reading,
  { consumed, reset, baseline }: Extract<Change, { kind: "entry" }>,
): StoredReading {
  const { used, limit, remaining, resetsAt, source, startedAt, refillPerHour, allowed, currency } = reading;
  return {
    at,
    used,
    limit,
    remaining,
    resetsAt,
    consumed,
    reset,
    ...source !== undefined && { source },
    ...baseline !== undefined && { baseline },
    ...startedAt !== undefined && { startedAt },
    ...refillPerHour !== undefined && { refillPerHour },
    ...allowed !== undefined && { allowed },
    ...currency !== undefined && { currency },
  };
}
