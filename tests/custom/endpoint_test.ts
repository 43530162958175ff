import fc from "fast-check";
import { baseUrlVariables } from "../../lib/provider/contract.ts";
import { statusLabel } from "../../lib/model/view/status.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { checkQuotas, exchangesOf } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { checkReadings, kindOf } from "../support/check_readings.ts";
import { startVendor } from "../support/vendor.ts";
import { createTestEnvironment, createTestSandbox } from "../support/test_sandbox.ts";
import { fixtures, KEY, memoryBindings, providerOf, simple } from "./support.ts";

const json = (body: unknown, init: ResponseInit = {}) => Response.json(body, init);

for (const fixture of fixtures) {
  Deno.test(`a declared source ${fixture.name}: ${fixture.about}`, async () => {
    const provider = providerOf(fixture.declaration);
    await using vendor = startVendor(exchangesOf(fixture));
    const [variable = ""] = baseUrlVariables(provider);
    const { settings, now, expect } = fixture;
    const direct = createFakeContext({ settings, now, exchanges: exchangesOf(fixture) });
    const networked = createTestSandbox(
      provider,
      createTestEnvironment({ ...settings, [variable]: vendor.origin }),
      { now },
    );
    // Each with a key that is not bound yet: a base URL moves no bound key.
    for (const ctx of [direct, networked]) {
      const provider = providerOf(fixture.declaration);
      const [account] = await provider.accounts(ctx);
      assertEquals(account?.secret.reveal(), "TESTONLY");
      assert(account);
      if (expect.error) {
        assertEquals(kindOf(await assertRejects(() => provider.read(ctx, account))), expect.error);
      } else {
        const answer = await provider.read(ctx, account);
        checkReadings(answer.readings);
        checkQuotas(answer.readings, expect.quotas ?? []);
        assertEquals(answer.plan ?? null, expect.plan ?? null);
      }
    }
    assertEquals(vendor.requests.length, 1);
  });
}

Deno.test("figures that say nothing about use are reported, unless they mean no limit or are a balance", async () => {
  const reported = async (quota: Readonly<Record<string, unknown>>, body: unknown) => {
    const provider = providerOf(simple({ auth: { type: "none" } }, { used: undefined, ...quota }));
    const ctx = createFakeContext({ answer: () => json(body), now: "2026-11-21T12:00:00Z" });
    const [account] = await provider.accounts(ctx);
    assert(account);
    return (await provider.read(ctx, account)).dropped?.map(({ why }) => why) ?? [];
  };
  const limit = { path: "max" };
  const week = { windowSeconds: 604_800 };
  const used = { used: { path: "used" } };
  const left = { remaining: { path: "left" } };
  assertEquals(await reported({ ...used, limit }, { used: -3, max: 100 }), ["a negative figure"]);
  assertEquals(await reported({ ...used, ...week }, { used: -3 }), ["a negative figure"]);
  assertEquals(await reported({ ...left, ...week, limit }, { left: 120, max: 100 }), [
    "more is left than its limit",
  ]);
  assertEquals(await reported({ ...left, limit }, { left: 120, max: 100 }), []);
  assertEquals(await reported(left, { left: -5.5 }), []);
  assertEquals(
    await reported({ used: { path: "used", unlimitedWhen: -1 }, limit }, { used: -1, max: -1 }),
    [],
  );
});

