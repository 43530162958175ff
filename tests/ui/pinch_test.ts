import fc from "fast-check";
import { pinchAxis } from "../../lib/ui/chart/pinch.ts";
import { zoomRange } from "../../lib/ui/chart/zoom.ts";
import { assert, assertEquals } from "../support/assert.ts";

const AXIS = { from: 1_000_000, end: 2_000_000 };

Deno.test("the point under each finger stays under it", () => {
  const place = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
  fc.assert(fc.property(place, place, place, place, (a, b, c, d) => {
    fc.pre(Math.abs(a - b) > 0.05 && Math.abs(c - d) > 0.05 && Math.sign(a - b) === Math.sign(c - d));
    const axis = pinchAxis(AXIS, [a, b], [c, d]);
    const [before, after] = [AXIS, axis].map(({ from, end }) => (at: number) => from + at * (end - from));
    for (const [start, now] of [[a, c], [b, d]] as const) {
      assert(Math.abs(before!(start) - after!(now)) < 5, `${before!(start)} is at ${after!(now)}`);
    }
  }));
});

Deno.test("moving two fingers moves the time, spreading them shortens it, and crossing them does no harm", () => {
  assertEquals(pinchAxis(AXIS, [0.2, 0.4], [0.4, 0.6]), { from: 800_000, end: 1_800_000 });
  const spread = pinchAxis(AXIS, [0.4, 0.6], [0.2, 0.8]);
  assert(spread.end - spread.from < 400_000);
  const crossed = pinchAxis(AXIS, [0.4, 0.6], [0.6, 0.4]);
  assert(crossed.end > crossed.from && Number.isFinite(crossed.end - crossed.from));
});

Deno.test("a zoom ends now at the latest, and has a displayable length", () => {
  const now = 1_700_000_000_000;
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 1, max: 1e11 }), (shift, length) => {
      const { from, to } = zoomRange(now + shift - length, now + shift, now);
      assert(to <= now && to - from >= 299_999 && to - from <= 366 * 86_400_000 + 1);
    }),
  );
});
