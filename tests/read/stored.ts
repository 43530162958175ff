/** A store that has only readings, with their buckets, of which fine ones may have been deleted. */
import { type Bucket, createBucket, FIVE_MINUTES, merge } from "../../lib/model/engine/bucket.ts";
import { quotaKey, type Reading } from "../../lib/model/quota.ts";
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

/**
 * @param entries in time order
 * @param fineSince buckets of five minutes that began earlier have been deleted
 */
export function storedReadings(entries: readonly Entry[], fineSince = 0): StoredReadings {
  const asked: SeriesQuery[] = [];
  const store: Pick<Store, "series" | "readings" | "terms" | "describe"> = {
    series(query) {
      asked.push(query);
      const { quota, from, to, step } = query;
      const buckets = new Map<number, Bucket>();
      for (const { at, consumed = 0, reset = false, ...fields } of entries) {
        const one = reading(fields);
        if (quotaKey(ACCOUNT, one.quota) !== quota) continue;
        const own = createBucket(one, at, { consumed, reset }, step);
        const before = buckets.get(own.start);
        buckets.set(own.start, before ? merge(before, own) : own);
      }
      const first = step === FIVE_MINUTES ? Math.max(from, fineSince) : from;
      return Promise.resolve([...buckets.values()].filter(({ start }) => start >= first && start < to));
    },
    readings({ quota, from = -Infinity, to = Infinity }) {
      return Promise.resolve(
        entries.flatMap(({ at, consumed = 0, reset = false, ...fields }): readonly StoredReading[] => {
          const { quota: id, label: _, unit: __, window: ___, parts: ____, ...amounts } = reading(fields);
          const isWanted = quotaKey(ACCOUNT, id) === quota && at >= from && at < to;
          return isWanted ? [{ ...amounts, at, consumed, reset }] : [];
        }),
      );
    },
    terms: () => Promise.resolve([]),
    describe: () => Promise.resolve(reading()),
  };
  return { store: store as Store, asked };
}