Deno.test("quotas as declared: remainders, shares, and missing values", async () => {
  const read = async (quota: Readonly<Record<string, unknown>>, body: unknown) => {
    const provider = providerOf(simple({ auth: { type: "none" } }, { used: undefined, ...quota }));
    const ctx = createFakeContext({ answer: () => json(body), now: "2026-11-21T12:00:00Z" });
    const [account] = await provider.accounts(ctx);
    assert(account);
    const { readings: [one] } = await provider.read(ctx, account);
    return one && [one.used, one.limit, one.remaining, one.window.kind];
  };
  const left = { remaining: { path: "left" } };
  const limit = { path: "max" };
  assertEquals(await read({ ...left, limit }, { left: 30, max: 100 }), [70, 100, 30, "balance"]);
  assertEquals(await read({ ...left, limit }, { left: -5, max: 100 }), [105, 100, 0, "balance"]);
  // Carried over from an earlier period.
  assertEquals(await read({ ...left, limit }, { left: 120, max: 100 }), [null, 100, 120, "balance"]);
  assertEquals(await read(left, { left: -5.5 }), [null, null, -5.5, "balance"]);
  assertEquals(await read({ ...left, limit }, { left: 4, max: null }), [null, null, 4, "balance"]);
  assertEquals(await read({ unit: "percent", usedFraction: { path: "f" } }, { f: 0.25 }), [
    25,
    100,
    75,
    "balance",
  ]);
  assertEquals(await read({ unit: "percent", remainingPercent: { path: "p" } }, { p: "120" }), [
    null,
    100,
    120,
    "balance",
  ]);
  assertEquals(await read({ usedPercent: { path: "p" }, limit: { literal: 50 } }, { p: 10 }), [
    5,
    50,
    45,
    "balance",
  ]);
  assertEquals(await read({ used: { path: "u" }, limit }, { u: 3, max: -1 }), [3, null, null, "balance"]);
  assertEquals(await read({ used: { path: "u" }, limit }, { u: 3, max: 0 }), [3, 0, 0, "balance"]);
  assertEquals(await read({ used: { path: "u" }, limit }, { u: 0, max: 0 }), undefined);
  assertEquals(await read({ used: { path: "u", scale: -1 } }, { u: 2 }), [null, null, null, "balance"]);
  assertEquals(await read({ used: { path: "u" }, windowSeconds: 60 }, { u: 2 }), [2, null, null, "rolling"]);
  // A call may cost less than a millionth, and many of them add up.
  const usd = { unit: "usd", limit };
  assertEquals(await read({ ...usd, used: { path: "u" } }, { u: 4e-7, max: 1e-6 }), [
    4e-7,
    1e-6,
    6e-7,
    "balance",
  ]);
  assertEquals(await read({ ...usd, used: { path: "u", scale: 1e-6 } }, { u: 0.25, max: null }), [
    2.5e-7,
    null,
    null,
    "balance",
  ]);
  assertEquals(await read({ ...usd, ...left }, { left: 1.7e-6, max: 2e-6 }), [3e-7, 2e-6, 1.7e-6, "balance"]);
  const resetsAt = { path: "r", format: "iso" };
  assertEquals(await read({ used: { path: "u" }, resetsAt }, { u: 2 }), [2, null, null, "calendar"]);
  for (
    const wrong of [
      { u: true },
      { u: {} },
      { u: "many" },
      { u: 1e300 },
      { u: 1, r: 5 },
      { u: 1, r: "soon" },
      {},
      { u: null },
    ]
  ) {
    const error = await assertRejects(() => read({ used: { path: "u" }, resetsAt }, wrong));
    assertEquals(kindOf(error), "bad_response", JSON.stringify(wrong));
  }
});

