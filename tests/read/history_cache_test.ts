/** Lines of charts at their edges: where they begin and end, what is read again, and when they show times of use. */
import { createHub } from "../../lib/base/hub.ts";
import { type Bucket, createBucket, FIVE_MINUTES, HOUR, type Step } from "../../lib/model/engine/bucket.ts";
import type { Session } from "../../lib/model/engine/session.ts";
import type { HistoryRange, RangeName } from "../../lib/model/history/history.ts";
import { createHistoryCache } from "../../lib/read/history_cache.ts";
import type { Store } from "../../lib/store/store.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type Past, pastStore, storedAt } from "../support/past_store.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const QUOTA = "acme/work/five-hour";
const ACCOUNT = "acme/work";

const after = (minutes: number) => AT + minutes * MINUTE_MS;
const each = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
const readings = (minutes: readonly number[]) => ({
  [QUOTA]: minutes.map((minute, i) => storedAt(after(minute), { used: i % 100 })),
});

/** A bucket with a reading at its start and one some minutes later. */
function bucket(step: Step, startMinute: number, lastMinute = startMinute, used = 5): Bucket {
  const one = createBucket(reading({ used }), after(startMinute), { consumed: 1, reset: false }, step);
  return { ...one, lastAt: after(lastMinute), count: lastMinute === startMinute ? 1 : 2 };
}

/** A cache whose past a test may change. */
function cached(past: Past) {
  const clock = new FakeClock(AT);
  const hub = createHub();
  const world = { past };
  const store = new Proxy({}, { get: (_, name) => Reflect.get(pastStore(world.past), name) }) as Store;
  const open = () => createHistoryCache({ store, hub, clock });
  const cache = open();
  const line = async (span: HistoryRange, from = cache) => (await from.history(span, [QUOTA])).lines[0]!;
  const minutes = async (span: HistoryRange) =>
    (await line(span)).points.map(([at, share]) => share === null ? null : (at - AT) / MINUTE_MS);
  const changed = (next: Past) => {
    world.past = next;
    hub.publish({ kind: "account", account: ACCOUNT });
  };
  return { cache, clock, world, open, line, minutes, changed };
}

Deno.test("a line enters with the last reading before its range and ends with that of the moment", async () => {
  // Of the last hour, one minute more is read.
  const entered = async (all: readonly number[]) => {
    const found = await cached({ readings: readings(all) }).minutes({ range: "1h" });
    return [found[0], found.at(-1)];
  };
  assertEquals(await entered(each(-90, 5, 1)), [-62, 0]);
  assertEquals(await entered([-63.5, -61.5, -60.5, ...each(-59.5, 0.5, 1)]), [-61.5, -0.5]);
  assertEquals(await entered([...each(-60, 0, 1), 1 / 60_000]), [-60, 0]);
  assertEquals(await entered(each(-30, 0, 1)), [-30, 0]);
});

Deno.test("a line does not enter across a gap, but begins with one of its own", async () => {
  const begin = async (all: readonly number[]) =>
    (await cached({ readings: readings([...each(-90, all[0]! - 1, 1), ...all]) }).minutes({ range: "1h" }))
      .slice(0, 3);
  assertEquals(await begin([-62, ...each(-40, 0, 1)]), [-40, -39, -38]);
  assertEquals(await begin([-61, ...each(-40, 0, 1)]), [-62, -61, null]);
  const alone = cached({ readings: readings([-61, ...each(-20, 0, 1)]) });
  assertEquals((await alone.minutes({ range: "1h" })).slice(0, 3), [-61, null, -20]);
});

