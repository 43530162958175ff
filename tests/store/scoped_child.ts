/**
 * Opens a database in every possible way, with only the permissions and the mask its parent granted. Prints whether it
 * worked, the number of warnings, and the modes of the files.
 */
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { commitAll, minutes, START } from "./polls.ts";

const path = Deno.args[0]!;
for (const polls of [minutes([1]), minutes([1, 2])]) {
  await using store = await openSqliteStore(path);
  await commitAll(store, polls);
  await store.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, START);
  await using reader = await openSqliteStore(path, { readOnly: true });
  const modes = ["", "-wal", "-shm"].map((end) =>
    ((Deno.statSync(path + end).mode ?? 0) & 0o777).toString(8)
  );
  const isRead = (await reader.latest())[0]?.state.at === polls.at(-1)!.snapshot.at;
  console.log(isRead, store.warnings.length, ...modes);
}
