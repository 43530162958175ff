import { limitsFromHeaders } from "../../providers/anthropic_api/limits.ts";
import { anthropicApi } from "../../providers/anthropic_api.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { checkQuotas, passiveFixture } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";

Deno.test("the headers of an answer to a model call give the limits per minute", () => {
  const { response, expect } = passiveFixture("anthropic-api", "rate_limit_headers_2026-11-21");
  checkQuotas(limitsFromHeaders(new Headers(response.headers)), expect.quotas ?? []);
});

Deno.test("without such headers there are none, and unknown is not 0", () => {
  assertEquals(limitsFromHeaders(new Headers()), []);
  const broken = new Headers({
    "anthropic-ratelimit-requests-limit": "-1",
    "anthropic-ratelimit-requests-remaining": "5",
    "anthropic-ratelimit-requests-reset": "2026",
    "anthropic-ratelimit-tokens-limit": "9",
    "anthropic-ratelimit-tokens-remaining": "many",
  });
  const [requests, ...others] = limitsFromHeaders(broken);
  assertEquals(others, []);
  assertEquals([requests?.used, requests?.limit, requests?.remaining, requests?.resetsAt], [
    null,
    null,
    5,
    null,
  ]);
});

Deno.test("a key for model calls under its usual name is left alone", async () => {
  const found = async (settings: Readonly<Record<string, string>>) =>
    (await anthropicApi.accounts(createFakeContext({ settings }))).map((account) => account.secret.reveal());
  assertEquals(await found({ ANTHROPIC_API_KEY: "sk-ant-api03-x" }), []);
  assertEquals(await found({ ANTHROPIC_API_KEY: "sk-ant-admin01-x" }), ["sk-ant-admin01-x"]);
  assertEquals(
    await found({ ANTHROPIC_API_KEY: "sk-ant-admin01-x", ANTHROPIC_ADMIN_API_KEY: "sk-ant-admin01-y" }),
    [
      "sk-ant-admin01-y",
    ],
  );
});

Deno.test("the wrong kind of key is reported with the needed one", async () => {
  for (
    const [key, hint] of [["sk-ant-oat01-x", /login of a subscription/], [
      "sk-ant-api03-x",
      /for calling models/,
    ]] as const
  ) {
    const ctx = createFakeContext({
      settings: { ANTHROPIC_ADMIN_KEY: key },
      answer: () => Response.json({}, { status: 401 }),
    });
    const [account] = await anthropicApi.accounts(ctx);
    assert(account);
    const error = await assertRejects(() => anthropicApi.read(ctx, account));
    assertEquals(kindOf(error), "auth");
    assertMatch(String(Reflect.get(error as Error, "hint")), hint);
    assertEquals(ctx.requests.length, 1);
  }
});

Deno.test("a report without days of this month does not mean that nothing was spent", async () => {
  const read = async (starts: readonly string[]) => {
    const use = { uncached_input_tokens: 10, cache_read_input_tokens: 0, output_tokens: 1 };
    const result = (path: string) => path.includes("cost_report") ? { amount: "500" } : use;
    const ctx = createFakeContext({
      settings: { ANTHROPIC_ADMIN_KEY: "sk-ant-admin01-x" },
      now: "2026-11-21T12:00:00.000Z",
      answer: ({ path }) =>
        /cost_report|usage_report/.test(path)
          ? Response.json({ data: starts.map((starting_at) => ({ starting_at, results: [result(path)] })) })
          : Response.json({}, { status: 404 }),
    });
    const [account] = await anthropicApi.accounts(ctx);
    assert(account);
    const { readings, dropped = [] } = await anthropicApi.read(ctx, account);
    return [readings.map(({ used }) => used), dropped.map(({ what }) => what)];
  };
  assertEquals(await read(["2026-11-20T00:00:00Z", "2026-10-31T00:00:00Z"]), [[5, 10, 1], []]);
  assertEquals(await read(["2026-10-31T00:00:00Z"]), [[null, null, null], ["cost report", "usage report"]]);
});
