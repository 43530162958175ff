import { synthetic } from "../../providers/synthetic.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { fixtureOf } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";
import { startVendor } from "../support/vendor.ts";
import { createTestEnvironment, createTestSandbox } from "../support/test_sandbox.ts";

const settings = { SYNTHETIC_API_KEY: "syn_example" };

async function readAs(body: unknown) {
  const ctx = createFakeContext({ settings, answer: () => new Response(JSON.stringify(body)) });
  const [account] = await synthetic.accounts(ctx);
  assert(account);
  const { readings, dropped = [] } = await synthetic.read(ctx, account);
  return { ctx, dropped, ids: readings.map((reading) => reading.quota) };
}

Deno.test("the first two generations reset, the pools of the third refill and never reset", async () => {
  const kinds: Record<string, string> = {};
  for (const name of ["normal_v2_2026-11-21", "variant_v3_2026-11-21"]) {
    const ctx = createFakeContext({
      settings,
      answer: () => new Response(JSON.stringify(fixtureOf("synthetic", name).response.body)),
    });
    const [account] = await synthetic.accounts(ctx);
    assert(account);
    for (const reading of (await synthetic.read(ctx, account)).readings) {
      kinds[reading.quota] = reading.window.kind;
    }
  }
  assertEquals(kinds, {
    subscription: "fixed",
    search: "fixed",
    "tool-calls": "fixed",
    "five-hour": "rolling",
    "weekly-credits": "rolling",
  });
});

Deno.test("a pool's own statement about refused calls counts, whatever is left of it", async () => {
  const allowed = async (limited: unknown) => {
    const stated = { rollingFiveHourLimit: { max: 1000, remaining: 800, tickPercent: 0.05, limited } };
    const ctx = createFakeContext({ settings, answer: () => new Response(JSON.stringify(stated)) });
    const [account] = await synthetic.accounts(ctx);
    assert(account);
    return (await synthetic.read(ctx, account)).readings.map((one) => [one.used, one.allowed]);
  };
  assertEquals(await allowed(true), [[200, false]]);
  assertEquals(await allowed(false), [[200, true]]);
  for (const odd of [undefined, null, "yes", 1]) assertEquals(await allowed(odd), [[200, undefined]]);
});

Deno.test("pools state their refill per hour, and are read without it", async () => {
  const { body } = fixtureOf("synthetic", "variant_v3_2026-11-21").response;
  const { rollingFiveHourLimit: pool, weeklyTokenLimit: week, ...rest } = body as Record<string, object>;
  const gains = async (tickPercent: unknown, nextRegenCredits: unknown) => {
    const stated = {
      ...rest,
      rollingFiveHourLimit: { ...pool, tickPercent },
      weeklyTokenLimit: { ...week, nextRegenCredits },
    };
    const ctx = createFakeContext({ settings, answer: () => new Response(JSON.stringify(stated)) });
    const [account] = await synthetic.accounts(ctx);
    assert(account);
    return (await synthetic.read(ctx, account)).readings.map((
      { quota, refillPerHour },
    ) => [quota, refillPerHour]);
  };
  const known = [["five-hour", 200], ["weekly-credits", 0.285714], ["search", undefined]];
  assertEquals(await gains(0.05, "$0.96"), known);
  for (const odd of [undefined, null, "soon", {}, -1, 0]) {
    assertEquals(await gains(odd, odd), known.map(([quota]) => [quota, undefined]));
  }
});

Deno.test("the most important quota comes first", async () => {
  const v2 = fixtureOf("synthetic", "normal_v2_2026-11-21").response.body;
  assertEquals((await readAs(v2)).ids, ["subscription", "search", "tool-calls"]);
  const v3 = fixtureOf("synthetic", "variant_v3_2026-11-21").response.body;
  assertEquals((await readAs(v3)).ids, ["five-hour", "weekly-credits", "search"]);
});

Deno.test("an unknown block is reported, and the others count", async () => {
  const { ids, dropped } = await readAs({
    subscription: "unlimited",
    search: { hourly: { limit: 250, requests: 1 } },
  });
  assertEquals(ids, ["search"]);
  assertEquals(dropped.map(({ what }) => what), ["subscription"]);
});

Deno.test("if the rolling pool is not understood, the old block counts after all", async () => {
  const { ids } = await readAs({ rollingFiveHourLimit: {}, subscription: { limit: 135, requests: 3 } });
  assertEquals(ids, ["subscription"]);
  // The old block counts nothing any more, so its 0 means none.
  const empty = { rollingFiveHourLimit: { left: 3 }, subscription: { limit: 135, requests: 0 } };
  await assertRejects(() => readAs(empty), /rollingFiveHourLimit/);
});

Deno.test("an answer beyond 64 KiB is not read", async () => {
  await using vendor = startVendor(() => new Response(JSON.stringify({ padding: "x".repeat(70_000) })));
  const ctx = createTestSandbox(
    synthetic,
    createTestEnvironment({ ...settings, SYNTRACK_SYNTHETIC_BASE_URL: vendor.origin }),
  );
  const [account] = await synthetic.accounts(ctx);
  assert(account);
  const error = await assertRejects(() => synthetic.read(ctx, account), /more than 65536 bytes/);
  assertEquals(kindOf(error), "bad_response");
});

Deno.test("a key in a file is found, and the account says where", async () => {
  const environment = createTestEnvironment({ SYNTHETIC_API_KEY_FILE: "~/.env" }, {
    "/home/ann/.env": "SYNTHETIC_API_KEY=syn_example\n",
  });
  const [account] = await synthetic.accounts(createTestSandbox(synthetic, environment));
  assertEquals(account?.secret.reveal(), "syn_example");
  assertEquals(account?.source, "SYNTHETIC_API_KEY_FILE in the environment");
  assertEquals(JSON.stringify(account).includes("syn_example"), false);
});

Deno.test("the setting precedes the files of other tools", async () => {
  const files = { "~/.factory/settings.json": "{" };
  const [account] = await synthetic.accounts(createFakeContext({ settings, files }));
  assertEquals(account?.secret.reveal(), "syn_example");
});

Deno.test("a command or variable name in place of a key is not followed", async () => {
  const path = "${PI_CODING_AGENT_DIR:-~/.pi/agent}/models.json";
  for (
    const apiKey of ["!pass show synthetic", "!pass", "$SYNTHETIC_API_KEY", "SYNTHETIC_API_KEY", "short"]
  ) {
    const files = { [path]: JSON.stringify({ providers: { synthetic: { apiKey } } }) };
    assertEquals(await synthetic.accounts(createFakeContext({ files })), [], apiKey);
  }
  const files = { [path]: JSON.stringify({ providers: { synthetic: { apiKey: "syn_example" } } }) };
  const [account] = await synthetic.accounts(createFakeContext({ files }));
  assertEquals([account?.secret.reveal(), account?.source], ["syn_example", "the models of Pi"]);
});
