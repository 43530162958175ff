import fc from "fast-check";
import { checkDeclaration } from "../../lib/custom/declaration.ts";
import { customProviders, parseJson } from "../../lib/custom/load.ts";
import { parsePath, valueAt } from "../../lib/custom/path.ts";
import { headerProblem, urlProblem } from "../../lib/custom/url.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { memoryBindings, simple } from "./support.ts";

function problemsOf(value: unknown): readonly string[] {
  const checked = checkDeclaration(value);
  return "problems" in checked ? checked.problems.map(({ at, problem }) => `${at}: ${problem}`) : [];
}

Deno.test("all errors of a declaration are reported at once, by position", () => {
  const wrong = {
    ...simple({ url: "ftp://x.example", method: "POST", timeoutSeconds: 99 }),
    id: "Not kebab",
    color: "red",
    quotas: [
      { key: "a", label: "A", unit: "usd", used: { path: "a..b" } },
      { key: "b", label: "", unit: "apples", used: { literal: 1 }, remaining: { literal: 1 } },
    ],
  };
  const problems = problemsOf(wrong);
  for (
    const place of [
      "id",
      "request.url",
      "request.method",
      "request.timeoutSeconds",
      "quotas.0.used.path",
      "quotas.1.label",
      "quotas.1.unit",
      "color",
    ]
  ) {
    assert(problems.some((one) => one.startsWith(`${place}: `)), `${place} in ${problems.join("; ")}`);
  }
});

Deno.test("rules across the parts of a quota", () => {
  const of = (quota: Readonly<Record<string, unknown>>) => problemsOf(simple({}, quota));
  assertEquals(of({}), []);
  assertMatch(
    of({ remaining: { path: "b" } })[0] ?? "",
    /^quotas\.0: expected exactly one of used, remaining/,
  );
  assertMatch(of({ used: undefined })[0] ?? "", /^quotas\.0: expected exactly one of/);
  assertMatch(of({ used: { path: "a", literal: 1 } })[0] ?? "", /expected one of path and literal/);
  assertMatch(of({ used: { path: "a", scale: 0 } })[0] ?? "", /scale other than 0/);
  assertMatch(of({ used: undefined, usedPercent: { path: "a" } })[0] ?? "", /unit percent, or a limit/);
  assertMatch(of({ direction: "balance", windowSeconds: 60 })[0] ?? "", /neither windowSeconds nor resetsAt/);
  const { quotas: [quota] } = simple();
  assertMatch(
    problemsOf({ ...simple(), quotas: [quota, quota] })[0] ?? "",
    /^quotas: expected every key once/,
  );
  assertMatch(problemsOf({ ...simple(), quotas: [] })[0] ?? "", /^quotas: expected at least one/);
});

Deno.test("misplaced values of a declaration are not shown", () => {
  const key = "sk-live-0123456789abcdef";
  const problems = problemsOf(
    simple({ auth: { type: key, secret: key }, url: key, headers: { authorization: key } }),
  );
  assert(problems.length > 0);
  assert(!problems.join().includes(key), problems.join("; "));
});

Deno.test("URLs with a key, and invalid ones, are refused", () => {
  for (
    const url of [
      "quota.example",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "https://user:pass@quota.example/",
      "https://quota.example/?api_key=x",
      "https://quota.example/?apiKey=x",
      "https://quota.example/?a=1&access_token=x",
      "https://quota.example/?sig=x",
      "https://quota.example/#part",
      "https://quota.example./",
    ]
  ) assert(urlProblem(url) !== null, url);
  for (
    const url of [
      "https://quota.example/v1/me?team=a&page=2",
      "https://quota.example:8443/",
      "http://127.0.0.1:8080/x",
    ]
  ) {
    assertEquals(urlProblem(url), null, url);
  }
});

Deno.test("headers of the transport, and headers with a key, are refused", () => {
  for (
    const name of [
      "Host",
      "cookie",
      "Content-Length",
      "transfer-encoding",
      "Proxy-Authorization",
      "sec-fetch-site",
      "a b",
      "",
    ]
  ) {
    assert(headerProblem(name, "x") !== null, name);
  }
  for (const name of ["Authorization", "X-Api-Key", "x-auth-token"]) {
    assert(headerProblem(name, "x") !== null, name);
    assertEquals(headerProblem(name), null, name);
  }
  assert(headerProblem("x-a", "b\r\nhost: c") !== null);
  assertEquals(headerProblem("accept", "application/json"), null);
});

