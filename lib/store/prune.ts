/** Deletes old rows, in steps short enough not to delay other calls. */
import { type Connection, yieldToOthers } from "./connection.ts";
import { DOC_SQL, SQL } from "./statements.ts";
import type { Retention } from "./store.ts";

/** Rows deleted in one transaction: a few milliseconds. */
export const CHUNK_ROWS = 2_000;
/** Pages returned to the file system in one transaction. */
const CHUNK_PAGES = 256;
/** With a smaller share, free pages stay for reuse: returning them means moving others. */
const FREE_SHARE = 0.05;
const FREE_PAGES = 64;

export async function prune(db: Connection, keep: Retention, now: number): Promise<number> {
  const accounts = await db.run(() => readIds(db, SQL.accountIds, {}));
  const quotas = await db.run(() => accounts.flatMap((id) => readIds(db, SQL.quotaIds, { id })));
  let removed = 0;
  for (const id of quotas) {
    removed += await pruneSeries(db, SQL.pruneReadings, id, keep.readingsMs, now);
    removed += await pruneSeries(db, SQL.pruneFiveMinutes, id, keep.fiveMinutesMs, now);
    if (keep.readingsMs > 0 && db.open) {
      const before = now - keep.readingsMs;
      await db.run(() => db.statement(SQL.pruneSetAside).run({ id, before }));
    }
  }
  for (const id of accounts) removed += await pruneSeries(db, SQL.pruneOutcomes, id, keep.outcomesMs, now);
  // A store closed between two steps needs no more work.
  if (!db.open) return removed;
  for (const sql of Object.values(DOC_SQL)) {
    removed += await db.run(() => Number(db.statement(sql.prune).run({ now }).changes));
  }
  await releaseFreePages(db);
  return removed;
}

async function pruneSeries(
  db: Connection,
  sql: string,
  id: number,
  keepMs: number,
  now: number,
): Promise<number> {
  let removed = 0;
  while (keepMs > 0 && db.open) {
    const changes = await db.run(() =>
      Number(db.statement(sql).run({ id, before: now - keepMs, chunk: CHUNK_ROWS }).changes)
    );
    removed += changes;
    if (changes < CHUNK_ROWS) break;
    await yieldToOthers();
  }
  return removed;
}

async function releaseFreePages(db: Connection): Promise<void> {
  const pages = await db.run(() => db.pragma("page_count"));
  let free = await db.run(() => db.pragma("freelist_count"));
  if (free <= Math.max(FREE_PAGES, pages * FREE_SHARE)) return;
  while (free > 0 && db.open) {
    // Read to the end: the pragma frees one page for each step of the statement.
    await db.run(() => db.statement(`PRAGMA incremental_vacuum(${CHUNK_PAGES})`).all());
    const left = db.pragma("freelist_count");
    if (left >= free) break;
    free = left;
    await yieldToOthers();
  }
  // The file shrinks at a checkpoint. PASSIVE does not wait for other processes.
  if (db.open) await db.run(() => db.exec("PRAGMA wal_checkpoint(PASSIVE)"));
}

function readIds(db: Connection, sql: string, values: { readonly id?: number }): readonly number[] {
  return db.statement(sql).all({ ...values }).map((row) => row.id as number);
}
