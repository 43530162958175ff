/** Reading the past at its edges: accounts that are read less and less often, and single readings. */
import { burnRate } from "../../lib/model/engine/ledger.ts";
import { sessionIdleAt } from "../../lib/read/as_of.ts";
import { QuotaMemory } from "../../lib/read/memory.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const QUOTA = "acme/work/five-hour";
const IDLE_MS = 10 * MINUTE_MS;

/** Reads of one account at these times; each has the given value, or one more than the last. */
async function readAt(instants: readonly number[], used: readonly number[] = instants.map((_, i) => i)) {
  const clock = new FakeClock(AT);
  const services = await fakeServices({ clock });
  for (const [i, at] of instants.entries()) {
    clock.jump(at - clock.now());
    await services.polled("acme/work", [reading({ used: used[i]!, resetsAt: AT + 90 * HOUR_MS })]);
  }
  return { clock, services, [Symbol.asyncDispose]: () => services[Symbol.asyncDispose]() };
}

Deno.test("the idle time of an account follows from its latest readings, as of any time", async () => {
  const often = Array.from({ length: 30 }, (_, i) => AT + i * MINUTE_MS);
  const seldom = Array.from({ length: 30 }, (_, i) => AT + (60 + i * 30) * MINUTE_MS);
  await using one = await readAt([...often, ...seldom]);
  const { store } = one.services;
  const [session] = await store.sessions({ account: "acme/work", limit: 1 });
  assert(session);
  assertEquals(await sessionIdleAt(store, session, often.at(-1)!, IDLE_MS), IDLE_MS);
  assert(await sessionIdleAt(store, session, seldom.at(-1)!, IDLE_MS) >= 30 * MINUTE_MS);
});

Deno.test("the source of chart lines contains the readings and buckets of the range and none before it", async () => {
  await using one = await readAt(Array.from({ length: 121 }, (_, i) => AT + i * MINUTE_MS));
  const now = one.clock.now();
  const [hour] = await one.services.past({ range: "1h", quotas: [QUOTA] });
  assertEquals(
    hour!.readings.map(({ at }) => at),
    Array.from({ length: 61 }, (_, i) => now - (60 - i) * MINUTE_MS),
  );
  assertEquals(hour!.buckets, []);
  const [six] = await one.services.past({ range: "6h", quotas: [QUOTA] });
  assertEquals(six!.readings, []);
  assertEquals(six!.buckets.reduce((sum, { count }) => sum + count, 0), 121);
  one.clock.jump(5 * HOUR_MS);
  const [later] = await one.services.past({ range: "6h", quotas: [QUOTA] });
  assert(later!.buckets.every(({ lastAt }) => lastAt >= one.clock.now() - 6 * HOUR_MS));
  assert(later!.buckets.length > 0);
});

Deno.test("the rate of the day is that of its single readings, wherever the day begins and ends", async () => {
  const minutes = [0, 1, 2, 3, 4, 61, 62, 64, 130, 133, 134, 300, 301, 720, 1441, 1443, 1450, 1502];
  await using one = await readAt(minutes.map((minute) => AT + minute * MINUTE_MS));
  const { store } = one.services;
  const [record] = await store.latest();
  const state = record!.state.quotas["five-hour"]!;
  for (const minute of [0, 1, 2, 4, 5, 62, 134, 301, 1440, 1441, 1442, 1444, 1452, 1502, 1510, 1900, 9000]) {
    for (const ms of [-1, 0, 1]) {
      const now = AT + minute * MINUTE_MS + ms;
      const readings = await store.readings({ quota: QUOTA, from: now - 24 * HOUR_MS + 1, to: now + 1 });
      const rate = await new QuotaMemory().dayRate({ store, quota: QUOTA, state, now, version: 1 });
      assertEquals([minute, ms, rate], [minute, ms, {
        perHour: burnRate(readings),
        readings: readings.length,
      }]);
    }
  }
});

Deno.test("a line continues with a reading a millisecond after the last", async () => {
  await using one = await readAt([AT, AT + MINUTE_MS]);
  const last = async () =>
    (await one.services.history({ range: "1h", quotas: [QUOTA] })).lines[0]!.points.at(-1);
  assertEquals(await last(), [AT + MINUTE_MS, 0.01]);
  one.clock.jump(1);
  await one.services.polled("acme/work", [reading({ used: 7, resetsAt: AT + 90 * HOUR_MS })]);
  assertEquals(await last(), [AT + MINUTE_MS + 1, 0.07]);
});

Deno.test("peaks of concurrent cycles are the rises of the others since the start of the cycle, to the millisecond", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const poll = async (ms: number, five: number, week: number) => {
    clock.jump(AT + ms - clock.now());
    const resetsAt = AT + 5 * HOUR_MS;
    await services.polled("acme/work", [
      reading({ used: five, resetsAt }),
      reading({ quota: "weekly", label: "Week", used: week, resetsAt: AT + 90 * HOUR_MS }),
    ]);
  };
  await poll(0, 0, 10);
  await poll(1, 1, 12);
  const beside = async () => {
    const [overview] = await services.analysis.cycleOverview({ quota: QUOTA, limit: 1 });
    return overview!.quotas.find(({ quota }) => quota === "weekly")!;
  };
  // The same sum shows the level at the start of the cycle and at its peak.
  assertEquals(await beside().then(({ used, startShare }) => [used, startShare]), [12, 0.1]);
  await poll(30 * MINUTE_MS, 40, 20);
  await poll(40 * MINUTE_MS, 40, 25);
  const [overview] = await services.analysis.cycleOverview({ quota: QUOTA, limit: 1 });
  assert(overview);
  assertEquals(overview.peakAt, AT + 30 * MINUTE_MS);
  const week = overview.quotas.find(({ quota }) => quota === "weekly")!;
  assertEquals([week.used, week.risen], [20, 0.1]);
});