Deno.test("a cached line continues after each poll as if it were read as a whole", async () => {
  const all = each(-600, 60, 2.5);
  const buckets = (now: number) =>
    each(-600, 60, 5).filter((minute) => minute <= now)
      .map((minute) =>
        bucket(FIVE_MINUTES, minute, minute + 2.5 <= now ? minute + 2.5 : minute, minute + 700)
      );
  const past = (now: number) => ({ readings: readings(all), buckets: { [QUOTA]: buckets(now) } });
  const one = cached(past(0));
  for (const [place, jump] of [0, 1, 1.5, 2.5, 5, 7.5, 2.5, 20].entries()) {
    one.clock.jump(jump * MINUTE_MS);
    one.changed(past((one.clock.now() - AT) / MINUTE_MS));
    const fresh = one.open();
    for (const range of ["1h", "6h", "24h"] as const) {
      assertEquals([place, range, await one.line({ range })], [
        place,
        range,
        await one.line({ range }, fresh),
      ]);
      assertEquals(await one.cache.past(range, [QUOTA]), await fresh.past(range, [QUOTA]));
    }
    fresh.close();
  }
  one.cache.close();
});

Deno.test("a cached line continues with a reading a millisecond after its last", async () => {
  const one = cached({ readings: readings(each(-90, 0, 1)) });
  assertEquals((await one.line({ range: "1h" })).points.at(-1)![0], AT);
  one.clock.jump(1);
  one.changed({ readings: readings([...each(-90, 0, 1), 1 / MINUTE_MS]) });
  assertEquals((await one.line({ range: "1h" })).points.at(-1)![0], AT + 1);
});

Deno.test("a bucket that begins a millisecond from now is not shown yet", async () => {
  const one = cached({ buckets: { [QUOTA]: each(-20, 0, 5).map((minute) => bucket(FIVE_MINUTES, minute)) } });
  one.clock.jump(-1);
  assertEquals((await one.minutes({ range: "6h" })).at(-1), -5);
  one.clock.jump(1);
  one.changed(one.world.past);
  assertEquals((await one.minutes({ range: "6h" })).at(-1), 0);
});

Deno.test("a cached line is the same until its second point is three steps outside of the range", async () => {
  const one = cached({ readings: readings(each(-90, 0, 1)) });
  const first = await one.line({ range: "1h" });
  assertEquals(first.points[1]![0], after(-61));
  const isSame = async () => await one.line({ range: "1h" }) === first;
  assertEquals(await isSame(), true);
  one.clock.jump(2 * MINUTE_MS);
  assertEquals(await isSame(), true);
  one.clock.jump(1);
  assertEquals(await isSame(), false);
  // An hour ago, with the point before it.
  assertEquals((await one.line({ range: "1h" })).points[0]![0], after(-58));
});

Deno.test("the rhythm before a line decides whether its first pause is a gap, over sixteen distances", async () => {
  const hasGap = async (rare: number, often: number) => {
    const before = [...each(-69 - rare * 10, -69, 10), ...each(-68, -69 + often, 1)];
    const last = before.at(-1)!;
    const past = { readings: readings([...before, last + 20, last + 21, last + 22]) };
    const one = cached(past);
    one.clock.jump((last + 61.5) * MINUTE_MS);
    // A line does not enter across a gap.
    const [first] = await one.minutes({ range: "1h" });
    assert(first === last || first === last + 20);
    return first !== last;
  };
  // Every ten minutes as long as that is most of the distances.
  assertEquals([await hasGap(9, 7), await hasGap(8, 8)], [false, true]);
  assertEquals([await hasGap(30, 7), await hasGap(30, 8)], [false, true]);
});

Deno.test("the rhythm before a line ends with its first reading", async () => {
  // Ten distances of ten minutes and six of one; in the line, one of a millisecond and the pause.
  const before = [...each(-200, -100, 10), ...each(-99, -94, 1)];
  const soon = -94 + 1 / MINUTE_MS;
  const one = cached({ readings: readings([...before, soon, -74, -73, -72]) });
  one.clock.jump((soon + 61) * MINUTE_MS);
  const points = await one.minutes({ range: "1h" });
  assertEquals([points[0], points.length, points.includes(null)], [-94, 5, false]);
});

