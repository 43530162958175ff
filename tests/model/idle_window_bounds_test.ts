/** When a window begins with its first use: each condition and bound. */
import type { Cycle } from "../../lib/model/engine/cycle.ts";
import { firstUseAt } from "../../lib/model/engine/idle_window.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS, reading, ROLLING, utc } from "../support/readings.ts";

const START = utc("2026-11-21 00:00");
const FROM = START + 8 * HOUR_MS;
const TO = FROM + HOUR_MS;
/** A twentieth of five hours. */
const TOLERANCE = 15 * MINUTE_MS;

interface Case {
  readonly cycle?: Partial<Cycle>;
  readonly before?: Partial<Reading>;
  readonly after?: Partial<Reading>;
  /** When the window of the second reading began. */
  readonly began?: number;
}

/** The beginning between an unused reading and one with use, half an hour later in a window that began then. */
function begin({ cycle, before, after, began = FROM + HOUR_MS / 2 }: Case): number | null {
  return firstUseAt(
    { startedAt: START, consumed: 0, peak: 0, ...cycle } as Cycle,
    { reading: reading({ used: 0, resetsAt: null, ...before }), at: FROM },
    reading({ used: 3, resetsAt: began + 5 * HOUR_MS, ...after }),
    TO,
  );
}
const BEGAN = FROM + HOUR_MS / 2;

Deno.test("a window that waited begins with the window of its first use, between the two readings", () => {
  assertEquals(begin({}), BEGAN);
  assertEquals([TO + TOLERANCE, TO + TOLERANCE + 1].map((began) => begin({ began })), [TO, null]);
});

Deno.test("a window that waited may state a beginning before that, but none before the last window ended", () => {
  const earliest = [FROM - TOLERANCE - 1, START + TOLERANCE + 1, START + TOLERANCE];
  for (const resetsAt of [null, FROM + 5 * HOUR_MS]) {
    assertEquals(earliest.map((began) => begin({ began, before: { resetsAt } })), [FROM, FROM, FROM]);
    assertEquals(begin({ began: START - TOLERANCE - 1, before: { resetsAt } }), null);
  }
  // One that is unused and does not wait has begun.
  const before = { resetsAt: FROM + 2 * HOUR_MS };
  assertEquals([FROM - TOLERANCE, FROM - TOLERANCE - 1].map((began) => begin({ began, before })), [
    FROM,
    null,
  ]);
});

Deno.test("a cycle that was used has begun, unless its reset slides along again", () => {
  const idle = { resetsAt: FROM + 5 * HOUR_MS };
  for (const cycle of [{ consumed: 0.5 }, { peak: 0.5 }, { consumed: 0.5, peak: null }]) {
    assertEquals([begin({ cycle }), begin({ cycle, before: idle })], [null, BEGAN]);
  }
  assertEquals(begin({ cycle: { peak: null } }), BEGAN);
  assertEquals(begin({ before: idle }), BEGAN);
});

Deno.test("only a reading with use begins a window, and only after one that states that there was none", () => {
  assertEquals([begin({ after: { used: 0.5 } }), begin({ after: { used: 0 } })], [BEGAN, null]);
  const left = (remaining: number | null, limit: number | null = 100) =>
    begin({ after: { used: null, remaining, limit } });
  assertEquals([left(99.5), left(100), left(null), left(97, null)], [BEGAN, null, null, null]);
  assertEquals([begin({ before: { used: 0.5 } }), begin({ before: { used: null } })], [null, null]);
  assertEquals(begin({ before: { used: null, remaining: 100 } }), BEGAN);
});

Deno.test("a window without a stated reset, and one that always slides, begin at no time", () => {
  assertEquals([begin({ after: { resetsAt: null } }), begin({ after: { window: ROLLING } })], [null, null]);
});

Deno.test("a cycle that began no earlier than that by more than the tolerance keeps its beginning", () => {
  const after = (startedAt: number) => begin({ cycle: { startedAt } });
  assertEquals([after(BEGAN - TOLERANCE), after(BEGAN - TOLERANCE - 1)], [null, BEGAN]);
});
