/** A SQLite database for the time of an import: rows are written into it one by one, and then taken over all at once. */
import { HistoryWriter } from "./history_writer.ts";
import { openConnection } from "./open.ts";
import { storeOn } from "./sqlite.ts";
import type { Store } from "./store.ts";

export interface Stage {
  readonly store: Store;
  readonly writer: HistoryWriter;
}

/** @param path a file that ends with the import; `store` closes it */
export function openStage(path: string): Stage {
  const { connection } = openConnection(path, { temporary: true });
  return { store: storeOn(connection), writer: new HistoryWriter(connection) };
}
