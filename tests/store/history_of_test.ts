import { copyHistory } from "../../lib/store/copy_history.ts";
import { openConnection } from "../../lib/store/open.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { Store } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { ACCOUNT, BALANCE, MINUTE_MS, reading } from "../support/readings.ts";
import { commitAll, createFailure, minutes, pollsOf, QUOTA, readEverything, START } from "./polls.ts";

Deno.test("the history SQLite adopts from another engine equals what it would have copied itself", async () => {
  await using other = await openSqliteStore(":memory:");
  await commitAll(other, [
    ...minutes([1, 20, null, 3, 9]),
    ...pollsOf([
      { at: START, plan: "pro", readings: [reading({ used: 10, source: "statusline", currency: "EUR" })] },
      { at: START + 1, plan: "plus", readings: [reading({ used: 70, allowed: false, startedAt: START })] },
      { at: START + 2, readings: [reading({ quota: "credits", unit: "usd", window: BALANCE })] },
    ], "acme/terms"),
  ]);
  await other.note(createFailure(START + MINUTE_MS * 9, { retryAt: START, answer: "{}" }));
  const accounts = ([ACCOUNT, "acme/terms", "acme/never"] as const)
    .map((account) => ({ account, at: null, whole: true, corrections: [] }));
  await using own = await openSqliteStore(":memory:");
  assertEquals(await own.adopt(asForeign(other), accounts), []);
  const quotas = [QUOTA, "acme/terms/five-hour", "acme/terms/credits"] as const;
  assertEquals(await readEverything(own, quotas), await readEverything(other, quotas));
  for (const quota of quotas) assertEquals(await own.terms(quota), await other.terms(quota));
  assertEquals(await own.quotas("acme/terms"), await other.quotas("acme/terms"));
  assertEquals(await own.quotas("acme/never"), []);
});

Deno.test("a copy of a history has every row, even more than are read at once", async () => {
  await using other = await openSqliteStore(":memory:");
  await other.commitAll(minutes(Array.from({ length: 4_321 }, (_, i) => i % 977)));
  const { connection } = openConnection(":memory:", { temporary: true });
  await copyHistory(other, ACCOUNT, connection);
  const count = (table: string) => connection.statement(`SELECT count(*) AS n FROM ${table}`).get()?.n;
  assertEquals([count("readings"), count("outcomes")], [4_321, 4_321]);
  connection.close();
});

/** A store reduced to its contract. */
function asForeign(store: Store): Store {
  return new Proxy({} as Store, {
    get: (_, name) => {
      const member = store[name as keyof Store];
      return typeof member === "function" ? member.bind(store) : member;
    },
  });
}
