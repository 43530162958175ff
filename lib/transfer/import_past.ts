/**
 * Compares the buckets, cycles and sessions of a file with stored data. They are derived from readings, so
 * they only fill a past without readings: data stored under the same key, or covering the same time, stays
 * unchanged, and unknown quotas are rejected.
 */
import { roundNoise } from "../base/text.ts";
import type { ImportedPast, ImportedSession } from "../formats/import_rows.ts";
import type { Bucket } from "../model/engine/bucket.ts";
import type { AccountState } from "../model/engine/advance.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey } from "../model/quota.ts";
import type { Session } from "../model/engine/session.ts";
import { isoInstant } from "../model/time.ts";
import type { PastRow, Store } from "../store/store.ts";

export type PastWhat = ImportedPast["what"];

export interface PastCounts {
  /** Missing, so they will be added. */
  missing: number;
  /** Stored with equal values. */
  same: number;
  /** Stored with other values, or overlapping stored ones: the stored ones stay. */
  different: number;
  /** Still open when exported, and not stored: their final state is unknown. */
  open: number;
  readonly accounts: Set<AccountKey>;
}

export interface PastCheck {
  /** Returns why a row cannot be imported, or null. Call in file order. */
  problemOf(row: ImportedPast): Promise<string | null>;
  /** Completes the last session; call after the last row. */
  end(): Promise<void>;
  readonly counts: PastCounts;
}

type StoredPast = Pick<Store, "recall" | "series" | "cycles" | "sessions">;
/** A time range. */
interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const BATCH = 4_000;
const EVERYTHING = { limit: Number.MAX_SAFE_INTEGER } as const;

/** @param take receives the missing rows */
export function createPastCheck(
  store: StoredPast | null,
  take: (row: PastRow) => Promise<void>,
): PastCheck {
  const counts: PastCounts = { missing: 0, same: 0, different: 0, open: 0, accounts: new Set() };
  const states = new Map<AccountKey, AccountState | null>();
  const buckets = new Map<string, ReturnType<typeof bucketCursor>>();
  const cycles = new Map<QuotaKey, Lookup>();
  const sessions = new Map<AccountKey, Lookup>();
  /** Keys seen in the file. */
  const seen = new Set<string>();
  const lastStart = new Map<string, number>();
  let session: Session | undefined;

  async function loadState(account: AccountKey): Promise<AccountState | null> {
    const known = states.get(account);
    if (known !== undefined) return known;
    const state = await store?.recall(account) ?? null;
    states.set(account, state);
    return state;
  }

  async function settle(
    found: "same" | "different" | "missing",
    open: boolean,
    row: PastRow,
  ): Promise<null> {
    if (found === "missing" && open) counts.open++;
    else {
      counts[found]++;
      if (found === "missing") await take(row);
    }
    return null;
  }

  async function bucketRow(quota: QuotaKey, bucket: Bucket): Promise<string | null> {
    const key = `${bucket.step} ${quota}`;
    const last = lastStart.get(key);
    if (last !== undefined && bucket.start <= last) {
      return `is out of order: the bucket of ${isoInstant(bucket.start)} does not follow that of ${
        isoInstant(last)
      }`;
    }
    lastStart.set(key, bucket.start);
    const cursor = buckets.get(key) ?? bucketCursor(store!, quota, bucket.step);
    buckets.set(key, cursor);
    const stored = await cursor(bucket.start);
    const found = stored === null ? "missing" : isEqual(stored, bucket) ? "same" : "different";
    return await settle(found, false, { kind: "bucket", quota, bucket });
  }

  async function endSession(): Promise<void> {
    if (!session || !store) return;
    const own = session;
    session = undefined;
    const { account } = own;
    const lookup = sessions.get(account) ??
      createLookup(
        (await store.sessions({ account, ...EVERYTHING })).map((one) => [one, rangeOfSession(one)]),
        ({ endedAt: _, ...one }) => one,
      );
    sessions.set(account, lookup);
    await settle(lookup(own, rangeOfSession(own)), own.endedAt === null, { kind: "session", session: own });
  }

  async function sessionRow(row: ImportedSession): Promise<string | null> {
    const { account, startedAt, endedAt, lastRiseAt, readings, sessionQuota } = row;
    if (session?.account === account && session.startedAt === startedAt) {
      if (session.quotas.some(({ quota }) => quota === sessionQuota.quota)) {
        return `repeats "${sessionQuota.quota}" in the session of ${isoInstant(startedAt)}`;
      }
      if (session.endedAt !== endedAt || session.lastRiseAt !== lastRiseAt || session.readings !== readings) {
        return `contradicts the line before it, which belongs to the same session`;
      }
      session = { ...session, quotas: [...session.quotas, sessionQuota] };
      return null;
    }
    await endSession();
    const problem = findDuplicate(`${account} ${startedAt}`, startedAt);
    if (problem !== null) return problem;
    session = { account, startedAt, endedAt, lastRiseAt, readings, quotas: [sessionQuota] };
    return null;
  }

  function findDuplicate(key: string, startedAt: number): string | null {
    if (seen.has(key)) return `is a duplicate: an earlier row also starts at ${isoInstant(startedAt)}`;
    seen.add(key);
    return null;
  }

  return {
    counts,
    end: endSession,
    async problemOf(row) {
      const { account, quota } = row;
      counts.accounts.add(account);
      const state = await loadState(account);
      const id = splitQuotaKey(quota).quota;
      if (!store || !state || state.at === null || !Object.hasOwn(state.quotas, id)) {
        return `is of "${quota}", of which no reading is stored: import the readings first`;
      }
      const last = findLast(row);
      if (last > state.at) {
        return `reaches to ${isoInstant(last)}, past the newest reading of "${account}" that is stored (${
          isoInstant(state.at)
        }): import the readings first`;
      }
      switch (row.what) {
        case "buckets":
          return await bucketRow(quota, row.bucket);
        case "sessions":
          return await sessionRow(row);
        case "cycles": {
          const problem = findDuplicate(`${quota} ${row.cycle.startedAt}`, row.cycle.startedAt);
          if (problem !== null) return problem;
          const toRange = ({ startedAt, endedAt, lastAt }: typeof row.cycle) => ({
            from: startedAt,
            to: endedAt ?? lastAt,
          });
          const lookup = cycles.get(quota) ??
            createLookup(
              (await store.cycles({ quota, ...EVERYTHING })).map((one) => [one, toRange(one)]),
              (one) => one,
            );
          cycles.set(quota, lookup);
          const { cycle } = row;
          return await settle(lookup(cycle, toRange(cycle)), cycle.endedAt === null, {
            kind: "cycle",
            cycle,
          });
        }
      }
    },
  };
}

