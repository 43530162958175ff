import fc from "fast-check";
import { createPerson, storyStart } from "../../lib/demo/person.ts";
import { decideByChance } from "../../lib/demo/random.ts";
import { createWork, scaledTo } from "../../lib/demo/work.ts";
import { wallTime } from "../../lib/model/time.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ZONE = "Europe/Berlin";
// A Saturday night, and the month before it contains the end of daylight saving time.
const ANCHOR = Date.parse("2026-11-21T22:17:03.120Z");

const options = {
  name: "requests",
  share: 0.8,
  perHour: 50,
  running: { sinceMs: 3 * HOUR, amount: 140, perHour: 30 },
} as const;
const work = createWork(createPerson({ seed: 1, anchor: ANCHOR, zone: ZONE }), options);
const instant = fc.integer({ min: ANCHOR - 64 * DAY, max: ANCHOR + 10 * DAY });

Deno.test("chance() gives the same number for the same place and spreads over [0, 1)", () => {
  const counts = new Array<number>(10).fill(0);
  for (let index = 0; index < 10_000; index++) {
    const number = decideByChance(3, "spread", index);
    assert(number >= 0 && number < 1);
    assertEquals(number, decideByChance(3, "spread", index));
    const bin = Math.floor(number * 10);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  for (const count of counts) assert(count > 850 && count < 1150, `Expected about 1000, got ${count}`);
  assert(decideByChance(3, "a", 1) !== decideByChance(4, "a", 1));
  assert(decideByChance(3, "a", 1) !== decideByChance(3, "b", 1));
  assert(decideByChance(3, 1) !== decideByChance(3, 1 + 2 ** 32));
});

Deno.test("demand never falls, for any times in any order", () => {
  fc.assert(fc.property(instant, instant, (one, other) => {
    const [early, late] = one < other ? [one, other] : [other, one];
    assert(work.doneBy(early) <= work.doneBy(late));
  }));
});

Deno.test("the same seed gives the same demand, another seed another", () => {
  fc.assert(
    fc.property(fc.integer(), instant, (seed, at) => {
      const own = () => createWork(createPerson({ seed, anchor: ANCHOR, zone: ZONE }), options).doneBy(at);
      assertEquals(own(), own());
    }),
    { numRuns: 10 },
  );
  const other = createWork(createPerson({ seed: 2, anchor: ANCHOR, zone: ZONE }), options);
  assert(other.doneBy(ANCHOR) !== work.doneBy(ANCHOR));
});

Deno.test("nextUse() returns a time before which nothing and after which something is demanded", () => {
  fc.assert(fc.property(instant, fc.integer({ min: 0, max: 3 * DAY }), (from, span) => {
    const next = work.nextUse(from, from + span);
    if (next === null) return;
    assert(next >= from && next <= from + span);
    assert(work.doneBy(next + 10 * 60_000) > work.doneBy(next));
    // It may delay the start within one slot, never longer.
    assertEquals(work.doneBy(Math.max(from, next - 10 * 60_000)), work.doneBy(from));
  }));
});

Deno.test("the person works by day on weekdays and sleeps at night", () => {
  const person = createPerson({ seed: 1, anchor: ANCHOR, zone: ZONE });
  assert(person.jobs.length > 300);
  let weekday = 0;
  for (const job of person.jobs) {
    const { hour, year, month, day } = wallTime(job.from, ZONE);
    assert(hour >= 8 && hour < 24, `Expected no job at ${hour} o'clock`);
    const name = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
    if (name >= 1 && name <= 5) weekday++;
  }
  assert(weekday / person.jobs.length > 0.75);
  for (const rest of person.rests) {
    assert(rest.to > rest.from);
    assert(rest.to < ANCHOR - DAY, "Expected the last day without a rest");
    assert(!person.jobs.some((job) => job.from < rest.to && job.to > rest.from), "Expected no job in a rest");
  }
});

Deno.test("the job running at the anchor has its set demand, and continues", () => {
  const since = ANCHOR - options.running.sinceMs;
  assertClose(work.doneBy(ANCHOR) - work.doneBy(since), options.running.amount, 1e-9);
  assertEquals(work.doneBy(since - 5 * HOUR), work.doneBy(since));
  for (let minute = 0; minute < 24 * 60; minute++) {
    const at = ANCHOR + minute * 60_000;
    assert(work.doneBy(at + 60_000) > work.doneBy(at));
  }
  const perDay = work.doneBy(ANCHOR + DAY) - work.doneBy(ANCHOR);
  assertClose(perDay, 24 * options.running.perHour, 0.1);
});

Deno.test("there is no demand before the story", () => {
  const start = storyStart({ seed: 1, anchor: ANCHOR, zone: ZONE, jobs: [], rests: [] });
  assertEquals(work.doneBy(start), 0);
  assertEquals(work.doneBy(start - DAY), 0);
});

Deno.test("scaledTo() gives the desired growth between two times", () => {
  const scaled = scaledTo(work.doneBy, ANCHOR - 5 * DAY, ANCHOR, 42);
  assertClose(scaled(ANCHOR) - scaled(ANCHOR - 5 * DAY), 42, 1e-9);
});
