/** Copies the history of an account from a store on another engine into an empty SQLite database. */
import type { AccountKey } from "../model/quota.ts";
import { addAccount, putQuota } from "./commit.ts";
import type { Connection } from "./connection.ts";
import { historyOf, type HistorySource } from "./history_of.ts";
import { bucketValues, cycleValues, encode, outcomeValues, readingValues, sessionValues } from "./rows.ts";
import { BUCKET_SQL, SQL } from "./statements.ts";

export async function copyHistory(
  source: HistorySource,
  account: AccountKey,
  db: Connection,
): Promise<void> {
  const history = await historyOf(source, account);
  if (!history) return;
  const id = db.write(() => addAccount(db, account));
  for (const { described, readings, buckets, cycles } of history.quotas) {
    const quota = db.write(() => putQuota(db, id, described));
    for await (const rows of readings()) {
      db.write(() => {
        for (const { reading: { at, reset, consumed, baseline, ...reading }, terms } of rows) {
          const entry = {
            kind: "entry",
            quota: described.quota,
            consumed,
            reset,
            ...baseline !== undefined && { baseline },
            ...terms?.unit != null && { unitBefore: terms.unit },
            ...terms?.plan != null && { planBefore: terms.plan },
          } as const;
          db.statement(SQL.putReading).run(...readingValues(quota, at, { ...described, ...reading }, entry));
        }
      });
    }
    for await (const rows of buckets()) {
      db.write(() => {
        for (const row of rows) db.statement(BUCKET_SQL[row.step].put).run(...bucketValues(quota, row));
      });
    }
    for await (const rows of cycles()) {
      db.write(() => {
        for (const row of rows) db.statement(SQL.putCycle).run(...cycleValues(quota, row));
      });
    }
  }
  for await (const rows of history.sessions()) {
    db.write(() => {
      for (const row of rows) db.statement(SQL.putSession).run(...sessionValues(id, row));
    });
  }
  for await (const rows of history.outcomes()) {
    db.write(() => {
      for (const row of rows) db.statement(SQL.putOutcome).run(...outcomeValues(id, row));
    });
  }
  const { state, okAt } = history.record;
  if (okAt !== null) db.statement(SQL.setOkAt).run({ id, at: okAt });
  db.statement(SQL.setState).run({ id, at: state.at, state: encode(state, "state") });
}
