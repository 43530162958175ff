/**
 * Yields the rows of an export, read from the store in batches, so that a long history needs no more memory
 * than a short one. Readings come by account in time order, with all quotas of one poll together, as an
 * import needs them.
 */
import type { Analysis } from "../read/analysis.ts";
import { seriesAt } from "../read/as_of.ts";
import { type OpenRange, takePages } from "../read/take_pages.ts";
import {
  BUCKET_COLUMNS,
  bucketCells,
  type Cell,
  CYCLE_COLUMNS,
  cycleCells,
  NOTE_COLUMNS,
  READING_COLUMNS,
  readingCells,
  SESSION_COLUMNS,
  sessionCells,
} from "../formats/export.ts";
import { bucketStart, DAY, FIVE_MINUTES, HOUR, type Step } from "../model/engine/bucket.ts";
import type { QuotaState } from "../model/engine/advance.ts";
import type { AccountKey, QuotaKey } from "../model/quota.ts";
import type { AccountRecord, Store, StoredReading } from "../store/store.ts";

/** A quota whose history is exported. */
export interface ExportedSubject {
  readonly key: QuotaKey;
  readonly account: AccountKey;
  readonly provider: string;
  readonly name: string;
  readonly quota: string;
  readonly state: QuotaState;
}

/** The source of the rows. */
export interface ExportSource {
  readonly store: Store;
  readonly analysis: Analysis;
  readonly chosen: readonly ExportedSubject[];
}

export type ExportKind = "readings" | "buckets" | "cycles" | "sessions" | "notes";

export interface ExportQuery {
  readonly what: Exclude<ExportKind, "notes">;
  readonly step: Step;
  readonly range: OpenRange;
  /** Later readings are left out, epoch milliseconds. */
  readonly now: number;
}

export const COLUMNS: Readonly<Record<ExportKind, readonly string[]>> = {
  readings: READING_COLUMNS,
  buckets: BUCKET_COLUMNS,
  cycles: CYCLE_COLUMNS,
  sessions: SESSION_COLUMNS,
  notes: NOTE_COLUMNS,
};

export const STEP_WORDS: Readonly<Record<string, Step>> = { "5m": FIVE_MINUTES, "1h": HOUR, "1d": DAY };

/** Rows read at once. */
const BATCH = 4_000;
const PAGE = 200;

export type Rows = AsyncIterable<readonly (readonly Cell[])[]>;

/** Yields batches of rows. */
export function exportRows(
  source: ExportSource,
  records: readonly AccountRecord[],
  query: ExportQuery,
): Rows {
  switch (query.what) {
    case "readings":
      return readingRows(source, records, query);
    case "buckets":
      return bucketRows(source, query);
    case "cycles":
      return cycleRows(source, query);
    case "sessions":
      return sessionRows(source, query);
  }
}

async function* readingRows(
  { store, chosen }: ExportSource,
  records: readonly AccountRecord[],
  { range, now }: ExportQuery,
): Rows {
  const to = Math.min(range.to ?? Number.MAX_SAFE_INTEGER, now + 1);
  for (const { account, state } of records) {
    const own = chosen.filter((quota) => quota.account === account);
    const sources = await Promise.all(
      own.map(async (quota) => {
        const terms = await store.terms(quota.key);
        const cellsOf = readingCells(
          { ...createHead(quota), ...describeSubject(quota), plan: state.plan },
          terms,
        );
        return await openSource(store, quota.key, range.from ?? 0, to, cellsOf);
      }),
    );
    yield* mergeRows(sources);
  }
}

function describeSubject({ state }: ExportedSubject) {
  return { label: state.reading.label, window: state.reading.window };
}

/** The readings of one quota, batch by batch. */
interface Source {
  batch: readonly StoredReading[];
  next: number;
  readonly cellsOf: (reading: StoredReading) => readonly Cell[];
  more(after: number): Promise<readonly StoredReading[]>;
}

async function openSource(
  store: Store,
  quota: QuotaKey,
  from: number,
  to: number,
  cellsOf: Source["cellsOf"],
): Promise<Source> {
  const read = (from: number) => store.readings({ quota, from, to, limit: BATCH });
  return { batch: await read(from), next: 0, cellsOf, more: (after) => read(after + 1) };
}

/** Merges the rows of several quotas in time order; at the same instant, in quota order. */
async function* mergeRows(sources: readonly Source[]): Rows {
  let rows: (readonly Cell[])[] = [];
  while (true) {
    let first: Source | undefined;
    let at = Number.POSITIVE_INFINITY;
    for (const source of sources) {
      const reading = source.batch[source.next];
      if (reading !== undefined && reading.at < at) [first, at] = [source, reading.at];
    }
    if (!first) break;
    rows.push(first.cellsOf(first.batch[first.next++]!));
    if (first.next === first.batch.length) {
      first.batch = first.batch.length < BATCH ? [] : await first.more(at);
      first.next = 0;
    }
    if (rows.length >= BATCH) {
      yield rows;
      rows = [];
    }
  }
  yield rows;
}

async function* bucketRows({ store, chosen }: ExportSource, { step, range, now }: ExportQuery): Rows {
  for (const quota of chosen) {
    const [oldest] = await store.series({ quota: quota.key, from: 0, to: now + 1, step: DAY });
    if (!oldest) continue;
    const terms = await store.terms(quota.key);
    const to = Math.min(range.to ?? Number.MAX_SAFE_INTEGER, now + 1);
    let from = Math.max(range.from ?? 0, bucketStart(oldest.firstAt, step));
    for (; from < to; from += BATCH * step) {
      const query = { quota: quota.key, from, to: Math.min(to, from + BATCH * step), step };
      const buckets = await seriesAt(store, query, now);
      yield buckets.map((bucket) => bucketCells(createHead(quota), bucket, terms));
    }
  }
}

/** Yields newest first, quota by quota. */
async function* cycleRows({ analysis, chosen }: ExportSource, { range, now }: ExportQuery): Rows {
  for (const quota of chosen) {
    const { items } = await takePages(
      { ...range, limit: Number.MAX_SAFE_INTEGER, accept: () => true },
      (after) => analysis.cycles({ quotas: [quota.key], limit: PAGE, after }, now),
    );
    yield items.map((cycle) => cycleCells(createHead(quota), cycle));
  }
}

/** Yields newest first, account by account. */
async function* sessionRows({ analysis, chosen }: ExportSource, { range, now }: ExportQuery): Rows {
  const accounts = new Map(chosen.map((quota) => [quota.account, createHead(quota)]));
  const keys = new Set<string>(chosen.map(({ key }) => key));
  for (const [account, head] of accounts) {
    const { items } = await takePages(
      { ...range, limit: Number.MAX_SAFE_INTEGER, accept: () => true },
      (after) => analysis.sessions({ accounts: [account], limit: PAGE, after }, now),
    );
    yield items.flatMap((session) => {
      const quotas = session.quotas.filter(({ quota }) => keys.has(`${account}/${quota}`));
      return sessionCells(head, { ...session, quotas });
    });
  }
}

function createHead({ provider, name, quota, state }: ExportedSubject) {
  return { provider, account: name, key: quota, unit: state.reading.unit };
}
