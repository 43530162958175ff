/** Wrong clocks, from the poll to the stored data. */
import { createComparingClock } from "../../lib/base/clock.ts";
import { STEPS } from "../../lib/model/engine/bucket.ts";
import { pruningInstant } from "../../lib/poll/maintenance.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { sharedKv } from "../store/kv_support.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { failWith, HOUR, MINUTE, NOW, openHouse, reading } from "./support.ts";

const KEY = "acme/default";
const QUOTA = "acme/default/five-hour";
const DAY = 24 * HOUR;

async function poll(house: Awaited<ReturnType<typeof openHouse>>, used: number, resetsAt = NOW + 4 * HOUR) {
  house.provider.answer = () => Promise.resolve({ readings: [reading(used, resetsAt)] });
  const [outcome] = await house.scheduler.pollNow();
  return outcome;
}

for (const ahead of [2 * MINUTE, HOUR, 30 * HOUR, 400 * DAY]) {
  Deno.test(`polls of a clock that was ${ahead / MINUTE} minutes ahead are repaired by the next successful answer`, async () => {
    await using store = await openSqliteStore(":memory:");
    await using house = await openHouse({ store });
    const { clock } = house;
    for (const used of [10, 12, 15]) {
      await poll(house, used);
      await clock.advance(5 * MINUTE);
    }
    clock.jump(ahead);
    for (const used of [15, 20]) {
      await poll(house, used);
      await clock.advance(15_000);
    }
    clock.jump(-ahead - 30_000);
    const outcome = await poll(house, 95);
    const now = NOW + 15 * MINUTE;
    assertEquals([outcome?.kind, outcome?.at], ["ok", now]);
    const [record] = await store.latest();
    assertEquals([record?.state.at, record?.okAt, record?.outcome?.at], [now, now, now]);
    const readings = await store.readings({ quota: QUOTA });
    assertEquals(readings.map(({ at, used, consumed }) => [(at - NOW) / MINUTE, used, consumed]), [
      [0, 10, 0],
      [5, 12, 2],
      [10, 15, 3],
      [15, 95, 80],
    ]);
    const [cycle, ...others] = await store.cycles({ quota: QUOTA, limit: 9 });
    assertEquals([cycle?.consumed, cycle?.count, cycle?.lastAt, others.length], [85, 4, now, 0]);
    for (const step of STEPS) {
      const buckets = await store.series({ quota: QUOTA, from: 0, to: Number.MAX_SAFE_INTEGER, step });
      assertEquals(buckets.reduce((sum, one) => sum + one.consumed, 0), 85, `${step}`);
      assertEquals(buckets.reduce((sum, one) => sum + one.count, 0), 4, `${step}`);
    }
    const sessions = await store.sessions({ account: KEY, limit: 9 });
    assertEquals(sessions.map(({ lastRiseAt }) => lastRiseAt), [now]);
    assertEquals((await store.outcomes({ account: KEY, limit: 99 })).filter(({ at }) => at > now), []);
    assertEquals(await store.check(), []);
    const told = house.log.lines.filter(({ message }) =>
      message.startsWith("Removed what was dated by a clock")
    );
    assertEquals(told.map(({ fields }) => [fields.account, fields.readings]), [[KEY, 2]]);
  });
}

Deno.test("a poll older than this process's state is stored if another process removed that state", async () => {
  using shared = await sharedKv();
  const store = shared.store();
  await using house = await openHouse({ store });
  for (const used of [10, 12]) {
    await poll(house, used);
    await house.clock.advance(5 * MINUTE);
  }
  assertEquals(await shared.store().forget(KEY), true);
  house.clock.jump(-5 * MINUTE - 10_000);
  const outcome = await poll(house, 14);
  assertEquals(outcome?.kind, "ok");
  const readings = await store.readings({ quota: QUOTA });
  assertEquals(readings.map(({ used }) => used), [14]);
});

Deno.test("a cycle that had just begun when the clock went ahead continues, and the previous one stays ended", async () => {
  await using house = await openHouse();
  const { clock, store } = house;
  for (const used of [10, 40]) {
    await poll(house, used, NOW + 9 * MINUTE);
    await clock.advance(5 * MINUTE);
  }
  await poll(house, 1, NOW + 10 * MINUTE + 5 * HOUR);
  const before = await store.cycles({ quota: QUOTA, limit: 9 });
  assertEquals(before.map(({ count }) => count), [1, 2]);
  clock.jump(HOUR);
  await poll(house, 30, NOW + 10 * MINUTE + 5 * HOUR);
  clock.jump(-HOUR + 5 * MINUTE);
  await poll(house, 4, NOW + 10 * MINUTE + 5 * HOUR);
  const [open, ended, ...others] = await store.cycles({ quota: QUOTA, limit: 9 });
  assertEquals(others, []);
  assertEquals(ended, before[1]);
  assertEquals([open?.startedAt, open?.endedAt, open?.count, open?.peak], [before[0]!.startedAt, null, 2, 4]);
});

