/** Use by slot of a calendar: which sums it is added up from, when it began, and what is read again. */
import {
  type Bucket,
  createBucket,
  DAY,
  FIVE_MINUTES,
  HOUR,
  type Step,
} from "../../lib/model/engine/bucket.ts";
import { listSlots, type Slot } from "../../lib/model/history/usage.ts";
import { createUsageMemory, type UsageQuery } from "../../lib/read/usage.ts";
import type { Store } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { type Past, pastStore, storedAt } from "../support/past_store.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const TODAY = utc("2026-11-21");
const YESTERDAY = utc("2026-11-20");
const QUOTA = "acme/work/five-hour";

const bucket = (step: Step, at: number, consumed: number): Bucket =>
  createBucket(reading({ used: 1, limit: 10 }), at, { consumed, reset: false }, step);

/** A memory whose store, clock and version a test may change. */
function remember(past: Past, now = AT) {
  const world = { past, now, version: 1 };
  const store = new Proxy({}, {
    get: (_, name) => Reflect.get(pastStore(world.past), name),
  }) as Store;
  const memory = createUsageMemory(store, () => world.now, () => world.version);
  const ask = async (interval: UsageQuery["interval"], slots: readonly Slot[]) => {
    const [uses] = await memory.usage({ quotas: [QUOTA], interval, slots, zone: "UTC" });
    return { consumed: uses!.uses.map((use) => use?.consumed ?? null), since: uses!.since };
  };
  return { world, ask };
}

Deno.test("slots of minutes are summed from buckets of five, hours and days from those of an hour", async () => {
  const buckets = [
    bucket(HOUR, AT - 2 * HOUR_MS, 500),
    bucket(HOUR, AT - HOUR_MS, 1000),
    bucket(HOUR, AT, 2000),
    ...[-60, -55, -5, 0, 5, 25, 30].map((minute, i) => bucket(FIVE_MINUTES, AT + minute * MINUTE_MS, 2 ** i)),
  ];
  const { ask } = remember(
    { readings: { [QUOTA]: [storedAt(AT)] }, buckets: { [QUOTA]: buckets } },
    AT + HOUR_MS,
  );
  const consumed = async (interval: UsageQuery["interval"], from: number, to: number) =>
    (await ask(interval, listSlots(interval, AT + from * MINUTE_MS, AT + to * MINUTE_MS, "UTC"))).consumed;
  assertEquals(await consumed("5m", -10, 15), [null, 4, 8, 16, null]);
  assertEquals(await consumed("5m", 0, 5), [8]);
  assertEquals(await consumed("5m", 0, 0), []);
  assertEquals(await consumed("30m", -60, 60), [1 + 2, 4, 8 + 16 + 32, 64]);
  assertEquals(await consumed("1h", -60, 60), [1000, 2000]);
  assertEquals(await consumed("1d", 0, 1), [3500]);
  // Of an hour of which nothing finer is left, it is unknown in which part something was used.
  assertEquals(await consumed("30m", -120, 0), [null, null, 1 + 2, 4]);
  assertEquals(await consumed("5m", -120, -50), [...Array.from({ length: 12 }, () => null), 1, 2]);
});

Deno.test("use began with the first reading, or with the first day if the readings of that are gone", async () => {
  const since = async (past: Past, now = AT) =>
    (await remember(past, now).ask("1d", listSlots("1d", AT, AT + 1, "UTC"))).since;
  const readings = (...ats: readonly number[]) => ({ [QUOTA]: ats.map((at) => storedAt(at)) });
  const days = (...ats: readonly number[]) => ({ [QUOTA]: ats.map((at) => bucket(DAY, at, 1)) });
  assertEquals(await since({}), null);
  assertEquals(await since({ readings: readings(AT - 5, AT - 3) }), AT - 5);
  assertEquals(await since({ readings: readings(AT) }), AT);
  assertEquals(await since({ readings: readings(AT + 1) }), null);
  const early = AT - 9 * DAY_MS;
  assertEquals(
    await since({ readings: readings(AT - 5), buckets: days(early, early + DAY_MS, AT - 5) }),
    early,
  );
  assertEquals(await since({ buckets: days(early, early + DAY_MS) }), early);
  // The day of the first reading is known in part only.
  assertEquals(await since({ readings: readings(TODAY), buckets: days(TODAY) }), TODAY);
});

