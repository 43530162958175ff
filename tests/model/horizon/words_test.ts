/** The sentences of the Horizon at the bounds where another one is said. */
import { HOUR_MS, MINUTE_MS } from "../../../lib/model/duration.ts";
import type { Horizon } from "../../../lib/model/horizon/horizon.ts";
import { createLane, type Lane } from "../../../lib/model/horizon/lane.ts";
import { idleSentence, laneNote, laneSentence, moreSentence } from "../../../lib/model/horizon/words.ts";
import { clockText } from "../../../lib/model/time.ts";
import { assertEquals } from "../../support/assert.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "../../support/views.ts";

const RESET = READ_AT + 2 * HOUR_MS;
const when = (at: number) => clockText(at, "UTC");

function laneOf(fields: Partial<Lane>): Lane {
  const quota = quotaViewOf();
  return { ...createLane(accountViewOf([quota]), quota, READ_AT), ...fields };
}

const say = (fields: Partial<Lane>) => laneSentence(laneOf(fields), READ_AT, when);
const note = (fields: Partial<Lane>) => laneNote(laneOf(fields), READ_AT, when);

Deno.test("a run-out is about to happen at its instant, and has a time before", () => {
  for (const emptyAt of [null, READ_AT - 1, READ_AT]) {
    assertEquals([say({ state: "runs-out", emptyAt }), note({ state: "runs-out", emptyAt })], [
      "60% left. About to run out.",
      "about to run out, reset 15:00",
    ]);
    assertEquals(note({ state: "may-run-out", emptyAt }), "may be about to run out, reset 15:00");
  }
  const soon = READ_AT + 1;
  assertEquals(
    say({ state: "runs-out", emptyAt: soon }),
    "60% left. Runs out at 13:00, 1h 59m before its reset at 15:00.",
  );
  assertEquals(note({ state: "runs-out", emptyAt: soon }), "out 13:00, reset 15:00");
  assertEquals(note({ state: "may-run-out", emptyAt: soon, resetsAt: null }), "may be out 13:00");
});

Deno.test("a run-out at the reset, after it or without one is not before it", () => {
  const out = (emptyAt: number, resetsAt: number | null) => say({ state: "runs-out", emptyAt, resetsAt });
  assertEquals(out(RESET - MINUTE_MS, RESET), "60% left. Runs out at 14:59, 1m before its reset at 15:00.");
  assertEquals(out(RESET, RESET), "60% left. Runs out at 15:00.");
  assertEquals(out(RESET + MINUTE_MS, RESET), "60% left. Runs out at 15:01.");
  assertEquals(out(RESET, null), "60% left. Runs out at 15:00.");
});

Deno.test("what is left at the reset is a whole percentage, and stated only if the line reaches it", () => {
  const lasts = (at: number, left: number) => say({ state: "lasts", left: [[READ_AT, 0.9], [at, left]] });
  const texts = [[0.0447, "4%"], [0.046, "5%"], [0.5, "50%"], [0.6, "60%"], [0.994, "99%"], [
    1,
    "100%",
  ]] as const;
  for (const [left, text] of texts) {
    assertEquals(lasts(RESET, left), `90% left. Lasts until its reset at 15:00, with about ${text} left.`);
  }
  assertEquals(lasts(RESET - 1, 0.6), "90% left. Lasts until its reset at 15:00.");
  assertEquals(say({ state: "tight", left: [] }), "Just lasts until its reset at 15:00.");
});

Deno.test("a lane without a reset lasts for a time, or just lasts", () => {
  const both = (state: "lasts" | "tight", emptyAt: number | null) => [
    say({ state, emptyAt, resetsAt: null }),
    note({ state, emptyAt, resetsAt: null }),
  ];
  assertEquals(both("lasts", null), ["60% left. Lasts.", "lasts"]);
  assertEquals(both("tight", null), ["60% left. Lasts.", "just lasts"]);
  for (const state of ["lasts", "tight"] as const) {
    assertEquals(both(state, READ_AT + 5 * HOUR_MS), [
      "60% left. Lasts about 5 hours.",
      "lasts about 5 hours",
    ]);
  }
});

Deno.test("the states without a forecast say so, beside the reset", () => {
  const both = (state: Lane["state"], resetsAt: number | null) => [
    say({ state, resetsAt, left: [] }),
    note({ state, resetsAt }),
  ];
  assertEquals(both("blocked", RESET), [
    "Blocked by its vendor. Its reset is at 15:00.",
    "blocked, reset 15:00",
  ]);
  assertEquals(both("blocked", null), ["Blocked by its vendor.", "blocked"]);
  assertEquals(both("used-up", RESET), ["Used up until its reset at 15:00.", "used up, reset 15:00"]);
  assertEquals(both("used-up", null), ["Used up, no reset known.", "used up"]);
  assertEquals(both("unknown", RESET), ["No forecast. Resets at 15:00.", "no forecast, reset 15:00"]);
  assertEquals(both("unknown", null), ["No forecast.", "no forecast"]);
  assertEquals(both("old", null), ["No recent reading.", "no recent reading"]);
});

Deno.test("quotas that are not drawn are counted, and the drawn ones with them", () => {
  const more = (more: number, drawn: number, isBestAdded?: boolean) =>
    moreSentence({
      more,
      lanes: Array.from({ length: drawn }, () => laneOf({})),
      ...isBestAdded !== undefined && { isBestAdded },
    });
  assertEquals(more(0, 12), "");
  assertEquals(more(1, 12), "1 more quota is not drawn: these 12 are the most urgent.");
  assertEquals(more(2, 2), "2 more quotas are not drawn: these 2 are the most urgent.");
  assertEquals(more(3, 1), "3 more quotas are not drawn: this one is the most urgent.");
  assertEquals(
    more(1, 3, true),
    "1 more quota is not drawn: these are the 2 most urgent, and one quota of the best account.",
  );
});

Deno.test("idle hours are not known, or there are none, or the next ones are named", () => {
  const sentence = (idle: Horizon["idle"]) => idleSentence({ idle }, when);
  assertEquals(sentence(null), "Your idle hours are still unknown: learning them takes a week of history.");
  assertEquals(sentence([]), "");
  const nights = [{ from: RESET, to: RESET + HOUR_MS }, {
    from: RESET + 9 * HOUR_MS,
    to: RESET + 10 * HOUR_MS,
  }];
  assertEquals(
    sentence(nights),
    "Shaded: hours in which you usually do not work, next 15:00 to 16:00.",
  );
  assertEquals(
    sentence(nights.slice(1)),
    "Shaded: hours in which you usually do not work, next 00:00 to 01:00.",
  );
});
