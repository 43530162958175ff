/** Which login is used for a Claude subscription, what is refused without a request, and renewal. */
import { anthropic } from "../../providers/anthropic.ts";
import { usageAnswer } from "../../providers/anthropic/usage.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { createFakeContext, type FakeContextOptions } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";

const NOW = "2026-11-21T12:00:00Z";
const LATER = Date.parse("2026-11-21T18:00:00Z");
const EARLIER = Date.parse("2026-11-21T06:00:00Z");
const FILE = "${CLAUDE_CONFIG_DIR:-~/.claude}/.credentials.json";
const OWNER = "${CLAUDE_CONFIG_DIR:-~}/.claude.json";

const login = (accessToken: string, expiresAt: number, more = {}) =>
  JSON.stringify({ claudeAiOauth: { accessToken, expiresAt, ...more } });

const keychain = (stdout: string, service = "Claude Code-credentials") => ({
  [`security find-generic-password -s ${service} -w`]: { code: 0, stdout },
});

async function accountIn(options: FakeContextOptions) {
  const ctx = createFakeContext({ now: NOW, ...options });
  const [account] = await anthropic.accounts(ctx);
  return { ctx, account };
}

async function refusal(options: FakeContextOptions) {
  const { ctx, account } = await accountIn(options);
  assert(account);
  const error = await assertRejects(() => anthropic.read(ctx, account));
  const { message, hint, reason } = error as { message: string; hint?: string; reason?: string };
  return { kind: kindOf(error), message, hint, reason, asked: ctx.requests.length };
}

Deno.test("a configured token precedes the login of Claude Code", async () => {
  const files = { [FILE]: login("file", LATER) };
  const settings = { CLAUDE_CODE_OAUTH_TOKEN: "second" };
  assertEquals((await accountIn({ files })).account?.secret.reveal(), "file");
  assertEquals((await accountIn({ files, settings })).account?.secret.reveal(), "second");
  const both = { ...settings, ANTHROPIC_TOKEN: "first" };
  assertEquals((await accountIn({ files, settings: both })).account?.secret.reveal(), "first");
});

Deno.test("of file and keychain the login that lasts longer is used, and only the file's can be renewed", async () => {
  const cases: readonly (readonly [string | null, string | null, string | undefined])[] = [
    [login("file", LATER), login("chain", LATER + 1), "file"],
    [login("file", EARLIER), login("chain", LATER), "chain"],
    [login("file", EARLIER), login("chain", EARLIER - 1), "file"],
    [login("file", EARLIER), null, "file"],
    [null, login("chain", EARLIER), "chain"],
    [null, "{}", undefined],
    [null, "no JSON", undefined],
  ];
  for (const [file, chain, expected] of cases) {
    const files = file === null ? {} : { [FILE]: file };
    const commands = chain === null ? {} : keychain(chain);
    const { account } = await accountIn({ os: "darwin", files, commands });
    assertEquals(account?.secret.reveal(), expected);
    assertEquals(account?.file, expected === "file" ? FILE : undefined);
  }
});

Deno.test("a moved folder has its own entry in the keychain", async () => {
  const { account } = await accountIn({
    os: "darwin",
    settings: { CLAUDE_CONFIG_DIR: "/Users/ann/.claude-work" },
    // The first eight digits of the SHA-256 of the folder.
    commands: keychain(login("work", LATER), "Claude Code-credentials-202f7ba6"),
  });
  assertEquals(account?.secret.reveal(), "work");
});

Deno.test("a file without a login has no owner, and a broken one is named", async () => {
  for (const text of ["", "{}", '{"mcpOAuth":{}}', '{"claudeAiOauth":{"accessToken":" "}}']) {
    assertEquals((await accountIn({ files: { [FILE]: text } })).account, undefined);
  }
  const error = await assertRejects(() => accountIn({ files: { [FILE]: "not JSON" } }));
  assertEquals(kindOf(error), "missing");
  assertMatch((error as { hint?: string }).hint ?? "", /~\/\.claude\/\.credentials\.json/);
});

Deno.test("the identity of a login stays the same when its token is renewed, and is no address", async () => {
  const owner = JSON.stringify({
    oauthAccount: { emailAddress: "dev@example.org", accountUuid: "0000aaaa-1111-2222-3333-444455556666" },
  });
  const identities = await Promise.all(["one", "two"].map(async (token) => {
    return (await accountIn({ files: { [FILE]: login(token, LATER), [OWNER]: owner } })).account?.identity;
  }));
  assertEquals(identities, Array(2).fill("0000aaaa-1111-2222-3333-444455556666"));
});

