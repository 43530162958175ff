/** Vendors that keep stating a reset that has passed, and the level before it, before they state the new window. */
import fc from "fast-check";
import type { Reading } from "../../lib/model/quota.ts";
import { assertClose, assertEquals } from "../support/assert.ts";
import { DAY_MS, FIVE_HOURS, HOUR_MS, MINUTE_MS, ONE_WEEK, replayOne, utc } from "../support/readings.ts";

const RESET = utc("2026-11-21 10:00");
const STEP_MS = 5 * MINUTE_MS;

interface Period {
  /** Levels of the limit at equal distances, never falling; the last one holds until the period's end. */
  readonly rises: readonly number[];
  /** How long after its beginning the vendor still states the period before it. */
  readonly lagMs: number;
}

/** States the use, or only what is left. */
const FORMS: readonly ((used: number) => Partial<Reading>)[] = [
  (used) => ({ used }),
  (used) => ({ used: null, remaining: 1000 - used }),
];

function levels({ rises }: Period): readonly number[] {
  let sum = 0;
  return rises.map((rise) => sum += rise);
}

/** Returns the readings of a vendor with these periods, five minutes apart. */
function readingsOf(periods: readonly Period[], window: Reading["window"], form: typeof FORMS[number]) {
  const lengthMs = window.seconds! * 1000;
  const step = lengthMs / 60;
  const began = (index: number) => RESET + (index - 1) * lengthMs;
  const readings: (Partial<Reading> & { at: number })[] = [];
  for (let at = began(0) + step; at < began(periods.length); at += step) {
    let index = Math.floor((at - began(0)) / lengthMs);
    const passed = at - began(index);
    // Until then the vendor states the end of the period before.
    const shownAt = passed < periods[index]!.lagMs && index > 0 ? began(index) - 1 : at;
    if (shownAt !== at) index--;
    const all = levels(periods[index]!);
    const place = Math.floor((shownAt - began(index)) / lengthMs * all.length);
    readings.push({ at, limit: 1000, window, resetsAt: began(index + 1), ...form(all[place] ?? 0) });
  }
  return readings;
}

const period = (lengthMs: number) =>
  fc.record({
    // A level that returns to exactly that of before is taken for it during a quarter of an hour.
    rises: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 6, maxLength: 6 }),
    lagMs: fc.integer({ min: 0, max: lengthMs * 0.6 }),
  });

for (const [name, window] of [["five hours", FIVE_HOURS], ["a week", ONE_WEEK]] as const) {
  Deno.test(`property: however late a vendor states the new window of ${name}, all of its use counts, in a cycle of its own`, () => {
    const lengthMs = window.seconds! * 1000;
    fc.assert(
      fc.property(
        fc.array(period(lengthMs), { minLength: 2, maxLength: 4 }),
        fc.constantFrom(...FORMS),
        (periods, form) => {
          const { cycles, entries } = replayOne(readingsOf(periods, window, form));
          // By definition: a period was used up to its last level, of which the first reading of all is the baseline.
          const used = periods.map((one) => levels(one).at(-1)!);
          const [first, ...rest] = used;
          const expected = [first! - levels(periods[0]!)[0]!, ...rest];
          assertEquals(cycles.map(({ consumed }) => consumed), expected);
          const total = entries.reduce((sum, { consumed }) => sum + consumed, 0);
          assertClose(total, expected.reduce((sum, one) => sum + one, 0), 1e-9);
          assertEquals(
            cycles.slice(0, -1).map(({ endedBy }) => endedBy.includes("reset-passed")),
            rest.map(() => true),
          );
        },
      ),
      { numRuns: 200, seed: 8 },
    );
  });
}