Deno.test("a quota without a limit permits work and has no figure, wherever the answer says so", async () => {
  const read = async (quota: Readonly<Record<string, unknown>>, body: unknown) => {
    const declaration = simple({ auth: { type: "none" } }, { used: undefined, ...quota });
    const ask = createFakeContext({ answer: () => json(body) });
    const provider = providerOf(declaration);
    const [account] = await provider.accounts(ask);
    assert(account);
    const { readings, dropped } = await provider.read(ask, account);
    assertEquals(dropped, undefined);
    return readings.map((
      one,
    ) => [one.used, one.limit, one.remaining, one.allowed, statusLabel({ ...one, status: "unknown" })]);
  };
  const none = [[null, null, null, true, "no limit"]];
  const left = { path: "left", unlimitedWhen: -1 };
  assertEquals(await read({ remaining: left }, { left: -1 }), none);
  assertEquals(await read({ remaining: left, windowSeconds: 3600 }, { left: -1 }), none);
  assertEquals(await read({ remaining: left, limit: { literal: 5 } }, { left: "-1" }), none);
  assertEquals(await read({ unit: "percent", usedPercent: left }, { left: -1 }), none);
  assertEquals(await read({ used: left }, { left: -1 }), none);
  // The limit says it, and what is left repeats its marker or is missing.
  const limit = { path: "max", unlimitedWhen: -1 };
  assertEquals(await read({ remaining: { path: "left" }, limit }, { left: -1, max: -1 }), none);
  assertEquals(await read({ remaining: { path: "left" }, limit }, { max: -1 }), none);
  assertEquals(await read({ usedPercent: { path: "p" }, limit }, { p: 0, max: -1 }), none);
  // What was used and what is left are figures nevertheless.
  assertEquals(await read({ used: { path: "u" }, limit, windowSeconds: 60 }, { u: 7, max: -1 }), [[
    7,
    null,
    null,
    undefined,
    "no limit",
  ]]);
  assertEquals(await read({ remaining: left }, { left: 3 }), [[null, null, 3, undefined, "balance"]]);
});

Deno.test("a missing quota is omitted and reported", async () => {
  const declaration = simple({ auth: { type: "none" } });
  const other = { key: "other", label: "Other", unit: "tokens", used: { path: "other.used" } };
  const provider = providerOf({ ...declaration, quotas: [...declaration.quotas, other] });
  const ctx = createFakeContext({ answer: () => json({ used: 4 }) });
  const [account] = await provider.accounts(ctx);
  assert(account);
  const { readings, dropped } = await provider.read(ctx, account);
  assertEquals(readings.map(({ quota }) => quota), ["calls"]);
  assertEquals(dropped, [{ what: "other", why: "not in the answer" }]);
});

Deno.test("failures of a source: by status, by the kind of its answer, and never with its text", async () => {
  const echo = "your key TESTONLY-key is wrong";
  const deep = "[".repeat(70) + "]".repeat(70);
  const cases: readonly (readonly [Response, string])[] = [
    [new Response(echo, { status: 401 }), "auth"],
    [new Response(`<html>${echo}`, { status: 403, headers: { "content-type": "text/html" } }), "auth"],
    [new Response(echo, { status: 429, headers: { "retry-after": "30" } }), "rate_limited"],
    [new Response(echo, { status: 400 }), "unavailable"],
    [new Response(echo, { status: 418 }), "unavailable"],
    [new Response(echo, { status: 500 }), "unavailable"],
    [new Response('{"used":1}', { headers: { "content-type": "text/plain" } }), "bad_response"],
    [new Response('{"used":1}', { headers: { "content-type": "application/jsonp" } }), "bad_response"],
    [new Response(echo, { headers: { "content-type": "application/json" } }), "bad_response"],
    [new Response(deep, { headers: { "content-type": "application/json" } }), "bad_response"],
    [json({ used: echo }), "bad_response"],
  ];
  for (const [response, kind] of cases) {
    const provider = providerOf(simple());
    const ctx = createFakeContext({ settings: KEY, answer: () => response });
    const [account] = await provider.accounts(ctx);
    assert(account);
    const error = await assertRejects(() => provider.read(ctx, account));
    assertEquals(kindOf(error), kind);
    const shown = JSON.stringify([
      String(error),
      Reflect.get(error as Error, "hint"),
      Reflect.get(error as Error, "answer") ?? "",
    ]);
    assert(!shown.includes("TESTONLY-key"), shown);
    assert(!shown.includes("is wrong"), shown);
  }
});

