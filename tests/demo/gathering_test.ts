import { createBatchingStore } from "../../lib/demo/gathering.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { commitAll, minutes, QUOTA, readEverything } from "../store/polls.ts";
import { ACCOUNT } from "../support/readings.ts";
import { assert, assertEquals } from "../support/assert.ts";

const POLLS = minutes([3, 5, 8, 8, 40, 2, 3]);

Deno.test("buffered polls are in the store as if each had been stored alone, once they are flushed", async () => {
  await using one = await openSqliteStore(":memory:");
  await using other = await openSqliteStore(":memory:");
  await commitAll(one, POLLS);
  const gathered = createBatchingStore(other);
  for (const poll of POLLS) {
    assert(await gathered.commit(poll));
    assertEquals(await gathered.recall(ACCOUNT), poll.state);
  }
  assertEquals(await other.latest(), []);
  await gathered.flush();
  assertEquals(await readEverything(other, [QUOTA]), await readEverything(one, [QUOTA]));
});

Deno.test("a poll that is not newer is reported so, before and after a flush", async () => {
  await using store = await openSqliteStore(":memory:");
  const gathered = createBatchingStore(store);
  const [first, second] = POLLS;
  assert(first !== undefined && second !== undefined);
  assertEquals([await gathered.commit(second), await gathered.commit(first)], [true, false]);
  await gathered.flush();
  assertEquals([await gathered.commit(second), await createBatchingStore(store).commit(first)], [
    false,
    false,
  ]);
});

Deno.test("requested outcomes include buffered ones", async () => {
  await using store = await openSqliteStore(":memory:");
  const gathered = createBatchingStore(store);
  const [first, second] = POLLS;
  assert(first !== undefined && second !== undefined);
  await gathered.commit(first);
  const failed = { ...second.outcome, kind: "unavailable" } as const;
  await gathered.note(failed);
  const kinds = (await gathered.outcomes({ account: ACCOUNT, limit: 10 })).map(({ kind }) => kind);
  assertEquals(kinds, ["unavailable", "ok"]);
});
