/** What is remembered of a quota: the same as what is read anew, with few reads. */
import type { QuotaState } from "../../lib/model/engine/advance.ts";
import { DAY, HOUR } from "../../lib/model/engine/bucket.ts";
import { QuotaMemory, type Subject } from "../../lib/read/memory.ts";
import type { SeriesQuery, Store } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, FIVE_HOURS, HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";
import { type Entry, storedReadings } from "./stored.ts";

const QUOTA = "acme/work/five-hour";
const TODAY = utc("2026-11-21");
const NOW = utc("2026-11-21 13:30");
const daysAgo = (days: number, ms = 0) => TODAY - days * DAY_MS + ms;

/** A reading on its own, of which all was consumed since the one before it. */
const use = (at: number, consumed = 1, fields: Partial<Entry> = {}): Entry => ({ at, consumed, ...fields });

function subjectOf(store: Store, fields: Partial<Subject> = {}): Subject {
  const state = {
    at: NOW,
    cycle: { startedAt: NOW },
    reading: { window: FIVE_HOURS },
  } as unknown as QuotaState;
  return { store, quota: QUOTA, state, now: NOW, version: 1, ...fields };
}

/** A state whose use since an instant the next reading may still correct. */
const inDoubt = (at: number): QuotaState => ({ at, held: {} }) as unknown as QuotaState;
const SETTLED: QuotaState = { at: NOW } as unknown as QuotaState;

const consumedOn = async (memory: QuotaMemory, subject: Subject, zone = "UTC") =>
  (await memory.buckets(subject, zone)).days.map(({ start, consumed }) => [
    (TODAY - start) / DAY_MS,
    consumed,
  ]);

Deno.test("the days of a quota are the last 62 of its zone with readings, and its hours the last 25 and this one", async () => {
  const { store } = storedReadings([
    use(daysAgo(62, DAY_MS - 1), 1),
    use(daysAgo(61), 2),
    use(daysAgo(61, DAY_MS - 1), 4),
    use(daysAgo(3), 8),
    use(utc("2026-11-20 11:59"), 16),
    use(utc("2026-11-20 12:00"), 32),
    use(utc("2026-11-21 13:00"), 64),
    use(NOW, 128),
    use(NOW + 1, 256),
  ]);
  const { days, hours } = await new QuotaMemory().buckets(subjectOf(store), "UTC");
  assertEquals(days.map(({ start, step, consumed }) => [(TODAY - start) / DAY, step, consumed]), [
    [61, DAY, 6],
    [3, DAY, 8],
    [1, DAY, 48],
    [0, DAY, 192],
  ]);
  assertEquals(hours.map(({ start, consumed }) => [start, consumed]), [
    [utc("2026-11-20 12:00"), 32],
    [utc("2026-11-21 13:00"), 192],
  ]);
  // In Kathmandu, the 21st began at 18:15 on the 20th.
  const evening = storedReadings([use(utc("2026-11-20 18:14")), use(utc("2026-11-20 18:15"), 2)]).store;
  const nepal = (await new QuotaMemory().buckets(subjectOf(evening), "Asia/Kathmandu")).days;
  assertEquals(nepal.map(({ start, consumed }) => [start, consumed]), [
    [utc("2026-11-19 18:15"), 1],
    [utc("2026-11-20 18:15"), 2],
  ]);
});

Deno.test("an hour at whose very beginning it is now is in progress", async () => {
  const now = utc("2026-11-21 13:00");
  const { store } = storedReadings([use(now - 1), use(now, 2)]);
  const memory = new QuotaMemory();
  const { days, hours } = await memory.buckets(subjectOf(store, { now }), "UTC");
  assertEquals([days[0]!.consumed, hours.map(({ consumed }) => consumed)], [3, [1, 2]]);
  assertEquals((await memory.lifetime(subjectOf(store, { now })))?.consumed, 3);
  const midnight = storedReadings([use(TODAY - 1), use(TODAY, 2)]).store;
  assertEquals((await new QuotaMemory().lifetime(subjectOf(midnight, { now: TODAY })))?.consumed, 3);
});

