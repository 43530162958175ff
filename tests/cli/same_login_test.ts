/** One login under two names: it is polled and counted once, and said so. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { HOUR_MS } from "../support/readings.ts";
import { jwtOf } from "../support/jwt.ts";
import { startVendor, type Vendor } from "../support/vendor.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

const KEY = "sk-one-1234567890";

/** A key in the environment, and another or the same added as `work`; 60 of 100 are used. */
async function withTwo(
  added: string,
  work: (home: CliHome, env: Record<string, string>, vendor: Vendor) => Promise<void>,
): Promise<void> {
  await withCliHome(async (home) => {
    await using vendor = startVendor(() =>
      Response.json({ is_available: true, balance_infos: [{ currency: "USD", total_balance: "7.50" }] })
    );
    const env = { SYNTRACK_DEEPSEEK_BASE_URL: vendor.origin, DEEPSEEK_API_KEY: KEY };
    const add = await home.run("account add deepseek --name work --stdin", { env, stdin: `${added}\n` });
    assertEquals(add.code, 0, add.stderr);
    await work(home, env, vendor);
  });
}

async function names(home: CliHome): Promise<readonly string[]> {
  const { quotas } = await home.json("status --format json") as { quotas: readonly { key: string }[] };
  return quotas.map(({ key }) => key).sort();
}

Deno.test("one key under two names is polled once, and its use counts once", () =>
  withTwo(KEY, async (home, env, vendor) => {
    const { stderr } = await home.run("collect", { env });
    assertMatch(stderr, /deepseek\/work.+the same login as deepseek\/default/);
    assertEquals(vendor.requests.length, 1);
    assertEquals(await names(home), ["deepseek/default/balance-usd"]);
    const { stdout } = await home.run("status", { env });
    assertMatch(
      stdout,
      /work.+ cannot be read\. It uses the same login as deepseek\/default.+Remove one of them/,
    );
    assertStringIncludes((await home.run("doctor", { env })).stdout, "the same login as deepseek/default");
    // The second one rests until one of them changes.
    const clock = createFixedClock(NOW + HOUR_MS);
    await home.run("collect", { env, clock });
    assertEquals(vendor.requests.length, 2);
  }));

Deno.test("doctor names the account that is polled: not a disabled one, and not one whose login is refused", () =>
  withTwo(KEY, async (home, env) => {
    const twin = async () => {
      const { stdout } = await home.run("doctor", { env });
      return stdout.match(/Account (\S+): [^●▲✕]*the same login as (\S+):/)?.slice(1);
    };
    assertEquals(await twin(), ["deepseek/work", "deepseek/default"]);
    await home.run("account disable deepseek/default", { env });
    assertEquals(await twin(), ["deepseek/default", "deepseek/work"]);
  }));

Deno.test("doctor names no twin of a refused login, which stands for no other one of its owner", () =>
  withCliHome(async (home) => {
    const token = (jti: string) =>
      jwtOf({ jti, "https://api.openai.com/auth": { chatgpt_account_id: "one", user_id: "user-one" } });
    await using vendor = startVendor((_, request) =>
      request.headers.get("authorization")?.includes(token("good"))
        ? Response.json({ plan_type: "plus", rate_limit: { primary_window: { used_percent: 5 } } })
        : new Response(null, { status: 401 })
    );
    const env = { SYNTRACK_CODEX_BASE_URL: vendor.origin, CODEX_TOKEN: token("bad") };
    const added = await home.run("account add codex --name work --stdin", {
      env,
      stdin: `${token("good")}\n`,
    });
    assertEquals(added.code, 0, added.stderr);
    const said = async () => (await home.run("doctor", { env })).stdout.includes("the same login");
    const before = await said();
    // Refused three times, the first one rests.
    for (let hour = 0; hour < 4; hour++) {
      await home.run("collect --force", { env, clock: createFixedClock(NOW + hour * HOUR_MS) });
    }
    assertEquals([before, await said()], [true, false]);
  }));

Deno.test("two keys of one vendor are two accounts", () =>
  withTwo("sk-two-1234567890", async (home, env, vendor) => {
    assertEquals((await home.run("collect", { env })).code, 0);
    assertEquals(vendor.requests.length, 2);
    assertEquals(await names(home), ["deepseek/default/balance-usd", "deepseek/work/balance-usd"]);
    assert(!(await home.run("doctor", { env })).stdout.includes("the same login"));
  }));

Deno.test("once the key is no longer in two places, the other account is polled again", () =>
  withTwo(KEY, async (home, { DEEPSEEK_API_KEY: _, ...env }, vendor) => {
    await home.run("collect", { env: { ...env, DEEPSEEK_API_KEY: KEY } });
    const clock = createFixedClock(NOW + HOUR_MS);
    assertEquals((await home.run("collect", { env, clock })).code, 0);
    assertEquals(vendor.requests.length, 2);
    assertEquals(await names(home), ["deepseek/default/balance-usd", "deepseek/work/balance-usd"]);
  }));

Deno.test("a disabled account does not stand for another one with its key", () =>
  withTwo(KEY, async (home, env, vendor) => {
    await home.run("account disable deepseek/default", { env });
    assertEquals((await home.run("collect", { env })).code, 0);
    assertEquals(await names(home), ["deepseek/work/balance-usd"]);
    assertEquals(vendor.requests.length, 1);
  }));
