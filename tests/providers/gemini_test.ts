/** Which login is used for Gemini CLI, what is refused without a request, and renewal. */
import { isEnabled } from "../../lib/config/logins.ts";
import { gemini } from "../../providers/gemini.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { fixtureOf } from "../support/exchange.ts";
import { createFakeContext, type FakeContextOptions } from "../support/fake_context.ts";
import { jwtOf } from "../support/jwt.ts";
import { kindOf } from "../support/check_readings.ts";
import { createTestEnvironment } from "../support/test_sandbox.ts";

const NOW = "2026-11-21T12:00:00Z";
const LATER = Date.parse("2026-11-21T12:40:00Z");
const EARLIER = Date.parse("2026-11-21T11:40:00Z");
const FILE = "${GEMINI_CLI_HOME:-~}/.gemini/oauth_creds.json";
const SETTINGS = "${GEMINI_CLI_HOME:-~}/.gemini/settings.json";
const KEYCHAIN = "security find-generic-password -s gemini-cli-oauth -w";

const login = (access_token: string, expiry_date: number, more = {}) =>
  JSON.stringify({ access_token, expiry_date, ...more });

async function accountIn(options: FakeContextOptions) {
  const ctx = createFakeContext({ now: NOW, ...options });
  const [account] = await gemini.accounts(ctx);
  return { ctx, account };
}

async function refusal(options: FakeContextOptions) {
  const { ctx, account } = await accountIn(options);
  assert(account);
  const error = await assertRejects(() => gemini.read(ctx, account));
  const { hint, reason } = error as { hint?: string; reason?: string };
  return { kind: kindOf(error), hint, reason, asked: ctx.requests.length };
}

Deno.test("it is polled only with an opt-in, or with a token of its own name", () => {
  assert(!isEnabled(gemini, createTestEnvironment({ GOOGLE_CLOUD_PROJECT: "mine" })));
  assert(isEnabled(gemini, createTestEnvironment({ SYNTRACK_GEMINI_ENABLED: "true" })));
  assert(isEnabled(gemini, createTestEnvironment({ GEMINI_ACCESS_TOKEN: "ya29.x" })));
});

Deno.test("a configured token comes first, then the file, then the keychain", async () => {
  const commands = {
    [KEYCHAIN]: { code: 0, stdout: JSON.stringify({ token: { accessToken: "chain", expiresAt: LATER } }) },
  };
  const files: Record<string, string> = {};
  const found = async (settings = {}) =>
    (await accountIn({ os: "darwin", commands, files, settings })).account;
  assertEquals((await found())?.secret.reveal(), "chain");
  assertEquals((await found())?.expiresAt, LATER);
  assertEquals(await found({ GEMINI_CLI_HOME: "/elsewhere" }), undefined);
  files[FILE] = login("file", LATER);
  assertEquals((await found())?.secret.reveal(), "file");
  assertEquals((await found())?.file, FILE);
  assertEquals((await found({ GEMINI_ACCESS_TOKEN: "set" }))?.secret.reveal(), "set");
});

Deno.test("the identity of a login comes from its identity token, and is no address", async () => {
  const id_token = jwtOf({ sub: "110000000000000000001", email: "dev@example.org" });
  const { account } = await accountIn({ files: { [FILE]: login("file", LATER, { id_token }) } });
  assertEquals([account?.identity, account?.isOwnerBeside], ["110000000000000000001", undefined]);
});

Deno.test("an identity token made with another access token may be another person's, so Google is asked", async () => {
  // The beginning of the SHA-256 of "file", as OpenID Connect has it.
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("file")));
  const at_hash = btoa(String.fromCharCode(...digest.subarray(0, 16))).replaceAll("+", "-").replaceAll(
    "/",
    "_",
  )
    .replace(/=+$/, "");
  const beside = async (access: string, claims: Record<string, unknown> = { at_hash }) => {
    const id_token = jwtOf({ sub: "1", ...claims });
    return (await accountIn({ files: { [FILE]: login(access, LATER, { id_token }) } })).account
      ?.isOwnerBeside;
  };
  assertEquals(await beside("file"), undefined);
  assertEquals(await beside("file", {}), undefined);
  assertEquals(await beside("other"), true);
  const { ctx, account } = await accountIn({
    files: { [FILE]: login("file", LATER) },
    answer: ({ path }) => new Response(JSON.stringify(path === "/tokeninfo" ? { sub: "2", aud: "x" } : {})),
  });
  assertEquals(account?.isOwnerBeside, true);
  assertEquals(await gemini.owner!(ctx, account!), "2");
  assert(!ctx.requests.some(({ path }) => path.includes("file")), "the token stands in no URL");
});

Deno.test("an expired login is reported before any request, with the remedy", async () => {
  assertEquals(await refusal({ files: { [FILE]: login("file", EARLIER) } }), {
    kind: "auth",
    hint: "Run gemini once to sign in again",
    reason: "expired",
    asked: 0,
  });
});

Deno.test("signing in by key has no quotas here, and sends no request", async () => {
  const byKey = '{\n  // mine\n  "security": {"auth": {"selectedType": "gemini-api-key"}}\n}';
  const ways: readonly FakeContextOptions[] = [
    { files: { [FILE]: login("file", LATER), [SETTINGS]: byKey } },
    { files: { [FILE]: login("file", LATER), [SETTINGS]: '{"selectedAuthType":"vertex-ai"}' } },
    { settings: { GEMINI_ACCESS_TOKEN: "AIzaExample" } },
  ];
  for (const way of ways) {
    const { kind, hint, asked } = await refusal(way);
    assertEquals([kind, asked], ["auth", 0]);
    assertMatch(hint ?? "", /\/auth/);
  }
});