Deno.test("a key is sent only to the host it was first sent to, until it is entered again", async () => {
  const bindings = memoryBindings();
  const sent: string[] = [];
  const poll = async (url: string, key = KEY) => {
    const provider = providerOf(simple({ url }), bindings);
    const ctx = createFakeContext({
      settings: key,
      answer: (request) => {
        sent.push(request.host);
        return json({ used: 1 });
      },
    });
    const [account] = await provider.accounts(ctx);
    assert(account);
    return await provider.read(ctx, account).then(() => "ok", kindOf);
  };
  assertEquals(await poll("https://quota.example.test/v1/me"), "ok");
  assertEquals(await poll("https://quota.example.test/v2/other?team=1"), "ok");
  for (
    const url of [
      "https://elsewhere.example/v1/me",
      "https://quota.example.test:8443/v1/me",
      "http://quota.example.test/v1/me",
    ]
  ) {
    assertEquals(await poll(url), "auth", url);
  }
  // Another key may go there, and the first one still may not.
  assertEquals(await poll("https://elsewhere.example/", { SYNTRACK_CUSTOM_TEAM_API_KEY: "another" }), "ok");
  assertEquals(await poll("https://elsewhere.example/"), "auth");
  bindings.forget("team");
  assertEquals(await poll("https://elsewhere.example/"), "ok");
  assertEquals(sent, ["quota.example.test", "quota.example.test", "elsewhere.example", "elsewhere.example"]);
  assertEquals(bindings.text()?.includes("TESTONLY"), false);
});

Deno.test("the key goes where its declaration says, and requests without a key send none", async () => {
  const headersFor = async (auth: unknown) => {
    const provider = providerOf(simple({ auth, headers: { accept: "application/json", "x-team": "a" } }));
    const ctx = createFakeContext({ settings: KEY, answer: () => json({ used: 1 }) });
    const [account] = await provider.accounts(ctx);
    assert(account);
    await provider.read(ctx, account);
    return Object.fromEntries(ctx.requests[0]?.headers ?? []);
  };
  const always = { accept: "application/json", "x-team": "a" };
  assertEquals(await headersFor({ type: "none" }), always);
  assertEquals(await headersFor({ type: "bearer" }), { ...always, authorization: "Bearer TESTONLY-key" });
  assertEquals(await headersFor({ type: "x-api-key" }), { ...always, "x-api-key": "TESTONLY-key" });
  assertEquals(await headersFor({ type: "header", name: "X-Team-Token" }), {
    ...always,
    "x-team-token": "TESTONLY-key",
  });
  const keyless = providerOf(simple());
  assertEquals(await keyless.accounts(createFakeContext()), []);
});

Deno.test("for any JSON, readings are valid or the failure has a kind", async () => {
  const provider = providerOf({
    ...simple({ auth: { type: "none" } }),
    plan: { path: "plan" },
    quotas: [
      {
        key: "a",
        label: "A",
        unit: "usd",
        used: { path: "a", scale: 0.01 },
        limit: { path: "b", unlimitedWhen: -1 },
        resetsAt: { path: "r", format: "in-seconds" },
      },
      {
        key: "b",
        label: "B",
        unit: "tokens",
        remaining: { path: "b" },
        limit: { path: "a" },
        windowSeconds: 60,
      },
      { key: "c", label: "C", unit: "percent", usedFraction: { path: "c" } },
    ],
  });
  const odd = fc.oneof(
    fc.constantFrom<unknown>(null, "", "1e999", -0, 1e308, -1, 5e-324, "12", true),
    fc.double(),
    fc.jsonValue({ maxDepth: 2 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.record({ a: odd, b: odd, c: odd, r: odd, plan: odd }, { requiredKeys: [] }),
      async (body) => {
        const ctx = createFakeContext({ answer: () => json(body), now: "2026-11-21T12:00:00Z" });
        const [account] = await provider.accounts(ctx);
        assert(account);
        try {
          checkReadings((await provider.read(ctx, account)).readings);
        } catch (error) {
          assertMatch(kindOf(error), /^bad_response$/);
        }
      },
    ),
    { numRuns: 600 },
  );
});
