import fc from "fast-check";
import { lineFrom, pointsThrough, pointsWithin } from "../../lib/model/history/cut_line.ts";
import type { Point } from "../../lib/model/history/history.ts";
import { assert, assertEquals } from "../support/assert.ts";

const LINE: readonly Point[] = [[0, 0.1], [5, 0.2], [5, null], [20, 0.3], [30, 0.4]];

Deno.test("a line from a point in time includes the last point before it, unless a gap lies between", () => {
  assertEquals(lineFrom(LINE, 0), LINE);
  assertEquals(lineFrom(LINE, 1), LINE);
  assertEquals(lineFrom(LINE, 5), LINE);
  assertEquals(lineFrom(LINE, 6), [[20, 0.3], [30, 0.4]]);
  assertEquals(lineFrom(LINE, 21), [[20, 0.3], [30, 0.4]]);
  assertEquals(lineFrom(LINE, 30), [[20, 0.3], [30, 0.4]]);
  assertEquals(lineFrom(LINE, 31), []);
});

Deno.test("the points within a range neither begin nor end with a gap", () => {
  assertEquals(pointsWithin(LINE, 0, 30), LINE);
  assertEquals(pointsWithin(LINE, 0, 19), [[0, 0.1], [5, 0.2]]);
  assertEquals(pointsWithin([[5, null], [20, 0.3]], 0, 20), [[20, 0.3]]);
  assertEquals(pointsWithin(LINE, 6, 19), []);
  assertEquals(pointsWithin([[5, null]], 0, 9), []);
});

Deno.test("a line through a range has its neighbours on both sides, and none beyond a gap", () => {
  assertEquals(pointsThrough(LINE, 1, 4), [[0, 0.1], [5, 0.2]]);
  assertEquals(pointsThrough(LINE, 0, 5), [[0, 0.1], [5, 0.2]]);
  assertEquals(pointsThrough(LINE, 0, 10), [[0, 0.1], [5, 0.2]]);
  assertEquals(pointsThrough(LINE, 4, 20), LINE);
  assertEquals(pointsThrough(LINE, 5, 10), [[0, 0.1], [5, 0.2]]);
  assertEquals(pointsThrough(LINE, 5, 20), LINE);
  assertEquals(pointsThrough([[0, 0.1], [5, null], [9, 0.2]], 3, 9), [[9, 0.2]]);
  assertEquals(pointsThrough(LINE, 6, 20), [[20, 0.3], [30, 0.4]]);
  assertEquals(pointsThrough(LINE, 21, 29), [[20, 0.3], [30, 0.4]]);
  // In a gap, before everything and after it there is nothing.
  for (const [from, to] of [[6, 19], [31, 40], [-9, -1]] as const) {
    assertEquals(pointsThrough(LINE, from, to), [], `${from} to ${to}`);
  }
  assertEquals(pointsThrough([], 0, 9), []);
  assertEquals(pointsThrough([[5, 0.2]], 0, 9), [[5, 0.2]]);
});

Deno.test("property: a cut contains everything inside the range, and at most one point on either side", () => {
  const points = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.option(fc.integer({ max: 9, min: 0 }))))
    .map((steps) => {
      let at = 0;
      return steps.map(([step, share]): Point => [at += step, share]);
    });
  fc.assert(fc.property(points, fc.nat(60), fc.nat(30), (line, from, length) => {
    const to = from + length;
    const shown = pointsThrough(line, from, to);
    const first = shown[0] ? line.indexOf(shown[0]) : 0;
    assertEquals(shown, line.slice(first, first + shown.length));
    assert(shown.filter(([at]) => at < from).length <= 1 && shown.filter(([at]) => at > to).length <= 1);
    assert(shown[0]?.[1] !== null && shown.at(-1)?.[1] !== null);
    for (const point of pointsWithin(line, from, to)) assert(shown.includes(point));
  }));
});
