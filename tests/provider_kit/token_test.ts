/** Contents of tokens and keychains, and the meaning of refused renewals. */
import fc from "fast-check";
import { readKeychain } from "../../lib/provider_kit/keychain.ts";
import { loginObject, requestTokens, serializeLike } from "../../lib/provider_kit/oauth.ts";
import { parseClaims, sha256, tokenExpiry } from "../../lib/provider_kit/token.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../support/assert.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { jwtOf } from "../support/jwt.ts";
import { kindOf } from "../support/check_readings.ts";

Deno.test("the claims of a token are read with any letters", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.string()), (claims) => {
    assertEquals({ ...parseClaims(jwtOf(claims)) }, { ...claims });
  }));
});

Deno.test("an invalid token has no claims, and no expiry", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    assertEquals(parseClaims(text), null);
    assertEquals(tokenExpiry(text), undefined);
  }));
  assertEquals(parseClaims("eyJexample"), null);
  assertEquals(parseClaims(jwtOf([1])), null);
  assertEquals(tokenExpiry(jwtOf({ exp: "soon" })), undefined);
  assertEquals(tokenExpiry(jwtOf({ exp: 1795273961 })), 1795273961000);
});

Deno.test("sha256() equals other implementations", async () => {
  assertEquals(
    await sha256("abc"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

Deno.test("a keychain returns its text plain, in base64 and in hex", async () => {
  for (
    const [stdout, expected] of [
      ["plain\n", "plain"],
      ["go-keyring-base64:Z2hvX2V4YW1wbGU=\n", "gho_example"],
      ["7b226122 3a317d".replace(" ", ""), '{"a":1}'],
      ["go-keyring-base64:***", null],
      ["\n", null],
    ] as const
  ) {
    const commands = { "security find-generic-password -s tool -w": { code: 0, stdout } };
    assertEquals(await readKeychain(createFakeContext({ os: "darwin", commands }), "tool"), expected);
  }
});

Deno.test("from the secret service only the secret is taken, and from a locked one nothing", async () => {
  const said = (stdout: string) => ({ "secret-tool search service tool": { code: 0, stdout } });
  const found =
    "[/org/freedesktop/secrets/collection/login/1]\nlabel = secret = no\nsecret = gho_example\ncreated = 2026\n";
  assertEquals(await readKeychain(createFakeContext({ commands: said(found) }), "tool"), "gho_example");
  const locked = "[/org/freedesktop/secrets/collection/login/1]\nlabel = tool\ncreated = 2026\n";
  assertEquals(await readKeychain(createFakeContext({ commands: said(locked) }), "tool"), null);
});

Deno.test("a keychain that refuses or is missing returns nothing", async () => {
  const commands = { "secret-tool search service tool": { code: 1, stdout: "secret = words" } };
  assertEquals(await readKeychain(createFakeContext({ commands }), "tool"), null);
  assertEquals(await readKeychain(createFakeContext(), "tool"), null);
  assertEquals(await readKeychain(createFakeContext({ os: "windows", commands }), "tool"), null);
  const ctx = { ...createFakeContext(), run: () => Promise.reject(new Error("took too long")) };
  assertEquals(await readKeychain(ctx, "tool"), null);
});

const request = {
  vendor: "Acme",
  url: "https://auth.acme.example/token",
  body: { grant_type: "refresh_token", refresh_token: "old" },
  as: "form",
  remedy: "Sign in with acme",
  finalCodes: ["token_reused"],
} as const;

function renewal(status: number, body: unknown, headers: Record<string, string> = {}) {
  const ctx = createFakeContext({ answer: () => new Response(JSON.stringify(body), { status, headers }) });
  return { ctx, renewing: () => requestTokens(ctx, request) };
}

Deno.test("requestTokens() sends a form or JSON, and returns the answer", async () => {
  const { ctx, renewing } = renewal(200, { access_token: "new", expires_in: "3600", extra: 1 });
  assertEquals(await renewing(), {
    access_token: "new",
    refresh_token: null,
    id_token: null,
    scope: null,
    expires_in: 3600,
  });
  assertEquals(ctx.requests[0]?.body, "grant_type=refresh_token&refresh_token=old");
  await requestTokens(ctx, { ...request, as: "json" });
  assertEquals(JSON.parse(ctx.requests[1]?.body ?? ""), request.body);
});

Deno.test("a login has ended only if the vendor says so with a code", async () => {
  const ends: readonly (readonly [number, unknown, string])[] = [
    [400, { error: "invalid_grant" }, "auth"],
    [401, { error: { code: "token_reused" } }, "auth"],
    [401, { code: "token_reused" }, "auth"],
    [400, { error: "invalid_request" }, "unavailable"],
    [401, {}, "unavailable"],
    [429, { error: "rate_limit" }, "rate_limited"],
    [503, { error: "invalid_grant" }, "unavailable"],
    [200, {}, "bad_response"],
    [200, [], "bad_response"],
    [200, { access_token: 7 }, "bad_response"],
  ];
  for (const [status, body, kind] of ends) {
    const error = await assertRejects(renewal(status, body).renewing);
    assertEquals(kindOf(error), kind, JSON.stringify(body));
  }
});

Deno.test("an answer with malformed tokens is not kept for a report", async () => {
  const error = await assertRejects(renewal(200, { access_token: ["new-secret"] }).renewing);
  assert(!JSON.stringify(error).includes("new-secret"));
});

Deno.test("a file is written with its previous indentation", () => {
  for (const text of ['{"a":1}', '{\n  "a": 1\n}\n', '{\n\t"a": 1\n}']) {
    assertEquals(serializeLike(loginObject(text, "Acme"), text), text);
  }
  assertThrows(() => loginObject("[]", "Acme"), /contains no object/);
});
