/** Cycles in lists: what was consumed, and how full they became, where that is known. */
import {
  computePeakShare,
  type DisplayCycle,
  displayCycle,
  hasNoAmounts,
} from "../../lib/model/view/display_cycle.ts";
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import type { Window } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";
import { BALANCE, FIVE_HOURS, HOUR_MS, utc } from "../support/readings.ts";

const START = utc("2026-11-21 10:00");

function cycleOf(fields: Partial<Cycle>): Cycle {
  return {
    quota: "acme/work/five-hour",
    startedAt: START,
    endedAt: START + 5 * HOUR_MS,
    resetsAt: START + 5 * HOUR_MS,
    peak: null,
    consumed: 0,
    limit: null,
    count: 60,
    lastAt: START + 5 * HOUR_MS - 1,
    whole: true,
    endedBy: ["reset-passed"],
    ...fields,
  };
}

const EMPTY = { peak: null, limit: null, consumed: 0 };

Deno.test("a cycle has no amounts if neither a use, nor a limit, nor a consumption is known", () => {
  const has = (fields: Partial<Cycle>) => !hasNoAmounts(cycleOf({ ...EMPTY, ...fields }));
  assertEquals([{}, { peak: 0 }, { limit: 100 }, { consumed: 1 }, { peak: 5, limit: 100 }].map(has), [
    false,
    true,
    true,
    true,
    true,
  ]);
});

Deno.test("what a cycle without amounts consumed is unknown, unless nothing of it is ever consumed or it is a balance", () => {
  const consumed = (window: Window, fields: Partial<Cycle> = {}) =>
    displayCycle(cycleOf({ ...EMPTY, ...fields }), window, null).consumed;
  assertEquals(consumed(FIVE_HOURS), null);
  assertEquals(consumed(FIVE_HOURS, { limit: 100 }), 0);
  assertEquals(consumed(FIVE_HOURS, { consumed: 7 }), 7);
  assertEquals(consumed({ kind: "rolling", seconds: 18_000 }), null);
  assertEquals(consumed({ kind: "rolling", seconds: 60 }), 0);
  assertEquals(consumed({ kind: "allocation", seconds: null }), 0);
  assertEquals(consumed(BALANCE), 0);
});

Deno.test("a cycle's peak is a share of its limit, or else the highest share that was read", () => {
  const share = (fields: Partial<Cycle>, highest: number | null) =>
    displayCycle(cycleOf(fields), FIVE_HOURS, highest).peakShare;
  assertEquals(share({ peak: 120, limit: 100 }, 0.5), 1.2);
  assertEquals(share({ peak: 0, limit: 100 }, 0.5), 0);
  assertEquals([share({}, 1), share({}, null)], [1, null]);

  // A stored cycle knows only its amounts; a shown one knows its share too.
  assertEquals(computePeakShare(cycleOf({ peak: 30, limit: 100 })), 0.3);
  const shown: DisplayCycle = { ...cycleOf({ peak: 30, limit: 100 }), peakShare: 0.4 };
  assertEquals([computePeakShare(shown), computePeakShare({ ...shown, peakShare: null })], [0.4, 0.3]);
});
