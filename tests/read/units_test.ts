/** Sums across a change of unit: whatever can be stated is stated, even from coarse buckets only. */
import { DAY, sumUp } from "../../lib/model/engine/bucket.ts";
import { QuotaMemory } from "../../lib/read/memory.ts";
import { seriesInUnit, unitHistory } from "../../lib/read/units.ts";
import { assertEquals } from "../support/assert.ts";
import { MINUTE_MS, ONE_WEEK, reading, utc } from "../support/readings.ts";
import { openTestStore } from "../support/test_store.ts";
import { commitAll, pollsOf, QUOTA } from "../store/polls.ts";

const polled = (at: number, used: number, unit: "requests" | "credits") => ({
  at,
  readings: [reading({ used, unit, limit: unit === "requests" ? 100 : 500, window: ONE_WEEK })],
});

Deno.test("on a day with a change of unit at most the hour of the change is lost when fine buckets are gone", async () => {
  await using store = await openTestStore();
  await commitAll(
    store,
    pollsOf([
      polled(utc("2026-03-10 08:00"), 0, "requests"),
      polled(utc("2026-03-10 09:00"), 20, "requests"),
      polled(utc("2026-03-11 08:00"), 30, "requests"),
      polled(utc("2026-03-11 09:05"), 40, "requests"),
      polled(utc("2026-03-11 10:10"), 42, "requests"),
      // Five credits are one request.
      polled(utc("2026-03-11 10:20"), 215, "credits"),
      polled(utc("2026-03-11 11:30"), 250, "credits"),
      polled(utc("2026-03-12 08:00"), 300, "credits"),
    ]),
  );
  const now = utc("2026-03-12 09:00");
  const consumed = async (from: string, to: string) => {
    const query = { quota: QUOTA, from: utc(from), to: utc(to), step: DAY };
    return sumUp(await seriesInUnit(store, query, now, await unitHistory(store, QUOTA, now)))?.consumed;
  };
  const dayOfChange = () => consumed("2026-03-11", "2026-03-12");
  assertEquals(await dayOfChange(), 50 + 50 + 10 + 35);
  const keepMs = now - utc("2026-03-11 10:15");
  await store.prune({ readingsMs: keepMs, fiveMinutesMs: keepMs, outcomesMs: 0 }, now);
  assertEquals(await dayOfChange(), 50 + 50 + 35, "all but the ten of the hour of the change");
  assertEquals(await consumed("2026-03-10", "2026-03-13"), 100 + 135 + 50);
});

Deno.test("a day with two changes of unit counts once", async () => {
  await using store = await openTestStore();
  const polls = pollsOf([
    polled(utc("2026-03-10 08:00"), 0, "requests"),
    polled(utc("2026-03-11 08:00"), 10, "requests"),
    polled(utc("2026-03-11 09:00"), 20, "requests"),
    polled(utc("2026-03-11 10:00"), 100, "credits"),
    polled(utc("2026-03-11 11:00"), 150, "credits"),
    polled(utc("2026-03-11 12:00"), 40, "requests"),
    polled(utc("2026-03-11 13:00"), 45, "requests"),
  ]);
  await commitAll(store, polls);
  const now = utc("2026-03-12 09:00");
  const query = { quota: QUOTA, from: utc("2026-03-10"), to: utc("2026-03-12"), step: DAY };
  const days = await seriesInUnit(store, query, now, await unitHistory(store, QUOTA, now));
  // Fifty credits are ten requests.
  assertEquals(days.map(({ consumed }) => consumed), [0, 10 + 10 + 10 + 5]);
});

Deno.test("the rate right after a change of unit uses no later reading", async () => {
  await using store = await openTestStore();
  const at = (minute: number) => utc("2026-03-10 08:00") + minute * MINUTE_MS;
  const polls = pollsOf([
    polled(at(0), 10, "requests"),
    polled(at(1), 50, "credits"),
    polled(at(2), 60, "credits"),
    polled(at(2) + 1, 70, "credits"),
    polled(at(3), 400, "credits"),
  ]);
  await commitAll(store, polls);
  const state = polls[2]!.state.quotas["five-hour"]!;
  const rate = await new QuotaMemory().dayRate({ store, quota: QUOTA, state, now: at(2), version: 1 });
  assertEquals(rate, { perHour: 600, readings: 2 });
});

Deno.test("the units of a quota are read once for all sums of one moment", async () => {
  await using own = await openTestStore();
  const at = (minute: number) => utc("2026-03-10 08:00") + minute * MINUTE_MS;
  const polls = pollsOf([polled(at(0), 10, "requests"), polled(at(1), 50, "credits")]);
  await commitAll(own, polls);
  let asked = 0;
  const store = new Proxy(own, {
    get(target, name) {
      if (name === "terms") asked++;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const memory = new QuotaMemory();
  const state = polls[1]!.state.quotas["five-hour"]!;
  // Long after the change, whose own day is summed up from readings.
  const subject = { store, quota: QUOTA, state, now: at(100 * 24 * 60), version: 1 };
  await memory.dayRate(subject);
  await memory.buckets(subject, "UTC");
  assertEquals(asked, 1);
  await memory.dayRate({ ...subject, now: at(100 * 24 * 60 + 1) });
  assertEquals(asked, 2, "of another instant anew");
});
