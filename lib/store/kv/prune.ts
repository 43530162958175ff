/** Deletes old rows and expired documents in complete steps, so that it can stop after any of them. */
import type { AccountKey } from "../../model/quota.ts";
import type { Retention } from "../store.ts";
import type { Accounts } from "./accounts.ts";
import { deleteValue, type Entry, type Mutation, putText } from "./database.ts";
import { removeAllGarbage } from "./garbage.ts";
import type { Head } from "./head.ts";
import { finishAll } from "./finish_journal.ts";
import { KEYS } from "./keys.ts";
import { isRemoved, parseRows, type Row, SERIES, withRows } from "./series.ts";

/** Maximum pieces changed in one commit. */
const PIECES_AT_ONCE = 20;

/** Returns the number of rows deleted, without documents. */
export async function pruneRows(accounts: Accounts, keep: Retention, now: number): Promise<number> {
  // Leftovers of killed processes do not count as data.
  await finishAll(accounts.database);
  await removeAllGarbage(accounts.database);
  let removed = 0;
  for (const { account, head } of await accounts.findAll()) {
    for (const place of head?.quotas.keys() ?? []) {
      removed += await pruneSeries(
        accounts,
        account,
        SERIES.readings(place),
        findCutoff(keep.readingsMs, now),
      );
      removed += await pruneSeries(
        accounts,
        account,
        SERIES.buckets(place, 300_000),
        findCutoff(keep.fiveMinutesMs, now),
      );
      if (keep.readingsMs > 0) await pruneBeside(accounts, account, place, now - keep.readingsMs);
    }
    removed += await pruneSeries(accounts, account, SERIES.outcomes, findCutoff(keep.outcomesMs, now));
  }
  return removed;
}

function findCutoff(keepMs: number, now: number): number | null {
  return keepMs > 0 ? now - keepMs : null;
}

/** Keeps the newest row, however old it is. */
async function pruneSeries(
  accounts: Accounts,
  account: AccountKey,
  series: string,
  before: number | null,
): Promise<number> {
  if (before === null) return 0;
  const [newest] = await accounts.rows(
    account,
    () => series,
    { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER },
    { enough: 1, newestFirst: true },
  );
  if (!newest) return 0;
  const end = Math.min(before, newest[0]);
  return await removeRows(accounts, account, series, { end, isGone: ([at]) => at < end });
}

/** Terms are deleted with the readings that changed them, rows set aside at the same age. */
async function pruneBeside(
  accounts: Accounts,
  account: AccountKey,
  place: number,
  before: number,
): Promise<void> {
  const readings = await accounts.rows(account, () => SERIES.readings(place), {
    from: Number.MIN_SAFE_INTEGER,
    to: Number.MAX_SAFE_INTEGER,
  }, { enough: 1 });
  const oldest = readings[0]?.[0] ?? before;
  await removeRows(accounts, account, SERIES.terms(place), { end: oldest, isGone: ([at]) => at < oldest });
  await removeRows(accounts, account, SERIES.setAside(place), {
    end: Number.MAX_SAFE_INTEGER,
    isGone: ([, asideAt]) => Number(asideAt) < before,
  });
}

interface Gone {
  /** Rows from here on stay. */
  readonly end: number;
  readonly isGone: (row: Row) => boolean;
}

async function removeRows(
  accounts: Accounts,
  account: AccountKey,
  series: string,
  gone: Gone,
): Promise<number> {
  let removed = 0;
  for (let isLast = false; !isLast && accounts.database.open;) {
    const step = await accounts.change(async (find) => {
      const found = await find(account);
      if (!found.head) return { result: { rows: 0, isLast: true } };
      const planned = await planStep(accounts, found.head, series, gone);
      if (planned === null) return null;
      const { head, mutations, rows, isLast } = planned;
      if (rows === 0 && mutations.length === 0) return { result: { rows, isLast } };
      return { transaction: { heads: [{ found, head }], mutations }, result: { rows, isLast } };
    });
    removed += step.rows;
    isLast = step.isLast;
  }
  return removed;
}

interface Step {
  readonly head: Head;
  readonly mutations: readonly Mutation[];
  readonly rows: number;
  readonly isLast: boolean;
}

/** Returns null when another process changed the pieces in the meantime. */
async function planStep(
  accounts: Accounts,
  head: Head,
  series: string,
  { end, isGone }: Gone,
): Promise<Step | null> {
  const { database } = accounts;
  const fresh = head.fresh[series] ?? [];
  const base = KEYS.rows(head.id, series);
  const ofFresh = new Map(fresh.map((row) => [row[0], row]));
  const mutations: Mutation[] = [];
  let [rows, pieces] = [0, 0];
  const selector = { start: [...base, Number.MIN_SAFE_INTEGER], end: [...base, end] };
  for await (const entry of database.list(selector, { batchSize: PIECES_AT_ONCE })) {
    const text = await database.textOf(entry.value);
    if (text === null) return null;
    const all = parseRows(text);
    const gone = all.filter((row) => isGone(ofFresh.get(row[0]) ?? row));
    if (gone.length === 0) continue;
    // A row that a fresh one replaces is counted with the fresh one.
    rows += gone.filter(([at]) => !ofFresh.has(at)).length;
    mutations.push(...withoutRows(entry, all, new Set(gone)));
    if (++pieces >= PIECES_AT_ONCE) break;
  }
  const isLast = pieces < PIECES_AT_ONCE;
  const stays = fresh.filter((row) => !isLast || isRemoved(row) || !isGone(row));
  rows += fresh.length - stays.length;
  const kept = { ...head.fresh, [series]: stays };
  return { head: { ...head, fresh: kept, epoch: head.epoch + 1 }, mutations, rows, isLast };
}

function withoutRows(
  { key, value }: Entry,
  rows: readonly Row[],
  gone: ReadonlySet<Row>,
): readonly Mutation[] {
  const kept = withRows(rows.filter((row) => !gone.has(row)), []);
  return kept.length === 0 ? deleteValue(key, value) : putText(key, {}, JSON.stringify(kept), value);
}
