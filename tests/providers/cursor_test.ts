/** Which login is used for Cursor, what is refused without a request, and when an old plan resets. */
import fc from "fast-check";
import { cursor } from "../../providers/cursor.ts";
import { parseCredential } from "../../providers/cursor/login.ts";
import { monthAfter } from "../../providers/cursor/besides.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { createFakeContext, type FakeContextOptions } from "../support/fake_context.ts";
import { jwtOf } from "../support/jwt.ts";
import { kindOf } from "../support/check_readings.ts";

const NOW = "2026-11-21T12:00:00Z";
const DATABASE = "${XDG_CONFIG_HOME:-~/.config}/Cursor/User/globalStorage/state.vscdb";

const token = (sub: string, exp = "2026-12-21T12:00:00Z") => jwtOf({ sub, exp: Date.parse(exp) / 1000 });
const ENDED = "2026-11-21T11:59:59Z";

const database = (value: string, plan = "pro") => ({
  [DATABASE]: [
    { key: "cursorAuth/accessToken", value },
    { key: "cursorAuth/stripeMembershipType", value: plan },
    { key: "cursorAuth/cachedEmail", value: "dev@example.org" },
  ],
});
const keychain = (stdout: string) => ({
  "secret-tool search service cursor-access-token": { code: 0, stdout: `secret = ${stdout}\n` },
});

async function accountIn(options: FakeContextOptions) {
  const ctx = createFakeContext({ now: NOW, ...options });
  const [account] = await cursor.accounts(ctx);
  return { ctx, account };
}

async function refusal(options: FakeContextOptions) {
  const { ctx, account } = await accountIn(options);
  assert(account);
  const error = await assertRejects(() => cursor.read(ctx, account));
  const { hint, reason } = error as { hint?: string; reason?: string };
  return { kind: kindOf(error), hint, reason, asked: ctx.requests.length };
}

Deno.test("a configured token precedes the login of the editor", async () => {
  const settings = { CURSOR_TOKEN: token("auth0|user_set") };
  const { account } = await accountIn({ settings, rows: database(token("auth0|user_editor")) });
  assertEquals(account?.identity, "user_set");
});

Deno.test("a cookie belongs to the owner in its token, whatever precedes it", async () => {
  const identity = async (CURSOR_TOKEN: string) =>
    (await accountIn({ settings: { CURSOR_TOKEN } })).account?.identity;
  assertEquals(await identity(`user_ann::${token("auth0|user_bob")}`), "user_bob");
  assertEquals(await identity("user_ann::opaque"), "user_ann");
});

Deno.test("the command line's login counts if the editor's is expired, missing, or another's without a plan", async () => {
  const editor = token("auth0|user_editor");
  const ended = token("auth0|user_editor", ENDED);
  const other = token("auth0|user_other");
  const same = token("auth0|user_editor", "2026-12-31T00:00:00Z");
  const cases: readonly (readonly [FakeContextOptions, string | undefined])[] = [
    [{ rows: database(editor), commands: keychain(other) }, editor],
    [{ rows: database(ended), commands: keychain(other) }, other],
    [{ rows: database(ended) }, ended],
    [{ commands: keychain(other) }, other],
    [{ rows: database(editor, "free"), commands: keychain(other) }, other],
    [{ rows: database(editor, "free"), commands: keychain(same) }, editor],
    [{ rows: database(editor, "free") }, editor],
    [{}, undefined],
  ];
  for (const [options, expected] of cases) {
    assertEquals((await accountIn(options)).account?.secret.reveal(), expected);
  }
});

Deno.test("the identity of a login is the user of the token, and no address", async () => {
  const { account } = await accountIn({ rows: database(token("google-oauth2|user_01ABC")) });
  assertEquals(account?.identity, "user_01ABC");
  assertEquals(account?.expiresAt, Date.parse("2026-12-21T12:00:00Z"));
  assertEquals(account?.facts?.plan, "pro");
});

Deno.test("the cookie of the web page is accepted in each of its spellings", () => {
  const spelt = [
    "user_1%3A%3Aabc",
    "user_1%3a%3aabc",
    "user_1::abc",
    "WorkosCursorSessionToken=user_1::abc; Path=/",
  ];
  for (const text of spelt) {
    assertEquals(parseCredential(text), { token: "abc", isCookie: true, user: "user_1" });
  }
  assertEquals(parseCredential(" abc ", "user_2"), { token: "abc", isCookie: false, user: "user_2" });
});

Deno.test("an expired login is reported before any request, with the remedy", async () => {
  assertEquals(await refusal({ rows: database(token("auth0|user_1", ENDED)) }), {
    kind: "auth",
    hint: "Open Cursor once to sign in again",
    reason: "expired",
    asked: 0,
  });
});

Deno.test("an API key is distinguished from a login, and not sent anywhere", async () => {
  for (const CURSOR_TOKEN of ["key_abc", "crsr_abc"]) {
    const { kind, hint, asked } = await refusal({ settings: { CURSOR_TOKEN } });
    assertEquals([kind, asked], ["auth", 0]);
    assertMatch(hint ?? "", /CURSOR_TOKEN/);
  }
});

Deno.test("a token no header can carry has its own outcome, and is not shown", async () => {
  const { kind, hint, asked } = await refusal({ settings: { CURSOR_TOKEN: "tok\u2028en" } });
  assertEquals([kind, asked], ["auth", 0]);
  assertMatch(hint ?? "", /characters/);
});

Deno.test("additional requests may fail, except for a rate limit", async () => {
  const failingWith = (status: number) => ({
    settings: { CURSOR_TOKEN: "abc" },
    answer: ({ path }: { readonly path: string }) =>
      path.endsWith("GetCurrentPeriodUsage")
        ? new Response(JSON.stringify({ planUsage: { totalPercentUsed: 5 } }))
        : new Response("{}", { status }),
  });
  for (const status of [401, 403, 404, 500, 200]) {
    const { ctx, account } = await accountIn(failingWith(status));
    assert(account);
    const { readings } = await cursor.read(ctx, account);
    assertEquals(readings.map((reading) => reading.quota), ["total"]);
  }
  assertEquals((await refusal(failingWith(429))).kind, "rate_limited");
});

Deno.test("an old plan resets on the same day of the next month, or on its last", () => {
  for (
    const [from, to] of [
      ["2026-11-15T08:30:00.000Z", "2026-12-15T08:30:00.000Z"],
      ["2026-12-31T23:59:59.999Z", "2027-01-31T23:59:59.999Z"],
      ["2027-01-31T01:02:03.004Z", "2027-02-28T01:02:03.004Z"],
      ["2028-01-30T00:00:00.000Z", "2028-02-29T00:00:00.000Z"],
    ] as const
  ) {
    assertEquals(new Date(monthAfter(Date.parse(from))).toISOString(), to);
  }
  fc.assert(fc.property(fc.integer({ min: 946_684_800_000, max: 4_102_444_799_999 }), (at) => {
    const days = (monthAfter(at) - at) / 86_400_000;
    assert(days >= 28 && days <= 31, String(days));
  }));
});
