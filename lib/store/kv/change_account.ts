/** Renames, removes and rewinds an account, and adds rows to its past. */
import { STEPS } from "../../model/engine/bucket.ts";
import { type AccountKey, splitAccountKey, splitQuotaKey } from "../../model/quota.ts";
import { encode, keyText, readInstant } from "../rows.ts";
import type { Move, PastRow, Rewind } from "../store.ts";
import type { Accounts } from "./accounts.ts";
import type { KvDocs } from "./docs.ts";
import { fold } from "./fold.ts";
import { markDecided, removeGarbage } from "./garbage.ts";
import { type Head, isStoredState, withEdits } from "./head.ts";
import type { HeadChange } from "./journal.ts";
import { readPieces } from "./pieces.ts";
import { BUCKET, bucketRow, CYCLE, cycleRow, OUTCOME, SESSION, sessionRow } from "./rows_of.ts";
import { edit, type Edits, isRemoved, removedRow, type Row, SERIES, withRows } from "./series.ts";

export async function move(accounts: Accounts, docs: KvDocs, request: Move): Promise<boolean | "outdated"> {
  const { from, to, state, docs: changes = [], now } = request;
  if (state.account !== to || splitAccountKey(from).provider !== splitAccountKey(to).provider) {
    throw new TypeError(`Cannot move "${from}" to "${to}": the state is of "${state.account}"`);
  }
  keyText(to, "account");
  const text = encode(state, "state");
  return await accounts.change<boolean | "outdated">(async () => {
    const [found, target] = [await accounts.find(from), await accounts.find(to)];
    if (target.head) {
      throw new TypeError(`Cannot move "${from}" to "${to}": there is such an account already`);
    }
    const plan = await docs.plan(changes, now);
    if (plan === "outdated") return { result: plan };
    const { checks, mutations } = plan;
    const moved = found.head !== null;
    if (!moved && mutations.length === 0) return { result: false };
    const heads: readonly HeadChange[] = moved
      ? [{ found, head: null }, {
        found: target,
        head: { ...found.head, state: found.head.state === null ? null : text },
      }]
      : [];
    // Rows are stored under the account's id, so none of them moves.
    return { transaction: { heads, mutations, checks }, result: moved };
  });
}

export async function forget(accounts: Accounts, account: AccountKey): Promise<boolean> {
  const id = await accounts.change(async () => {
    const found = await accounts.find(account);
    if (!found.head) return { result: null };
    const { id } = found.head;
    const mutations = [markDecided("rows", id)];
    return { transaction: { heads: [{ found, head: null }], mutations }, result: id };
  });
  if (id === null) return false;
  await removeGarbage(accounts.database, "rows", id);
  return true;
}

/** Returns the current rows of a series, for a change that is stored only if they stay the same. */
export async function readAllRows(
  accounts: Accounts,
  head: Head,
  series: string,
  from = Number.MIN_SAFE_INTEGER,
): Promise<readonly Row[] | null> {
  const rows = await readPieces(accounts.database, head.id, series, { from, to: Number.MAX_SAFE_INTEGER });
  const fresh = (head.fresh[series] ?? []).filter(([at]) => at >= from);
  return rows && withRows(rows, fresh).filter((row) => !isRemoved(row));
}

export async function rewind(accounts: Accounts, request: Rewind): Promise<number | null> {
  const { account, base, to, state, rows, now } = request;
  for (const { account: other } of [base, state]) {
    if (other !== account) throw new TypeError(`Cannot rewind "${account}" with a state of "${other}"`);
  }
  const last = readInstant(to, "to");
  return await accounts.change(async () => {
    const found = await accounts.find(account);
    const { head } = found;
    if (!head || !isStoredState(head, base)) return { result: null };
    const edits: Edits = new Map();
    const aside = await cut(accounts, head, { last, now: readInstant(now, "now"), edits });
    if (aside === null) return null;
    for (const row of rows) putPast(edits, head, row);
    const outcomes = await readAllRows(accounts, head, SERIES.outcomes);
    if (!outcomes) return null;
    const kept = outcomes.filter(([at]) => at <= last);
    const okAt = kept.findLast((row) => row[OUTCOME.kind] === "ok")?.[0] ?? null;
    const outcome = kept.at(-1) ?? null;
    const changed = { ...withEdits(head, edits), at: state.at, okAt, outcome, state: encode(state, "state") };
    const folded = await fold(accounts.database, changed);
    if (!folded) return null;
    const { mutations } = folded;
    return { transaction: { heads: [{ found, head: folded.head }], mutations }, result: aside };
  });
}

interface Cut {
  readonly last: number;
  readonly now: number;
  readonly edits: Edits;
}

/** Returns the number of readings set aside. */
async function cut(accounts: Accounts, head: Head, { last, now, edits }: Cut): Promise<number | null> {
  let aside = 0;
  const take = async (series: string, isLater: (row: Row) => boolean, from?: number) => {
    const rows = (await readAllRows(accounts, head, series, from))?.filter(isLater);
    for (const row of rows ?? []) edit(edits, series, removedRow(row[0]));
    return rows;
  };
  for (const place of head.quotas.keys()) {
    const readings = await take(SERIES.readings(place), ([at]) => at > last, last + 1);
    if (!readings) return null;
    aside += readings.length;
    for (const [at, ...rest] of readings) edit(edits, SERIES.setAside(place), [at, now, ...rest]);
    if (!await take(SERIES.terms(place), ([at]) => at > last, last + 1)) return null;
    for (const step of STEPS) {
      const isLater = (row: Row) => row[0] > last - step && Number(row[BUCKET.lastAt]) > last;
      if (!await take(SERIES.buckets(place, step), isLater, last - step)) return null;
    }
    const isLater = (row: Row) =>
      row[0] > last || Number(row[CYCLE.lastAt]) > last || Number(row[CYCLE.endedAt] ?? last) > last;
    if (!await take(SERIES.cycles(place), isLater)) return null;
  }
  const isLater = (row: Row) => row[0] > last || Number(row[SESSION.lastRiseAt]) > last;
  if (!await take(SERIES.sessions, isLater)) return null;
  return await take(SERIES.outcomes, ([at]) => at > last, last + 1) ? aside : null;
}

function putPast(edits: Edits, head: Head, row: PastRow): void {
  if (row.kind === "session") {
    edit(edits, SERIES.sessions, sessionRow(row.session));
    return;
  }
  const key = row.kind === "bucket" ? row.quota : row.cycle.quota;
  const place = findPlace(head, splitQuotaKey(key).quota);
  if (place < 0) throw new TypeError(`Cannot rewind "${key}": it was never seen`);
  if (row.kind === "cycle") edit(edits, SERIES.cycles(place), cycleRow(row.cycle));
  else edit(edits, SERIES.buckets(place, row.bucket.step), bucketRow(row.bucket));
}

export function findPlace({ quotas }: Head, quota: string): number {
  return quotas.findIndex((one) => one.quota === quota);
}
