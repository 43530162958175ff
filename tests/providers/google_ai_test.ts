import { Secret } from "../../lib/provider/context.ts";
import { zoneDay } from "../../lib/provider_kit/pages.ts";
import { googleAi } from "../../providers/google_ai.ts";
import { quotasOfRefusal } from "../../providers/google_ai/refusal.ts";
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "../support/assert.ts";
import { checkQuotas, passiveFixture } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";

const account = { name: "default", source: "a test", secret: new Secret("AIzaTESTONLY") };
const NOW = "2026-11-21T12:00:00.000Z";
const DEFAULTS = "${CLOUDSDK_CONFIG:-~/.config/gcloud}/application_default_credentials.json";
const SET = "${GOOGLE_APPLICATION_CREDENTIALS:-~/.config/gcloud/application_default_credentials.json}";

Deno.test("a refused model call states which quotas are used up", () => {
  const { now, response, expect } = passiveFixture("google-ai", "passive_429_2026-11-21");
  checkQuotas(quotasOfRefusal(account, response.body, Date.parse(now)), expect.quotas ?? []);
});

Deno.test("a refusal without a size means used up, one of 0 is none, one without quotas is a wait", () => {
  const refusal = (violations: readonly unknown[]) => ({
    error: { details: [{ violations }, { retryDelay: "34.07s" }] },
  });
  const quotaId = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier";
  const [reading] = quotasOfRefusal(
    account,
    refusal([{ quotaId, quotaDimensions: { model: "x" } }]),
    Date.parse(NOW),
  );
  assertEquals([reading?.quota, reading?.used, reading?.limit, reading?.remaining], [
    "requests-per-minute-x",
    null,
    null,
    0,
  ]);
  assertEquals(quotasOfRefusal(account, refusal([{ quotaId, quotaValue: "0" }]), Date.parse(NOW)), []);
  const error = assertThrows(() => quotasOfRefusal(account, refusal([]), Date.parse(NOW)));
  assertEquals(kindOf(error), "rate_limited");
  assertEquals(Reflect.get(error as Error, "retryAt"), Date.parse(NOW) + 34_070);
});

Deno.test("a day of the quotas lasts from midnight to midnight in California, also when clocks change", () => {
  const hours = (at: string) => {
    const { start, end } = zoneDay(Date.parse(at), "America/Los_Angeles");
    return (end - start) / 3_600_000;
  };
  assertEquals(hours("2026-11-01T20:00:00Z"), 25);
  assertEquals(hours("2027-03-14T20:00:00Z"), 23);
  assertEquals(hours("2026-11-21T20:00:00Z"), 24);
});

Deno.test("default credentials are left alone without an opt-in", async () => {
  const login = JSON.stringify({
    client_id: "a",
    client_secret: "b",
    refresh_token: "c",
    quota_project_id: "p",
  });
  const files = { [DEFAULTS]: login };
  assertEquals(await googleAi.accounts(createFakeContext({ files })), []);
  const [found] = await googleAi.accounts(createFakeContext({ files, settings: { GEMINI_API_KEY: "k" } }));
  assertEquals([found?.secret.reveal(), found?.facts?.project], ["c", "p"]);
  const odd = createFakeContext({
    files: { [DEFAULTS]: '{"type":"external_account"}' },
    settings: { GCLOUD_PROJECT: "p" },
  });
  assertEquals(kindOf(await assertRejects(() => googleAi.accounts(odd))), "missing");
});

Deno.test("without a project no request is sent, and the message says what to set", async () => {
  const ctx = createFakeContext({ settings: { GOOGLE_OAUTH_ACCESS_TOKEN: "ya29.x" } });
  const [found] = await googleAi.accounts(ctx);
  assert(found);
  const error = await assertRejects(() => googleAi.read(ctx, found), /which project/);
  assertEquals(Reflect.get(error as Error, "hint"), "Set GOOGLE_CLOUD_PROJECT");
  assertEquals(ctx.requests, []);
});

Deno.test("a service account signs for itself, and its token is requested once an hour", async () => {
  const pair = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
    },
    true,
    ["sign", "verify"],
  );
  const der = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const key = `-----BEGIN PRIVATE KEY-----\n${
    btoa(String.fromCharCode(...der))
  }\n-----END PRIVATE KEY-----\n`;
  const login = {
    type: "service_account",
    client_email: "watch@demo-1.example",
    private_key: key,
    project_id: "demo-1",
    token_uri: "https://elsewhere.example/token",
  };
  const ctx = createFakeContext({
    now: NOW,
    settings: { GOOGLE_APPLICATION_CREDENTIALS: "/keys/watch.json" },
    files: { [SET]: JSON.stringify(login) },
    answer: (sent) =>
      Response.json(
        sent.path === "/token" ? { access_token: "ya29.S", expires_in: 3600 } : { timeSeries: [] },
      ),
  });
  const [found] = await googleAi.accounts(ctx);
  assert(found);
  await googleAi.read(ctx, found);
  await googleAi.read(ctx, found);
  const tokens = ctx.requests.filter((sent) => sent.path === "/token");
  assertEquals(tokens.map((sent) => sent.host), ["oauth2.googleapis.com"]);
  const assertion = new URLSearchParams(tokens[0]?.body).get("assertion") ?? "";
  const [head = "", body = "", signature = ""] = assertion.split(".");
  const bytes = (text: string) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const signed = new TextEncoder().encode(`${head}.${body}`);
  assert(await crypto.subtle.verify("RSASSA-PKCS1-v1_5", pair.publicKey, bytes(signature), signed));
  const claims = JSON.parse(new TextDecoder().decode(bytes(body)));
  assertEquals([claims.aud, claims.iss, claims.exp - claims.iat], [
    "https://oauth2.googleapis.com/token",
    "watch@demo-1.example",
    3600,
  ]);
  const asked = ctx.requests.find((sent) => sent.host === "monitoring.googleapis.com");
  assertEquals(asked?.headers.get("authorization"), "Bearer ya29.S");
  assertEquals(asked?.headers.has("x-goog-user-project"), false);
});

Deno.test("an invalid private key is reported without showing it", async () => {
  const login = {
    client_email: "a@b.example",
    private_key: "-----BEGIN PRIVATE KEY-----\nsecret\n",
    project_id: "p",
  };
  const ctx = createFakeContext({
    now: NOW,
    settings: { GOOGLE_APPLICATION_CREDENTIALS: "/keys/watch.json" },
    files: { [SET]: JSON.stringify(login) },
  });
  const [found] = await googleAi.accounts(ctx);
  assert(found);
  const error = await assertRejects(() => googleAi.read(ctx, found));
  assertEquals(kindOf(error), "auth");
  assertMatch(String(error), /private key of the service account cannot be used/);
});
