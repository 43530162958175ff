/** Resets before their time, as a vendor grants them, from its answers to cycles and consumption. */
import { assertEquals } from "../support/assert.ts";
import { utc } from "../support/readings.ts";
import { runCollects } from "./collected.ts";

interface Poll {
  readonly at: string;
  /** Percent of the week; null if the vendor states none. */
  readonly used: number | null;
  readonly resetsAt: string;
}

/** Returns what was consumed in each cycle of Codex's week, the latest first. */
async function cyclesAfter(polls: readonly Poll[]): Promise<unknown> {
  let found: unknown;
  const answer = (_: string, at: number) => {
    const { used, resetsAt } = polls.find((poll) => utc(poll.at) === at)!;
    const secondary_window = {
      used_percent: used,
      limit_window_seconds: 604_800,
      reset_at: utc(resetsAt) / 1000,
    };
    const primary_window = { used_percent: 10, limit_window_seconds: 18_000 };
    return { plan_type: "plus", rate_limit: { allowed: true, primary_window, secondary_window } };
  };
  await runCollects("codex", { CODEX_TOKEN: "one" }, polls.map(({ at }) => at), answer, async (run) => {
    const { cycles } = JSON.parse((await run("cycles --quota seven-day --json")).stdout) as {
      cycles: readonly { consumed: number; startedAt: string }[];
    };
    found = cycles.map(({ startedAt, consumed }) => [startedAt.slice(5, 16), consumed]);
  });
  return found;
}

/** Its week began two hours before the first poll. */
const FIRST = { resetsAt: "2026-11-23 08:00" };
/** An early reset four hours after that: a week may jitter by more. */
const NEXT = { resetsAt: "2026-11-23 12:10" };

Deno.test("an early reset soon after its window began is one, although the stated reset moves by little", async () => {
  const polls = [
    { at: "2026-11-16 10:00", used: 10, ...FIRST },
    { at: "2026-11-16 12:00", used: 34, ...FIRST },
    { at: "2026-11-16 12:30", used: 5, ...NEXT },
    { at: "2026-11-16 13:00", used: 9, ...NEXT },
    { at: "2026-11-16 13:30", used: 30, ...NEXT },
  ];
  assertEquals(await cyclesAfter(polls), [["11-16T12:30", 30], ["11-16T10:00", 24]]);
});

Deno.test("so is one whose window begins with the hour", async () => {
  const whole = { resetsAt: "2026-11-23 12:00" };
  const polls = [
    { at: "2026-11-16 10:00", used: 10, ...FIRST },
    { at: "2026-11-16 12:20", used: 34, ...FIRST },
    { at: "2026-11-16 12:50", used: 5, ...whole },
    { at: "2026-11-16 13:00", used: 9, ...whole },
  ];
  assertEquals(await cyclesAfter(polls), [["11-16T12:50", 9], ["11-16T10:00", 24]]);
});

Deno.test("it was none if the next answer states the former use and reset again", async () => {
  const polls = [
    { at: "2026-11-16 10:00", used: 10, ...FIRST },
    { at: "2026-11-16 12:00", used: 34, ...FIRST },
    { at: "2026-11-16 12:30", used: 5, ...NEXT },
    { at: "2026-11-16 13:00", used: 36, ...FIRST },
  ];
  assertEquals(await cyclesAfter(polls), [["11-16T10:00", 26]]);
});

Deno.test("a fall whose window did not begin between the two answers is a correction", async () => {
  const drifted = { resetsAt: "2026-11-23 10:30" };
  const polls = [
    { at: "2026-11-16 10:45", used: 10, ...FIRST },
    { at: "2026-11-16 12:00", used: 34, ...FIRST },
    { at: "2026-11-16 12:30", used: 5, ...drifted },
    { at: "2026-11-16 13:00", used: 9, ...drifted },
  ];
  assertEquals(await cyclesAfter(polls), [["11-16T10:45", 24]]);
});

Deno.test("an early reset is one even if its first answers state no use", async () => {
  const before = { resetsAt: "2026-11-21 09:00" };
  const after = { resetsAt: "2026-11-23 12:10" };
  for (const silent of [1, 2, 3]) {
    const polls = [
      { at: "2026-11-16 11:30", used: 39, ...before },
      { at: "2026-11-16 12:00", used: 40, ...before },
      ...["12:30", "13:00", "13:30"].slice(0, silent).map((time) => ({
        at: `2026-11-16 ${time}`,
        used: null,
        ...after,
      })),
      { at: "2026-11-16 14:00", used: 3, ...after },
      { at: "2026-11-16 14:30", used: 8, ...after },
    ];
    assertEquals([silent, await cyclesAfter(polls)], [silent, [["11-16T14:00", 8], ["11-16T11:30", 1]]]);
  }
});
