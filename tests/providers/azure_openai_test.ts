import { azureOpenai } from "../../providers/azure_openai.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";
import { createTestEnvironment, createTestSandbox } from "../support/test_sandbox.ts";

const KEY = { AZURE_OPENAI_API_KEY: "TESTONLY" };
const PROBE = {
  ...KEY,
  AZURE_OPENAI_PROBE: "1",
  AZURE_OPENAI_ENDPOINT: "https://demo.openai.azure.com",
  AZURE_OPENAI_DEPLOYMENT_NAME: "chat",
};
const APPLICATION = {
  AZURE_TENANT_ID: "t",
  AZURE_CLIENT_ID: "c",
  AZURE_CLIENT_SECRET: "s",
  AZURE_SUBSCRIPTION_ID: "sub",
};

const hintOf = (error: unknown) => String(Reflect.get(error as Error, "hint"));

Deno.test("no billed call is made without the owner's opt-in", async () => {
  const { AZURE_OPENAI_PROBE: _, ...unasked } = PROBE;
  const ctx = createFakeContext({ settings: unasked });
  const [account] = await azureOpenai.accounts(ctx);
  assert(account);
  const error = await assertRejects(() => azureOpenai.read(ctx, account), /alone is not enough/);
  assertEquals(kindOf(error), "missing");
  assertMatch(hintOf(error), /AZURE_OPENAI_PROBE=1, which bills/);
  assertEquals(ctx.requests, []);
});

Deno.test("an Azure login is left alone without a region that opts it in", async () => {
  assertEquals(await azureOpenai.accounts(createFakeContext({ settings: APPLICATION })), []);
  const ctx = createFakeContext({ settings: { ...APPLICATION, AZURE_OPENAI_REGION: "swedencentral" } });
  assertEquals((await azureOpenai.accounts(ctx)).length, 1);
});

Deno.test("a key of a resource goes only to a host of Azure", async () => {
  for (
    const endpoint of [
      "http://demo.openai.azure.com",
      "https://demo.openai.azure.com.elsewhere.example",
      "https://elsewhere.example",
      "https://demo.openai.azure.com:8443",
      "not a url",
    ]
  ) {
    const ctx = createFakeContext({ settings: { ...PROBE, AZURE_OPENAI_ENDPOINT: endpoint } });
    const error = await assertRejects(() => azureOpenai.accounts(ctx), /not an Azure endpoint/);
    assertEquals(kindOf(error), "missing");
  }
  const [account] = await azureOpenai.accounts(createFakeContext({ settings: PROBE }));
  assertEquals(account?.hosts, ["demo.openai.azure.com"]);
  const asked: string[] = [];
  const fetch = (url: URL) => {
    asked.push(url.host);
    return Promise.resolve(new Response("{}"));
  };
  const ctx = createTestSandbox(azureOpenai, createTestEnvironment(PROBE), { fetch, hosts: account?.hosts });
  await ctx.fetch("https://demo.openai.azure.com/");
  await assertRejects(() => ctx.fetch("https://other.openai.azure.com/"), /may not reach/);
  assertEquals(asked, ["demo.openai.azure.com"]);
});

Deno.test("separate clouds are queried at their own hosts, others are refused", async () => {
  const settings = { ...APPLICATION, AZURE_OPENAI_REGION: "usgovvirginia", AZURE_CLOUD: "usgov" };
  const ctx = createFakeContext({
    settings,
    answer: (sent) =>
      Response.json(sent.method === "POST" ? { access_token: "t", expires_in: 3600 } : { value: [] }),
  });
  const [account] = await azureOpenai.accounts(ctx);
  assert(account);
  await azureOpenai.read(ctx, account);
  await azureOpenai.read(ctx, account);
  assertEquals(ctx.requests.map((sent) => sent.host), [
    "login.microsoftonline.us",
    "management.usgovcloudapi.net",
    "management.usgovcloudapi.net",
  ]);
  const odd = createFakeContext({ settings: { ...settings, AZURE_CLOUD: "moon" } });
  const error = await assertRejects(() => azureOpenai.read(odd, account), /unknown cloud/);
  assertMatch(hintOf(error), /public, usgov, china/);
});

Deno.test("missing or malformed settings are named before any request", async () => {
  const cases: readonly (readonly [settings: Readonly<Record<string, string>>, hint: RegExp])[] = [
    [{ AZURE_SUBSCRIPTION_ID: "", AZURE_OPENAI_REGION: "x" }, /AZURE_SUBSCRIPTION_ID/],
    [{ AZURE_SUBSCRIPTION_ID: "../x", AZURE_OPENAI_REGION: "x" }, /AZURE_SUBSCRIPTION_ID/],
    [{ AZURE_OPENAI_REGION: "../../x" }, /swedencentral/],
  ];
  for (const [settings, hint] of cases) {
    const ctx = createFakeContext({ settings: { ...APPLICATION, ...settings } });
    const [account] = await azureOpenai.accounts(ctx);
    assert(account);
    const error = await assertRejects(() => azureOpenai.read(ctx, account));
    assertEquals(kindOf(error), "missing");
    assertMatch(hintOf(error), hint);
    assertEquals(ctx.requests, []);
  }
});

Deno.test("an expired token is not sent, and the message says what to set", async () => {
  const claims = btoa(JSON.stringify({ exp: Date.parse("2026-11-21T11:00:00Z") / 1000 })).replace(/=+$/, "");
  const settings = {
    AZURE_ACCESS_TOKEN: `eyJhbGciOiJSUzI1NiJ9.${claims}.c2ln`,
    AZURE_SUBSCRIPTION_ID: "sub",
    AZURE_OPENAI_REGION: "swedencentral",
  };
  const ctx = createFakeContext({ settings, now: "2026-11-21T12:00:00Z" });
  const [account] = await azureOpenai.accounts(ctx);
  assert(account);
  assertEquals(account.expiresAt, Date.parse("2026-11-21T11:00:00Z"));
  const error = await assertRejects(() => azureOpenai.read(ctx, account), /has expired/);
  assertEquals([kindOf(error), Reflect.get(error as Error, "reason")], ["auth", "expired"]);
  assertMatch(hintOf(error), /^Set AZURE_ACCESS_TOKEN to a new token/);
  assertEquals(ctx.requests, []);
});
