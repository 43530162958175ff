/** Opens a database in every possible way, with only the permissions its parent granted. */
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { commitAll, minutes, START } from "./polls.ts";

const path = Deno.args[0]!;
for (const polls of [minutes([1]), minutes([1, 2])]) {
  await using store = await openSqliteStore(path);
  await commitAll(store, polls);
  await store.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, START);
  await using reader = await openSqliteStore(path, { readOnly: true });
  console.log((await reader.latest())[0]?.state.at === polls.at(-1)!.snapshot.at, store.warnings.length);
}
