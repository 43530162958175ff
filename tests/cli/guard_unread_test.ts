/** What a vendor could not tell in one part of its answer is neither gone nor fresh. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS } from "../support/readings.ts";
import { startVendor, type Vendor } from "../support/vendor.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

const KEY = { data: { label: "k", limit: null, usage: 10, usage_daily: 1, is_free_tier: false } };
const FREE = { free_model_daily_requests: { limit: 1000, used: 12, remaining: 988 } };
/** 1 of 200 dollars is left. */
const CREDITS = { data: { total_credits: 200, total_usage: 199 } };

/** An account at OpenRouter whose credits are nearly used up, and a poll in which their part answers as given. */
async function withCredits(
  work: (
    place: CliHome,
    collect: (at: number, credits: Response) => Promise<Record<string, string>>,
  ) => Promise<
    void
  >,
) {
  let credits = Response.json(CREDITS);
  await using vendor: Vendor = startVendor(({ path }) =>
    path.endsWith("/credits") ? credits.clone() : Response.json({ data: { ...KEY.data, ...FREE } })
  );
  const env = { OPENROUTER_API_KEY: "sk-or-v1-example", SYNTRACK_OPENROUTER_BASE_URL: vendor.origin };
  await withCliHome((place) =>
    work(place, async (at, answer) => {
      credits = answer;
      assertEquals((await place.run("collect", { env, clock: createFixedClock(at) })).code, 0);
      return env;
    })
  );
}

Deno.test("guard still knows that a balance is nearly used up when only its part of a poll fails", () =>
  withCredits(async (place, collect) => {
    const env = await collect(NOW, Response.json(CREDITS));
    assertEquals((await place.run("guard", { env })).code, 1);
    for (
      const [minute, failure] of [
        [5, new Response("{}", { status: 503 })],
        [10, new Response("<html>Bad gateway</html>", { status: 502 })],
        [15, new Response("half of {")],
        [20, Response.json({}, { status: 429 })],
      ] as const
    ) {
      const at = NOW + minute * MINUTE_MS;
      await collect(at, failure);
      const clock = createFixedClock(at);
      const { code, stdout } = await place.run("guard", { env, clock });
      assertEquals([minute, code], [minute, 1]);
      assertStringIncludes(stdout, "Too little: 0.5% left of openrouter/default/credits");
      const { stdout: status } = await place.run("status", { env, clock });
      assertStringIncludes(status, "0.5% left of Account credits");
      assertEquals(/not reported|no longer/.test(status), false, status);
    }
  }));

Deno.test("guard cannot tell about a part that has failed for longer than a reading counts", () =>
  withCredits(async (place, collect) => {
    await collect(NOW, Response.json(CREDITS));
    let at = NOW;
    for (let poll = 0; poll < 4; poll++) {
      await collect(at += 10 * MINUTE_MS, new Response(null, { status: 500 }));
    }
    const env = await collect(at + MINUTE_MS, new Response(null, { status: 500 }));
    const { code, stderr } = await place.run("guard", { env, clock: createFixedClock(at + MINUTE_MS) });
    assertEquals(code, 69);
    assertStringIncludes(stderr, "openrouter/default/credits: read 41m ago, too old");
    const clock = createFixedClock(at + MINUTE_MS);
    assertStringIncludes((await place.run("status", { env, clock })).stdout, "read 41m ago");
    assertMatch((await place.run("status --long", { env, clock })).stdout, /credits\) {2}read 41m ago/);
    const plain = (await place.run("status --plain", { env, clock })).stdout.split("\n");
    const credits = plain.find((line) => line.includes("/credits\t"));
    assertEquals(credits?.split("\t").at(-1), new Date(NOW).toISOString());
    // Two days later it is still there, and still as old as it is.
    for (let poll = 0; poll < 5; poll++) {
      await collect(at += 10 * HOUR_MS, new Response(null, { status: 500 }));
    }
    const later = await place.run("guard", { env, clock: createFixedClock(at) });
    assertStringIncludes(later.stderr, "openrouter/default/credits: read 2d 2h ago, too old");
    const { accounts: [{ quotas }] } = await place.json("status --json", {
      env,
      clock: createFixedClock(at),
    }) as { accounts: [{ quotas: { key: string; at?: string }[] }] };
    const ages = quotas.filter(({ at }) => at !== undefined).map(({ key, at }) => [key, at]);
    assertEquals(ages, [["credits", new Date(NOW).toISOString()]]);
  }));

Deno.test("collect lists what this poll read, and not what it could not read", () =>
  withCredits(async (place, collect) => {
    const env = await collect(NOW, Response.json(CREDITS));
    await collect(NOW + MINUTE_MS, new Response(null, { status: 500 }));
    const { accounts: [{ quotas }] } = await place.json("collect --json", {
      env,
      clock: createFixedClock(NOW + 2 * MINUTE_MS),
    }) as { accounts: [{ quotas: { key: string }[] }] };
    assertEquals(quotas.map(({ key }) => key), ["key-limit", "free-model-daily", "spend-daily"]);
  }));

Deno.test("a part that the vendor refuses to this key, or no longer has, is gone", () =>
  withCredits(async (place, collect) => {
    for (const [hours, status] of [[1, 403], [2, 404]] as const) {
      await collect(NOW + hours * HOUR_MS, Response.json(CREDITS));
      const at = NOW + hours * HOUR_MS + MINUTE_MS;
      const env = await collect(at, Response.json({}, { status }));
      const { code, stdout } = await place.run("guard", { env, clock: createFixedClock(at) });
      assertEquals([status, code], [status, 0]);
      assertStringIncludes(stdout, "Enough: 98.8% left of openrouter/default/free-model-daily");
    }
  }));
