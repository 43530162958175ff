import fc from "fast-check";
import type { Point } from "../../lib/model/history/history.ts";
import { downsamplePoints } from "../../lib/model/history/downsample.ts";
import { assert, assertEquals } from "../support/assert.ts";

/** Lines with uneven steps, some gaps, and shares that fall and rise. */
const lines = fc.array(
  fc.tuple(
    fc.integer({ min: 1, max: 5_000 }),
    fc.option(fc.double({ min: 0, max: 2, noNaN: true }), { freq: 6 }),
  ),
  { minLength: 1, maxLength: 900, size: "max" },
).map((steps) => {
  let at = 0;
  return steps.map(([step, share]): Point => [at += step, share]);
});
const limits = fc.integer({ min: 8, max: 200 });

const shares = (points: readonly Point[]) => points.flatMap(([, share]) => share === null ? [] : [share]);

Deno.test("downsamplePoints() does not change a line that is short enough", () => {
  const points: readonly Point[] = [[1, 0.1], [2, null], [3, 0.2]];
  assertEquals(downsamplePoints(points) === points, true);
});

const BEGAN = 101;
/** Seventeen points, one for each unit of time. */
const seventeen = (shareAt: (at: number) => number) =>
  Array.from({ length: 17 }, (_, at): Point => [BEGAN + at, shareAt(at)]);
const timesOf = (points: readonly Point[]) =>
  points.map(([at, share]) => share === null ? `gap at ${at - BEGAN}` : at - BEGAN);

Deno.test("downsamplePoints() keeps the end of each slot of a rising line, as many slots as half the points", () => {
  const rising = seventeen((at) => at / 16);
  assertEquals(timesOf(downsamplePoints(rising, 8)), [0, 4, 8, 12, 16]);
  assertEquals(timesOf(downsamplePoints(rising, 9)), [0, 4, 8, 12, 16]);
  // A fifth of 16 is 3.2: the slots end at 3.2, 6.4, 9.6, 12.8 and 16.
  assertEquals(timesOf(downsamplePoints(rising, 10)), [0, 3, 6, 9, 12, 16]);
  assertEquals(downsamplePoints(rising, 17) === rising, true);
});

Deno.test("downsamplePoints() keeps the first peak of each slot, in fewer slots if the points are too many", () => {
  const peaks = seventeen((at) => at % 4 === 2 ? 0.9 : 0.1);
  assertEquals(timesOf(downsamplePoints(peaks, 9)), [0, 2, 4, 6, 8, 10, 12, 14, 16]);
  // Three slots, up to 5 1/3, 10 2/3 and 16.
  assertEquals(timesOf(downsamplePoints(peaks, 8)), [0, 2, 5, 6, 10, 14, 16]);
});

Deno.test("downsamplePoints() keeps one gap marker of several, and none at the edges", () => {
  const line: readonly Point[] = [
    [BEGAN, null],
    ...seventeen((at) => at / 16).flatMap((point): Point[] =>
      [5, 9, 10].includes(point[0] - BEGAN) ? [point, [point[0], null]] : [point]
    ),
    [BEGAN + 16, null],
  ];
  assertEquals(timesOf(downsamplePoints(line, 8)), [0, 4, "gap at 5", 8, "gap at 9", 12, 16]);
  assertEquals(downsamplePoints(Array.from({ length: 9 }, (_, at): Point => [at, null]), 8), []);
});

Deno.test("downsamplePoints() reduces points of one instant too", () => {
  const points = Array.from({ length: 9 }, (_, i): Point => [7, [0.2, 0.9, 0.4][i] ?? 0.3]);
  assertEquals(downsamplePoints(points, 8), [[7, 0.2], [7, 0.9], [7, 0.3]]);
});

Deno.test("a chart line has at most 500 points", () => {
  const zigzag = (length: number) => Array.from({ length }, (_, at): Point => [at, at % 2]);
  assertEquals(downsamplePoints(zigzag(500)).length, 500);
  assert(downsamplePoints(zigzag(501)).length <= 500);
});

Deno.test("downsamplePoints() returns at most the requested number of points, in time order, all from the line", () => {
  fc.assert(fc.property(lines, limits, (points, most) => {
    const thinned = downsamplePoints(points, most);
    assert(thinned.length <= most, `${thinned.length} points of ${most}`);
    let place = -1;
    for (const point of thinned) {
      const next = points.indexOf(point, place + 1);
      assert(next > place, "A point is made up, or out of order");
      place = next;
    }
  }));
});

Deno.test("downsamplePoints() keeps the highest point, the first and the last", () => {
  fc.assert(fc.property(lines, limits, (points, most) => {
    const [before, after] = [shares(points), shares(downsamplePoints(points, most))];
    if (before.length === 0) return;
    assertEquals(Math.max(...after), Math.max(...before));
    assertEquals([after[0], after.at(-1)], [before[0], before.at(-1)]);
  }));
});

Deno.test("downsamplePoints() keeps the highest point of every section", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 501, maxLength: 900, size: "max" }),
      (values) => {
        const points = values.map((share, i): Point => [i * 1000, share]);
        const kept = new Map(downsamplePoints(points) as readonly [number, number][]);
        // No slot is longer than a two-hundredth, so the one with the peak of a section is in it and its
        // neighbours, and keeps a point of that height: the first of several.
        const length = Math.ceil(points.length / 100);
        for (let from = 0; from + length <= points.length; from += length) {
          const top = Math.max(...values.slice(from, from + length));
          const seen = [...Array(3 * length).keys()].flatMap((i) =>
            kept.get((from - length + i) * 1000) ?? []
          );
          assert(Math.max(...seen) >= top, `The peak ${top} is lost`);
        }
      },
    ),
    // Downsampling a long line must be fast.
    { numRuns: 30, endOnFailure: true },
  );
});

Deno.test("downsamplePoints() bridges no gap: a gap between two kept points stays a gap", () => {
  fc.assert(fc.property(lines, limits, (points, most) => {
    const thinned = downsamplePoints(points, most);
    thinned.forEach((point, i) => {
      const next = thinned[i + 1];
      if (!next || point[1] === null || next[1] === null) return;
      const between = points.slice(points.indexOf(point) + 1, points.indexOf(next));
      assert(between.every(([, share]) => share !== null), "A gap is drawn over");
    });
  }));
});

Deno.test("downsamplePoints() keeps at least half of the requested number of points, with gaps or without", () => {
  for (const gapEvery of [2, 3, 5, 1000]) {
    const points = Array.from(
      { length: 3000 },
      (_, i): Point => [i * 1000, i % gapEvery === 1 ? null : i % 7],
    );
    for (const most of [100, 500]) {
      const { length } = downsamplePoints(points, most);
      assert(length >= most / 2, `${length} of ${most} with a gap every ${gapEvery}`);
    }
  }
});

Deno.test("downsamplePoints() thins evenly, whenever the line began", () => {
  fc.assert(fc.property(fc.nat(2e12), fc.integer({ min: 8, max: 200 }), (began, most) => {
    const points = Array.from({ length: 1000 }, (_, i): Point => [began + i * 60_000, i % 7]);
    const thinned = downsamplePoints(points, most);
    assert(thinned.length > most / 3, `${thinned.length} points of ${most}`);
    const pauses = thinned.slice(1).map(([at], i) => (at - thinned[i]![0]) / 60_000);
    assert(Math.max(...pauses) <= 3 * 1000 / (most / 3), `A pause of ${Math.max(...pauses)} points`);
  }));
});
