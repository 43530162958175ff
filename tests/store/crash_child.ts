/** Commits polls forever and prints each time once it is committed. Its parent kills it. */
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { advance } from "../../lib/model/engine/advance.ts";
import { ACCOUNT, MINUTE_MS, reading } from "../support/readings.ts";
import { createSuccess, START } from "./polls.ts";

const store = await openSqliteStore(Deno.args[0]!);
let state = await store.recall(ACCOUNT);
for (let at = (state.at ?? START) + MINUTE_MS;; at += MINUTE_MS) {
  const readings = ["five-hour", "seven-day"].map((quota) => reading({ quota, used: at / MINUTE_MS % 97 }));
  const snapshot = { account: ACCOUNT, at, readings };
  const next = advance(state, snapshot);
  state = next.state;
  await store.commit({ snapshot, state, changes: next.changes, outcome: createSuccess(at) });
  console.log(at);
}
