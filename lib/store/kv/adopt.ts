/**
 * Adopts the history of accounts from a store of any kind: writes its rows where no reader looks, then switches
 * all the accounts over at once.
 */
import type { AccountKey } from "../../model/quota.ts";
import { encode } from "../rows.ts";
import { type AccountHistory, type QuotaHistory, readHistory } from "../history_of.ts";
import type { AdoptedAccount, QuotaDescription, Store } from "../store.ts";
import { AccountWriter, checkAccount } from "./account_writer.ts";
import type { Accounts } from "./accounts.ts";
import { findPlace, readAllRows } from "./change_account.ts";
import { groupsOf, type KvDatabase, type Mutation } from "./database.ts";
import { fold } from "./fold.ts";
import { claim, markDecided, markUndecided, removeGarbage } from "./garbage.ts";
import { type FoundHead, type Head, newHead, withEdits } from "./head.ts";
import { commitAll, type HeadChange } from "./journal.ts";
import { adoptedId, freshId } from "./keys.ts";
import { writeSeries } from "./pieces.ts";
import { bucketRow, cycleRow, outcomeRow, readingRow, sessionRow, termsRow } from "./rows_of.ts";
import { edit, type Edits, removedRow, type Row, SERIES, sortByTime, withRows } from "./series.ts";

interface Prepared {
  readonly change: HeadChange;
  readonly mutations: readonly Mutation[];
  /** The id of rows that the change leaves unreferenced. */
  readonly left: string | null;
}

/** Returns the accounts that changed in the meantime; if there are any, nothing was stored. */
export async function adopt(
  accounts: Accounts,
  other: Store,
  adopted: readonly AdoptedAccount[],
): Promise<readonly AccountKey[]> {
  const { database } = accounts;
  while (true) {
    const found: FoundHead[] = [];
    for (const { account } of adopted) found.push(await accounts.find(account));
    const moved = found.filter(({ head }, index) => (head?.at ?? null) !== adopted[index]!.at);
    if (moved.length > 0) return moved.map(({ account }) => account);
    const adoption = freshId();
    await database.commit([], [markUndecided("adoption", adoption)]);
    const done = await adoptFound(accounts, { other, adopted, found, adoption });
    if (done) return [];
    await removeGarbage(database, "adoption", adoption);
  }
}

interface Adopting {
  readonly other: Store;
  readonly adopted: readonly AdoptedAccount[];
  readonly found: readonly FoundHead[];
  readonly adoption: string;
}

/** Returns false when another process changed an account, or removed the written rows, in the meantime. */
async function adoptFound(
  accounts: Accounts,
  { other, adopted, found, adoption }: Adopting,
): Promise<boolean> {
  const { database } = accounts;
  const prepared: Prepared[] = [];
  for (const [index, one] of found.entries()) {
    const history = await readHistory(other, one.account);
    if (!history) continue;
    const id = adoptedId(adoption, index);
    const own = await prepare(accounts, { found: one, id, ...adopted[index]! }, history);
    if (!own) return false;
    prepared.push(own);
  }
  const left = prepared.flatMap(({ left }) => left ?? []);
  const own = await claim(database, "adoption", adoption);
  if (!own) return false;
  const done = await commitAll(database, {
    heads: prepared.map(({ change }) => change),
    mutations: [
      ...prepared.flatMap(({ mutations }) => mutations),
      ...left.map((id) => markDecided("rows", id)),
    ],
    claims: [own],
  });
  if (done) { for (const id of left) await removeGarbage(database, "rows", id); }
  return done;
}

/** Returns null when another process changed the account in the meantime. */
async function prepare(
  accounts: Accounts,
  { found, id, whole, corrections }: AdoptedAccount & { readonly found: FoundHead; readonly id: string },
  history: AccountHistory,
): Promise<Prepared | null> {
  if (!whole && found.head) {
    return await continueHistory(accounts, found, found.head, corrections, history);
  }
  checkAccount(found.account);
  const { database } = accounts;
  const old = found.head;
  const quotas = describe(old?.quotas ?? [], history);
  for (const quota of history.quotas) {
    const place = quotas.findIndex((one) => one.quota === quota.described.quota);
    for (const [series, rows] of await rowsOfQuota(quota, place)) await write(database, id, series, rows);
  }
  const sessions = await gather(history.sessions(), sessionRow);
  const outcomes = await gather(history.outcomes(), outcomeRow);
  await write(database, id, SERIES.sessions, sessions);
  if (old) {
    // Outcomes are added to the existing ones, and rows set aside stay.
    const before = await readAllRows(accounts, old, SERIES.outcomes);
    if (!before) return null;
    await write(database, id, SERIES.outcomes, withRows(outcomes, before));
    for (const place of old.quotas.keys()) {
      const aside = await readAllRows(accounts, old, SERIES.setAside(place));
      if (!aside) return null;
      await write(database, id, SERIES.setAside(place), aside);
    }
  } else await write(database, id, SERIES.outcomes, outcomes);
  const head: Head = { ...newHead(), id, ...mergeRecord(history, old), quotas };
  const newest = withRows(outcomes, old?.outcome ? [old.outcome] : []).at(-1) ?? null;
  return {
    change: { found, head: { ...head, outcome: newest } },
    mutations: [],
    left: old?.id ?? null,
  };
}

