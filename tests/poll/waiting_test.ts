/** Answers that the store cannot take yet, and polls that wait for a slot. */
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { StoreError } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { account, ANSWER, failWith, MINUTE, NOW, openHouse, reading, SECOND } from "./support.ts";

const QUOTA = "acme/default/five-hour";

async function lockable() {
  const store = await openSqliteStore(":memory:");
  const { commit, note } = store;
  const locked = () => Promise.reject(new StoreError("locked", "The database is locked", "Wait"));
  return {
    store,
    lock: () => Object.assign(store, { commit: locked, note: locked }),
    unlock: () => Object.assign(store, { commit: commit.bind(store), note: note.bind(store) }),
  };
}

Deno.test("answers that arrive while the store is unavailable are stored afterwards, each with its own time", async () => {
  const { store, lock, unlock } = await lockable();
  await using house = await openHouse({ store });
  const { provider, scheduler, clock } = house;
  await scheduler.pollNow();
  lock();
  for (const used of [12, 15, null, 20]) {
    await clock.advance(MINUTE);
    provider.answer = used === null
      ? failWith("unavailable", "Acme is down")
      : () => Promise.resolve({ readings: [reading(used)] });
    await scheduler.pollNow();
  }
  assertEquals(scheduler.trouble()?.kind, "locked");
  assertEquals((await store.readings({ quota: QUOTA })).length, 1);
  unlock();
  await clock.advance(30 * SECOND);
  assertEquals(
    (await store.readings({ quota: QUOTA })).map((
      { at, used, consumed },
    ) => [(at - NOW) / MINUTE, used, consumed]),
    [[0, 10, 0], [1, 12, 2], [2, 15, 3], [4, 20, 5]],
  );
  const kinds = (await store.outcomes({ account: "acme/default", limit: 9 })).map(({ kind }) => kind);
  assertEquals(kinds, ["ok", "unavailable", "ok", "ok", "ok"]);
  assertEquals(scheduler.trouble(), null);
});

Deno.test("the next poll stores waiting answers before its own", async () => {
  const { store, lock, unlock } = await lockable();
  await using house = await openHouse({ store });
  const { provider, scheduler, clock } = house;
  lock();
  await scheduler.pollNow();
  unlock();
  clock.jump(MINUTE);
  provider.answer = () => Promise.resolve({ readings: [reading(40)] });
  await scheduler.pollNow();
  assertEquals((await store.readings({ quota: QUOTA })).map(({ used, consumed }) => [used, consumed]), [
    [10, 0],
    [40, 30],
  ]);
});

Deno.test("waiting answers are offered once more before the end", async () => {
  const { store, lock, unlock } = await lockable();
  await using house = await openHouse({ store });
  lock();
  await house.scheduler.pollNow();
  unlock();
  await house.scheduler.stop();
  assertEquals((await store.readings({ quota: QUOTA })).length, 1);
});

Deno.test("a poll overtaken by another process is computed again from the stored data", async () => {
  const store = await openSqliteStore(":memory:");
  await using house = await openHouse({ store });
  const { provider, clock } = house;
  const other = house.restart();
  await other.pollNow();
  await clock.advance(MINUTE);
  // The other one stores its answer between this one's recall and commit.
  const { commit } = store;
  let between: (() => Promise<unknown>) | null = async () => {
    provider.answer = () => Promise.resolve({ readings: [reading(30)] });
    await house.restart().pollNow();
    clock.jump(1);
  };
  Object.assign(store, {
    async commit(poll: Parameters<typeof commit>[0]) {
      const first = between;
      between = null;
      await first?.();
      return await commit.call(store, poll);
    },
  });
  provider.answer = async () => {
    await Promise.resolve();
    return { readings: [reading(50)] };
  };
  const slow = other.pollNow();
  await slow;
  const readings = await store.readings({ quota: QUOTA });
  assertEquals(
    readings.reduce((sum, { consumed }) => sum + consumed, 0),
    Math.max(...readings.map(({ used }) => used ?? 0)) - 10,
  );
  assertEquals(await store.check(), []);
});

Deno.test("a poll uses the remembered state once, and the stored one if another process was faster", async () => {
  const store = await openSqliteStore(":memory:");
  const { recall, commit } = store;
  const recalled: boolean[] = [];
  let lost = 2;
  Object.assign(store, {
    recall(...args: Parameters<typeof recall>) {
      recalled.push(args[1]?.mayBeOld ?? false);
      return recall.apply(store, args);
    },
    commit: (...args: Parameters<typeof commit>) =>
      lost-- > 0 ? Promise.resolve(false) : commit.apply(store, args),
  });
  await using house = await openHouse({ store });
  await house.scheduler.pollNow();
  assertEquals(recalled, [true, false, false]);
});

Deno.test("a poll that waits for a slot until the cron run may start none is left to the next run", async () => {
  await using house = await openHouse();
  const { provider, scheduler, clock } = house;
  provider.configured = Array.from({ length: 9 }, (_, place) => account(`a${place}`, `key-${place}`));
  provider.answer = async ({ signal }) => {
    await clock.sleep(20 * SECOND, signal);
    return ANSWER;
  };
  const { signal } = new AbortController();
  const run = scheduler.tick(signal, NOW + 25 * SECOND);
  await clock.advance(MINUTE);
  await run;
  assertEquals(provider.asked.map(({ at }) => (at - NOW) / SECOND), [0, 0, 0, 0, 20, 20, 20, 20]);
  const next = scheduler.tick(signal, NOW + MINUTE + 25 * SECOND);
  await clock.advance(MINUTE);
  await next;
  assertEquals(provider.asked[8]!.name, "a8");
});

Deno.test("a poll that waits for another instance until the cron run may start none is left to the next run", async () => {
  let waitMs = 20 * SECOND;
  await using house = await openHouse({
    turns: {
      mayPoll: () => true,
      begin: async () => {
        await house.clock.sleep(waitMs, new AbortController().signal);
        return () => {};
      },
    },
  });
  const { provider, scheduler, clock } = house;
  const { signal } = new AbortController();
  const run = scheduler.tick(signal, NOW + 15 * SECOND);
  await clock.advance(MINUTE);
  await run;
  assertEquals(provider.asked, []);
  waitMs = 10 * SECOND;
  const next = scheduler.tick(signal, NOW + MINUTE + 15 * SECOND);
  await clock.advance(MINUTE);
  await next;
  assertEquals(provider.asked.map(({ at }) => (at - NOW) / SECOND), [70]);
});
