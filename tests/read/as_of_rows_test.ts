/** Cycles, sessions and buckets as they were at an instant, to the millisecond and in the unit of that time. */
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import type { Session } from "../../lib/model/engine/session.ts";
import { createBucket, HOUR } from "../../lib/model/engine/bucket.ts";
import { cutBucket, cycleAt, rebuildReading, seriesAt, sessionAt } from "../../lib/read/as_of.ts";
import type { StoredReading } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { pastStore, storedAt } from "../support/past_store.ts";
import { FIVE_HOURS, HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const QUOTA = "acme/work/five-hour";
const OTHER = "acme/work/other";

/** Minutes after AT. */
const after = (minutes: number) => AT + minutes * MINUTE_MS;
const used = (minute: number, used: number | null, consumed: number, fields: Partial<StoredReading> = {}) =>
  storedAt(after(minute), { used, consumed, ...fields });

function cycle(fields: Partial<Cycle> = {}): Cycle {
  return {
    quota: QUOTA,
    startedAt: AT,
    endedAt: after(300),
    resetsAt: after(300),
    peak: 90,
    consumed: 95,
    limit: 400,
    count: 20,
    lastAt: after(290),
    whole: true,
    endedBy: ["reset-passed"],
    ...fields,
  };
}

Deno.test("a cycle whose last reading was by then is as stored, and still open if it ended later", async () => {
  const store = pastStore({});
  const ended = cycle();
  const open = cycle({ endedAt: null, endedBy: [] });
  const still = { ...ended, endedAt: null, endedBy: [] };
  const cases: readonly (readonly [stored: Cycle, now: number, expected: Cycle])[] = [
    [ended, after(300), ended],
    [ended, after(300) - 1, still],
    [ended, after(290), still],
    [open, after(290), open],
  ];
  for (const [stored, now, expected] of cases) assertEquals(await cycleAt(store, stored, now), expected);
});

Deno.test("of a cycle with later readings only those up to the instant count", async () => {
  const readings = [
    used(0, 5, 0),
    used(10, 30, 25, { resetsAt: after(299), limit: 200 }),
    used(20, 20, 1, { resetsAt: after(300), limit: 300 }),
    used(30, 70, 40),
  ];
  const store = pastStore({ readings: { [QUOTA]: readings } });
  const then = await cycleAt(store, cycle(), after(20));
  assertEquals(then, {
    ...cycle(),
    endedAt: null,
    endedBy: [],
    resetsAt: after(300),
    peak: 30,
    consumed: 26,
    limit: 300,
    count: 3,
    lastAt: after(20),
  });
  assertEquals((await cycleAt(store, cycle(), after(20) - 1)).count, 2);
  assertEquals((await cycleAt(store, cycle(), after(30) - 1)).count, 3);
  // Its reading before any value, and the one before its start.
  const blank = pastStore({ readings: { [QUOTA]: [used(-1, 50, 9), used(0, null, 0), used(9, 4, 4)] } });
  const first = await cycleAt(blank, cycle(), after(1));
  assertEquals([first.peak, first.consumed, first.count, first.lastAt], [null, 0, 1, AT]);
});

Deno.test("a cycle whose readings were deleted keeps its reset and limit, and nothing is known of its use", async () => {
  const then = await cycleAt(pastStore({}), cycle(), after(20));
  assertEquals(then, {
    ...cycle(),
    endedAt: null,
    endedBy: [],
    peak: null,
    consumed: 0,
    count: 0,
    lastAt: AT,
  });
});

Deno.test("the readings of a cycle are in the unit of the last one, as far as their limits tell", async () => {
  // Half a percent, then requests of which 200 are all, then credits of which 1000 are.
  const readings = [
    used(0, 10, 0, { limit: 100 }),
    used(10, 20, 10, { limit: null, remaining: 80 }),
    used(20, 44, 4, { limit: 200 }),
    used(30, 300, 80, { limit: 1000 }),
    used(40, 500, 200, { limit: 1000 }),
  ];
  const unitsUntil = (
    ...changes: readonly (readonly [minute: number, unit: "percent" | "requests" | null])[]
  ) => changes.map(([minute, unit]) => ({ until: after(minute), unit, plan: unit === null ? "Pro" : null }));
  const store = (terms: ReturnType<typeof unitsUntil>, all = readings) =>
    pastStore({
      readings: { [QUOTA]: all },
      terms: { [QUOTA]: terms },
      about: { [QUOTA]: { unit: "credits" } },
    });
  const readCycle = async (from: ReturnType<typeof store>, minute: number) => {
    const { peak, consumed, count } = await cycleAt(from, cycle(), after(minute));
    return [peak, consumed, count];
  };
  const both = store(unitsUntil([20, "percent"], [30, "requests"]));
  // One percent is ten credits, one request is five.
  assertEquals(await readCycle(both, 40), [500, 10 * 10 + 4 * 5 + 80 + 200, 5]);
  // Before the last change, one percent is two requests.
  assertEquals(await readCycle(both, 29), [44, 10 * 2 + 4, 3]);
  assertEquals(await readCycle(both, 10), [20, 10, 2]);
  // A change of the plan changes no amount.
  assertEquals(await readCycle(store(unitsUntil([20, null])), 40), [500, 294, 5]);
  // Without a limit on one side the amounts before cannot be compared.
  const unlimited = readings.map((one) => one.at < after(20) ? { ...one, limit: null } : one);
  assertEquals(
    await readCycle(store(unitsUntil([20, "percent"], [30, "requests"]), unlimited), 40),
    [500, 4 * 5 + 80 + 200, 3],
  );
  // No limit is taken over from another unit.
  const without = readings.map((one) => one.at === after(20) ? { ...one, limit: null } : one);
  assertEquals(await readCycle(store(unitsUntil([20, "percent"], [30, "requests"]), without), 40), [
    500,
    280,
    2,
  ]);
});

Deno.test("amounts in the unit of the instant keep every digit, converted ones twelve", async () => {
  const sum = 0.1 + 0.2;
  const readings = [used(0, sum, 0), used(1, sum, 0), used(2, 3 * sum, 0, { limit: 300 })];
  const of = async (minute: number) => {
    const store = pastStore({
      readings: { [QUOTA]: readings },
      terms: { [QUOTA]: [{ until: after(2), unit: "percent", plan: null }] },
    });
    return (await cycleAt(store, cycle(), after(minute))).peak;
  };
  assertEquals(await of(1), sum);
  const cut = await cutBucket(
    pastStore({
      readings: { [QUOTA]: readings },
      terms: { [QUOTA]: [{ until: after(2), unit: "percent", plan: null }] },
    }),
    QUOTA,
    AT,
    after(2),
    HOUR,
  );
  assertEquals([cut!.first, cut!.last, cut!.count], [0.9, 3 * sum, 3]);
});

Deno.test("a reading is restored with the fields that were stated, and no others", () => {
  const about = { label: "Five hours", unit: "requests", window: FIVE_HOURS } as const;
  const plain = { quota: "five-hour", ...about, used: 7, limit: 100, remaining: 93, resetsAt: AT };
  const fields = {
    source: "statusline",
    startedAt: AT - 1,
    refillPerHour: 0,
    allowed: false,
    currency: "EUR",
  } as const;
  const stored = storedAt(AT, { used: 7, remaining: 93, resetsAt: AT });
  assertEquals(rebuildReading("five-hour", about, stored), plain);
  for (const [name, value] of Object.entries(fields)) {
    assertEquals(rebuildReading("five-hour", about, { ...stored, [name]: value }), {
      ...plain,
      [name]: value,
    });
  }
});

Deno.test("buckets end with the one of the instant, without readings after it", async () => {
  const hour = (start: number, minutes: readonly number[]) => ({
    ...createBucket(reading(), start, { consumed: 50, reset: false }, HOUR),
    lastAt: start + minutes.at(-1)! * MINUTE_MS,
    count: minutes.length,
  });
  const buckets = [hour(AT - HOUR_MS, [0, 50]), hour(AT, [0, 10, 20]), hour(AT + HOUR_MS, [0])];
  const readings = [used(0, 1, 0), used(10, 3, 2), used(20, 9, 6)];
  const counts = async (now: number, from: number, to: number, raw = readings) => {
    const store = pastStore({ readings: { [QUOTA]: raw }, buckets: { [QUOTA]: buckets } });
    return (await seriesAt(store, { quota: QUOTA, from, to, step: HOUR }, now)).map(({ count }) => count);
  };
  const [from, to] = [AT - HOUR_MS, AT + 2 * HOUR_MS];
  assertEquals(await counts(after(9), from, to), [2, 1]);
  assertEquals(await counts(after(10), from, to), [2, 2]);
  assertEquals(await counts(after(20), from, to), [2, 3]);
  assertEquals(await counts(after(60), from, to), [2, 3, 1]);
  // Expired readings: the bucket is only known as a whole.
  assertEquals(await counts(after(20), from, to, []), [2, 3]);
  assertEquals(await counts(after(20) - 1, from, to, []), [2]);
  // A bucket that starts outside of the range is not in it.
  assertEquals(await counts(after(15), from, AT), [2]);
  assertEquals(await counts(after(15), AT, to), [2]);
  assertEquals(await counts(after(15), AT + 1, to), []);
  assertEquals(await counts(after(15), from, AT + 1), [2, 2]);
  assertEquals(await counts(after(-1), from, to), [2]);
});

function session(fields: Partial<Session> = {}): Session {
  const quota = { start: 0, leftStart: null, leftEnd: null, consumed: 60 };
  return {
    account: "acme/work",
    startedAt: AT,
    endedAt: after(60),
    lastRiseAt: after(60),
    readings: 40,
    quotas: [
      { quota: "five-hour", startedAt: AT, lastRiseAt: after(60), end: 60, ...quota },
      { quota: "other", startedAt: after(20), lastRiseAt: after(50), end: 50, ...quota },
    ],
    ...fields,
  };
}

Deno.test("a session counts the rises up to the instant, and the readings between the first and the last", async () => {
  const store = pastStore({
    readings: {
      [QUOTA]: [
        used(0, 9, 9),
        used(5, 10, 1),
        used(10, 10, 0),
        used(15, 14, 4, { remaining: 86 }),
        used(20, 14, 0, { remaining: 86 }),
        used(60, 60, 46),
      ],
      [OTHER]: [used(20, 3, 3), used(30, 3, 0), used(40, 4.5, 1.5), used(50, 50, 5.5)],
    },
  });
  const at = async (now: number) => {
    const found = await sessionAt(store, session(), now);
    return found && {
      ends: [found.endedAt, found.lastRiseAt - AT, found.readings],
      quotas: found.quotas.map(({ quota, lastRiseAt, end, leftEnd, consumed }) => [
        quota,
        (lastRiseAt - AT) / MINUTE_MS,
        end,
        leftEnd,
        consumed,
      ]),
    };
  };
  // The reading at its start is only what it began with.
  assertEquals(await at(after(5) - 1), null);
  assertEquals(await at(after(5)), {
    ends: [null, 5 * MINUTE_MS, 1],
    quotas: [["five-hour", 5, 10, null, 1]],
  });
  assertEquals(await at(after(15)), {
    ends: [null, 15 * MINUTE_MS, 3],
    quotas: [["five-hour", 15, 14, 86, 5]],
  });
  assertEquals(await at(after(45)), {
    ends: [null, 40 * MINUTE_MS, 3],
    quotas: [["five-hour", 15, 14, 86, 5], ["other", 40, 4.5, null, 1.5]],
  });
});

Deno.test("a rise a millisecond after the start of a session is in it, one at its start is not", async () => {
  const readings = { [QUOTA]: [used(0, 9, 9), storedAt(AT + 1, { used: 10, consumed: 1 })], [OTHER]: [] };
  const then = await sessionAt(pastStore({ readings }), session(), after(9));
  assertEquals([then?.lastRiseAt, then?.readings, then?.quotas[0]?.consumed], [AT + 1, 1, 1]);
});

Deno.test("a session whose last rise was by then is as stored and may continue, with or without readings", async () => {
  const store = pastStore({});
  assertEquals(await sessionAt(store, session(), after(60)), { ...session(), endedAt: null });
  assertEquals(await sessionAt(store, session(), after(60) - 1), null);
});

Deno.test("a session is in the unit of the instant, when the unit of one of its quotas changed later", async () => {
  const readings = {
    [QUOTA]: [used(0, 0, 0), used(10, 10, 10), used(60, 24, 14), used(200, 900, 1)],
    [OTHER]: [used(20, 0, 0), used(50, 7, 7)],
  };
  const at = async (now: number, unit: "percent" | null = "percent", quotas = readings) => {
    const store = pastStore({
      readings: quotas,
      terms: {
        [QUOTA]: [
          { until: after(-60), unit: "usd", plan: null },
          { until: after(100), unit, plan: "Pro" },
        ],
      },
    });
    return (await sessionAt(store, session(), now))?.quotas.map(({ consumed }) => consumed);
  };
  // Stored in the unit of the change and later.
  assertEquals(await at(after(100)), [60, 60]);
  assertEquals(await at(after(100) - 1), [24, 7]);
  assertEquals(await at(after(60)), [24, 7]);
  assertEquals(await at(after(60), null), [60, 60]);
  // Without readings the stored amounts are all there is.
  assertEquals(await at(after(60), "percent", { [QUOTA]: [], [OTHER]: [] }), [60, 60]);
});
