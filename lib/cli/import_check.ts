/**
 * Whether the rows of a file can be added to what is stored. History runs forward: what follows
 * from readings (sums, cycles, sessions) cannot take in one that lies before the newest. So a row
 * is newer than all that is stored of its account, or it is stored already, or the file is refused.
 */
import type { ImportedRow } from "../dialects/import_rows.ts";
import { type AccountKey, type QuotaKey, quotaKey } from "../model/quota.ts";
import { isoInstant } from "../model/time.ts";
import type { Store, StoredReading } from "../store/store.ts";

export interface ImportPlan {
  /** Rows that are to be added, and the polls they make up. */
  readonly readings: number;
  readonly polls: number;
  /** Rows that are stored already. */
  readonly stored: number;
  readonly accounts: number;
  /** The newest that was stored of each account before, epoch milliseconds; null where nothing was. */
  readonly newest: ReadonlyMap<AccountKey, number | null>;
}

export interface ImportCheck {
  /** Why a row cannot be added, or null. Rows come in the order of the file. */
  problemOf(row: ImportedRow): Promise<string | null>;
  plan(): ImportPlan;
}

/** Clocks differ; a reading from farther ahead would keep real ones out until its time has come. */
const MOST_AHEAD_MS = 5 * 60_000;
const BATCH = 4_000;

interface Group {
  readonly account: AccountKey;
  readonly at: number;
  readonly quotas: Set<string>;
}

/** @param store null when there is no database yet */
export function createImportCheck(
  store: Pick<Store, "recall" | "readings"> | null,
  now: number,
): ImportCheck {
  const newest = new Map<AccountKey, number | null>();
  const last = new Map<AccountKey, number>();
  const cursors = new Map<QuotaKey, Cursor>();
  let group: Group | undefined;
  let [readings, polls, stored] = [0, 0, 0];

  async function newestOf(account: AccountKey): Promise<number | null> {
    const known = newest.get(account);
    if (known !== undefined) return known;
    const at = (await store?.recall(account))?.at ?? null;
    newest.set(account, at);
    return at;
  }

  /** Rows of one poll stand together, and the polls of an account in order of time. */
  function orderProblem({ account, at, reading }: ImportedRow): string | null {
    if (group?.account === account && group.at === at) {
      if (group.quotas.has(reading.quota)) {
        return `has a second reading of "${reading.quota}" at ${isoInstant(at)}`;
      }
      group.quotas.add(reading.quota);
      return null;
    }
    const before = last.get(account);
    if (before !== undefined && at <= before) {
      return `is out of order: ${isoInstant(at)} does not follow ${isoInstant(before)} of "${account}"`;
    }
    group = { account, at, quotas: new Set([reading.quota]) };
    last.set(account, at);
    return null;
  }

  return {
    async problemOf(row) {
      const { account, at, reading } = row;
      if (at > now + MOST_AHEAD_MS) return `lies in the future: ${isoInstant(at)}`;
      const disorder = orderProblem(row);
      if (disorder !== null) return disorder;
      const newestAt = await newestOf(account);
      if (newestAt === null || at > newestAt || !store) {
        readings++;
        if (group?.quotas.size === 1) polls++;
        return null;
      }
      const key = quotaKey(account, reading.quota);
      const cursor = cursors.get(key) ?? cursorOn(store, key);
      cursors.set(key, cursor);
      const same = await cursor.at(at);
      if (same && isSame(same, reading)) {
        stored++;
        return null;
      }
      return same
        ? `contradicts what is stored of "${key}" at ${isoInstant(at)}`
        : `is a reading of "${key}" at ${
          isoInstant(at)
        }, which is not stored and lies before the newest that is (${
          isoInstant(newestAt)
        }): history runs forward. Import it into a new database with --db`;
    },
    plan: () => ({ readings, polls, stored, accounts: last.size, newest }),
  };
}

function isSame(
  stored: StoredReading,
  { used, limit, remaining, resetsAt }: ImportedRow["reading"],
): boolean {
  return stored.used === used && stored.limit === limit && stored.remaining === remaining &&
    stored.resetsAt === resetsAt;
}

/** Looks up readings of one quota that are asked for in order of time, a batch at once. */
interface Cursor {
  at(at: number): Promise<StoredReading | null>;
}

function cursorOn(store: Pick<Store, "readings">, quota: QuotaKey): Cursor {
  let batch: readonly StoredReading[] = [];
  let next = 0;
  let over = false;
  return {
    async at(at) {
      while (next < batch.length && batch[next]!.at < at) next++;
      if (next === batch.length && !over) {
        batch = await store.readings({ quota, from: at, limit: BATCH });
        next = 0;
        over = batch.length < BATCH;
      }
      const found = batch[next];
      return found?.at === at ? found : null;
    },
  };
}
