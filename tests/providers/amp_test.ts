import { amp } from "../../providers/amp.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";
import { startVendor } from "../support/vendor.ts";
import { createTestEnvironment, createTestSandbox } from "../support/test_sandbox.ts";

const SECRETS = "${XDG_DATA_HOME:-~/.local/share}/amp/secrets.json";

function shown(text: string): Response {
  return new Response(JSON.stringify({ ok: true, result: { displayText: text } }));
}

async function readAs(text: string) {
  const ctx = createFakeContext({ settings: { AMP_API_KEY: "one" }, answer: () => shown(text) });
  const [account] = await amp.accounts(ctx);
  assert(account);
  return await amp.read(ctx, account);
}

Deno.test("a key in a setting precedes the cookie, and the cookie precedes the file of the CLI", async () => {
  const files = { [SECRETS]: '{"apiKey@https://ampcode.com":"three"}' };
  const settings: Record<string, string> = { AMP_API_KEY: "one", AMP_SESSION_COOKIE: "session=two" };
  const found: unknown[] = [];
  for (const name of ["", "AMP_API_KEY", "AMP_SESSION_COOKIE"]) {
    delete settings[name];
    const [account] = await amp.accounts(createFakeContext({ settings, files }));
    found.push([account?.secret.reveal(), account?.facts?.way, account?.file]);
  }
  assertEquals(found, [
    ["one", "token", undefined],
    ["two", "cookie", undefined],
    ["three", "token", SECRETS],
  ]);
});

Deno.test("another Amp server gets the key stored for its address", async () => {
  await using vendor = startVendor(() => shown("Individual credits: $2 remaining"));
  const keys = { [`apiKey@${vendor.origin}/`]: "theirs", "apiKey@https://ampcode.com/": "ours" };
  const ctx = createTestSandbox(amp, createTestEnvironment({ AMP_URL: `${vendor.origin}/` }), {
    readText: () => Promise.resolve(JSON.stringify(keys)),
  });
  const [account] = await amp.accounts(ctx);
  assert(account);
  await amp.read(ctx, account);
  assertEquals(vendor.requests.map((sent) => sent.headers.get("authorization")), ["Bearer theirs"]);
});

Deno.test("a cookie of another name is refused without being shown", async () => {
  const ctx = createFakeContext({ settings: { AMP_SESSION_COOKIE: "theme=hidden" } });
  const error = await assertRejects(() => amp.accounts(ctx), /AMP_SESSION_COOKIE/);
  assertEquals(kindOf(error), "missing");
  assert(!String(error).includes("hidden"));
});

Deno.test("owners named in the text are distinguished, and the address is not stored", async () => {
  const one = await readAs("Signed in as Robin@Example.test (robin)\nIndividual credits: $2 remaining");
  const same = await readAs("Signed in as robin@example.test\nIndividual credits: $3 remaining");
  const other = await readAs("Signed in as kim@example.test\nIndividual credits: $2 remaining");
  assertEquals(one.identity, same.identity);
  assert(one.identity !== other.identity);
  assert(!JSON.stringify(one).includes("xample"));
});

Deno.test("the stored part of a text in a new form contains no address", async () => {
  const text = "Signed in as robin@example.test\nCredits: robin@example.test has $3";
  const error = await assertRejects(() => readAs(text), /text in an unknown format/);
  assertEquals(kindOf(error), "bad_response");
  assertEquals(Reflect.get(error as object, "answer"), "Credits");
});

Deno.test("a pool that fills up never resets, the daily form does", async () => {
  const kinds: unknown[] = [];
  for (
    const line of ["Amp Free: $1/$10 remaining (replenishes +$0.42/hour)", "Amp Free: 61% remaining today"]
  ) {
    const [reading] = (await readAs(line)).readings;
    kinds.push([reading?.window.kind, reading?.refillPerHour]);
  }
  assertEquals(kinds, [["rolling", 42], ["fixed", undefined]]);
});

Deno.test("an invalid amount of Amp Free is refused, in either format", async () => {
  for (const member of ["used", "quota"]) {
    for (const place of [-1, -2, -3, -4, -5]) {
      const root = { quota: 1, used: 2, [member]: place };
      const ctx = createFakeContext({
        settings: { AMP_SESSION_COOKIE: "session=one" },
        answer: () => Response.json({ type: "result", result: JSON.stringify([root, 2000, 640.5]) }),
      });
      const [account] = await amp.accounts(ctx);
      assert(account);
      const error = await assertRejects(() => amp.read(ctx, account));
      assertEquals([member, place, kindOf(error)], [member, place, "bad_response"]);
    }
  }
});
