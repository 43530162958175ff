import fc from "fast-check";
import { spreadLabels } from "../../lib/ui/chart/spread_labels.ts";
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("names stay at their lines while there is room, and move no further than necessary", () => {
  assertEquals(spreadLabels([10, 60, 200], 15, 250), [10, 60, 200]);
  assertEquals(spreadLabels([100, 100], 20, 250), [90, 110]);
  assertEquals(spreadLabels([0, 0, 0], 15, 250), [0, 15, 30]);
  assertEquals(spreadLabels([250, 250], 15, 250), [235, 250]);
  // Names keep the order of their lines from the top.
  assertEquals(spreadLabels([104, 100, 96], 10, 250), [110, 100, 90]);
});

Deno.test("no two names overlap, none leaves the strip, and only those that cannot fit are omitted", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 250 }), { maxLength: 40 }),
      fc.integer({ min: 10, max: 20 }),
      (wanted, distance) => {
        const places = spreadLabels(wanted, distance, 250);
        const shown = places.filter((place) => place !== null).sort((a, b) => a - b);
        assertEquals(shown.length, Math.min(wanted.length, Math.floor(250 / distance) + 1));
        shown.forEach((place, i) => {
          assert(place >= -1e-9 && place <= 250 + 1e-9, `${place}`);
          assert(i === 0 || place - shown[i - 1]! >= distance - 1e-9, `${shown}`);
        });
        // Omitted ones come last.
        assert(places.slice(0, shown.length).every((place) => place !== null));
      },
    ),
  );
});