/** Readings of every noon, one more for each day; and an hour ago. */
const NOONS = Array.from({ length: 70 }, (_, i) => use(daysAgo(69 - i, DAY_MS / 2), i + 1));

/** Returns since when each series was read again, in days before today. */
const readAgain = (asked: SeriesQuery[], step = HOUR) =>
  asked.splice(0).filter((query) => query.step === step && query.to - query.from > 26 * HOUR_MS)
    .map(({ from }) => (TODAY - from) / DAY_MS);

Deno.test("days are read again only since yesterday, or since they may still be corrected", async () => {
  const { store, asked } = storedReadings(NOONS);
  const memory = new QuotaMemory();
  const all = NOONS.slice(8).map(({ consumed }, i) => [61 - i, consumed]);
  const daysAt = async (fields: Partial<Subject>, zone?: string) =>
    await consumedOn(memory, subjectOf(store, fields), zone);
  assertEquals(await daysAt({ version: 1, state: SETTLED }), all);
  assertEquals(readAgain(asked), [61, 1]);
  assertEquals(await daysAt({ version: 1, state: SETTLED }), all);
  assertEquals(readAgain(asked), [], "nothing changed");
  assertEquals(await daysAt({ version: 2, state: SETTLED }), all);
  assertEquals(readAgain(asked), [1], "only what is in progress");

  const corrected = daysAgo(5, HOUR_MS);
  assertEquals(await daysAt({ version: 3, state: inDoubt(corrected) }), all);
  assertEquals(readAgain(asked), [61, 5], "days that were final may be corrected");
  assertEquals(await daysAt({ version: 4, state: inDoubt(corrected) }), all);
  assertEquals(readAgain(asked), [5]);
  assertEquals(await daysAt({ version: 5, state: SETTLED }), all);
  assertEquals(readAgain(asked), [5, 1], "they have become final");
});

Deno.test("each day, the oldest of the days is dropped, whether or not more of them have become final", async () => {
  for (const state of [SETTLED, inDoubt(daysAgo(20))]) {
    const { store } = storedReadings(NOONS);
    const memory = new QuotaMemory();
    for (let day = -8; day <= 3; day++) {
      const now = NOW + day * DAY_MS;
      const first = Math.max(0, 8 + day);
      const seen = NOONS.slice(first).filter(({ at }) => at <= now).map(({ at, consumed }) => [
        Math.floor((TODAY - at) / DAY_MS) + 1,
        consumed,
      ]);
      assertEquals([day, await consumedOn(memory, subjectOf(store, { now, state, version: day }))], [
        day,
        seen,
      ]);
    }
  }
});

Deno.test("days are all read when they are final again after months in which none was", async () => {
  const { store } = storedReadings(NOONS);
  const memory = new QuotaMemory();
  const before = NOW - 5 * DAY_MS;
  const early = subjectOf(store, { now: before, state: inDoubt(daysAgo(300)) });
  assertEquals((await consumedOn(memory, early)).length, 62);
  const late = subjectOf(store, { state: SETTLED, version: 2 });
  assertEquals((await consumedOn(memory, late)).length, 62);
});