Deno.test("a file beside the login is not the vendor's word, and the vendor states the owner of a token", async () => {
  const { ctx, account } = await accountIn({
    files: { [FILE]: login("file", LATER) },
    answer: ({ path }) =>
      path === "/api/oauth/profile" ? Response.json({ account: { uuid: "b-1" } }) : Response.json({}),
  });
  assertEquals(account?.isOwnerBeside, true);
  assertEquals(await anthropic.owner!(ctx, account!), "b-1");
  assertEquals(ctx.requests[0]?.headers.get("authorization"), "Bearer file");
  const silent = await accountIn({
    files: { [FILE]: login("file", LATER) },
    answer: () => Response.json([]),
  });
  assertEquals(await anthropic.owner!(silent.ctx, silent.account!), null);
});

Deno.test("a login is found although the file with its owner cannot be read", async () => {
  const base = createFakeContext({ now: NOW, files: { [FILE]: login("file", LATER) } });
  const readText = (path: string) =>
    path === OWNER ? Promise.reject(new Error("larger than 1 MiB")) : base.readText(path);
  const [account] = await anthropic.accounts({ ...base, readText });
  assertEquals(account?.secret.reveal(), "file");
  assertEquals(account?.identity, undefined);
});

Deno.test("an expired login is reported before any request, with the remedy", async () => {
  assertEquals(await refusal({ files: { [FILE]: login("file", EARLIER) } }), {
    kind: "auth",
    message: "The login of Anthropic has expired",
    hint: "Run claude once to sign in again",
    reason: "expired",
    asked: 0,
  });
});

Deno.test("each wrong kind of token is refused without a request, with its own message", async () => {
  for (
    const [token, words] of [
      ["sk-ant-api03-x", /an API key/],
      ["sk-ant-admin01-x", /an admin key/],
      ["sk-ant-ort01-x", /a refresh token/],
      ["sk-ant-sid01-x", /a cookie/],
    ] as const
  ) {
    const { kind, message, hint, asked } = await refusal({ settings: { ANTHROPIC_TOKEN: token } });
    assertEquals([kind, asked], ["auth", 0]);
    assertMatch(message, words);
    assertMatch(hint ?? "", /sign in with Claude Code/);
  }
});

Deno.test("a login without the scope for limits is refused without a request if that is known, and explained otherwise", async () => {
  const known = await refusal({ files: { [FILE]: login("file", LATER, { scopes: ["user:inference"] }) } });
  assertEquals(known.asked, 0);
  assertMatch(known.hint ?? "", /user:profile/);
  const body = JSON.stringify({ error: { message: "OAuth token does not meet scope requirement" } });
  const told = await refusal({
    settings: { ANTHROPIC_TOKEN: "sk-ant-oat01-x" },
    answer: () => new Response(body, { status: 403 }),
  });
  assertEquals([told.kind, told.asked, told.hint], ["auth", 1, known.hint]);
});

