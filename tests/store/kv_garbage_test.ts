import { quotaKey } from "../../lib/model/quota.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { Store } from "../../lib/store/store.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { ACCOUNT, DAY_MS } from "../support/readings.ts";
import { BESIDE, createManyPolls, KEEP, sharedKv } from "./kv_support.ts";
import { minutes, QUOTA, readEverything, START } from "./polls.ts";

const QUOTAS = [QUOTA, quotaKey(BESIDE, "five-hour")];
/** Everything fits into far fewer commits. */
const MAX_COMMITS = 400;

/** Lets another process remove garbage before each commit of some work in turn; the work must still succeed. */
async function outlivesRemoval(
  work: (store: Store) => Promise<unknown>,
  check: (store: Store) => Promise<void>,
): Promise<void> {
  for (let commit = 0;; commit++) {
    assert(commit < MAX_COMMITS);
    using shared = await sharedKv();
    let isDone = false;
    const store = shared.store(undefined, async (at) => {
      if (at !== commit) return;
      isDone = true;
      const other = shared.store();
      await other.prune(KEEP, START);
      shared.now += DAY_MS;
      await other.prune(KEEP, START);
    });
    await work(store);
    await check(shared.store());
    assertEquals(await shared.store().check(), []);
    if (!isDone) {
      assert(commit > 5, `It took ${commit} commits`);
      return;
    }
  }
}

Deno.test("a write that takes hours is not removed as garbage once it is decided", async () => {
  const polls = createManyPolls();
  await using other = await openSqliteStore(":memory:");
  await other.commitAll(polls);
  const expected = await readEverything(other, QUOTAS);
  const adopted = [ACCOUNT, BESIDE].map((account) => ({ account, at: null, whole: true, corrections: [] }));
  const check = async (store: Store) => assertEquals(await readEverything(store, QUOTAS), expected);
  await outlivesRemoval((store) => store.commitAll(polls), check);
  await outlivesRemoval((store) => store.adopt(other, adopted), check);
});

Deno.test("a removal in progress during a decision removes nothing of it", async () => {
  await using other = await openSqliteStore(":memory:");
  await other.commitAll([...minutes([4, 5, 6]), ...minutes([7, 8], BESIDE)]);
  const expected = await readEverything(other, QUOTAS);
  const adopted = [ACCOUNT, BESIDE].map((account) => ({ account, at: null, whole: true, corrections: [] }));
  let isPast = false;
  for (let commit = 0; !isPast; commit++) {
    isPast = true;
    for (let removal = 0; removal < 4; removal++) {
      using shared = await sharedKv();
      const [reached, written] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const remover = shared.store(undefined, async (at) => {
        if (at !== removal) return;
        reached.resolve();
        await written.promise;
      });
      let removed: Promise<unknown> = Promise.resolve();
      const writer = shared.store(undefined, async (at) => {
        if (at !== commit) return;
        isPast = false;
        const twice = async () => {
          await remover.prune(KEEP, START);
          shared.now += DAY_MS;
          await remover.prune(KEEP, START);
        };
        removed = twice().then(reached.resolve);
        await reached.promise;
      });
      await writer.adopt(other, adopted);
      written.resolve();
      await removed;
      assertEquals(await readEverything(shared.store(), QUOTAS), expected);
    }
    assert(commit < MAX_COMMITS);
  }
});

Deno.test("leftovers of a killed process age by the clock, not by a requested time", async () => {
  using shared = await sharedKv();
  await assertRejects(() => shared.store(3).commitAll(createManyPolls()));
  const left = async () => (await shared.keys()).filter(([, kind]) => kind === "step").length;
  assert(await left() > 0);
  const store = shared.store();
  await store.prune(KEEP, START);
  await store.prune(KEEP, START + 900 * DAY_MS);
  assert(await left() > 0, "It was seen only now");
  shared.now += DAY_MS;
  await store.prune(KEEP, START);
  assertEquals(await left(), 0);
});
