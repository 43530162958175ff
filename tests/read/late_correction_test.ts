/** Corrections that reach back for days, because no reading came in between to decide. */
import { createAnalysis } from "../../lib/read/analysis.ts";
import { DAY_MS } from "../../lib/model/duration.ts";
import { listSlots } from "../../lib/model/history/usage.ts";
import { createUsageMemory } from "../../lib/read/usage.ts";
import { countFinalDays, finalUntil } from "../../lib/read/settled.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { MINUTE_MS, MONTHLY, reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-17 10:00");
const ACCOUNT = "acme/work";
const QUOTA = "acme/work/five-hour";

Deno.test("a reset that is confirmed only after days counts at once, in every sum over the past", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const poll = (used: number, resetsAt: string) =>
    services.polled(ACCOUNT, [reading({ used, limit: 100, window: MONTHLY, resetsAt: utc(resetsAt) })]);
  for (const used of [58, 59, 60]) {
    await poll(used, "2026-12-05");
    clock.jump(MINUTE_MS);
  }
  await poll(7, "2026-12-15");
  const slots = listSlots("1d", AT - DAY_MS, AT + 9 * DAY_MS, "UTC");
  const facts = async (analysis = services.analysis) => ({
    summary: (await analysis.summary([ACCOUNT])).map(({ consumed, completedCycles }) => [
      consumed,
      completedCycles,
    ]),
    uses: (await analysis.usage({ interval: "1d", slots, zone: "UTC", quotas: [QUOTA] }))[0]?.uses
      .flatMap((use) => use?.consumed ?? []),
    insights: (await analysis.insights({ range: "30d" })).stats,
  });
  assertEquals((await facts()).summary, [[2, 0]]);
  clock.jump(5 * DAY_MS);
  await services.failed(ACCOUNT, {});
  assertEquals((await facts()).summary, [[2, 0]]);
  clock.jump(MINUTE_MS);
  await poll(9, "2026-12-15");
  const now = await facts();
  assertEquals([now.summary, now.uses], [[[11, 1]], [9, 2]]);
  const { store } = services;
  const fresh = createAnalysis({
    store,
    clock,
    zone: () => "UTC",
    about: () => ({ providerName: "acme" }),
  });
  assertEquals(now.insights, (await facts(fresh)).insights);
});

Deno.test("a poll stored after midnight counts for the day before, although that was read already", async () => {
  const clock = new FakeClock(utc("2026-11-17 23:58"));
  await using services = await fakeServices({ clock });
  const consumed = async () => (await services.analysis.summary([ACCOUNT])).map(({ consumed }) => consumed);
  const slots = listSlots("1d", AT, AT + DAY_MS, "UTC");
  const uses = async () =>
    (await services.analysis.usage({ interval: "1d", slots, zone: "UTC", quotas: [QUOTA] }))[0]!.uses
      .map((use) => use?.consumed ?? null);
  for (const used of [1, 2]) {
    await services.polled(ACCOUNT, [reading({ used })]);
    clock.jump(MINUTE_MS);
  }
  assertEquals([await consumed(), await uses()], [[1], [1, null]]);
  clock.jump(-1);
  await services.polled(ACCOUNT, [reading({ used: 5 })]);
  clock.jump(1);
  assertEquals([await consumed(), await uses()], [[4], [4, null]]);
});

Deno.test("after a poll only what is not final is read again, and without one nothing", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  let version = 0;
  const read: string[] = [];
  const store = new Proxy(services.store, {
    get(target, name) {
      if (name === "series") {
        return (query: { readonly from: number }) => {
          // The first reading ever is sought from the beginning of time.
          if (query.from > 0) read.push(new Date(query.from).toISOString().slice(0, 10));
          return target.series(query as Parameters<typeof target.series>[0]);
        };
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  const memory = createUsageMemory(store, () => clock.now(), () => version);
  await services.polled(ACCOUNT, [reading({ used: 1 })]);
  const readFor = async () => {
    read.length = 0;
    const slots = listSlots("1d", AT - 9 * DAY_MS, AT, "UTC");
    await memory.usage({ interval: "1d", slots, zone: "UTC", quotas: [QUOTA] });
    return read.toSorted()[0];
  };
  assertEquals([await readFor(), await readFor()], ["2026-11-08", undefined]);
  version++;
  assertEquals([await readFor(), await readFor()], ["2026-11-16", undefined]);
});

Deno.test("all days but today and yesterday are final, up to the first whose use may still be corrected", () => {
  const days = [0, 1, 2, 3, 4].map((day) => ({ from: day * DAY_MS, to: (day + 1) * DAY_MS, label: "" }));
  assertEquals(
    [Infinity, 2.5 * DAY_MS, 2 * DAY_MS, 2 * DAY_MS - 1, 1].map((at) => countFinalDays(days, at)),
    [
      3,
      2,
      2,
      1,
      0,
    ],
  );
  assertEquals([1, 2, 3].map((count) => countFinalDays(days.slice(-count), Infinity)), [0, 0, 1]);
});

Deno.test("an account is final until yesterday in its zone, or until what may still be corrected", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const { store } = services;
  const until = (zone: string) => finalUntil(store, ACCOUNT, clock.now(), zone);
  assertEquals(await until("UTC"), utc("2026-11-16"));
  await services.polled(ACCOUNT, [
    reading({ used: 60, resetsAt: null }),
    reading({ quota: "other", used: 1 }),
  ]);
  assertEquals(await until("Asia/Tokyo"), utc("2026-11-15 15:00"));
  clock.jump(MINUTE_MS);
  await services.polled(ACCOUNT, [
    reading({ used: 3, resetsAt: null }),
    reading({ quota: "other", used: 2 }),
  ]);
  clock.jump(9 * DAY_MS);
  assertEquals(await until("UTC"), AT + MINUTE_MS);
});
