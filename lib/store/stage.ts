/** A temporary SQLite database for an import: rows are written to it one by one, then adopted all at once. */
import { HistoryWriter } from "./history_writer.ts";
import { openConnection } from "./open.ts";
import { storeOn } from "./sqlite.ts";
import type { Store } from "./store.ts";

export interface Stage {
  readonly store: Store;
  readonly writer: HistoryWriter;
}

/** @param path a temporary file; `store` closes it */
export function openStage(path: string): Stage {
  const { connection } = openConnection(path, { temporary: true });
  return { store: storeOn(connection), writer: new HistoryWriter(connection) };
}
