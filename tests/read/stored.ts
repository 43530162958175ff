/** A store that has only readings, with their buckets, of which old ones may have been deleted. */
import { type Bucket, createBucket, FIVE_MINUTES, merge } from "../../lib/model/engine/bucket.ts";
import type { Terms } from "../../lib/model/engine/terms.ts";
import { type QuotaKey, quotaKey, type Reading } from "../../lib/model/quota.ts";
import type { SeriesQuery, Store, StoredReading } from "../../lib/store/store.ts";
import { ACCOUNT, reading } from "../support/readings.ts";

/** A reading with its ledger entry; by default, nothing was consumed. */
export type Entry = Partial<Reading> & Partial<Pick<StoredReading, "consumed" | "reset">> & {
  readonly at: number;
};

export interface StoredReadings {
  readonly store: Store;
  /** The series that were read. */
  readonly asked: SeriesQuery[];
}

/** Since when data is still stored, epoch milliseconds; by default, since ever. */
interface StoredSince {
  readonly readings?: number;
  /** Buckets of five minutes. */
  readonly fine?: number;
}

/** @param entries in time order; the unit of a quota may change */
export function storedReadings(entries: readonly Entry[], since: StoredSince = {}): StoredReadings {
  const asked: SeriesQuery[] = [];
  const of = (quota: QuotaKey) =>
    entries.flatMap(({ at, consumed = 0, reset = false, ...fields }) => {
      const one = reading(fields);
      return quotaKey(ACCOUNT, one.quota) === quota ? [{ at, consumed, reset, one }] : [];
    });
  const store: Pick<Store, "series" | "readings" | "terms" | "describe"> = {
    series(query) {
      asked.push(query);
      const { quota, from, to, step } = query;
      const buckets = new Map<number, Bucket>();
      for (const { at, one, ...entry } of of(quota)) {
        const own = createBucket(one, at, entry, step);
        const before = buckets.get(own.start);
        buckets.set(own.start, before ? merge(before, own) : own);
      }
      const first = step === FIVE_MINUTES ? Math.max(from, since.fine ?? 0) : from;
      return Promise.resolve([...buckets.values()].filter(({ start }) => start >= first && start < to));
    },
    readings({ quota, from = -Infinity, to = Infinity, limit = Infinity, newestFirst = false }) {
      const found = of(quota).flatMap(({ at, consumed, reset, one }): readonly StoredReading[] => {
        const { quota: _, label: __, unit: ___, window: ____, parts: _____, ...amounts } = one;
        const isWanted = at >= Math.max(from, since.readings ?? 0) && at < to;
        return isWanted ? [{ ...amounts, at, consumed, reset }] : [];
      });
      return Promise.resolve((newestFirst ? found.reverse() : found).slice(0, limit));
    },
    terms(quota) {
      const all = of(quota);
      return Promise.resolve(all.flatMap(({ at, one: { unit } }, place): readonly Terms[] => {
        const before = all[place - 1]?.one.unit ?? unit;
        return before === unit ? [] : [{ until: at, unit: before, plan: null }];
      }));
    },
    describe: (quota) => Promise.resolve(of(quota).at(-1)?.one ?? null),
  };
  return { store: store as Store, asked };
}
