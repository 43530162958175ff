import { azureOpenai } from "../../providers/azure_openai.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { createFakeAsking } from "../support/fake_asking.ts";
import { kindOf } from "../support/sound.ts";
import { environmentOf, worldOf } from "../support/world.ts";

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
  const ask = createFakeAsking({ settings: unasked });
  const [account] = await azureOpenai.accounts(ask);
  assert(account);
  const error = await assertRejects(() => azureOpenai.read(ask, account), /alone is not enough/);
  assertEquals(kindOf(error), "missing");
  assertMatch(hintOf(error), /AZURE_OPENAI_PROBE=1, which bills/);
  assertEquals(ask.requests, []);
});

Deno.test("an Azure login is left alone without a region that opts it in", async () => {
  assertEquals(await azureOpenai.accounts(createFakeAsking({ settings: APPLICATION })), []);
  const ask = createFakeAsking({ settings: { ...APPLICATION, AZURE_OPENAI_REGION: "swedencentral" } });
  assertEquals((await azureOpenai.accounts(ask)).length, 1);
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
    const ask = createFakeAsking({ settings: { ...PROBE, AZURE_OPENAI_ENDPOINT: endpoint } });
    const error = await assertRejects(() => azureOpenai.accounts(ask), /not an Azure endpoint/);
    assertEquals(kindOf(error), "missing");
  }
  const [account] = await azureOpenai.accounts(createFakeAsking({ settings: PROBE }));
  assertEquals(account?.hosts, ["demo.openai.azure.com"]);
  const asked: string[] = [];
  const fetch = (url: URL) => {
    asked.push(url.host);
    return Promise.resolve(new Response("{}"));
  };
  const world = worldOf(azureOpenai, environmentOf(PROBE), { fetch, hosts: account?.hosts });
  await world.fetch("https://demo.openai.azure.com/");
  await assertRejects(() => world.fetch("https://other.openai.azure.com/"), /may not reach/);
  assertEquals(asked, ["demo.openai.azure.com"]);
});

Deno.test("separate clouds are queried at their own hosts, others are refused", async () => {
  const settings = { ...APPLICATION, AZURE_OPENAI_REGION: "usgovvirginia", AZURE_CLOUD: "usgov" };
  const ask = createFakeAsking({
    settings,
    answer: (sent) =>
      Response.json(sent.method === "POST" ? { access_token: "t", expires_in: 3600 } : { value: [] }),
  });
  const [account] = await azureOpenai.accounts(ask);
  assert(account);
  await azureOpenai.read(ask, account);
  await azureOpenai.read(ask, account);
  assertEquals(ask.requests.map((sent) => sent.host), [
    "login.microsoftonline.us",
    "management.usgovcloudapi.net",
    "management.usgovcloudapi.net",
  ]);
  const odd = createFakeAsking({ settings: { ...settings, AZURE_CLOUD: "moon" } });
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
    const ask = createFakeAsking({ settings: { ...APPLICATION, ...settings } });
    const [account] = await azureOpenai.accounts(ask);
    assert(account);
    const error = await assertRejects(() => azureOpenai.read(ask, account));
    assertEquals(kindOf(error), "missing");
    assertMatch(hintOf(error), hint);
    assertEquals(ask.requests, []);
  }
});

Deno.test("an expired token is not sent, and the message says what to set", async () => {
  const claims = btoa(JSON.stringify({ exp: Date.parse("2026-11-21T11:00:00Z") / 1000 })).replace(/=+$/, "");
  const settings = {
    AZURE_ACCESS_TOKEN: `eyJhbGciOiJSUzI1NiJ9.${claims}.c2ln`,
    AZURE_SUBSCRIPTION_ID: "sub",
    AZURE_OPENAI_REGION: "swedencentral",
  };
  const ask = createFakeAsking({ settings, now: "2026-11-21T12:00:00Z" });
  const [account] = await azureOpenai.accounts(ask);
  assert(account);
  assertEquals(account.expiresAt, Date.parse("2026-11-21T11:00:00Z"));
  const error = await assertRejects(() => azureOpenai.read(ask, account), /has expired/);
  assertEquals([kindOf(error), Reflect.get(error as Error, "reason")], ["auth", "expired"]);
  assertMatch(hintOf(error), /^Set AZURE_ACCESS_TOKEN to a new token/);
  assertEquals(ask.requests, []);
});
