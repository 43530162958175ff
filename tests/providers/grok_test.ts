import { grok } from "../../providers/grok.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";

const FILE = "${GROK_HOME:-~/.grok}/auth.json";
const NOW = "2026-11-21T12:00:00Z";

function login(key: string, expiresAt: string) {
  return { key, expires_at: expiresAt, user_id: "u-1", team_id: "t-1", email: "robin@example.test" };
}

Deno.test("a token in a setting precedes the file of the CLI", async () => {
  const ctx = createFakeContext({
    settings: { GROK_OAUTH_TOKEN: "two", GROK_TOKEN: "one" },
    files: { [FILE]: JSON.stringify({ "https://auth.x.ai::a": login("three", "2026-11-22T00:00:00Z") }) },
  });
  assertEquals((await grok.accounts(ctx)).map(({ secret }) => secret.reveal()), ["one"]);
});

Deno.test("if all logins of the file have expired, the best of them says so", async () => {
  const logins = {
    "https://accounts.x.ai/sign-in": login("old", "2026-11-19T00:00:00Z"),
    "https://auth.x.ai::a": login("new", "2026-11-20T00:00:00Z"),
  };
  const ctx = createFakeContext({ now: NOW, files: { [FILE]: JSON.stringify(logins) } });
  const [account] = await grok.accounts(ctx);
  assertEquals(account?.secret.reveal(), "new");
  assertEquals(account?.expiresAt, Date.parse("2026-11-20T00:00:00Z"));
  assertEquals(account?.remedy, "Run grok once to sign in again");
});

Deno.test("a login is identified by the ids of its user and team, not by an address", async () => {
  const logins = { "https://auth.x.ai::a": login("one", "2026-11-22T00:00:00Z") };
  const [account] = await grok.accounts(
    createFakeContext({ now: NOW, files: { [FILE]: JSON.stringify(logins) } }),
  );
  assertEquals(account?.identity, "u-1/t-1");
  assert(!JSON.stringify(account).includes("robin"));
});

Deno.test("a file without any key is explained, an empty one is no login", async () => {
  const ctx = createFakeContext({ files: { [FILE]: '{"https://auth.x.ai::a":{"user_id":"u-1"}}' } });
  assertEquals(kindOf(await assertRejects(() => grok.accounts(ctx), /holds no key/)), "missing");
  assertEquals(await grok.accounts(createFakeContext({ files: { [FILE]: "{}" } })), []);
});

Deno.test("an API key in place of a login is named as such when it is refused", async () => {
  const ctx = createFakeContext({
    settings: { GROK_TOKEN: "xai-one" },
    answer: () => new Response("{}", { status: 403 }),
  });
  const [account] = await grok.accounts(ctx);
  assert(account);
  const error = await assertRejects(() => grok.read(ctx, account));
  assertEquals(
    Reflect.get(error as object, "hint"),
    "GROK_TOKEN in the environment contains an API key of the xAI platform: " +
      "sign in with the Grok CLI for the subscription",
  );
});

Deno.test("the platform is an account beside the subscription, and needs its team", async () => {
  const ctx = createFakeContext({ settings: { GROK_TOKEN: "one", XAI_MANAGEMENT_API_KEY: "two" } });
  const accounts = await grok.accounts(ctx);
  assertEquals(accounts.map(({ name }) => name), ["default", "platform"]);
  const platform = accounts[1];
  assert(platform);
  assertEquals(kindOf(await assertRejects(() => grok.read(ctx, platform), /XAI_TEAM_ID/)), "missing");
  assertEquals(ctx.requests, []);
});
