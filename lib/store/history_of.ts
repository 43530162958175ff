/** Reads the whole history of an account through the contract, to adopt it on another engine. */
import { type Bucket, STEPS } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import type { Session } from "../model/engine/session.ts";
import type { Terms } from "../model/engine/terms.ts";
import type { Outcome } from "../model/outcome.ts";
import { type AccountKey, type QuotaKey, quotaKey } from "../model/quota.ts";
import type { AccountRecord, QuotaDescription, Store, StoredReading } from "./store.ts";

/** The readable history of an account. */
export type HistorySource = Pick<
  Store,
  "latest" | "quotas" | "terms" | "readings" | "series" | "cycles" | "sessions" | "outcomes"
>;

/** A reading with the previous terms, if they changed with it. */
export interface PastReading {
  readonly reading: StoredReading;
  readonly terms: Terms | undefined;
}

export interface QuotaHistory {
  readonly described: QuotaDescription;
  readonly key: QuotaKey;
  /** Newest first. */
  cycles(): AsyncIterable<readonly Cycle[]>;
  readings(): AsyncIterable<readonly PastReading[]>;
  buckets(): AsyncIterable<readonly Bucket[]>;
}

export interface AccountHistory {
  readonly record: AccountRecord;
  readonly quotas: readonly QuotaHistory[];
  /** Newest first, like outcomes. */
  sessions(): AsyncIterable<readonly Session[]>;
  outcomes(): AsyncIterable<readonly Outcome[]>;
}

/** Maximum rows in memory at once. */
const PAGE = 2_000;

/** @returns null for an unknown account. @throws {TypeError} when `source` is not a store */
export async function readHistory(
  source: HistorySource,
  account: AccountKey,
): Promise<AccountHistory | null> {
  const [record] = await source.latest(account);
  if (!record) return null;
  const quotas = (await source.quotas(account)).map((described): QuotaHistory => {
    const key = quotaKey(account, described.quota);
    return {
      described,
      key,
      readings: () => readingPages(source, key),
      async *buckets() {
        for (const step of STEPS) {
          yield await source.series({ quota: key, step, from: 0, to: Number.MAX_SAFE_INTEGER });
        }
      },
      cycles: () =>
        readPages((before) => source.cycles({ quota: key, limit: PAGE, ...before }), (one) => one.startedAt),
    };
  });
  return {
    record,
    quotas,
    sessions: () =>
      readPages((before) => source.sessions({ account, limit: PAGE, ...before }), (one) => one.startedAt),
    outcomes: () =>
      readPages(
        ({ before }) => source.outcomes({ account, limit: PAGE, ...before !== undefined && { to: before } }),
        (one) => one.at,
      ),
  };
}

/** @throws {TypeError} */
export function checkSource(other: Partial<HistorySource>): void {
  if (typeof other.latest !== "function" || typeof other.quotas !== "function") {
    throw new TypeError("Cannot copy from something that is not a store");
  }
}

async function* readingPages(source: HistorySource, quota: QuotaKey): AsyncIterable<readonly PastReading[]> {
  const terms = new Map((await source.terms(quota)).map((one) => [one.until, one]));
  let from = Number.MIN_SAFE_INTEGER;
  while (true) {
    const rows = await source.readings({ quota, from, limit: PAGE });
    yield rows.map((reading) => ({ reading, terms: terms.get(reading.at) }));
    if (rows.length < PAGE) return;
    from = rows.at(-1)!.at + 1;
  }
}

async function* readPages<T>(
  read: (cursor: { readonly before?: number }) => Promise<readonly T[]>,
  instantOf: (row: T) => number,
): AsyncIterable<readonly T[]> {
  let page = await read({});
  while (page.length > 0) {
    yield page;
    if (page.length < PAGE) return;
    page = await read({ before: instantOf(page.at(-1)!) });
  }
}
