/** Rewinds an account to an earlier instant, when later data was dated by a clock that was ahead. */
import { STEPS } from "../model/engine/bucket.ts";
import { splitQuotaKey } from "../model/quota.ts";
import { isStored } from "./commit.ts";
import type { Connection } from "./connection.ts";
import { bucketValues, cycleValues, encode, readInstant, sessionValues } from "./rows.ts";
import { BUCKET_SQL, SQL } from "./statements.ts";
import type { PastRow, Rewind } from "./store.ts";

/**
 * Returns the number of readings set aside; null when `base` is
 * not the stored state, and then nothing changed.
 */
export function rewind(db: Connection, { account, base, to, state, rows, now }: Rewind): number | null {
  for (const { account: other } of [base, state]) {
    if (other !== account) throw new TypeError(`Cannot rewind "${account}" with a state of "${other}"`);
  }
  return db.write(() => {
    const known = db.statement(SQL.accountWithState).get({ account });
    if (!known || !isStored(known.state, base)) return null;
    const id = known.id as number;
    const last = readInstant(to, "to");
    const quotas = db.statement(SQL.quotaNames).all({ id });
    let aside = 0;
    for (const { id } of quotas) {
      const own = { id: id as number, to: last };
      aside += Number(db.statement(SQL.setAside).run({ ...own, now: readInstant(now, "now") }).changes);
      for (
        const sql of [
          SQL.removeReadings,
          ...STEPS.map((step) => BUCKET_SQL[step].remove),
          SQL.removeCycles,
        ]
      ) {
        db.statement(sql).run(own);
      }
    }
    for (const sql of [SQL.removeSessions, SQL.removeOutcomes]) db.statement(sql).run({ id, to: last });
    const ids = new Map(quotas.map(({ id, name }) => [name as string, id as number]));
    for (const row of rows) restoreRow(db, row, id, ids);
    db.statement(SQL.rewindAccount).run({ id, at: state.at, state: encode(state, "state") });
    return aside;
  });
}

function restoreRow(
  db: Connection,
  row: PastRow,
  account: number,
  quotas: ReadonlyMap<string, number>,
): void {
  if (row.kind === "session") {
    db.statement(SQL.putSession).run(...sessionValues(account, row.session));
    return;
  }
  const key = row.kind === "bucket" ? row.quota : row.cycle.quota;
  const id = quotas.get(splitQuotaKey(key).quota);
  if (id === undefined) throw new TypeError(`Cannot rewind "${key}": it was never seen`);
  if (row.kind === "cycle") db.statement(SQL.putCycle).run(...cycleValues(id, row.cycle));
  else db.statement(BUCKET_SQL[row.bucket.step].put).run(...bucketValues(id, row.bucket));
}