/** Readings before and after the due reset, five minutes apart: the old ones until `lagMs` after it. */
function around(lagMs: number, before: number, after: Partial<Reading>) {
  const readings: (Partial<Reading> & { at: number })[] = [];
  for (let at = RESET - 6 * STEP_MS; at <= RESET + 4 * HOUR_MS; at += STEP_MS) {
    const isOld = at <= RESET + lagMs;
    readings.push({ at, used: before, resetsAt: RESET, ...!isOld && after });
  }
  return replayOne(readings);
}

Deno.test("a level above the one before a reset that is stated an hour late counts wholly, not by the difference", () => {
  for (const lag of [0, 20, 60, 120]) {
    const { cycles } = around(lag * MINUTE_MS, 10, { used: 15, resetsAt: RESET + 5 * HOUR_MS });
    assertEquals(cycles.map(({ consumed }) => consumed), [0, 15], `${lag} minutes late`);
  }
});

Deno.test("so does a level somewhat below it", () => {
  for (const lag of [20, 60, 120]) {
    const { cycles } = around(lag * MINUTE_MS, 80, { used: 50, resetsAt: RESET + 5 * HOUR_MS });
    assertEquals(cycles.map(({ consumed }) => consumed), [0, 50], `${lag} minutes late`);
  }
});

Deno.test("a due reset that is only put off ends nothing, however late its new date is stated", () => {
  for (const lag of [0, 20, 60, 120]) {
    for (const used of [100, 101]) {
      // A window that ends two hours from now began three hours before the reset.
      const { cycles } = around(lag * MINUTE_MS, 100, { used, resetsAt: RESET + 2 * HOUR_MS });
      assertEquals(cycles.map(({ consumed }) => consumed), [used - 100], `${lag} minutes late`);
    }
    const week = { used: 99, window: ONE_WEEK };
    const { cycles } = replayOne([
      { at: RESET - STEP_MS, ...week, resetsAt: RESET },
      { at: RESET + lag * MINUTE_MS, ...week, resetsAt: RESET },
      { at: RESET + lag * MINUTE_MS + STEP_MS, ...week, resetsAt: RESET + 5 * DAY_MS },
    ]);
    assertEquals(cycles.length, 1);
  }
});

Deno.test("a window that was over when its quota was first read ends with the next one, of which all use counts", () => {
  const first = (used: number, next: Partial<Reading>) =>
    replayOne([
      { at: RESET + 10 * MINUTE_MS, used, resetsAt: RESET },
      { at: RESET + 15 * MINUTE_MS, used, resetsAt: RESET },
      { at: RESET + 40 * MINUTE_MS, resetsAt: RESET + 5 * HOUR_MS, ...next },
    ]).cycles.map(({ consumed }) => consumed);
  assertEquals(first(10, { used: 15 }), [0, 15]);
  assertEquals(first(80, { used: 50 }), [0, 50]);
  // Put off by two hours, it is the same window.
  assertEquals(first(10, { used: 15, resetsAt: RESET + 2 * HOUR_MS }), [5]);
  // A window that was not used and begins with its first use is no cycle of its own.
  assertEquals(first(0, { used: 15, resetsAt: RESET + 5 * HOUR_MS }), [15]);
});

Deno.test("a window that is first stated after its own end ends when the next one is stated", () => {
  const end = RESET + 5 * HOUR_MS;
  const { cycles, entries } = replayOne([
    { at: RESET - HOUR_MS, used: 20, resetsAt: RESET },
    // Nothing was read for hours, and the vendor is late.
    { at: end + 10 * MINUTE_MS, used: 30, resetsAt: end },
    { at: end + 20 * MINUTE_MS, used: 30, resetsAt: end },
    { at: end + 30 * MINUTE_MS, used: 40, resetsAt: end + 5 * HOUR_MS },
  ]);
  assertEquals(cycles.map(({ consumed }) => consumed), [0, 30, 40]);
  assertEquals(entries.map(({ consumed }) => consumed), [0, 30, 0, 40]);
  for (const { startedAt, endedAt } of cycles) assertEquals(endedAt === null || startedAt < endedAt, true);
});
