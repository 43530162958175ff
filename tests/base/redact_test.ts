import { createRedactor, HIDDEN } from "../../lib/base/redact.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { assertFast } from "../support/speed.ts";

Deno.test("redact() masks a known secret in every encoding", () => {
  const redactor = createRedactor();
  const secret = 'p"a ss/wörd+1';
  redactor.learn(secret);
  const bytes = new TextEncoder().encode(secret);
  const forms = [secret, JSON.stringify({ a: secret }), encodeURIComponent(secret), bytes.toBase64()];
  for (const form of forms) {
    const masked = redactor.redact(`before ${form} after`);
    assert(masked.includes(HIDDEN), masked);
    assert(!masked.includes("ss/w") && !masked.includes("ss%2Fw"), masked);
    assert(masked.startsWith("before ") && masked.endsWith(" after"), masked);
  }
});

Deno.test("redact() masks the longer of two secrets with the same beginning", () => {
  const redactor = createRedactor();
  redactor.learn("orange");
  redactor.learn("orange-juice");
  assertEquals(redactor.redact("orange-juice and orange"), `${HIDDEN} and ${HIDDEN}`);
});

Deno.test("redact() does not take very short values for secrets", () => {
  const redactor = createRedactor();
  redactor.learn("a");
  redactor.learn("  ");
  assertEquals(redactor.redact("a cat"), "a cat");
});

Deno.test("redact() masks anything that looks like a secret", () => {
  const { redact } = createRedactor();
  const secrets: readonly [text: string, secret: string][] = [
    ["Authorization: Bearer abc123xyz", "abc123xyz"],
    ['{"authorization":"Bearer abc123xyz"}', "abc123xyz"],
    ["sent Basic dXNlcjpwYXNz now", "dXNlcjpwYXNz"],
    ["key syn_0123abcd refused", "syn_0123abcd"],
    ["sk-ant-REDACTED", "sk-ant-REDACTED"],
    ["?key=abcdef123&x=1", "abcdef123"],
    ["SYNTHETIC_API_KEY=whatever", "whatever"],
    ['{"api_key": "hunter2hunter2"}', "hunter2hunter2"],
    ['{\\"access_token\\":\\"hunter2hunter2\\"}', "hunter2hunter2"],
    ["password: hunter2", "hunter2"],
    ["Cookie: a=b; session=xyz", "session=xyz"],
    ["https://ann:letmein@proxy.example/", "letmein"],
    ["eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "eyJzdWIiOiIx"],
    ["0123456789abcdef0123456789abcdef.AbCdEf123456", "AbCdEf123456"],
    ["id 0123456789abcdef0123456789abcdef!", "0123456789abcdef"],
    ["q7Wm2Xc9Zt4Vb8Nk1Lp5Rs3Yd6Fg0Hj_-Aa", "q7Wm2Xc9"],
    ["Ab1/".repeat(11), "Ab1/Ab1/"],
    ["contact ann.lee@mail.example.org", "ann.lee"],
  ];
  for (const [text, secret] of secrets) {
    const masked = redact(text);
    assert(!masked.includes(secret), `${text} -> ${masked}`);
  }
});

Deno.test("redact() leaves readable information alone", () => {
  const { redact } = createRedactor();
  const texts = [
    "Asked host=api.synthetic.new path=/v2/quotas status=200 ms=12",
    "Check SYNTHETIC_API_KEY in ./.env",
    "2026-11-21T12:00:00.000Z synthetic/default/five-hour 125.5 of 1000",
    "/home/ann/.syntrack/data/a-rather-long-directory-name/syntrack.db",
    "/Users/Ann/Library/Application/Support/Syntrack2/And/Still/Further/Down",
    '{"tokens":12345,"remaining":874.5,"nextResetTime":1795273961337}',
    "the key was refused",
  ];
  for (const text of texts) assertEquals(redact(text), text);
});

Deno.test("redact() is fast on long hostile text", () => {
  const redactor = createRedactor();
  redactor.learn("some-secret-value");
  const units = ["a", "a=", "key=", "ab1", "@a.", "eyJ", "0f", "token: ", "Ab1/", "-", '\\"', "cookie:"];
  return assertFast(5000, () => {
    for (const unit of units) redactor.redact(unit.repeat(Math.ceil(100_000 / unit.length)));
  });
});

Deno.test("redact() is idempotent", () => {
  const { redact } = createRedactor();
  for (const text of ["Bearer abc123xyz", "token=abcdef", "Cookie: a=b", "https://a:b@c/"]) {
    assertEquals(redact(redact(text)), redact(text));
  }
});
