/** Which login is used for Codex, what is refused without a request, and renewal. */
import { codex } from "../../providers/codex.ts";
import { environmentLogins } from "../../lib/config/logins.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { createFakeContext, type FakeContextOptions } from "../support/fake_context.ts";
import { jwtOf } from "../support/jwt.ts";
import { kindOf } from "../support/check_readings.ts";
import { createTestEnvironment, createTestSandbox } from "../support/test_sandbox.ts";

const NOW = "2026-11-21T12:00:00Z";
const FILE = "${CODEX_HOME:-~/.codex}/auth.json";
const OLD_FILE = "${XDG_CONFIG_HOME:-~/.config}/codex/auth.json";
const OPENCODE = "${XDG_DATA_HOME:-~/.local/share}/opencode/auth.json";

const token = (exp: string, user = "user-1", account = "acct-1") =>
  jwtOf({
    exp: Date.parse(exp) / 1000,
    "https://api.openai.com/auth": { chatgpt_account_id: account, chatgpt_user_id: user },
  });
const GOOD = token("2026-11-28T12:00:00Z");
const ENDED = token("2026-11-20T12:00:00Z");

const login = (access_token: string, more = {}) => JSON.stringify({ tokens: { access_token, ...more } });

async function accountIn(options: FakeContextOptions) {
  const ctx = createFakeContext({ now: NOW, ...options });
  const [account] = await codex.accounts(ctx);
  return { ctx, account };
}

async function refusal(options: FakeContextOptions) {
  const { ctx, account } = await accountIn(options);
  assert(account);
  const error = await assertRejects(() => codex.read(ctx, account));
  const { hint, reason } = error as { hint?: string; reason?: string };
  return { kind: kindOf(error), hint, reason, asked: ctx.requests.length };
}

Deno.test("a configured token comes first, then the file of Codex, its old place, and OpenCode", async () => {
  const files: Record<string, string> = {
    [OPENCODE]: JSON.stringify({ openai: { type: "oauth", access: "opencode" } }),
  };
  const secret = async (settings = {}) => (await accountIn({ files, settings })).account?.secret.reveal();
  assertEquals(await secret(), "opencode");
  files[OLD_FILE] = login("old");
  assertEquals(await secret(), "old");
  files[FILE] = login("file");
  assertEquals(await secret(), "file");
  assertEquals(await secret({ CODEX_TOKEN: "set" }), "set");
});

Deno.test("only a login stored by Codex itself can be renewed", async () => {
  const at = async (place: string, text: string) =>
    (await accountIn({ files: { [place]: text } })).account?.file;
  assertEquals(await at(FILE, login("file")), FILE);
  assertEquals(await at(OLD_FILE, login("old")), OLD_FILE);
  assertEquals(await at(OPENCODE, JSON.stringify({ openai: { type: "oauth", access: "x" } })), undefined);
});

Deno.test("an entry of OpenCode that is a key is not taken for a login", async () => {
  const files = { [OPENCODE]: JSON.stringify({ openai: { type: "api", key: "sk-1" } }) };
  assertEquals((await accountIn({ files })).account, undefined);
});

Deno.test("two people of one team are two identities, and one person stays one across tokens and files", async () => {
  const identity = async (text: string) => (await accountIn({ files: { [FILE]: text } })).account?.identity;
  const mine = await identity(login(GOOD));
  assertEquals(mine, "acct-1/user-1");
  assertEquals(await identity(login(ENDED, { account_id: "acct-1" })), mine);
  assertEquals(await identity(login("opaque", { id_token: GOOD })), mine);
  assertEquals(await identity(login(token("2026-11-28T12:00:00Z", "user-2"))), "acct-1/user-2");
  assertEquals(await identity(login("opaque")), undefined);
  // Another's token beside the previous account does not belong to that account.
  const other = jwtOf({ "https://api.openai.com/auth": { chatgpt_account_id: "acct-2" } });
  assertEquals(await identity(login(other)), "acct-2");
  assertEquals(await identity(login(other, { account_id: "acct-1" })), "acct-1/acct-2");
});

Deno.test("the account is in the header, from the file or else from the token", async () => {
  const account = async (text: string) =>
    (await accountIn({ files: { [FILE]: text } })).account?.facts?.account;
  assertEquals(await account(login(GOOD)), "acct-1");
  assertEquals(await account(login(GOOD, { account_id: "acct-9" })), "acct-9");
  assertEquals(await account(login("opaque")), undefined);
});

