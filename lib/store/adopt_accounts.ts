/**
 * Adopts the history of accounts from another store that was prepared
 * beforehand: copies the rows in one short transaction.
 */
import { isAbsolute } from "../base/path.ts";
import type { Change } from "../model/engine/advance.ts";
import { bucketStart, STEPS } from "../model/engine/bucket.ts";
import type { AccountKey } from "../model/quota.ts";
import { addAccount } from "./commit.ts";
import type { Connection } from "./connection.ts";
import { isAttachRefused } from "./rewrite_file.ts";
import { adjustValues, readInstant, type Value } from "./rows.ts";
import { ADOPT_SQL, type AdoptSql, BUCKET_SQL, SQL } from "./statements.ts";
import type { AdoptedAccount } from "./store.ts";

/** Returns the accounts that changed in the meantime; if there are any, nothing was written. */
export function adopt(
  db: Connection,
  other: Connection,
  accounts: readonly AdoptedAccount[],
): readonly AccountKey[] {
  const attached = attach(db, other);
  try {
    return db.write(() => {
      const moved = accounts.filter(({ account, at }) => readStateAt(db, account) !== at);
      if (moved.length === 0) { for (const each of accounts) adoptOne(db, other, each, attached); }
      return moved.map(({ account }) => account);
    });
  } finally {
    if (attached) db.statement(ADOPT_SQL.detach).run();
  }
}

/**
 * Attaches the other database so that SQLite copies by itself, four times as fast as row by row. Returns false
 * when it cannot: the runtime requires permission to read and write everywhere, and a database in
 * memory has no path.
 */
function attach(db: Connection, other: Connection): boolean {
  if (!isAbsolute(other.path)) return false;
  try {
    db.statement(ADOPT_SQL.attach).run({ path: other.path });
    return true;
  } catch (error) {
    if (isAttachRefused(error)) return false;
    throw error;
  }
}

function readStateAt(db: Connection, account: AccountKey): number | null {
  return (db.statement(SQL.account).get({ account })?.stateAt ?? null) as number | null;
}

function adoptOne(
  db: Connection,
  other: Connection,
  { account, whole, corrections }: AdoptedAccount,
  attached: boolean,
): void {
  const theirs = other.statement(ADOPT_SQL.account).get({ account });
  if (!theirs) return;
  const known = db.statement(SQL.account).get({ account });
  const id = known ? known.id as number : addAccount(db, account);
  const quotas = other.statement(ADOPT_SQL.quotas).all({ id: theirs.id as number }).map((row) => {
    const { id: their, quota, label, unit, kind, seconds } = row as Readonly<Record<string, Value>>;
    const put = { account: id, quota: quota!, label: label!, unit: unit!, kind: kind!, seconds: seconds! };
    return { their: their as number, own: db.statement(SQL.putQuota).get(put)?.id as number };
  });
  if (whole) clear(db, id);
  else correct(db, id, corrections);
  for (const sql of ADOPT_SQL.ofQuotas) {
    for (const { their, own } of quotas) copy({ db, other, attached }, sql, their, own);
  }
  for (const sql of ADOPT_SQL.ofAccounts) copy({ db, other, attached }, sql, theirs.id as number, id);
  if (typeof theirs.okAt === "number") db.statement(SQL.setOkAt).run({ id, at: theirs.okAt });
  db.statement(SQL.setState).run({ id, at: theirs.stateAt as number, state: theirs.state as string });
}

function clear(db: Connection, id: number): void {
  for (const row of db.statement(SQL.quotaIds).all({ id })) {
    for (const { clear } of ADOPT_SQL.ofQuotas) if (clear) db.statement(clear).run({ id: row.id as number });
  }
  for (const { clear } of ADOPT_SQL.ofAccounts) if (clear) db.statement(clear).run({ id });
}

function correct(db: Connection, id: number, corrections: readonly Change[]): void {
  const quotas = new Map(
    db.statement(SQL.quotaNames).all({ id }).map(({ id, name }) => [name as string, id as number]),
  );
  for (const change of corrections) {
    if (change.kind === "void-session") {
      db.statement(SQL.voidSession).run({
        account: id,
        startedAt: readInstant(change.startedAt, "startedAt"),
      });
    }
    if (change.kind !== "adjust" && change.kind !== "void-cycle") continue;
    const quota = quotas.get(change.quota);
    if (quota === undefined) continue;
    if (change.kind === "void-cycle") {
      db.statement(SQL.voidCycle).run({ quota, startedAt: readInstant(change.startedAt, "startedAt") });
      continue;
    }
    const { at, by, resets } = adjustValues(change);
    db.statement(SQL.adjustReading).run({ quota, at, by, resets });
    for (const step of STEPS) {
      db.statement(BUCKET_SQL[step].adjust).run({ quota, start: bucketStart(at, step), by, resets });
    }
  }
}

interface Copying {
  readonly db: Connection;
  readonly other: Connection;
  readonly attached: boolean;
}

function copy({ db, other, attached }: Copying, sql: AdoptSql, their: number, own: number): void {
  if (attached) {
    db.statement(sql.copy).run({ their, own });
    return;
  }
  const put = db.statement(sql.put);
  for (const tuple of other.eachTuple(sql.rows, { id: their })) {
    const [, ...values] = tuple as Value[];
    put.run(own, ...values);
  }
}
