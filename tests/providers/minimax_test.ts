import { minimax } from "../../providers/minimax.ts";
import { gatherModels } from "../../providers/minimax/models.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { fixtureOf } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";
import { startVendor } from "../support/vendor.ts";
import { createTestEnvironment, createTestSandbox } from "../support/test_sandbox.ts";

const NORMAL = JSON.stringify(fixtureOf("minimax", "normal_2026-11-21").response.body);
const OPENCODE = "${XDG_DATA_HOME:-~/.local/share}/opencode/auth.json";

async function credentialOf(settings: Readonly<Record<string, string>>, files = {}) {
  const [account] = await minimax.accounts(createFakeContext({ settings, files }));
  return account && [account.secret.reveal(), account.source];
}

Deno.test("settings precede OpenCode, and OpenCode precedes the vendor's CLI", async () => {
  const settings = { MINIMAX_API_KEY: "one", MINIMAX_CODING_API_KEY: "two" };
  const cli = { "~/.mmx/config.json": '{"api_key":"four"}' };
  const files = { [OPENCODE]: '{"minimax":{"type":"api","key":"three"}}', ...cli };
  assertEquals(await credentialOf(settings, files), ["two", "MINIMAX_CODING_API_KEY in the environment"]);
  assertEquals(await credentialOf({}, files), ["three", 'the login "minimax" of OpenCode']);
  assertEquals(await credentialOf({}, cli), ["four", "api_key in ~/.mmx/config.json"]);
});

Deno.test("an invalid JSON file is named, without its content", async () => {
  const ctx = createFakeContext({ files: { "~/.mmx/config.json": "api_key: sk-cp-hidden" } });
  const error = await assertRejects(() => minimax.accounts(ctx), /settings of the MiniMax CLI/);
  assertEquals(kindOf(error), "missing");
  assert(!JSON.stringify(error).includes("sk-cp-hidden") && !String(error).includes("sk-cp-hidden"));
});

Deno.test("an unknown region is refused", async () => {
  const ctx = createFakeContext({ settings: { MINIMAX_API_KEY: "one", MINIMAX_REGION: "mars" } });
  assertEquals(kindOf(await assertRejects(() => minimax.accounts(ctx), /MINIMAX_REGION/)), "missing");
});

Deno.test("a refused key is explained: of the wrong kind, or maybe of the other region", async () => {
  const hints: unknown[] = [];
  for (const settings of [{ MINIMAX_API_KEY: "sk-api-one" }, { MINIMAX_API_KEY: "sk-cp-one" }]) {
    const ctx = createFakeContext({
      settings,
      answer: () => new Response('{"base_resp":{"status_code":2049}}'),
    });
    const [account] = await minimax.accounts(ctx);
    assert(account);
    const error = await assertRejects(() => minimax.read(ctx, account));
    assertEquals(ctx.requests.map((sent) => sent.host), ["api.minimax.io", "api.minimax.io"]);
    hints.push(Reflect.get(error as object, "hint"));
  }
  assertEquals(hints, [
    "MINIMAX_API_KEY in the environment holds a pay-as-you-go key, which has no plan: use the key of the plan (sk-cp-...)",
    "Check MINIMAX_API_KEY in the environment, and set MINIMAX_REGION=cn for a key of minimaxi.com",
  ]);
});

Deno.test("MINIMAX_REMAINS_URL replaces the path as well, unless our own variable replaces the origin", async () => {
  await using vendor = startVendor(() => new Response(NORMAL));
  const settings = { MINIMAX_API_KEY: "one", MINIMAX_REMAINS_URL: `${vendor.origin}/gateway/remains` };
  for (const environment of [settings, { ...settings, SYNTRACK_MINIMAX_BASE_URL: vendor.origin }]) {
    const ctx = createTestSandbox(minimax, createTestEnvironment(environment));
    const [account] = await minimax.accounts(ctx);
    assert(account);
    await minimax.read(ctx, account);
  }
  assertEquals(vendor.requests.map((sent) => sent.path), ["/gateway/remains", "/v1/token_plan/remains"]);
});

Deno.test("the word for used up leaves nothing without figures, and blocks if they say otherwise", () => {
  const model = (more: Readonly<Record<string, unknown>>) => ({
    model_name: "general",
    current_interval_total_count: 0,
    current_interval_usage_count: 0,
    current_interval_status: 2,
    ...more,
  });
  const now = Date.parse("2026-11-21T12:00:00Z");
  const of = (more: Readonly<Record<string, unknown>>) =>
    gatherModels([model(more)], now).readings.map((
      { used, remaining, allowed },
    ) => [used, remaining, allowed]);
  assertEquals(of({}), [[null, 0, undefined]]);
  assertEquals(of({ current_interval_remaining_percent: 40 }), [[60, 40, false]]);
  assertEquals(of({ current_interval_remaining_percent: 140 }), [[null, null, false]]);
});

Deno.test("an unreadable model is reported, and of several that share a pool the fullest counts", () => {
  const general = (percent: unknown) => ({
    model_name: "general",
    current_interval_remaining_percent: percent,
    current_interval_status: 1,
  });
  const { readings, dropped } = gatherModels(
    [general(90), general(5), { model_name: "video", share: 12 }, {
      model_name: "x",
      current_interval_status: 1,
    }],
    Date.parse("2026-11-21T12:00:00Z"),
  );
  assertEquals(readings.map(({ quota, used }) => [quota, used]), [["five-hour", 95]]);
  assertEquals(dropped.map(({ what }) => what), ["video: share", "video", "x"]);
});