Deno.test("use in a unit that cannot be converted began with the change, otherwise before it", async () => {
  const change = AT - DAY_MS;
  const at = async (
    limits: readonly [before: number | null, after: number | null],
    more: Past["terms"] = {},
  ) => {
    const readings = [
      storedAt(change - HOUR_MS, { limit: limits[0] }),
      storedAt(change, { limit: limits[1] }),
    ];
    const terms = { [QUOTA]: [{ until: change, unit: "percent" as const, plan: null }], ...more };
    return (await remember({ readings: { [QUOTA]: readings }, terms }).ask(
      "1d",
      listSlots("1d", AT, AT + 1, "UTC"),
    ))
      .since;
  };
  assertEquals([await at([100, 500]), await at([null, 500])], [change - HOUR_MS, change]);
});

Deno.test("after a poll the beginning is sought again, unless it is settled", async () => {
  const slots = listSlots("1d", AT, AT + 1, "UTC");
  const sought = async (first: number, isPolled = true) => {
    const { world, ask } = remember({ readings: { [QUOTA]: [storedAt(first)] } });
    assertEquals((await ask("1d", slots)).since, first);
    world.past = { readings: { [QUOTA]: [storedAt(first - 5), storedAt(first)] } };
    if (isPolled) world.version++;
    // Another list of slots, so that it is computed.
    return (await ask("1d", [...slots])).since === first - 5;
  };
  assertEquals([await sought(AT), await sought(AT, false)], [true, false]);
  // Of yesterday and today, nothing is settled.
  assertEquals([await sought(YESTERDAY), await sought(YESTERDAY - 1)], [true, false]);
});

Deno.test("an answer is read again after a poll where it is not settled, and as a whole after six hours", async () => {
  const days = [0, 1, 2, 3].map((back) => TODAY - back * DAY_MS);
  const buckets = (consumed: number) => ({
    [QUOTA]: days.toReversed().map((day) => bucket(HOUR, day, consumed)),
  });
  const slots = listSlots("1d", days.at(-1)!, AT, "UTC");
  const { world, ask } = remember({ readings: { [QUOTA]: [storedAt(days.at(-1)!)] }, buckets: buckets(1) });
  const consumed = async () => (await ask("1d", slots)).consumed;
  assertEquals(await consumed(), [1, 1, 1, 1]);
  world.past = { ...world.past, buckets: buckets(2) };
  assertEquals(await consumed(), [1, 1, 1, 1]);
  world.version++;
  assertEquals(await consumed(), [1, 1, 2, 2]);
  world.now = AT + 6 * HOUR_MS - 1;
  assertEquals(await consumed(), [1, 1, 2, 2]);
  world.now = AT + 6 * HOUR_MS;
  assertEquals(await consumed(), [2, 2, 2, 2]);
});

Deno.test("after a poll only the quotas of its account are read again, of a fleet as well", async () => {
  const quotas = Array.from({ length: 2000 }, (_, i) => `acme/team-${i}/five-hour` as const);
  const read: string[] = [];
  const past = pastStore({});
  const store = new Proxy({}, {
    get: (_, name) => (query: { readonly quota?: string }, ...rest: unknown[]) => {
      if (query.quota !== undefined) read.push(query.quota);
      return Reflect.get(past, name)(query, ...rest);
    },
  }) as Store;
  let polled = "";
  const memory = createUsageMemory(store, () => AT, (account) => account === polled ? 2 : 1);
  const ask = () =>
    memory.usage({ quotas, interval: "1d", slots: listSlots("1d", YESTERDAY, AT, "UTC"), zone: "UTC" });
  await ask();
  assertEquals(new Set(read.splice(0)).size, 2000);
  polled = "acme/team-7";
  await ask();
  assertEquals([...new Set(read.splice(0))], ["acme/team-7/five-hour"]);
  await ask();
  assertEquals(read, []);
});
