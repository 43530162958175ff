/** Vendors that state a new window before its level: the former level is not used again. */
import { assertEquals } from "../support/assert.ts";
import { utc } from "../support/readings.ts";
import { runCollects } from "./collected.ts";

/** The dollars of a day at OpenRouter, whose reset is midnight. */
async function spentAfter(polls: readonly (readonly [at: string, used: number])[]): Promise<unknown> {
  const answer = (path: string, at: number) =>
    path.includes("credits")
      ? null
      : { data: { usage: 100, usage_daily: polls.find(([instant]) => utc(instant) === at)![1] } };
  let found: unknown;
  await runCollects(
    "openrouter",
    { OPENROUTER_API_KEY: "sk-or-v1-one" },
    polls.map(([at]) => at),
    answer,
    async (run) => {
      const { cycles } = JSON.parse((await run("cycles --quota spend-daily --json")).stdout) as {
        cycles: readonly { startedAt: string; consumed: number; peak: number | null }[];
      };
      found = cycles.map(({ startedAt, consumed, peak }) => [startedAt.slice(8, 16), consumed, peak]);
    },
  );
  return found;
}

Deno.test("a level that is still that of the day before does not count for the new day", async () => {
  assertEquals(
    await spentAfter([
      ["2026-11-20 22:00", 12],
      ["2026-11-20 23:58", 20],
      ["2026-11-21 00:01", 20],
      ["2026-11-21 00:03", 20],
      ["2026-11-21 00:06", 0],
      ["2026-11-21 09:00", 1.5],
    ]),
    [["21T00:00", 1.5, 1.5], ["20T22:00", 8, 20]],
  );
});

Deno.test("the same level as before a reset counts once it changes, or stays", async () => {
  const before = [["2026-11-20 22:00", 3], ["2026-11-20 23:58", 4], ["2026-11-21 00:01", 4]] as const;
  assertEquals(await spentAfter([...before, ["2026-11-21 00:06", 5]]), [["21T00:00", 5, 5], [
    "20T22:00",
    1,
    4,
  ]]);
  assertEquals(await spentAfter([...before, ["2026-11-21 00:15", 4]]), [["21T00:00", 4, 4], [
    "20T22:00",
    1,
    4,
  ]]);
  // Rarely polled, a level may well be as high again.
  assertEquals(
    await spentAfter([["2026-11-20 22:00", 3], ["2026-11-20 23:58", 4], ["2026-11-21 00:20", 4]]),
    [["21T00:00", 4, 4], ["20T22:00", 1, 4]],
  );
});