Deno.test("a renewal keeps everything in the file except the tokens, and uses the old refresh token", async () => {
  const text = JSON.stringify(
    {
      claudeAiOauth: {
        accessToken: "a1",
        refreshToken: "r1",
        expiresAt: EARLIER,
        subscriptionType: "max",
        later: [1],
      },
      mcpOAuth: { server: { token: "x" } },
    },
    null,
    2,
  );
  const answer = {
    access_token: "a2",
    refresh_token: "r2",
    expires_in: 28800,
    scope: "user:profile user:inference",
  };
  const ctx = createFakeContext({ now: NOW, answer: () => new Response(JSON.stringify(answer)) });
  const renewed = await anthropic.renewal?.renew(ctx, text) ?? "";
  assertEquals(JSON.parse(renewed), {
    claudeAiOauth: {
      accessToken: "a2",
      refreshToken: "r2",
      expiresAt: Date.parse(NOW) + 28_800_000,
      subscriptionType: "max",
      later: [1],
      scopes: ["user:profile", "user:inference"],
    },
    mcpOAuth: { server: { token: "x" } },
  });
  assertMatch(renewed, /^\{\n {2}"claudeAiOauth"/);
  const [sent] = ctx.requests;
  assertEquals([sent?.host, sent?.path], ["platform.claude.com", "/v1/oauth/token"]);
  assertEquals(JSON.parse(sent?.body ?? "").refresh_token, "r1");
});

Deno.test("a login that cannot be renewed is reported as final", async () => {
  const ctx = createFakeContext({
    now: NOW,
    answer: () => new Response('{"error":"invalid_grant"}', { status: 400 }),
  });
  for (const text of ["{}", login("a", EARLIER), login("a", EARLIER, { refreshToken: "r" })]) {
    const error = await assertRejects(() => anthropic.renewal?.renew(ctx, text) ?? Promise.resolve());
    assertEquals(kindOf(error), "auth");
  }
  assertEquals(ctx.requests.length, 1);
});

Deno.test("the session comes first and extra spend last, in whatever order they arrive", () => {
  const window = { utilization: 1, resets_at: null };
  const ids = usageAnswer({
    extra_usage: { is_enabled: true, used_credits: 1 },
    iguana_necktie: window,
    seven_day: window,
    five_hour: window,
  }).readings.map((reading) => reading.quota);
  assertEquals(ids, ["five-hour", "seven-day", "iguana-necktie", "extra-usage"]);
});

const dropsOf = (body: unknown) => (usageAnswer(body).dropped ?? []).map(({ what }) => what);
const figuresOf = (body: unknown) =>
  Object.fromEntries(usageAnswer(body).readings.map(({ quota, used }) => [quota, used]));

Deno.test("two weekly limits of models with one name are both shown, in either order", () => {
  const limit = (id: string, percent: number) => ({
    kind: "weekly_scoped",
    percent,
    resets_at: null,
    scope: { model: { id, display_name: "Fable" } },
  });
  for (const limits of [[limit("m0", 10), limit("m1", 99)], [limit("m1", 99), limit("m0", 10)]]) {
    assertEquals(figuresOf({ limits }), { "seven-day-fable-m0": 10, "seven-day-fable-m1": 99 });
  }
});

Deno.test("of two values for one window the fuller counts, and the other is reported", () => {
  const body = {
    seven_day: { utilization: 12, resets_at: null },
    limits: [{ kind: "weekly_all", percent: 97, resets_at: null }],
  };
  assertEquals(figuresOf(body), { "seven-day": 97 });
  assertEquals(dropsOf(body), ["seven_day"]);
});

Deno.test("unknown kinds of limits are shown under their own names, with the length they state", () => {
  const { readings, dropped } = usageAnswer({
    five_hour: null,
    limits: [
      { kind: "daily", percent: 88, resets_at: null },
      { kind: "weekly_scoped", percent: 70, scope: { surface: "cowork" } },
      { kind: "monthly_all", percent: 93, resets_at: null },
    ],
  });
  assertEquals(readings.map(({ quota, used, window }) => [quota, used, window.seconds]), [
    ["daily", 88, 86_400],
    ["seven-day-cowork", 70, 604_800],
    ["monthly-all", 93, null],
  ]);
  assertEquals(dropped, undefined);
});

Deno.test("windows with renamed figures are no success: one is reported, and all of them are a bad response", async () => {
  const renamed = { used_share: 95, resets_at: "2026-11-21T14:00:00Z" };
  const both = { five_hour: { utilization: 3, resets_at: null }, seven_day: renamed };
  assertEquals(figuresOf(both), { "five-hour": 3 });
  assertEquals(dropsOf(both), ["seven_day.used_share", "seven_day"]);
  const error = await assertRejects(() =>
    Promise.resolve().then(() => usageAnswer({ five_hour: renamed, seven_day: renamed }))
  );
  assertEquals(kindOf(error), "bad_response");
  // Its name in the status line of the tool.
  assertEquals(figuresOf({ five_hour: { used_percentage: 95, resets_at: null } }), { "five-hour": 95 });
});

Deno.test("negative figures and rubbish give no figure", () => {
  assertEquals(figuresOf({ five_hour: { utilization: -3, resets_at: null } }), { "five-hour": null });
  const extra = { is_enabled: true, monthly_limit: "abc", used_credits: 0 };
  assertEquals(figuresOf({ five_hour: { utilization: 1 }, extra_usage: extra }), { "five-hour": 1 });
  assertEquals(dropsOf({ five_hour: { utilization: 1 }, extra_usage: extra }), ["extra_usage"]);
});
