/** A store with a past written down by hand, for tests of what is read from it. */
import type { Bucket } from "../../lib/model/engine/bucket.ts";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import type { Session } from "../../lib/model/engine/session.ts";
import type { Terms } from "../../lib/model/engine/terms.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import type { AccountKey, QuotaKey, Reading } from "../../lib/model/quota.ts";
import type { AccountRecord, Store, StoredReading } from "../../lib/store/store.ts";
import { reading } from "./readings.ts";

export interface Past {
  /** By quota, in time order. */
  readonly readings?: Readonly<Record<QuotaKey, readonly StoredReading[]>>;
  readonly terms?: Readonly<Record<QuotaKey, readonly Terms[]>>;
  readonly buckets?: Readonly<Record<QuotaKey, readonly Bucket[]>>;
  /** What differs from the usual quota, which counts requests in five hours. */
  readonly about?: Readonly<Record<QuotaKey, Partial<Reading>>>;
  /** Newest first, like all below. */
  readonly cycles?: readonly Cycle[];
  readonly sessions?: readonly Session[];
  readonly outcomes?: readonly Outcome[];
  readonly records?: readonly AccountRecord[];
}

interface Bounds {
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
}

/** Includes the lower bound and excludes the upper one. */
function within<T>(all: readonly T[], at: (one: T) => number, { from, to, limit }: Bounds): readonly T[] {
  return all.filter((one) => at(one) >= (from ?? -Infinity) && at(one) < (to ?? Infinity)).slice(0, limit);
}

/** A cycle of the usual quota in which one request was used. @param endedAt null for the open one */
export function cycleOf(startedAt: number, endedAt: number | null): Cycle {
  return {
    quota: "acme/work/five-hour",
    startedAt,
    endedAt,
    resetsAt: null,
    peak: 1,
    consumed: 1,
    limit: 100,
    count: 2,
    lastAt: startedAt,
    whole: true,
    endedBy: [],
  };
}

export function pastStore(past: Past): Store {
  const startedAt = (one: { readonly startedAt: number }) => one.startedAt;
  const store: Partial<Store> = {
    describe: (quota) => {
      const { label, unit, window } = reading(past.about?.[quota]);
      return Promise.resolve(past.readings?.[quota] ? { label, unit, window } : null);
    },
    terms: (quota) => Promise.resolve(past.terms?.[quota] ?? []),
    readings: ({ quota, newestFirst, ...bounds }) => {
      const all = past.readings?.[quota] ?? [];
      return Promise.resolve(within(newestFirst ? all.toReversed() : all, ({ at }) => at, bounds));
    },
    series: ({ quota, step, ...bounds }) => {
      const all = (past.buckets?.[quota] ?? []).filter((bucket) => bucket.step === step);
      return Promise.resolve(within(all, ({ start }) => start, bounds));
    },
    cycles: ({ quota, ...bounds }) =>
      Promise.resolve(within((past.cycles ?? []).filter((one) => one.quota === quota), startedAt, bounds)),
    sessions: ({ account, ...bounds }) =>
      Promise.resolve(
        within((past.sessions ?? []).filter((one) => one.account === account), startedAt, bounds),
      ),
    outcomes: ({ account, kind, ...bounds }) => {
      const own = (past.outcomes ?? []).filter((one) =>
        one.account === account && (kind === undefined || one.kind === kind)
      );
      return Promise.resolve(within(own, ({ at }) => at, bounds));
    },
    latest: (account?: AccountKey) =>
      Promise.resolve((past.records ?? []).filter((one) => account === undefined || one.account === account)),
    recall: (account) => {
      const record = past.records?.find((one) => one.account === account);
      return Promise.resolve(record?.state ?? { account, at: null, plan: null, quotas: {} });
    },
  };
  return store as Store;
}

/** A stored reading of 100 requests, whose use was counted as stated. */
export function storedAt(at: number, fields: Partial<StoredReading> = {}): StoredReading {
  return {
    at,
    used: 0,
    limit: 100,
    remaining: null,
    resetsAt: null,
    consumed: 0,
    reset: false,
    ...fields,
  };
}
