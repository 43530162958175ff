/**
 * Compares the readings of a file with stored data. A row is newer than everything stored of its account, or
 * already stored, or late: then the account's history is recomputed from stored and imported readings
 * together, which requires that none of the stored ones has expired.
 */
import { roundNoise } from "../base/text.ts";
import type { ImportedReading } from "../formats/import_rows.ts";
import { DAY } from "../model/engine/bucket.ts";
import { isOtherCurrency } from "../model/engine/mark.ts";
import { type AccountKey, type QuotaKey, quotaKey } from "../model/quota.ts";
import { isoInstant } from "../model/time.ts";
import type { Store, StoredReading } from "../store/store.ts";

/** The plan for one account of the file. */
export interface AccountPlan {
  /** The newest stored reading, epoch milliseconds; null when there is none. */
  readonly newest: number | null;
  /** Rows older than it that are not stored yet. */
  readonly late: number;
  readonly added: number;
}

export interface ImportPlan {
  /** Rows to add, and the polls they form. */
  readonly readings: number;
  readonly polls: number;
  /** Rows that are already stored. */
  readonly stored: number;
  /** Rows of a time whose readings have expired here, so that only sums of it are stored: they cannot be merged. */
  readonly expired: number;
  readonly accounts: ReadonlyMap<AccountKey, AccountPlan>;
}

export interface ImportCheck {
  /** Returns why a row cannot be added, or null. Call in file order, and await a promise before the next. */
  problemOf(row: ImportedReading): string | null | Promise<string | null>;
  /** Returns the plan for an account as far as the file was checked; it continues to grow. */
  planOf(account: AccountKey): AccountPlan;
  plan(): ImportPlan;
}

/** Clocks differ; a reading from further in the future would block real ones until that time. */
const MAX_AHEAD_MS = 5 * 60_000;
const BATCH = 4_000;

interface Group {
  readonly account: AccountKey;
  readonly at: number;
  readonly quotas: Set<string>;
  added: boolean;
}

interface Planned {
  newest: number | null;
  late: number;
  added: number;
  /** The last instant in the file. */
  last: number;
  /**
   * Since when all readings are stored, if some have expired;
   * null if none has. Looked up at the first late row.
   */
  keptSince: number | null | undefined;
}

type StoredReadings = Pick<Store, "recall" | "readings" | "series">;

/**
 * @param store null when there is no database yet
 * @param skipsExpired for a file that is imported again and again as it grows: rows of a time that is known here only by its
 * sums are counted instead of refused
 */
export function createImportCheck(
  store: StoredReadings | null,
  now: number,
  { skipsExpired = false }: { readonly skipsExpired?: boolean } = {},
): ImportCheck {
  const accounts = new Map<AccountKey, Planned>();
  const cursors = new Map<QuotaKey, Cursor>();
  let group: Group | undefined;
  const beginnings = new Map<QuotaKey, number>();
  let [readings, polls, stored, expired] = [0, 0, 0, 0];

  async function planAccount(account: AccountKey): Promise<Planned> {
    const known = accounts.get(account);
    if (known) return known;
    const newest = (await store?.recall(account))?.at ?? null;
    const planned = { newest, late: 0, added: 0, last: Number.NEGATIVE_INFINITY, keptSince: undefined };
    accounts.set(account, planned);
    return planned;
  }

  /** Checks the order: rows of one poll are adjacent, and an account's polls are in time order. */
  function orderProblem({ account, at, reading }: ImportedReading, planned: Planned): string | null {
    if (group?.account === account && group.at === at) {
      if (group.quotas.has(reading.quota)) {
        return `has a second reading of "${reading.quota}" at ${isoInstant(at)}`;
      }
      group.quotas.add(reading.quota);
      return null;
    }
    if (at <= planned.last) {
      return `is out of order: ${isoInstant(at)} does not follow ${isoInstant(planned.last)} of "${account}"`;
    }
    group = { account, at, quotas: new Set([reading.quota]), added: false };
    planned.last = at;
    return null;
  }

  function add(planned: Planned): null {
    readings++;
    planned.added++;
    if (group && !group.added) {
      polls++;
      group.added = true;
    }
    return null;
  }

  return {
    problemOf(row) {
      const { account, at } = row;
      if (at > now + MAX_AHEAD_MS) return `is in the future: ${isoInstant(at)}`;
      const planned = accounts.get(account);
      return planned
        ? checkReading(row, planned)
        : planAccount(account).then((planned) => checkReading(row, planned));
    },
    planOf(account) {
      const planned = accounts.get(account);
      if (!planned) throw new TypeError(`No row of "${account}" was checked`);
      return planned;
    },
    plan: () => ({ readings, polls, stored, expired, accounts }),
  };

  function checkReading(row: ImportedReading, planned: Planned): string | null | Promise<string | null> {
    const disorder = orderProblem(row, planned);
    if (disorder !== null) return disorder;
    const { newest } = planned;
    if (newest === null || row.at > newest || !store) return add(planned);
    return checkOlder(store, row, planned, newest);
  }

  async function findBeginning(store: StoredReadings, quota: QuotaKey): Promise<number> {
    const known = beginnings.get(quota) ?? await readBeginning(store, quota);
    beginnings.set(quota, known);
    return known;
  }

  async function checkOlder(
    store: StoredReadings,
    { account, at, reading }: ImportedReading,
    planned: Planned,
    newest: number,
  ): Promise<string | null> {
    const key = quotaKey(account, reading.quota);
    const cursor = cursors.get(key) ?? cursorOn(store, key);
    cursors.set(key, cursor);
    const same = await cursor.at(at);
    if (same && isSameReading(same, reading)) {
      stored++;
      return null;
    }
    if (same) return `contradicts the stored reading of "${key}" at ${isoInstant(at)}`;
    if (planned.keptSince === undefined) planned.keptSince = await readingsKeptSince(store, account);
    if (planned.keptSince !== null) {
      if (skipsExpired && at >= await findBeginning(store, key)) {
        expired++;
        return null;
      }
      return `is a reading of "${key}" at ${isoInstant(at)}, older than the newest stored one (${
        isoInstant(newest)
      }), and cannot be merged: that needs all readings of "${account}", and only those since ${
        isoInstant(planned.keptSince)
      } are still stored. You can import the newer readings (export them with --from ${
        isoInstant(newest + 1)
      }), or ` +
        "all of them into a new database, with --db";
    }
    planned.late++;
    return add(planned);
  }
}