Deno.test("each refusal of a licence says what to do", async () => {
  const hintOf = async (name: string) => {
    const { settings, request, response, also = [] } = fixtureOf("gemini", name);
    return (await refusal({ settings, exchanges: [{ request, response }, ...also] })).hint ?? "";
  };
  assertMatch(await hintOf("error_unsupported_client_2026-11-21"), /use Antigravity/);
  assertMatch(await hintOf("error_no_project_2026-11-21"), /GOOGLE_CLOUD_PROJECT/);
});

Deno.test("the licence is requested once in six hours, and each time while it is unknown", async () => {
  const callsOf = async (isKnown: boolean) => {
    const base = createFakeContext({
      settings: { GEMINI_ACCESS_TOKEN: "ya29.x" },
      answer: ({ path }) =>
        path.endsWith("loadCodeAssist") && !isKnown
          ? new Response("", { status: 503 })
          : new Response('{"currentTier":{"id":"standard-tier"},"cloudaicompanionProject":"mine"}'),
    });
    const [account] = await gemini.accounts(base);
    assert(account);
    for (const hour of [0, 1, 5.9, 6, 6.5]) {
      const { plan } = await gemini.read({ ...base, now: () => Date.parse(NOW) + hour * 3_600_000 }, account);
      assertEquals(plan, isKnown ? "standard-tier" : undefined);
    }
    return base.requests.filter(({ path }) => path.endsWith("loadCodeAssist")).length;
  };
  assertEquals(await callsOf(true), 2);
  assertEquals(await callsOf(false), 5);
});

Deno.test("a configured refresh token is exchanged for access tokens, each used until shortly before its end", async () => {
  const settings = {
    GEMINI_REFRESH_TOKEN: "1//own",
    GEMINI_CLIENT_SECRET: "secret",
    GEMINI_CLIENT_ID: "client",
  };
  let made = 0;
  const base = createFakeContext({
    settings,
    answer: ({ host }) =>
      new Response(
        host === "oauth2.googleapis.com"
          ? JSON.stringify({ access_token: `ya29.${++made}`, expires_in: 3600 })
          : '{"currentTier":{"id":"standard-tier"}}',
      ),
  });
  const [account] = await gemini.accounts(base);
  assert(account);
  const used = [];
  for (const minute of [0, 54, 56, 60]) {
    await gemini.read({ ...base, now: () => Date.parse(NOW) + minute * 60_000 }, account);
    used.push(base.requests.at(-1)?.headers.get("authorization"));
  }
  assertEquals(used, ["Bearer ya29.1", "Bearer ya29.1", "Bearer ya29.2", "Bearer ya29.2"]);
  const form = new URLSearchParams(base.requests[0]?.body);
  assertEquals([form.get("refresh_token"), form.get("client_id")], ["1//own", "client"]);
});

Deno.test("a refresh token without its client's secret, or an expired one, is reported by what is missing", async () => {
  const without = await refusal({ settings: { GEMINI_REFRESH_TOKEN: "1//own" } });
  assertEquals([without.kind, without.asked], ["missing", 0]);
  assertMatch(without.hint ?? "", /GEMINI_CLIENT_SECRET/);
  const ended = await refusal({
    settings: { GEMINI_REFRESH_TOKEN: "1//own", GEMINI_CLIENT_SECRET: "secret" },
    answer: () => new Response('{"error":"invalid_grant"}', { status: 400 }),
  });
  assertEquals([ended.kind, ended.reason], ["auth", "expired"]);
  assertMatch(ended.hint ?? "", /GEMINI_REFRESH_TOKEN/);
});

Deno.test("a renewal keeps everything in the file except what is new, and the refresh token stays", async () => {
  const text = login("a1", EARLIER, { refresh_token: "1//r", scope: "openid", later: 1 });
  const answer = { access_token: "a2", expires_in: 3599, id_token: "i2", token_type: "Bearer" };
  const settings = { GEMINI_CLIENT_SECRET: "own" };
  const ctx = createFakeContext({ now: NOW, settings, answer: () => new Response(JSON.stringify(answer)) });
  assertEquals(JSON.parse(await gemini.renewal?.renew(ctx, text) ?? ""), {
    access_token: "a2",
    expiry_date: Date.parse(NOW) + 3_599_000,
    refresh_token: "1//r",
    scope: "openid",
    later: 1,
    id_token: "i2",
  });
  const sent = new URLSearchParams(ctx.requests[0]?.body);
  assertEquals([sent.get("refresh_token"), sent.get("client_secret")], ["1//r", "own"]);
});

Deno.test("without the client's secret nothing is renewed, and the variable is named", async () => {
  const ctx = createFakeContext({ now: NOW });
  const text = login("a1", EARLIER, { refresh_token: "1//r" });
  const error = await assertRejects(() => gemini.renewal?.renew(ctx, text) ?? Promise.resolve());
  assertEquals(kindOf(error), "missing");
  assertMatch((error as { hint?: string }).hint ?? "", /GEMINI_CLIENT_SECRET/);
  assertEquals(ctx.requests.length, 0);
});