Deno.test("the rhythm before a line decides about its first pause, however many readings follow", async () => {
  // Read every ten minutes, then, after twenty, every minute.
  for (const count of [10, 14, 15, 16, 30]) {
    const past = { readings: readings([...each(-300, -60, 10), ...each(-40, -41 + count, 1)]) };
    assertEquals((await cached(past).minutes({ range: "1h" })).includes(null), false, String(count));
  }
});

Deno.test("the rhythm before a line is read only where a pause near its start may be a gap", async () => {
  const isRead = async (count: number, pauseAfter: number) => {
    const minutes = each(0, 5 * (count - 1), 5).map((minute, place) =>
      minute + (place < pauseAfter ? 0 : 20)
    );
    const last = minutes.at(-1) ?? 0;
    const buckets = minutes.map((minute) => bucket(FIVE_MINUTES, minute - last));
    let reads = 0;
    const past = pastStore({ buckets: { [QUOTA]: buckets } });
    const store = new Proxy(past, {
      get(target, name) {
        if (name === "readings") reads++;
        return Reflect.get(target, name);
      },
    });
    const cache = createHistoryCache({ store, hub: createHub(), clock: new FakeClock(AT) });
    await cache.history({ range: "6h" }, [QUOTA]);
    return reads > 0;
  };
  assertEquals([await isRead(1, 1), await isRead(16, 16), await isRead(40, 40)], [false, false, false]);
  // Sixteen distances before a pause tell; with fewer, those before the line count.
  assertEquals([await isRead(16, 1), await isRead(40, 1), await isRead(40, 16), await isRead(40, 17)], [
    true,
    true,
    true,
    false,
  ]);
});

Deno.test("a fixed range ends with the reading at its end and one after it", async () => {
  const one = cached({ readings: readings(each(0, 60, 1)) });
  const span = async (from: number, to: number) => {
    const found = await one.minutes({ from: after(from), to: after(to) });
    return [found[0], found.at(-1), found.length];
  };
  assertEquals(await span(10, 20), [9, 21, 13]);
  assertEquals(await span(10.5, 20.5), [10, 21, 12]);
  assertEquals(await span(10, 20 - 1 / MINUTE_MS), [9, 20, 12]);
});

Deno.test("where readings are gone a fixed range shows sums of five minutes up to the first reading", async () => {
  const sums = each(-60, 40, 5).map((minute) => bucket(FIVE_MINUTES, minute, minute + 4));
  const line = async (from: number, first: number, more: readonly Bucket[] = sums) => {
    const one = cached({ readings: readings(each(first, first + 30, 1)), buckets: { [QUOTA]: more } });
    return (await one.minutes({ from: after(from), to: after(first + 10) })).slice(0, 5);
  };
  assertEquals(await line(-16, 0), [-16, -11, -6, -1, 0]);
  // Also when hardly any are missing.
  assertEquals(await line(-1, 0), [-1, 0, 1, 2, 3]);
  assertEquals(await line(-0.5, 0), [0, 1, 2, 3, 4]);
  // The sum that ends with the first reading contains nothing else.
  assertEquals(await line(-6, 0, [bucket(FIVE_MINUTES, -10, -6), bucket(FIVE_MINUTES, -3, 0)]), [
    -6,
    0,
    1,
    2,
    3,
  ]);
});

Deno.test("a sum whose last reading is at the end of a fixed range is in it, a later one is not", async () => {
  const buckets = each(0, 1255, 5).map((minute) => bucket(FIVE_MINUTES, minute, minute + 2));
  const ends = async (to: number) => {
    const one = cached({ buckets: { [QUOTA]: buckets } });
    const { points } = await one.line({ from: AT, to });
    return (points.at(-1)![0] - AT) / MINUTE_MS;
  };
  // Shown in steps of ten minutes.
  assertEquals([await ends(after(1257)), await ends(after(1257) - 1)], [1257, 1252]);
  assertEquals([await ends(after(1252)), await ends(after(1252) - 1)], [1252, 1247]);
});

