/** Renames an account, and deletes everything stored about one. */
import { type AccountKey, splitAccountKey } from "../model/quota.ts";
import { type Connection, yieldToOthers } from "./connection.ts";
import { CHUNK_ROWS } from "./prune.ts";
import { encode, keyText } from "./rows.ts";
import { areAsRead, changeDocs } from "./sqlite_docs.ts";
import { SQL } from "./statements.ts";
import type { Move } from "./store.ts";

export function move(db: Connection, { from, to, state, docs = [], now }: Move): boolean | "outdated" {
  const { provider, name } = splitAccountKey(to);
  if (state.account !== to || splitAccountKey(from).provider !== provider) {
    throw new TypeError(`Cannot move "${from}" to "${to}": the state is of "${state.account}"`);
  }
  keyText(to, "account");
  return db.write(() => {
    if (db.statement(SQL.account).get({ account: to })) {
      throw new TypeError(`Cannot move "${from}" to "${to}": there is such an account already`);
    }
    if (!areAsRead(db, docs, now)) return "outdated";
    // Everything else refers to this row, so it moves along.
    const moved = db.statement(SQL.moveAccount).run({ from, to, provider, name }).changes > 0;
    if (moved) db.statement(SQL.moveState).run({ to, state: encode(state, "state") });
    changeDocs(db, docs, now);
    return moved;
  });
}

export async function forget(db: Connection, account: AccountKey): Promise<boolean> {
  const id = await db.run(() => db.statement(SQL.account).get({ account })?.id as number | undefined);
  if (id === undefined) return false;
  const quotas = await db.run(() => db.statement(SQL.quotaIds).all({ id }).map((row) => row.id as number));
  // Delete large tables in steps; the rest is deleted with the row.
  for (
    const [sql, owner] of [
      ...quotas.flatMap((quota) => [[SQL.pruneReadings, quota], [SQL.pruneFiveMinutes, quota]] as const),
      [SQL.pruneOutcomes, id] as const,
    ]
  ) {
    const all = { id: owner, before: Number.MAX_SAFE_INTEGER, chunk: CHUNK_ROWS };
    while (db.open && await db.run(() => Number(db.statement(sql).run(all).changes)) >= CHUNK_ROWS) {
      await yieldToOthers();
    }
  }
  await db.run(() => db.statement(SQL.forgetAccount).run({ id }));
  return true;
}
