import { findRise } from "../../lib/model/engine/session_parts.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";
import { MINUTE_MS, reading, replayOne, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const rise = (before: Partial<Reading>, after: Partial<Reading>, consumed: number, reset: boolean) =>
  findRise(
    { reading: reading(before), at: AT },
    { reading: reading(after), at: AT + MINUTE_MS },
    { consumed, reset },
  );

Deno.test("a rise goes from the amounts before it, and after a reset from an unused window, if stated", () => {
  const cases = [
    [{ used: 4, remaining: 96 }, { used: 6, remaining: 94 }, false, [4, 6, 96, 94]],
    [{ used: 4, remaining: 96 }, { used: 6, remaining: 94 }, true, [0, 6, 100, 94]],
    [{ used: 4 }, { used: 6 }, false, [4, 6, null, null]],
    [{ used: 4 }, { used: 6 }, true, [0, 6, null, null]],
    [{ used: null, remaining: 96 }, { used: null, remaining: 94 }, false, [null, null, 96, 94]],
    [{ used: null, remaining: 96 }, { used: null, remaining: 94 }, true, [null, null, 100, 94]],
  ] as const;
  for (const [before, after, reset, [start, end, leftStart, leftEnd]] of cases) {
    assertEquals(rise(before, after, 2, reset), {
      quota: "five-hour",
      at: AT + MINUTE_MS,
      from: AT,
      start,
      end,
      leftStart,
      leftEnd,
      consumed: 2,
    });
  }
});

Deno.test("whatever the ledger counts is a rise, and nothing else", () => {
  assertEquals(rise({}, { used: 3 }, 0, false), null);
  assertEquals(rise({}, { used: 1e-6 }, 1e-6, false)?.consumed, 1e-6);
});

Deno.test("rounding in the remainder of a new window is no use, neither in the ledger nor as a session", () => {
  const left = (remaining: number) => {
    const { entries, sessions } = replayOne([
      { at: AT, used: null, limit: 1000, remaining: 400, resetsAt: AT + MINUTE_MS },
      { at: AT + 2 * MINUTE_MS, used: null, limit: 1000, remaining, resetsAt: AT + 301 * MINUTE_MS },
    ]);
    return [entries[1]?.reset, entries[1]?.consumed, sessions.length];
  };
  assertEquals(left(1000 - 2e-13), [true, 0, 0]);
  assertEquals(left(999.5), [true, 0.5, 1]);
});