Deno.test("days and hours follow the zone, the clock, and the version of the account", async () => {
  const entries = [...NOONS];
  const { store } = storedReadings(entries);
  const memory = new QuotaMemory();
  const subject = subjectOf(store, { state: SETTLED });
  const last = async (fields: Partial<Subject>, zone = "UTC") => {
    const { days, hours } = await memory.buckets({ ...subject, ...fields }, zone);
    return [days.at(-1)!.start, days.at(-1)!.consumed, hours.length, days.length];
  };
  assertEquals(await last({}), [TODAY, 70, 2, 62]);
  assertEquals(await last({}, "Asia/Tokyo"), [utc("2026-11-20 15:00"), 70, 2, 62]);
  assertEquals(await last({}), [TODAY, 70, 2, 62]);
  entries.push(use(NOW - 1, 100));
  assertEquals(await last({}), [TODAY, 70, 2, 62], "until an event tells of it");
  assertEquals(await last({ version: 2 }), [TODAY, 170, 3, 62]);
  // Another hour, and another day: the oldest reading is no longer in it.
  assertEquals(await last({ version: 2, now: NOW + HOUR_MS }), [TODAY, 170, 2, 62]);
  assertEquals(await last({ version: 2, now: TODAY + DAY_MS - 1 }), [TODAY, 170, 2, 62]);
  assertEquals(await last({ version: 2, now: TODAY + DAY_MS }), [TODAY, 170, 2, 61]);
  // Set back to the day before, and to its end.
  assertEquals(await last({ version: 2, now: TODAY - 1 }), [TODAY - DAY_MS, 69, 1, 62]);
  assertEquals(await last({ version: 2, now: TODAY + DAY_MS / 2 }), [TODAY, 70, 2, 62]);
});

Deno.test("the total of a quota covers all its readings, and the final ones are read once", async () => {
  const entries = [use(1, 1000), ...NOONS];
  const { store, asked } = storedReadings(entries);
  const memory = new QuotaMemory();
  const sum = NOONS.reduce((sum, { consumed = 0 }) => sum + consumed, 1000);
  const total = async (fields: Partial<Subject>) => {
    const lifetime = await memory.lifetime(subjectOf(store, fields));
    return [
      lifetime?.consumed,
      lifetime?.firstAt,
      asked.splice(0).filter(({ to }) => to < NOW).map((
        { from, to },
      ) => [from === 0 ? null : (TODAY - from) / DAY_MS, (TODAY - to) / DAY_MS]),
    ];
  };
  assertEquals(await total({ state: SETTLED, version: 1 }), [sum, 1, [[null, 1], [1, 0]]]);
  assertEquals(await total({ state: SETTLED, version: 1 }), [sum, 1, []], "nothing changed");
  assertEquals(await total({ state: SETTLED, version: 2 }), [sum, 1, [[1, 0]]]);
  const old = inDoubt(daysAgo(5, HOUR_MS));
  assertEquals(await total({ state: old, version: 3 }), [sum, 1, [[null, 5], [5, 0]]]);
  assertEquals(await total({ state: old, version: 4 }), [sum, 1, [[5, 0]]]);
  assertEquals(await total({ state: SETTLED, version: 5 }), [sum, 1, [[5, 1], [1, 0]]]);
  entries.push(use(NOW - 1, 100));
  assertEquals((await total({ state: SETTLED, version: 5 }))[0], sum, "until an event tells of it");
  assertEquals((await total({ state: SETTLED, version: 6 }))[0], sum + 100);
  assertEquals(await new QuotaMemory().lifetime(subjectOf(storedReadings([]).store)), null);
});

Deno.test("sums in an earlier unit are forgotten when the unit changes", async () => {
  const entries = [use(daysAgo(9), 5), use(daysAgo(1, HOUR_MS), 5)];
  const { store } = storedReadings(entries);
  const memory = new QuotaMemory();
  const consumed = async (fields: Partial<Subject>) => {
    const subject = subjectOf(store, { state: SETTLED, ...fields });
    return [
      (await memory.lifetime(subject))?.consumed,
      (await consumedOn(memory, subject)).map(([, consumed]) => consumed),
    ];
  };
  assertEquals(await consumed({ version: 1 }), [10, [5, 5]]);
  // One request is two credits.
  entries.push(use(NOW - HOUR_MS, 7, { unit: "credits", limit: 200 }));
  assertEquals(await consumed({ version: 2 }), [27, [10, 10, 7]]);
  entries.push(use(NOW - MINUTE_MS, 1, { unit: "credits", limit: 200 }));
  assertEquals(await consumed({ version: 3 }), [28, [10, 10, 8]]);
});