/** Adds to the stored history, and corrects it. */
async function continueHistory(
  accounts: Accounts,
  found: FoundHead,
  old: Head,
  corrections: AdoptedAccount["corrections"],
  history: AccountHistory,
): Promise<Prepared | null> {
  const writer = new AccountWriter(accounts.database, found);
  for (const change of corrections) {
    if (change.kind === "void-session") edit(writer.edits, SERIES.sessions, removedRow(change.startedAt));
    if (change.kind !== "adjust" && change.kind !== "void-cycle") continue;
    const place = findPlace(old, change.quota);
    if (place < 0) continue;
    if (change.kind === "adjust") await writer.adjust(place, change);
    else edit(writer.edits, SERIES.cycles(place), removedRow(change.startedAt));
  }
  const { edits } = writer;
  const quotas = describe(old.quotas, history);
  for (const quota of history.quotas) {
    const place = quotas.findIndex((one) => one.quota === quota.described.quota);
    for (const [series, rows] of await rowsOfQuota(quota, place)) put(edits, series, rows);
  }
  put(edits, SERIES.sessions, await gather(history.sessions(), sessionRow));
  const known = await readAllRows(accounts, old, SERIES.outcomes);
  if (!known) return null;
  const instants = new Set(known.map(([at]) => at));
  const outcomes = await gather(history.outcomes(), outcomeRow);
  put(edits, SERIES.outcomes, outcomes.filter(([at]) => !instants.has(at)));
  const folded = await fold(
    accounts.database,
    withEdits({ ...old, ...mergeRecord(history, old), quotas }, edits),
  );
  if (!folded) return null;
  return { change: { found, head: folded.head }, mutations: folded.mutations, left: null };
}

function mergeRecord({ record: { state, okAt } }: AccountHistory, old: Head | null) {
  const newest = Math.max(okAt ?? -Infinity, old?.okAt ?? -Infinity);
  return {
    at: state.at,
    okAt: newest === -Infinity ? null : newest,
    state: state.at === null ? old?.state ?? null : encode(state, "state"),
    epoch: (old?.epoch ?? 0) + 1,
  };
}

/** Known quotas keep their places; new ones follow. */
function describe(own: readonly QuotaDescription[], { quotas }: AccountHistory): readonly QuotaDescription[] {
  const described = new Map(quotas.map(({ described }) => [described.quota, described]));
  const known = own.map((one) => described.get(one.quota) ?? one);
  const names = new Set(own.map(({ quota }) => quota));
  return [...known, ...[...described.values()].filter(({ quota }) => !names.has(quota))];
}

async function rowsOfQuota(
  { described, readings, buckets, cycles }: QuotaHistory,
  place: number,
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const rows: Edits = new Map();
  for await (const page of readings()) {
    for (const { reading: { at, reset, consumed, baseline, ...rest }, terms } of page) {
      const entry = {
        kind: "entry",
        quota: described.quota,
        consumed,
        reset,
        ...baseline !== undefined && { baseline },
        ...terms?.unit != null && { unitBefore: terms.unit },
        ...terms?.plan != null && { planBefore: terms.plan },
      } as const;
      edit(rows, SERIES.readings(place), readingRow(at, { ...described, ...rest }, entry));
      const changed = termsRow(at, entry);
      if (changed) edit(rows, SERIES.terms(place), changed);
    }
  }
  for await (const page of buckets()) {
    for (const bucket of page) edit(rows, SERIES.buckets(place, bucket.step), bucketRow(bucket));
  }
  for await (const page of cycles()) {
    for (const cycle of page) edit(rows, SERIES.cycles(place), cycleRow(cycle));
  }
  return new Map([...rows].map(([series, own]) => [series, sortByTime(own.values())]));
}

async function gather<T>(
  pages: AsyncIterable<readonly T[]>,
  rowOf: (value: T) => Row,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) for (const value of page) rows.push(rowOf(value));
  return sortByTime(rows);
}

function put(edits: Edits, series: string, rows: readonly Row[]): void {
  for (const row of rows) edit(edits, series, row);
}

async function write(database: KvDatabase, id: string, series: string, rows: readonly Row[]): Promise<void> {
  for (const group of groupsOf(writeSeries(id, series, rows))) await database.commit([], group);
}
