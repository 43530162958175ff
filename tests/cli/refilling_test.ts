/** Quotas that refill continuously: when one will be full again is not a reset, after which work is possible. */
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { runCollects, type RunLater } from "./collected.ts";

const INSTANTS = ["2026-11-21 12:00", "2026-11-21 12:20", "2026-11-21 12:40", "2026-11-21 13:00"];

/** Amp's pool of 20 dollars, with what is left of it at each poll. */
async function amp(left: readonly number[], then: (run: RunLater) => Promise<void>): Promise<void> {
  let poll = 0;
  const answer = () => {
    const now = left[poll++]!.toFixed(2);
    const displayText = `Signed in as a@b (a)\nAmp Free: $${now}/$20 remaining (replenishes +$0.83/hour)`;
    return { ok: true, result: { displayText } };
  };
  await runCollects("amp", { AMP_API_KEY: "sgamp_user_one" }, INSTANTS, answer, then);
}

const COMMANDS = ["status", "status --brief", "forecast", "insights", "guard", "horizon"];

Deno.test("a pool that is used up is not back only when it is full again", () =>
  amp([3, 1.5, 0, 0], async (run) => {
    const [first] = (await run("status")).stdout.split("\n");
    assertEquals(first, "No: Amp, Free, is used up, and refills 83 credits/h.");
    for (const command of COMMANDS) {
      const { stdout } = await run(command);
      assert(!/not before|back in|resets? (in|at)|2026-11-22/.test(stdout), `${command}: ${stdout}`);
    }
    // 2,000 credits at 83 an hour take 24 hours and 6 minutes.
    assertStringIncludes((await run("status --long")).stdout, "Full again  2026-11-22 13:05");
  }));

Deno.test("a pool that runs out does so before no reset", () =>
  amp([13, 11.5, 10, 8.5], async (run) => {
    // 450 credits used and 83 refilled an hour: 850 last 2 hours and 19 minutes.
    assertStringIncludes((await run("status")).stdout, "Yes, with Amp: Free runs out at 15:18");
    for (const command of COMMANDS) {
      const { stdout } = await run(command);
      assert(!/before its reset|early|resets? (in|at)/.test(stdout), `${command}: ${stdout}`);
    }
  }));

Deno.test("programs still learn when a pool is full again", () =>
  amp([13, 13, 13, 13], async (run) => {
    const { accounts } = JSON.parse((await run("status --json")).stdout);
    // 700 credits at 83 an hour: 8 hours and 26 minutes.
    assertEquals(accounts[0].quotas[0].resetsAt.slice(0, 16), "2026-11-21T21:26");
  }));

Deno.test("without a known refill, no rate says when a pool is empty", () => {
  let poll = 0;
  const answer = () => ({ rollingFiveHourLimit: { max: 600, remaining: 400 - 40 * poll++, limited: false } });
  return runCollects("synthetic", { SYNTHETIC_API_KEY: "syn_one" }, INSTANTS, answer, async (run) => {
    const rate = JSON.parse((await run("query burn-rate")).stdout);
    assertEquals([rate.rate_per_hour, rate.forecast_reason], [120, "refill-unknown"]);
    assertEquals([rate.hours_until_empty, rate.estimated_empty_at, rate.runs_dry_at], [
      null,
      undefined,
      null,
    ]);
    assertStringIncludes((await run("stats")).stdout, "Empty in  unknown");
  });
});
