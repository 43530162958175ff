import { wholeSnapshotAt } from "../../lib/model/engine/state.ts";
import { assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS, replayOne, utc } from "../support/readings.ts";

const START = utc("2026-11-21 10:00");

Deno.test("by default, use of the last hour is recent", () => {
  const { state } = replayOne(
    Array.from({ length: 121 }, (_, minute) => ({ at: START + minute * MINUTE_MS, used: minute })),
  );
  const recent = state.quotas["five-hour"]!.recent;
  assertEquals([recent[0]!.from, recent.at(-1)!.to], [START + HOUR_MS, START + 2 * HOUR_MS]);
});

Deno.test("the last full snapshot is that of the state, unless later ones were partial", () => {
  assertEquals(wholeSnapshotAt({ at: null }), null);
  assertEquals(wholeSnapshotAt({ at: START }), START);
  assertEquals(wholeSnapshotAt({ at: START, wholeAt: START - 1 }), START - 1);
});
