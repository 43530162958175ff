import {
  determineStatus,
  STATUS_BOUNDS,
  STATUS_WORDS,
  statusBounds,
  statusFromShare,
  statusLabel,
  THRESHOLDS,
} from "../../lib/model/view/status.ts";
import fc from "fast-check";
import { FORECAST_STATES, type ForecastState } from "../../lib/model/forecast/forecast.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { BALANCE, reading } from "../support/readings.ts";
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("statusFromShare() is correct at each boundary", () => {
  const words = [
    [0, "healthy"],
    [0.4999, "healthy"],
    [0.5, "warning"],
    [0.7999, "warning"],
    [0.8, "danger"],
    [0.9499, "danger"],
    [0.95, "critical"],
    [1, "critical"],
    [1.2, "critical"],
  ] as const;
  for (const [share, word] of words) assertEquals(statusFromShare(share), word);
});

Deno.test("statusFromShare() is unknown if the share is unknown", () => {
  assertEquals(statusFromShare(null), "unknown");
});

Deno.test("statusFromShare() never improves as more is used", () => {
  const rank = ["healthy", "warning", "danger", "critical"];
  fc.assert(fc.property(fc.double({ min: -1, max: 2 }), fc.double({ min: -1, max: 2 }), (a, b) => {
    const [less, more] = a < b ? [a, b] : [b, a];
    fc.pre(!Number.isNaN(a) && !Number.isNaN(b));
    assert(rank.indexOf(statusFromShare(less)) <= rank.indexOf(statusFromShare(more)));
  }));
});

Deno.test("the words begin at half, four fifths and 95 hundredths unless others are chosen", () => {
  assertEquals(STATUS_BOUNDS, [[0.95, "critical"], [0.8, "danger"], [0.5, "warning"], [0, "healthy"]]);
  assertEquals(statusBounds(THRESHOLDS), STATUS_BOUNDS);
});

Deno.test("the bounds of the words descend", () => {
  const bounds = STATUS_BOUNDS.map(([bound]) => bound);
  assertEquals(bounds, [...bounds].sort((a, b) => b - a));
});

Deno.test("danger begins at four fifths, or half way if the chosen bounds leave no room there", () => {
  const dangerOf = (warning: number, critical: number) =>
    statusBounds({ warning, critical }).find(([, word]) => word === "danger")![0];
  assertEquals(dangerOf(0.5, 0.95), 0.8);
  assertEquals(dangerOf(0.7, 0.81), 0.8);
  for (const [warning, critical] of [[0.8, 0.9], [0.25, 0.75], [0.5, 0.8], [0.9, 0.98]] as const) {
    assertEquals(dangerOf(warning, critical), (warning + critical) / 2);
  }
});

Deno.test("a used-up quota is critical whatever the chosen bounds", () => {
  assertEquals(statusFromShare(1, statusBounds({ warning: 2, critical: 3 })), "critical");
});

Deno.test("determineStatus() is the worse of level and forecast, and the vendor's verdict overrides both", () => {
  const word = (share: number | null, state?: ForecastState, runOutProbability: number | null = null) =>
    determineStatus({ share, ...state && { forecast: { state, runOutProbability } } });
  assertEquals(word(0.2), "healthy");
  assertEquals(word(0.2, "lasts"), "healthy");
  assertEquals(word(0.2, "tight"), "warning");
  assertEquals(word(0.2, "runs-dry"), "danger");
  assertEquals(word(0.2, "runs-dry", 0.59), "warning");
  assertEquals(word(0.2, "runs-dry", 0.6), "danger");
  assertEquals(word(0.85, "lasts"), "danger");
  assertEquals(word(0.96, "runs-dry"), "critical");
  assertEquals(word(null, "exhausted"), "critical");
  assertEquals(word(null, "unknown"), "unknown");
  assertEquals(word(null, "idle"), "unknown");
  assertEquals(determineStatus({ share: null, isUsedUp: true }), "critical");
  // A used-up quota is critical, refused or not; with something left, a refused one is blocked.
  assertEquals(determineStatus({ share: null, isUsedUp: true, allowed: false }), "critical");
  assertEquals(determineStatus({ share: 1, allowed: false }), "critical");
  assertEquals(determineStatus({ share: 0.99, allowed: false }), "blocked");
  fc.assert(fc.property(
    fc.option(fc.double({ min: 0, max: 0.99, noNaN: true })),
    fc.constantFrom(...FORECAST_STATES),
    (share, state) => {
      assertEquals(
        determineStatus({ share, allowed: false, forecast: { state, runOutProbability: null } }),
        "blocked",
      );
      const level = statusFromShare(share);
      const rank = (one: string) => ["unknown", ...STATUS_WORDS].indexOf(one);
      const both = word(share, state);
      if (level !== "unknown" && both !== "unknown") assert(rank(both) >= rank(level));
    },
  ));
});

Deno.test("the status of a balance without a limit depends on the forecast alone", () => {
  const word = (state: ForecastState) =>
    determineStatus({ share: null, isBalance: true, forecast: { state, runOutProbability: null } });
  assertEquals(FORECAST_STATES.map((state) => [state, word(state)]), [
    ["idle", "healthy"],
    ["analysing", "unknown"],
    ["lasts", "healthy"],
    ["tight", "warning"],
    ["runs-dry", "danger"],
    ["exhausted", "critical"],
    ["blocked", "blocked"],
    ["unknown", "unknown"],
  ]);
});

Deno.test("statusLabel() distinguishes a missing limit from an unknown value", () => {
  const label = (fields: Partial<Reading>) => statusLabel({ ...reading(fields), status: "unknown" });
  assertEquals(label({ used: 5, limit: null }), "no limit");
  assertEquals(label({ used: null, limit: null }), "unknown");
  assertEquals(label({ used: null, limit: 5 }), "unknown");
  assertEquals(label({ used: 5, limit: null, remaining: 5 }), "unknown");
  assertEquals(label({ used: null, limit: null, remaining: 5, window: BALANCE }), "balance");
  assertEquals(statusLabel({ ...reading({ used: 5, limit: null }), status: "blocked" }), "blocked");
});
