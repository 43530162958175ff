/** Windows that begin with their first use, as vendors state them, from their answers to cycles. */
import { assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";
import { runCollects, type Vendor } from "./collected.ts";

const START = utc("2026-11-20 08:00");
/** Percent in the second window, by the minutes since its first use. */
const used = (minutes: number) => minutes < 0 ? 0 : 1 + Math.floor(minutes / 10);

interface Case {
  readonly id: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly answer: (used: number, resetsAt: number | null, at: number) => unknown;
}

const CASES: readonly Case[] = [
  {
    id: "anthropic",
    settings: { ANTHROPIC_TOKEN: "sk-ant-oat01-one" },
    answer: (percent, resetsAt) => ({
      five_hour: {
        utilization: percent,
        resets_at: resetsAt === null ? null : new Date(resetsAt).toISOString(),
      },
    }),
  },
  {
    id: "zai",
    settings: { ZAI_API_KEY: "one.two" },
    answer: (percentage, nextResetTime) => ({
      code: 200,
      success: true,
      data: { limits: [{ type: "TOKENS_LIMIT", unit: 3, number: 5, percentage, nextResetTime }] },
    }),
  },
  {
    id: "codex",
    settings: { CODEX_TOKEN: "one" },
    answer: (used_percent, resetsAt, at) => ({
      plan_type: "plus",
      rate_limit: {
        allowed: true,
        primary_window: {
          used_percent,
          limit_window_seconds: 18_000,
          reset_at: (resetsAt ?? at + 5 * HOUR_MS) / 1000,
        },
      },
    }),
  },
];

for (const { id, settings, answer } of CASES) {
  Deno.test(`${id}: a cycle begins with its first use, even if its vendor rounds that down to the hour`, async () => {
    // Idle from the afternoon on, and used again at 21:50 of the next day: the vendor counts from 21:00.
    const firstUse = utc("2026-11-21 21:50");
    const vendor: Vendor = (_, at) => {
      if (at < START + 5 * HOUR_MS) return answer(20, START + 5 * HOUR_MS, at);
      const minutes = (at - firstUse) / MINUTE_MS;
      return answer(used(minutes), minutes < 0 ? null : utc("2026-11-22 02:00"), at);
    };
    const instants = [
      ...["08:00", "12:50", "13:10", "18:00"].map((time) => `2026-11-20 ${time}`),
      ...["12:00", "21:30", "21:40", "21:50", "22:00", "22:10"].map((time) => `2026-11-21 ${time}`),
    ];
    await runCollects(id, settings, instants, vendor, async (run) => {
      const { cycles } = JSON.parse((await run("cycles --json")).stdout) as {
        cycles: readonly { startedAt: string; endedAt: string | null; consumed: number }[];
      };
      assertEquals(cycles.map((cycle) => [cycle.startedAt, cycle.endedAt, cycle.consumed]), [
        ["2026-11-21T21:40:00.000Z", null, 3],
        ["2026-11-20T08:00:00.000Z", "2026-11-20T13:00:00.000Z", 0],
      ]);
    });
  });
}
