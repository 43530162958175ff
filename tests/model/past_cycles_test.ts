/** What is remembered of a past cycle, and what several of them say about the rest of the current one. */
import {
  computeCurve,
  type CurvePoint,
  estimateOutlook,
  type PastCycle,
  shareAt,
} from "../../lib/model/forecast/past_cycles.ts";
import { assertClose, assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, utc } from "../support/readings.ts";

const START = utc("2026-11-02 09:00");

/** The curve of a window from 100 to 200 in five steps. */
const curve = (...points: readonly (readonly [at: number, share: number])[]) =>
  computeCurve(points.map(([at, share]): CurvePoint => ({ at, share })), 100, 200, 5);

Deno.test("a curve has the value of each point from the next step on, and only points of its window count", () => {
  assertEquals(curve(), [0, 0, 0, 0, 0, 0]);
  assertEquals(curve([120, 0.2], [141, 0.4]), [0, 0.2, 0.2, 0.4, 0.4, 0.4]);
  assertEquals(curve([100, 0.1], [200, 0.9]), [0.1, 0.1, 0.1, 0.1, 0.1, 0.9]);
  assertEquals(curve([99, 0.1], [150, 0.3], [201, 0.9]), [0, 0, 0, 0.3, 0.3, 0.3]);
  // The last of several points before a step counts.
  assertEquals(curve([121, 0.2], [130, 0.3], [139, 0.5]), [0, 0, 0.5, 0.5, 0.5, 0.5]);
  // Steps of a tenth are not exact, and the fourth is at 140 all the same.
  const tenth = computeCurve([{ at: 0.3, share: 0.5 }], 0, 1, 10);
  assertEquals(tenth.map((share) => share > 0), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((step) => step >= 3));
});

Deno.test("a curve has a step for each hour of a week", () => {
  const week = computeCurve([{ at: 3, share: 0.5 }], 0, 168);
  assertEquals([week.length, week[2], week[3], week[168]], [169, 0, 0.5, 0.5]);
});

Deno.test("a curve at its limit continues at the mean speed until then, to one and a half", () => {
  assertEquals(curve([120, 0.5], [160, 0.99]).at(-1), 0.99);
  assertEquals(curve([120, 0.5], [180, 1]), [0, 0.5, 0.5, 0.5, 1, 1.25]);
  assertEquals(curve([120, 0.5], [140, 1]), [0, 0.5, 1, 1.5, 1.5, 1.5]);
  // An excess is no speed.
  assertEquals(curve([180, 1.4]), [0, 0, 0, 0, 1, 1.25]);
  assertEquals(curve([120, 1]), [0, 1, 1.5, 1.5, 1.5, 1.5]);
  assertEquals(curve([100, 1]), [1, 1, 1.5, 1.5, 1.5, 1.5]);
});

Deno.test("between two steps a share is on the line, and outside the window it is that of the bound", () => {
  const cycle: PastCycle = { startedAt: START, curve: [0.1, 0.2, 0.6] };
  const shares = [-1, 0, 0.25, 0.5, 0.75, 1, 2].map((fraction) => shareAt(cycle, fraction));
  const expected = [0.1, 0.1, 0.15, 0.2, 0.4, 0.6, 0.6];
  for (const [place, share] of shares.entries()) assertClose(share, expected[place]!);
});

const level = { fraction: 0.5, share: 0.3, startedAt: START, windowMs: 5 * HOUR_MS };
const similarity = { share: 0.15, timeOfDayMs: 2 * HOUR_MS };

/** A cycle with these shares at the middle and the end of its window, so much later in the day. */
function past(half: number, end: number, laterMs = 0): PastCycle {
  return { startedAt: START - 3 * DAY_MS + laterMs, curve: [0, half, end] };
}

const outlook = (cycles: readonly PastCycle[], fields: Partial<typeof level> = {}) =>
  estimateOutlook(cycles, { ...level, ...fields }, similarity);

Deno.test("past cycles rise on from where they were, and run out where that reaches the limit", () => {
  assertEquals(outlook([past(0.3, 0.4)])?.runOut, 0);
  const both = outlook([past(0.3, 0.4), past(0.3, 1.2)])!;
  assertEquals([both.cycles, both.weight, both.runOut], [2, 2, 0.5]);
  assertClose(both.rise, 0.5);
  // Exactly all of it is nothing left.
  assertEquals(outlook([past(0.25, 0.75)], { share: 0.5 })?.runOut, 1);
  assertEquals(outlook([past(0.25, 0.74)], { share: 0.5 })?.runOut, 0);
  // A counter that was corrected downwards does not rise.
  assertEquals(outlook([past(0.3, 0.2)])?.rise, 0);
  assertEquals(outlook([]), null);
});

Deno.test("a past cycle counts half at the distance of similarity, and the rest by its square", () => {
  const weight = (cycle: PastCycle, fields: Partial<typeof level> = {}) => outlook([cycle], fields)!.weight;
  assertClose(weight(past(0.45, 0.6)), 1 / 2);
  assertClose(weight(past(0.15, 0.6)), 1 / 2);
  assertClose(weight(past(0.6, 0.6)), 1 / 5);
  assertClose(weight(past(0.45, 0.6, 2 * HOUR_MS)), 1 / 4);
  // Midnight is near both evening and morning.
  assertClose(weight(past(0.3, 0.6, 23 * HOUR_MS)), 4 / 5);
  assertClose(weight(past(0.3, 0.6, -26 * HOUR_MS)), 1 / 2);
  assertClose(weight(past(0.3, 0.6, 12 * HOUR_MS)), 1 / 37);
  // The weights decide between cycles.
  const mixed = outlook([past(0.3, 0.3), past(0.45, 1.05)])!;
  assertClose(mixed.rise, 0.6 * 0.5 / 1.5);
});

Deno.test("the time of day matters for windows shorter than a day", () => {
  const weight = (windowMs: number) => outlook([past(0.3, 0.6, 2 * HOUR_MS)], { windowMs })!.weight;
  assertClose(weight(DAY_MS - 1), 1 / 2);
  assertEquals([weight(DAY_MS), weight(7 * DAY_MS)], [1, 1]);
});