function findLast(row: ImportedPast): number {
  switch (row.what) {
    case "buckets":
      return row.bucket.lastAt;
    case "cycles":
      return Math.max(row.cycle.lastAt, row.cycle.startedAt);
    case "sessions":
      return row.lastRiseAt;
  }
}

function rangeOfSession({ startedAt, lastRiseAt }: Session): TimeRange {
  return { from: startedAt, to: lastRiseAt };
}

type Lookup = <T extends { readonly startedAt: number }>(
  one: T,
  timeRange: TimeRange,
) => "same" | "different" | "missing";

/** Returns a lookup that finds the stored item with the same start, or reports that a stored one overlaps. */
function createLookup<T extends { readonly startedAt: number }>(
  stored: readonly (readonly [one: T, timeRange: TimeRange])[],
  comparable: (one: T) => unknown,
): Lookup {
  const byStart = new Map(stored.map(([one]) => [one.startedAt, one]));
  // Newest first, as the store returns them; they never overlap.
  const ranges = stored.map(([, timeRange]) => timeRange);
  return (one, { from, to }) => {
    const same = byStart.get(one.startedAt);
    if (same) return isEqual(comparable(same), comparable(one as unknown as T)) ? "same" : "different";
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranges[middle]!.from < to) high = middle;
      else low = middle + 1;
    }
    const before = ranges[low];
    return before && before.to > from ? "different" : "missing";
  };
}

/** Looks up buckets in time order, a batch at a time. */
function bucketCursor(
  store: Pick<Store, "series">,
  quota: QuotaKey,
  step: Bucket["step"],
): (start: number) => Promise<Bucket | null> {
  let batch: readonly Bucket[] = [];
  let next = 0;
  let to = Number.NEGATIVE_INFINITY;
  return async (start) => {
    if (start >= to) {
      to = start + BATCH * step;
      batch = await store.series({ quota, from: start, to, step });
      next = 0;
    }
    while (next < batch.length && batch[next]!.start < start) next++;
    const found = batch[next];
    return found?.start === start ? found : null;
  };
}

/** Compares plain values, whatever the order of their fields. An export leaves out the noise of binary fractions. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a === "number" && typeof b === "number") return roundNoise(a) === roundNoise(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [own, other] = [Object.entries(a), new Map(Object.entries(b))];
  return own.length === other.size && own.every(([name, value]) => isEqual(value, other.get(name)));
}