Deno.test("a separate folder is a second account, and never takes the login of the first", async () => {
  const environment = createTestEnvironment({ CODEX_HOME_2: "~/.codex-work", CODEX_HOME_2_NAME: "work" });
  const files: Record<string, string> = { "/home/ann/.codex/auth.json": login(GOOD) };
  const [work] = environmentLogins(codex, environment).more;
  assertEquals(work?.name, "work");
  const ctx = createTestSandbox(codex, environment, {
    login: work,
    readText: (path) => Promise.resolve(files[path] ?? null),
  });
  assertEquals(await codex.accounts(ctx), []);
  files["/home/ann/.codex-work/auth.json"] = login(token("2026-11-28T12:00:00Z", "user-2"));
  const [account] = await codex.accounts(ctx);
  assertEquals(account?.identity, "acct-1/user-2");
  assertEquals(account?.source, "auth.json in CODEX_HOME_2 in the environment");
});

Deno.test("an expired login is reported before any request, with the remedy", async () => {
  assertEquals(await refusal({ files: { [FILE]: login(ENDED) } }), {
    kind: "auth",
    hint: "Run codex once to sign in again",
    reason: "expired",
    asked: 0,
  });
  const opencode = { openai: { type: "oauth", access: "x", expires: Date.parse("2026-11-21T11:59:00Z") } };
  assertEquals(await refusal({ files: { [OPENCODE]: JSON.stringify(opencode) } }), {
    kind: "auth",
    hint: "Sign in to it again with OpenCode",
    reason: "expired",
    asked: 0,
  });
});

Deno.test("an API key is distinguished from a login, and not sent anywhere", async () => {
  for (
    const options of [
      { files: { [FILE]: JSON.stringify({ OPENAI_API_KEY: "sk-proj-1", tokens: null }) } },
      { settings: { CODEX_TOKEN: "sk-proj-1" } },
    ]
  ) {
    const { kind, hint, asked } = await refusal(options);
    assertEquals([kind, asked], ["auth", 0]);
    assertMatch(hint ?? "", /codex login/);
  }
});

Deno.test("a broken file is named, and its content is not shown", async () => {
  const error = await assertRejects(() => accountIn({ files: { [FILE]: "secret, no JSON" } }));
  const { message, hint } = error as { message: string; hint?: string };
  assertEquals(kindOf(error), "missing");
  assertMatch(hint ?? "", /~\/\.codex\/auth\.json/);
  assert(!`${message} ${hint}`.includes("secret"));
});

Deno.test("a renewal keeps everything in the file except the tokens, and records its time", async () => {
  const text = JSON.stringify({
    auth_mode: "chatgpt",
    OPENAI_API_KEY: null,
    tokens: { id_token: "i1", access_token: "a1", refresh_token: "r1", account_id: "acct-1" },
    last_refresh: "2026-11-12T00:00:00Z",
    later: { x: 1 },
  });
  const answer = { id_token: "i2", access_token: "a2", refresh_token: "r2" };
  const ctx = createFakeContext({ now: NOW, answer: () => new Response(JSON.stringify(answer)) });
  const renewed = await codex.renewal?.renew(ctx, text) ?? "";
  assertEquals(JSON.parse(renewed), {
    auth_mode: "chatgpt",
    OPENAI_API_KEY: null,
    tokens: { id_token: "i2", access_token: "a2", refresh_token: "r2", account_id: "acct-1" },
    last_refresh: "2026-11-21T12:00:00.000Z",
    later: { x: 1 },
  });
  const [sent] = ctx.requests;
  assertEquals([sent?.host, sent?.path], ["auth.openai.com", "/oauth/token"]);
  assertEquals(JSON.parse(sent?.body ?? "").refresh_token, "r1");
});

Deno.test("a refresh token used elsewhere ends the login for good", async () => {
  for (const code of ["refresh_token_reused", "refresh_token_expired", "invalid_grant"]) {
    const body = JSON.stringify({ error: { code } });
    const ctx = createFakeContext({ now: NOW, answer: () => new Response(body, { status: 401 }) });
    const text = login(ENDED, { refresh_token: "r1" });
    const error = await assertRejects(() => codex.renewal?.renew(ctx, text) ?? Promise.resolve());
    assertEquals(kindOf(error), "auth");
  }
  const error = await assertRejects(() =>
    codex.renewal?.renew(createFakeContext(), login(ENDED)) ?? Promise.resolve()
  );
  assertEquals(kindOf(error), "auth");
});
