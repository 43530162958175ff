/** `syntrack guard` and a quota that vanishes when its vendor renames something: it is not known to be gone. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS } from "../support/readings.ts";
import { startVendor } from "../support/vendor.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

type Collect = (minute: number, body: unknown) => Promise<void>;

async function withVendor(
  env: Record<string, string>,
  variable: string,
  work: (
    place: CliHome,
    collect: Collect,
    guard: (minute: number) => ReturnType<CliHome["run"]>,
  ) => Promise<void>,
) {
  let body: unknown = {};
  await using vendor = startVendor(() => Response.json(body));
  const all = { ...env, [variable]: vendor.origin };
  await withCliHome((place) =>
    work(place, async (minute, answer) => {
      body = answer;
      const clock = createFixedClock(NOW + minute * MINUTE_MS);
      assertEquals((await place.run("collect", { env: all, clock })).code, 0);
    }, (minute) => place.run("guard", { env: all, clock: createFixedClock(NOW + minute * MINUTE_MS) }))
  );
}

/** Kimi's week with 90 % left, and five used-up hours that end in four hours, under the given name. */
function kimi(name: string | null, more: object = {}) {
  const at = (ms: number) => new Date(NOW + ms).toISOString();
  const detail = { limit: "50", used: "50", remaining: "0", resetTime: at(4 * HOUR_MS) };
  return {
    usage: { limit: "200", used: "20", remaining: "180", resetTime: at(72 * HOUR_MS) },
    limits: name === null
      ? []
      : [{ window: { duration: 300, timeUnit: "TIME_UNIT_MINUTE" }, [name]: detail }],
    ...more,
  };
}

const KIMI = { KIMI_CODE_TOKEN: "one" };

Deno.test("used-up hours that vanish under another name still stop work, until they would have been reset", () =>
  withVendor(KIMI, "SYNTRACK_KIMI_BASE_URL", async (place, collect, guard) => {
    await collect(0, kimi("detail"));
    assertEquals((await guard(0)).code, 1);
    // Also at later polls, which bring nothing new that is not understood.
    for (const minute of [5, 10, 20]) {
      await collect(minute, kimi("info"));
      const { code, stdout } = await guard(minute);
      assertEquals([minute, code], [minute, 1]);
      assertStringIncludes(stdout, "Too little: 0% left of kimi/default/five-hour");
    }
    await collect(60, kimi("info"));
    const late = await guard(60);
    assertEquals(late.code, 69);
    assertStringIncludes(late.stderr, "kimi/default/five-hour: read 1h ago, too old");
    // Their reset has passed: nothing of what was read then is true any more.
    await collect(241, kimi("info"));
    assertEquals((await guard(241)).code, 0);
    const { stdout } = await place.run("status", { clock: createFixedClock(NOW + 241 * MINUTE_MS) });
    assertMatch(stdout, /5-hour limit.*no longer reported/);
  }));

Deno.test("a limit that a vendor no longer lists is gone if everything else is understood, now or before", () =>
  withVendor(KIMI, "SYNTRACK_KIMI_BASE_URL", async (_, collect, guard) => {
    await collect(0, kimi("detail"));
    await collect(5, kimi(null));
    assertEquals((await guard(5)).code, 0);
    // What was not understood before it vanished has nothing to do with it.
    await collect(10, kimi("detail", { another: { used: 3, limit: 9 } }));
    assertEquals((await guard(10)).code, 1);
    await collect(15, kimi(null, { another: { used: 3, limit: 9 } }));
    assertEquals((await guard(15)).code, 0);
  }));

Deno.test("a share that cannot be read leaves it open whether there is enough, as it still has a limit", () =>
  withVendor({ ZAI_API_KEY: "key.one" }, "SYNTRACK_ZAI_BASE_URL", async (_, collect, guard) => {
    const answer = (name: string) => ({
      code: 200,
      success: true,
      data: {
        limits: [
          { type: "TOKENS_LIMIT", unit: 3, number: 5, [name]: 100, nextResetTime: NOW + 4 * HOUR_MS },
          { type: "TOKENS_LIMIT", unit: 6, number: 1, percentage: 9, nextResetTime: NOW + 72 * HOUR_MS },
        ],
      },
    });
    await collect(0, answer("percentage"));
    assertEquals((await guard(0)).code, 1);
    await collect(5, answer("share"));
    const { code, stderr } = await guard(5);
    assertEquals(code, 69);
    assertMatch(stderr, /zai\/default\/five-hour: read .*does not report how much is left/);
  }));