Deno.test("an account first read by a fast clock starts over", async () => {
  await using house = await openHouse();
  house.clock.jump(DAY);
  await poll(house, 10);
  house.clock.jump(-DAY);
  assertEquals((await poll(house, 30))?.kind, "ok");
  assertEquals((await house.store.readings({ quota: QUOTA })).map(({ at, used }) => [at, used]), [[NOW, 30]]);
  assertEquals((await house.store.recall(KEY)).quotas["five-hour"]?.cycle.consumed, 0);
});

Deno.test("a failure after a fast clock is the latest attempt", async () => {
  await using house = await openHouse();
  house.clock.jump(DAY);
  await poll(house, 10);
  house.clock.jump(-DAY);
  house.provider.answer = failWith("auth", "Acme refused the key");
  await house.scheduler.pollNow();
  assertEquals((await house.store.latest())[0]?.outcome?.kind, "auth");
});

Deno.test("a clock set far back removes no long history, and its polls fail with an explanation", async () => {
  await using house = await openHouse();
  for (let i = 0; i < 102; i++) {
    await poll(house, i / 2);
    await house.clock.advance(MINUTE);
  }
  house.clock.jump(-10 * DAY);
  const outcome = await poll(house, 60);
  assertEquals(outcome?.kind, "unavailable");
  assertMatch(outcome?.hint ?? "", /clock says 2026-02-20T13:42:00.000Z.*Correct the clock/);
  assertEquals((await house.store.readings({ quota: QUOTA })).length, 102);
});

function compared(offMs: number) {
  const base = new FakeClock(NOW + offMs);
  const clock = createComparingClock(base, () => 0);
  clock.heard?.("api.acme.example", new Headers({ date: new Date(NOW).toUTCString() }));
  return { base, clock };
}

Deno.test("while servers report that the clock is ahead, readings have the servers' time, with a notice", async () => {
  const { clock } = compared(400 * DAY);
  await using house = await openHouse({ clock });
  const [outcome] = await house.scheduler.pollNow();
  assertEquals([outcome?.kind, outcome?.at], ["ok", NOW]);
  assertMatch(
    outcome?.hint ?? "",
    /^This computer's clock is 1y 35d ahead of|^This computer's clock is 400d ahead of/,
  );
  assertEquals((await house.store.recall(KEY)).at, NOW);
});

Deno.test("while servers report that the clock is behind, no history is removed and it continues", async () => {
  const first = compared(0);
  const store = await openSqliteStore(":memory:");
  await using house = await openHouse({ clock: first.clock, store });
  await house.scheduler.pollNow();
  const { clock } = compared(-HOUR);
  clock.heard?.("api.acme.example", new Headers({ date: new Date(NOW + MINUTE).toUTCString() }));
  const again = house.restart({ clock });
  house.provider.answer = () => Promise.resolve({ readings: [reading(50)] });
  const [outcome] = await again.pollNow();
  assertEquals([outcome?.kind, outcome?.at], ["ok", NOW + MINUTE]);
  assertEquals((await store.readings({ quota: QUOTA })).map(({ used }) => used), [10, 50]);
});

Deno.test("one server with a wrong clock changes nothing while another one agrees with this computer", () => {
  const { clock } = compared(0);
  clock.heard?.("odd.example", new Headers({ date: new Date(NOW - DAY).toUTCString() }));
  assertEquals([clock.now(), clock.compared?.()], [NOW, { aheadMs: 0 }]);
});

Deno.test("comparisons with servers do not count after the clock was set", () => {
  const { base, clock } = compared(DAY);
  assertEquals(clock.now(), NOW);
  base.jump(-DAY);
  assertEquals([clock.now(), clock.compared?.()], [NOW, null]);
});

Deno.test("a cached answer states the time when it was created", () => {
  const clock = createComparingClock(new FakeClock(NOW), () => 0);
  clock.heard?.("cdn.example", new Headers({ date: new Date(NOW - HOUR).toUTCString(), age: "3600" }));
  assertEquals(clock.compared?.(), { aheadMs: 0 });
  clock.heard?.("cdn.example", new Headers({ date: "yesterday" }));
  assertEquals(clock.now(), NOW);
});

Deno.test("ages are counted from the last stored data if the clock is far ahead of it", () => {
  assertEquals(pruningInstant(NOW, null), NOW);
  assertEquals(pruningInstant(NOW, NOW - HOUR), NOW);
  assertEquals(pruningInstant(NOW + 400 * DAY, NOW), NOW + DAY);
  assertEquals(pruningInstant(NOW + 400 * DAY, NOW, 300 * DAY), NOW + 301 * DAY);
  assert(pruningInstant(NOW - DAY, NOW) === NOW - DAY, "A clock behind removes less by itself");
});