/** Returns when the stored history of a quota begins, if only by its sums; never without one. */
async function readBeginning(store: StoredReadings, quota: QuotaKey): Promise<number> {
  const [oldest] = await store.series({ quota, from: 0, to: Number.MAX_SAFE_INTEGER, step: DAY });
  return oldest?.firstAt ?? Infinity;
}

/**
 * Returns since when all readings of an account are stored, epoch milliseconds; null when none has expired.
 */
async function readingsKeptSince(store: StoredReadings, account: AccountKey): Promise<number | null> {
  const { at, quotas } = await store.recall(account);
  let since: number | null = null;
  for (const quota of Object.keys(quotas)) {
    const key = quotaKey(account, quota);
    const [oldest] = await store.series({ quota: key, from: 0, to: (at ?? 0) + 1, step: DAY });
    const [kept] = await store.readings({ quota: key, limit: 1 });
    if (!oldest || kept && kept.at <= oldest.firstAt) continue;
    since = Math.max(since ?? 0, kept?.at ?? at ?? 0);
  }
  return since;
}

/** Reports whether a stored reading states the same amounts as one of a file. */
export function isSameReading(
  stored: StoredReading,
  { used, limit, remaining, resetsAt, unit, currency }: ImportedReading["reading"],
): boolean {
  const isOther = isOtherCurrency({ unit, currency: stored.currency }, { unit, currency });
  return !isOther && isSameAmount(stored.used, used) && isSameAmount(stored.limit, limit) &&
    isSameAmount(stored.remaining, remaining) && stored.resetsAt === resetsAt;
}

/** Exports round off the noise of adding binary fractions, so that is not a difference. */
function isSameAmount(stored: number | null, imported: number | null): boolean {
  return stored === imported ||
    stored !== null && imported !== null && roundNoise(stored) === roundNoise(imported);
}

/** Looks up one quota's readings in time order, a batch at a time. */
interface Cursor {
  at(at: number): Promise<StoredReading | null>;
}

function cursorOn(store: Pick<Store, "readings">, quota: QuotaKey): Cursor {
  let batch: readonly StoredReading[] = [];
  let next = 0;
  let isDone = false;
  return {
    async at(at) {
      while (next < batch.length && batch[next]!.at < at) next++;
      if (next === batch.length && !isDone) {
        batch = await store.readings({ quota, from: at, limit: BATCH });
        next = 0;
        isDone = batch.length < BATCH;
      }
      const found = batch[next];
      return found?.at === at ? found : null;
    },
  };
}
