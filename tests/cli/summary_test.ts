/** `query summary` on a quota that was first read in the middle of a window. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { assertEquals } from "../support/assert.ts";
import { utc } from "../support/readings.ts";
import { withCliHome } from "./support.ts";

/** Windows of five hours, with 30 requests in each: 10 an hour from the first hour to the fourth. */
const HOURLY = [0, 10, 20, 30, 30];

Deno.test("the average of a cycle leaves out the one in which readings began", () =>
  withCliHome(async (place) => {
    // From 03:00 on, when 30 were used already: the first window adds nothing.
    for (let hour = 3; hour < 22; hour++) {
      const window = Math.floor(hour / 5);
      await place.fill([[`2026-11-21 ${String(hour).padStart(2, "0")}:00`, HOURLY[hour % 5]!]], {
        resetsAt: utc("2026-11-21") + (window + 1) * 5 * 3_600_000,
      });
    }
    const expected = [
      // Nothing has ended; the first window has, which was not read from its beginning; one and then two whole ones have.
      ["04:30", 0, null],
      ["09:30", 1, null],
      ["11:30", 2, 30],
      ["16:30", 3, 30],
      ["21:30", 4, 30],
    ] as const;
    for (const [time, closed, average] of expected) {
      const clock = createFixedClock(utc("2026-11-21 21:30"));
      const summary = await place.json(`query summary --now 2026-11-21T${time}:00Z`, { clock }) as Record<
        string,
        unknown
      >;
      assertEquals([summary.completed_cycles, summary.avg_per_cycle], [closed, average], time);
    }
  }));