Deno.test("a path finds what its document contains and nothing else", () => {
  const document = { a: [{ "b c": 1 }], toString: 2, list: [3] };
  const at = (text: string) => {
    const path = parsePath(text);
    return "problem" in path ? path.problem : valueAt(document, path);
  };
  assertEquals(at('a[0]["b c"]'), 1);
  assertEquals(at("toString"), 2);
  assertEquals(at("hasOwnProperty"), undefined);
  assertEquals(at("list.length"), undefined);
  assertEquals(at("list[1]"), undefined);
  assertEquals(at("a[0].x.y"), undefined);
  assertEquals(at('a["0"]'), undefined);
  for (
    const text of [
      "",
      ".a",
      "a.",
      "a..b",
      "a b",
      "a[",
      "a[-1]",
      "a[5000]",
      "a[*]",
      "a[?(@.b)]",
      "__proto__.x",
      "a.constructor",
      '["prototype"]',
      "a".repeat(257),
      "a.".repeat(40) + "a",
      "a[0]b",
    ]
  ) {
    assert("problem" in parsePath(text), text);
  }
});

Deno.test("a path written for a position leads to that position", () => {
  const part = fc.oneof(
    fc.nat(4095),
    fc.string({ minLength: 1, maxLength: 5 }).filter((one) =>
      !["__proto__", "constructor", "prototype"].includes(one)
    ),
  );
  fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
    const text = parts.map((one) => typeof one === "number" ? `[${one}]` : `[${JSON.stringify(one)}]`).join(
      "",
    );
    fc.pre(new TextEncoder().encode(text).length <= 256);
    assertEquals(parsePath(text), parts);
    let document: unknown = "here";
    for (const one of parts.toReversed()) {
      if (typeof one === "number") {
        const list: unknown[] = [];
        list[one] = document;
        document = list;
      } else document = { [one]: document };
    }
    assertEquals(valueAt(document, parts), "here");
  }));
});

const parts = {
  bindings: memoryBindings(),
  events: { read: () => Promise.reject(new Error("Looked")), zone: () => "UTC" },
  others: [{ id: "acme", settings: [{ name: "ACME_API_KEY", secret: true, help: "x" }] }],
};

Deno.test("a declaration cannot use a key of another provider", () => {
  const asking = (secretEnv: string) =>
    customProviders([{ label: "x.json", value: simple({ auth: { type: "bearer", secretEnv } }) }], parts)
      .problems.map(({ problem }) => problem);
  assertEquals(asking("TEAM_KEY"), []);
  for (const name of ["ACME_API_KEY", "ACME_API_KEY_2", "SYNTRACK_TOKEN"]) {
    assertMatch(asking(name)[0] ?? "", /is the key of .+, which is never sent elsewhere/);
  }
});

Deno.test("of two sources with one id the first counts, a disabled one does not, and broken text is reported", () => {
  const { providers, problems } = customProviders([
    { label: "a.json", value: simple() },
    { label: "b.json", value: simple() },
    { label: "c.json", value: { ...simple(), id: "off", enabled: false } },
    { label: "d.json", value: parseJson("{") },
    { label: "e.json", value: [] },
  ], parts);
  assertEquals(providers.map(({ id }) => id), ["custom-team"]);
  assertEquals([...new Set(problems.map(({ field }) => field.replace(/,.*/, "")))], [
    "b.json",
    "d.json",
    "e.json",
  ]);
});

Deno.test("the names of a source and its quotas are one harmless line, and not empty without what is invisible", () => {
  const written = (label: string) => {
    const declaration = simple();
    const [quota] = declaration.quotas;
    const checked = checkDeclaration({ ...declaration, label, quotas: [{ ...quota, label }] });
    return "problems" in checked
      ? checked.problems.map(({ at }) => at)
      : [checked.declaration.label, ...checked.declaration.quotas.map((one) => one.label)];
  };
  assertEquals(written("\u202emaeT \u2066proxy\u2069"), ["maeT proxy", "maeT proxy"]);
  assertEquals(written("Team\n\u001b[31mproxy\u009b"), Array(2).fill("Team \ufffd[31mproxy\ufffd"));
  // Text of another direction and joined emoji are names like any other.
  assertEquals(
    written("\u05e6\u05d5\u05d5\u05ea \u{1f469}\u200d\u{1f680}"),
    Array(2).fill("\u05e6\u05d5\u05d5\u05ea \u{1f469}\u200d\u{1f680}"),
  );
  assertEquals(written(" \u200b\u202e "), ["label", "quotas.0.label"]);
});
