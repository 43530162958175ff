/** Commits polls to a key-value database forever, concurrently with others, and prints each time once it is committed. */
import { openKvStore } from "../../lib/store/kv/open.ts";
import { advance } from "../../lib/model/engine/advance.ts";
import { ACCOUNT, reading } from "../support/readings.ts";
import { createSuccess, START } from "./polls.ts";

const store = await openKvStore(`kv:${Deno.args[0]!}`);
while (true) {
  const base = await store.recall(ACCOUNT);
  const used = (base.quotas["five-hour"]?.reading.used ?? 0) + 1;
  const at = (base.at ?? START) + 1_000;
  const snapshot = { account: ACCOUNT, at, readings: [reading({ used, limit: 1e9 })] };
  const { state, changes } = advance(base, snapshot);
  if (await store.commit({ snapshot, state, changes, outcome: createSuccess(at), base })) console.log(at);
}