Deno.test("where sums of five minutes are gone, those of hours are shown up to them", async () => {
  const hour = (start: number, last: number) => bucket(HOUR, start, last);
  const line = async (from: number, begin: number, hours: readonly Bucket[]) => {
    const fine = each(begin, 600, 5).map((minute) => bucket(FIVE_MINUTES, minute, minute + 2));
    const one = cached({ buckets: { [QUOTA]: [...hours, ...fine] } });
    return (await one.minutes({ from: after(from), to: after(600) })).slice(0, 3);
  };
  assertEquals(await line(0, 120, [hour(0, 59), hour(60, 119)]), [59, 119, 122]);
  assertEquals(await line(60, 120, [hour(0, 59), hour(60, 119)]), [119, 122, 127]);
  // Less than an hour is missing.
  assertEquals(await line(65, 120, [hour(60, 119)]), [122, 127, 132]);
  // An hour of which a part is known in detail.
  assertEquals(await line(0, 90, [hour(0, 59), hour(60, 90)]), [59, 92, 97]);
});

function session(from: number, to: number): Session {
  return {
    account: ACCOUNT,
    startedAt: after(from),
    endedAt: after(to),
    lastRiseAt: after(to),
    readings: 2,
    quotas: [],
  };
}

Deno.test("times of use reach from those that end with the beginning to those that begin with the end", async () => {
  const all = [[61, 65], [60, 60], [30, 31], [-5, 0], [-9, -8]] as const;
  const { cache } = cached({ sessions: all.map(([from, to]) => session(from, to)) });
  const spans = async (from: number, to: number) => {
    const { sessions } = await cache.history({ from, to }, [QUOTA], true);
    return sessions!.flatMap(({ spans }) => spans.map((span) => span.map((at) => (at - AT) / MINUTE_MS)));
  };
  assertEquals(await spans(AT, after(60)), [[-5, 0], [30, 31], [60, 60]]);
  assertEquals(await spans(AT + 1, after(60) - 1), [[30, 31]]);
  assertEquals(await spans(AT, after(61) - 1), [[-5, 0], [30, 31], [60, 60]]);
});

Deno.test("times of use are shown on request, in up to 31 days, and of the newest thousand", async () => {
  const many = each(0, 1000, 1).map((minute) => session(-minute * 10, -minute * 10));
  const { cache } = cached({ sessions: many });
  const asked = async (length: number, wanted?: boolean) =>
    (await cache.history({ from: AT - length, to: AT }, [QUOTA], wanted)).sessions;
  const month = await asked(31 * DAY_MS, true);
  // Every ten minutes, which a month does not tell apart.
  assertEquals(month, [{ account: ACCOUNT, spans: [[AT - 999 * 10 * MINUTE_MS, AT]] }]);
  assertEquals(await asked(31 * DAY_MS + 1, true), []);
  assertEquals([await asked(HOUR_MS), await asked(HOUR_MS, false)], [undefined, undefined]);
  assert("sessions" in await cache.history({ range: "1h" as RangeName }, [QUOTA], true));
});

Deno.test("the data behind a line is that of the range, to the millisecond", async () => {
  const buckets = each(-400, 0, 5).map((minute) => bucket(FIVE_MINUTES, minute, minute + 4));
  const one = cached({ readings: readings(each(-90, 0, 1)), buckets: { [QUOTA]: buckets } });
  const firsts = async () => {
    const [hour] = await one.cache.past("1h", [QUOTA]);
    const [six] = await one.cache.past("6h", [QUOTA]);
    return [hour!.readings[0]!.at, six!.buckets[0]!.lastAt].map((at) => (at - AT) / MINUTE_MS);
  };
  assertEquals(await firsts(), [-60, -356]);
  one.clock.jump(4 * MINUTE_MS);
  assertEquals(await firsts(), [-56, -356]);
  one.clock.jump(1);
  assertEquals(await firsts(), [-55, -351]);
});
