/** Adds missing rows to the past and leaves stored ones unchanged. */
import { type AccountKey, type QuotaKey, splitQuotaKey } from "../model/quota.ts";
import type { Connection } from "./connection.ts";
import { bucketValues, cycleValues, sessionValues } from "./rows.ts";
import { BUCKET_SQL, SQL } from "./statements.ts";
import type { PastRow } from "./store.ts";

export function supplement(db: Connection, rows: readonly PastRow[]): number {
  const ids = new Map<QuotaKey | AccountKey, number | null>();
  const idOf = (key: QuotaKey | AccountKey, find: () => unknown): number | null => {
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = (find() ?? null) as number | null;
    ids.set(key, id);
    return id;
  };
  const quotaId = (quota: QuotaKey) =>
    idOf(quota, () => db.statement(SQL.quotaId).get(splitQuotaKey(quota))?.id);
  const accountId = (account: AccountKey) =>
    idOf(account, () => db.statement(SQL.account).get({ account })?.id);
  const put = (row: PastRow): number => {
    switch (row.kind) {
      case "bucket": {
        const id = quotaId(row.quota);
        const { add } = BUCKET_SQL[row.bucket.step];
        return id === null ? 0 : Number(db.statement(add).run(...bucketValues(id, row.bucket)).changes);
      }
      case "cycle": {
        const id = quotaId(row.cycle.quota);
        return id === null
          ? 0
          : Number(db.statement(SQL.addCycle).run(...cycleValues(id, row.cycle)).changes);
      }
      case "session": {
        const id = accountId(row.session.account);
        return id === null
          ? 0
          : Number(db.statement(SQL.addSession).run(...sessionValues(id, row.session)).changes);
      }
    }
  };
  return db.write(() => rows.reduce((sum, row) => sum + put(row), 0));
}

/** Does this in one transaction for batches that are read meanwhile. */
export async function supplementAll(
  db: Connection,
  batches: Iterable<readonly PastRow[]> | AsyncIterable<readonly PastRow[]>,
  exactly?: number,
): Promise<number> {
  let stored = 0;
  const other = new Error("another number");
  try {
    await db.together(async () => {
      for await (const rows of batches) stored += await db.run(() => supplement(db, rows));
      if (exactly !== undefined && stored !== exactly) throw other;
    });
  } catch (error) {
    if (error !== other) throw error;
  }
  return stored;
}
