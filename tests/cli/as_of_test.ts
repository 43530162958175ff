/** Answers as of a past time are those that would have been given then, even if the plan or unit was different. */
import { assertEquals } from "../support/assert.ts";
import { startVendor } from "../support/vendor.ts";
import { type CliHome, withCliHome } from "./support.ts";

const NOON = Date.parse("2026-11-21T12:00:00Z");
const instant = (minute: number) => new Date(NOON + minute * 60_000).toISOString();

async function collectEach(
  place: CliHome,
  provider: string,
  answers: readonly (readonly [minute: number, body: unknown])[],
) {
  let body: unknown;
  await using vendor = startVendor(() => Response.json(body));
  place.env[`SYNTRACK_${provider}_BASE_URL`] = vendor.origin;
  for (const [minute, one] of answers) {
    body = one;
    assertEquals((await place.run(`collect --now ${instant(minute)}`)).code, 0);
  }
}

type Told = Record<string, unknown>;
const firstAccount = async (place: CliHome, minute: number) =>
  (await place.json(`status --json --now ${instant(minute)}`) as { accounts: Told[] }).accounts[0];
const rate = async (place: CliHome, minute: number) =>
  (await place.json(`query burn-rate --now ${instant(minute)}`) as Told).rate_per_hour;
const consumed = async (place: CliHome, command: string, minute: number) => {
  const { cycles, sessions } = await place.json(`${command} --json --now ${instant(minute)}`) as {
    cycles?: { consumed: number }[];
    sessions?: { quotas: { consumed: number }[] }[];
  };
  return (cycles ?? sessions?.flatMap(({ quotas }) => quotas) ?? []).reduce(
    (sum, one) => sum + one.consumed,
    0,
  );
};

Deno.test("as of a time around a change of plan, the plan is that of the time and the jump is not use", () =>
  withCliHome(async (place) => {
    place.env.CODEX_TOKEN = "example-token";
    const answer = (used_percent: number, plan_type: string) => ({
      plan_type,
      rate_limit: {
        primary_window: {
          used_percent,
          limit_window_seconds: 604_800,
          reset_at: NOON / 1000 + 4 * 86_400,
        },
      },
    });
    await collectEach(place, "CODEX", [
      [0, answer(10, "pro")],
      [5, answer(10, "pro")],
      [10, answer(80, "plus")],
      [20, answer(80, "plus")],
      [30, answer(81, "plus")],
    ]);
    assertEquals((await firstAccount(place, 7))?.plan, "pro");
    assertEquals((await firstAccount(place, 22))?.plan, "plus");
    assertEquals(await rate(place, 22), 0);
    assertEquals(await consumed(place, "cycles", 22), 0);
  }));

Deno.test("as of a time after a change of unit, amounts are in the unit of that time and never added to others", () =>
  withCliHome(async (place) => {
    place.env.COPILOT_TOKEN = "gho_example";
    const answer = (used: number, entitlement: number) => ({
      login: "octo-example",
      copilot_plan: "individual",
      ...entitlement > 300 && { token_based_billing: true },
      quota_reset_date_utc: "2026-12-01T00:00:00.000Z",
      quota_snapshots: {
        premium_interactions: {
          entitlement,
          remaining: entitlement - used,
          quota_remaining: entitlement - used,
          percent_remaining: 100 * (1 - used / entitlement),
        },
      },
    });
    await collectEach(place, "COPILOT", [
      [0, answer(30, 300)],
      [5, answer(45, 300)],
      [10, answer(225, 1500)],
      [15, answer(240, 1500)],
      [25, answer(50, 300)],
      [30, answer(50, 300)],
    ]);
    for (const [minute, sum] of [[7, 15], [12, 75], [17, 90], [27, 18], [31, 18]] as const) {
      assertEquals(await consumed(place, "cycles", minute), sum, `cycles at ${minute}`);
      assertEquals(await consumed(place, "sessions", minute), sum, `sessions at ${minute}`);
      const today = await place.json(`query today --now ${instant(minute)}`) as Told;
      assertEquals(today.consumed_today, sum, `today at ${minute}`);
    }
    const units = [];
    for (const minute of [7, 17, 31]) {
      const account = await firstAccount(place, minute);
      units.push((account?.quotas as Told[])[0]?.unit);
    }
    assertEquals(units, ["requests", "credits", "requests"]);
  }));

Deno.test("as of a time at which the vendor refused work, guard and status say so, but not before or after it", () =>
  withCliHome(async (place) => {
    place.env.CODEX_TOKEN = "example-token";
    const answer = (used_percent: number, allowed: boolean | undefined) => ({
      plan_type: "plus",
      rate_limit: {
        ...allowed !== undefined && { allowed, limit_reached: !allowed },
        primary_window: {
          used_percent,
          limit_window_seconds: 604_800,
          reset_at: NOON / 1000 + 4 * 86_400,
        },
      },
    });
    await collectEach(place, "CODEX", [
      [0, answer(5, undefined)],
      [10, answer(6, false)],
      [20, answer(7, true)],
      [30, answer(7, true)],
    ]);
    const then = [];
    for (const minute of [5, 12, 22, 31]) {
      const { code } = await place.run(`guard --min-remaining 20% --now ${instant(minute)}`);
      const account = await firstAccount(place, minute);
      then.push([code, (account?.quotas as Told[])[0]?.status]);
    }
    assertEquals(then, [[0, "healthy"], [1, "blocked"], [0, "healthy"], [0, "healthy"]]);
  }));
