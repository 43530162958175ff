/** Every state of a forecast in words, for each kind of window. */
import { FORECAST_STATES, type ForecastState } from "../../lib/model/forecast/forecast.ts";
import { createForecastWithout } from "../../lib/model/forecast/parts.ts";
import type { WindowKind } from "../../lib/model/quota.ts";
import { forecastWord, outlookWords } from "../../lib/model/view/forecast_words.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, utc } from "../support/readings.ts";

const NOW = utc("2026-11-21 10:00");

/** How long it lasts, by state; empty where only the state's own word is left to say. */
const OUTLOOKS: Readonly<Record<WindowKind, Readonly<Record<ForecastState, string>>>> = {
  fixed: {
    idle: "",
    analysing: "",
    lasts: "lasts until its reset",
    tight: "tight until its reset",
    "runs-dry": "runs out",
    exhausted: "used up",
    blocked: "blocked by its vendor",
    unknown: "",
  },
  calendar: {
    idle: "",
    analysing: "",
    lasts: "lasts until its reset",
    tight: "tight until its reset",
    "runs-dry": "runs out",
    exhausted: "used up",
    blocked: "blocked by its vendor",
    unknown: "",
  },
  rolling: {
    idle: "",
    analysing: "",
    lasts: "lasts at this rate",
    tight: "tight",
    "runs-dry": "runs out",
    exhausted: "used up until it refills",
    blocked: "blocked by its vendor",
    unknown: "",
  },
  balance: {
    idle: "",
    analysing: "",
    lasts: "lasts more than a year",
    tight: "",
    "runs-dry": "about to run out",
    exhausted: "empty",
    blocked: "blocked by its vendor",
    unknown: "",
  },
  allocation: {
    idle: "",
    analysing: "",
    lasts: "",
    tight: "",
    "runs-dry": "",
    exhausted: "",
    blocked: "blocked by its vendor",
    unknown: "",
  },
};

for (const [kind, words] of Object.entries(OUTLOOKS)) {
  Deno.test(`the outlook of a quota of kind ${kind} fits each state of its forecast`, () => {
    for (const state of FORECAST_STATES) {
      const said = outlookWords(createForecastWithout(state, "room-left"), kind as WindowKind, NOW);
      assertEquals([state, said], [state, words[state]]);
    }
  });
}

Deno.test("a balance lasts for the time until its end, and one that ends now is about to run out", () => {
  const say = (state: ForecastState, inMs: number) =>
    outlookWords(createForecastWithout(state, "room-left", { emptyAt: NOW + inMs }), "balance", NOW);
  assertEquals(say("lasts", 40 * DAY_MS), "lasts about 40 days");
  assertEquals(say("runs-dry", 5 * HOUR_MS), "lasts about 5 hours");
  assertEquals(say("runs-dry", 1), "lasts about 1 minute");
  assertEquals([say("runs-dry", 0), say("runs-dry", -HOUR_MS)], ["about to run out", "about to run out"]);
});

Deno.test("a run-out that past cycles make unlikely is one that may happen, in every window", () => {
  const unlikely = createForecastWithout("runs-dry", "empty-before-reset", { runOutProbability: 0.2 });
  assertEquals(forecastWord(unlikely), "may run out");
  for (const kind of ["fixed", "calendar", "rolling"] as const) {
    assertEquals(outlookWords(unlikely, kind, NOW), "may run out");
  }
});

Deno.test("an unknown forecast has a better word if it will never be known", () => {
  const reasons = ["no-limit", "set-aside", "stale", "no-reset"] as const;
  assertEquals(reasons.map((reason) => forecastWord(createForecastWithout("unknown", reason))), [
    "no limit",
    "set aside",
    "unknown",
    "unknown",
  ]);
  // The reason matters only where the state is unknown.
  assertEquals(forecastWord(createForecastWithout("idle", "no-limit")), "idle");
});
