/** Copies the history of an account from a store on another engine into an empty SQLite database. */
import type { AccountKey } from "../model/quota.ts";
import type { Connection } from "./connection.ts";
import { type HistorySource, readHistory } from "./history_of.ts";
import { HistoryWriter } from "./history_writer.ts";

/** @throws {TypeError} when `source` is not a store */
export async function copyHistory(
  source: HistorySource,
  account: AccountKey,
  db: Connection,
): Promise<void> {
  const history = await readHistory(source, account);
  if (!history) return;
  const writer = new HistoryWriter(db);
  writer.account(history.record);
  for (const { described, key, readings, buckets, cycles } of history.quotas) {
    writer.quota(account, described);
    for await (const rows of readings()) for (const row of rows) writer.reading(key, row);
    for await (const rows of buckets()) for (const row of rows) writer.bucket(key, row);
    for await (const rows of cycles()) for (const row of rows) writer.cycle(row);
  }
  for await (const rows of history.sessions()) for (const row of rows) writer.session(row);
  for await (const rows of history.outcomes()) for (const row of rows) writer.outcome(row);
  writer.end();
}
