/** One login under two names: it is polled and counted once, and said so. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { HOUR_MS } from "../support/readings.ts";
import { startVendor, type Vendor } from "../support/vendor.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

const KEY = "sk-one-1234567890";

/** A key in the environment, and another or the same added as `work`; 60 of 100 are used. */
async function withTwo(
  added: string,
  work: (place: CliHome, env: Record<string, string>, vendor: Vendor) => Promise<void>,
): Promise<void> {
  await withCliHome(async (place) => {
    await using vendor = startVendor(() =>
      Response.json({ is_available: true, balance_infos: [{ currency: "USD", total_balance: "7.50" }] })
    );
    const env = { SYNTRACK_DEEPSEEK_BASE_URL: vendor.origin, DEEPSEEK_API_KEY: KEY };
    const add = await place.run("account add deepseek --name work --stdin", { env, stdin: `${added}\n` });
    assertEquals(add.code, 0, add.stderr);
    await work(place, env, vendor);
  });
}

async function names(place: CliHome): Promise<readonly string[]> {
  const { quotas } = await place.json("status --format json") as { quotas: readonly { key: string }[] };
  return quotas.map(({ key }) => key).sort();
}

Deno.test("one key under two names is polled once, and its use counts once", () =>
  withTwo(KEY, async (place, env, vendor) => {
    const { stderr } = await place.run("collect", { env });
    assertMatch(stderr, /deepseek\/work.+the same login as deepseek\/default/);
    assertEquals(vendor.requests.length, 1);
    assertEquals(await names(place), ["deepseek/default/balance-usd"]);
    const { stdout } = await place.run("status", { env });
    assertMatch(
      stdout,
      /work.+ cannot be read\. It uses the same login as deepseek\/default.+Remove one of them/,
    );
    assertStringIncludes((await place.run("doctor", { env })).stdout, "the same login as deepseek/default");
    // The second one rests until one of them changes.
    const clock = createFixedClock(NOW + HOUR_MS);
    await place.run("collect", { env, clock });
    assertEquals(vendor.requests.length, 2);
  }));

Deno.test("two keys of one vendor are two accounts", () =>
  withTwo("sk-two-1234567890", async (place, env, vendor) => {
    assertEquals((await place.run("collect", { env })).code, 0);
    assertEquals(vendor.requests.length, 2);
    assertEquals(await names(place), ["deepseek/default/balance-usd", "deepseek/work/balance-usd"]);
    assert(!(await place.run("doctor", { env })).stdout.includes("the same login"));
  }));

Deno.test("once the key is no longer in two places, the other account is polled again", () =>
  withTwo(KEY, async (place, { DEEPSEEK_API_KEY: _, ...env }, vendor) => {
    await place.run("collect", { env: { ...env, DEEPSEEK_API_KEY: KEY } });
    const clock = createFixedClock(NOW + HOUR_MS);
    assertEquals((await place.run("collect", { env, clock })).code, 0);
    assertEquals(vendor.requests.length, 2);
    assertEquals(await names(place), ["deepseek/default/balance-usd", "deepseek/work/balance-usd"]);
  }));

Deno.test("a disabled account does not stand for another one with its key", () =>
  withTwo(KEY, async (place, env, vendor) => {
    await place.run("account disable deepseek/default", { env });
    assertEquals((await place.run("collect", { env })).code, 0);
    assertEquals(await names(place), ["deepseek/work/balance-usd"]);
    assertEquals(vendor.requests.length, 1);
  }));
