import fc from "fast-check";
import { zai } from "../../providers/zai.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { fixtureOf, type Sent } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";
import { startVendor } from "../support/vendor.ts";
import { createTestEnvironment, createTestSandbox } from "../support/test_sandbox.ts";

const NORMAL = JSON.stringify(fixtureOf("zai", "normal_2026-11-21").response.body);
const KEY = "00000000.example";
const NOW = "2026-11-21T12:00:00Z";

async function readAs(
  settings: Readonly<Record<string, string>>,
  answer: (sent: Sent, index: number) => Response = () => new Response(NORMAL),
) {
  let index = 0;
  const ctx = createFakeContext({ now: NOW, settings, answer: (sent) => answer(sent, index++) });
  const [account] = await zai.accounts(ctx);
  assert(account);
  const result = await zai.read(ctx, account).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  );
  return { ...result, account, requests: ctx.requests, lines: ctx.lines };
}

Deno.test("windows of hours and weeks are fixed, the tools' month is a calendar month", async () => {
  const { value } = await readAs({ ZAI_API_KEY: KEY });
  assertEquals(value?.readings.map((reading) => [reading.quota, reading.window.kind, reading.label]), [
    ["five-hour", "fixed", "5-hour quota"],
    ["weekly", "fixed", "Weekly quota"],
    ["tool-calls", "calendar", "Tool calls (monthly)"],
  ]);
});

Deno.test("the order of the rows changes nothing", async () => {
  const { code, data } = JSON.parse(NORMAL);
  const turned = { code, data: { ...data, limits: data.limits.toReversed() } };
  const one = await readAs({ ZAI_API_KEY: KEY });
  const other = await readAs({ ZAI_API_KEY: KEY }, () => new Response(JSON.stringify(turned)));
  assertEquals(other.value, one.value);
});

Deno.test("a key is found under each of its names, and goes to the region it belongs to", async () => {
  const hosts: Record<string, string> = {};
  for (const { name, secret } of zai.settings) {
    if (!secret) continue;
    const { requests, account } = await readAs({ [name]: KEY });
    assertEquals(account.source, `${name} in the environment`);
    hosts[name] = requests[0]?.host ?? "";
  }
  assertEquals(hosts, {
    ZAI_API_KEY: "api.z.ai",
    Z_AI_API_KEY: "api.z.ai",
    BIGMODEL_API_KEY: "open.bigmodel.cn",
    ZHIPU_API_KEY: "open.bigmodel.cn",
    ZHIPUAI_API_KEY: "open.bigmodel.cn",
    GLM_API_KEY: "open.bigmodel.cn",
  });
});

Deno.test("ZAI_REGION overrides the name of the key, and must be known", async () => {
  const cn = await readAs({ ZAI_API_KEY: KEY, ZAI_REGION: "CN" });
  assertEquals(cn.requests[0]?.host, "open.bigmodel.cn");
  const global = await readAs({ GLM_API_KEY: KEY, ZAI_REGION: "global" });
  assertEquals(global.requests[0]?.host, "api.z.ai");
  const ctx = createFakeContext({ settings: { ZAI_API_KEY: KEY, ZAI_REGION: "mars" } });
  assertEquals(kindOf(await assertRejects(() => zai.accounts(ctx), /ZAI_REGION/)), "missing");
});

Deno.test("only an auth answer is retried without the prefix, and only once", async () => {
  const cases: readonly [Response, number][] = [
    [new Response("{}", { status: 401 }), 2],
    [new Response('{"code":1001,"success":false}'), 2],
    [new Response('{"code":1302,"success":false}'), 1],
    [new Response("{}", { status: 429 }), 1],
    [new Response("{}", { status: 500 }), 1],
    [new Response("<html>", { status: 403 }), 1],
    [new Response("{"), 1],
  ];
  for (const [response, expected] of cases) {
    const { error, requests } = await readAs({ ZAI_API_KEY: KEY }, () => response.clone());
    assert(error);
    assertEquals(requests.length, expected, String(response.status));
    assertEquals(new Set(requests.map((sent) => `${sent.host}${sent.path}`)).size, 1);
    assertEquals(
      requests.map((sent) => sent.headers.get("authorization")),
      [`Bearer ${KEY}`, KEY].slice(0, expected),
    );
  }
});

Deno.test("ZAI_BASE_URL keeps its path; without one, or with that of a model base, it is /api", async () => {
  await using vendor = startVendor(() => new Response(NORMAL));
  const paths: string[] = [];
  for (
    const path of [
      "",
      "/",
      "/api",
      "/api/",
      "/gateway/zai",
      "/api/anthropic",
      "/api/coding/paas/v4",
      "/api/paas/v4/",
    ]
  ) {
    const environment = createTestEnvironment({ ZAI_API_KEY: KEY, ZAI_BASE_URL: `${vendor.origin}${path}` });
    const ctx = createTestSandbox(zai, environment);
    const [account] = await zai.accounts(ctx);
    assert(account);
    await zai.read(ctx, account);
    paths.push(vendor.requests.at(-1)?.path ?? "");
  }
  const usual = "/api/monitor/usage/quota/limit";
  assertEquals(paths, [
    usual,
    usual,
    usual,
    usual,
    "/gateway/zai/monitor/usage/quota/limit",
    usual,
    usual,
    usual,
  ]);
});

Deno.test("SYNTRACK_ZAI_BASE_URL replaces the origin and overrides ZAI_BASE_URL, including its path", async () => {
  await using vendor = startVendor(() => new Response(NORMAL));
  const environment = createTestEnvironment({
    ZAI_API_KEY: KEY,
    ZAI_BASE_URL: "https://gw.example/other",
    SYNTRACK_ZAI_BASE_URL: vendor.origin,
  });
  const ctx = createTestSandbox(zai, environment);
  const [account] = await zai.accounts(ctx);
  assert(account);
  await zai.read(ctx, account);
  assertEquals(vendor.requests.map((sent) => sent.path), ["/api/monitor/usage/quota/limit"]);
});

Deno.test("no rows give no quotas and a hint with the possible reason", async () => {
  for (const data of [{}, { limits: [] }, { limits: null, level: "lite" }]) {
    const { value } = await readAs(
      { ZAI_API_KEY: KEY },
      () => new Response(JSON.stringify({ code: 200, data })),
    );
    assertEquals(value?.readings, []);
    assertMatch(value?.hint ?? "", /no limits for this key: a team plan needs Z_AI_BIGMODEL_ORGANIZATION/);
  }
});

Deno.test("an invalid row is omitted and reported", async () => {
  const limits = [{ type: "TOKENS_LIMIT", unit: 3, number: 5, percentage: 1 }, null, 7];
  const { value } = await readAs(
    { ZAI_API_KEY: KEY },
    () => new Response(JSON.stringify({ code: 200, data: { limits } })),
  );
  assertEquals(value?.readings.length, 1);
  assertEquals(value?.dropped?.map(({ what }) => what), ["limits[1]", "limits[2]"]);
});

Deno.test("a hostile type gives a harmless key, and its row is shown", async () => {
  const limits = ["__proto__", "constructor", "☃", "", "A".repeat(500), "../x\u001b[2J_LIMIT"].map((
    type,
  ) => ({
    type,
    percentage: 5,
  }));
  const { value } = await readAs(
    { ZAI_API_KEY: KEY },
    () => new Response(JSON.stringify({ code: 200, data: { limits } })),
  );
  assertEquals(
    value?.readings.map((reading) => reading.quota),
    ["proto", "constructor", "other", "a".repeat(40), "x-2j"],
  );
});

Deno.test("the setting precedes the files of other tools, and a file without a key is named", async () => {
  const files = { "~/.config/zai/token": "two words" };
  const [account] = await zai.accounts(createFakeContext({ settings: { ZAI_API_KEY: KEY }, files }));
  assertEquals(account?.secret.reveal(), KEY);
  const error = await assertRejects(
    () => zai.accounts(createFakeContext({ files })),
    /~\/\.config\/zai\/token/,
  );
  assertEquals(kindOf(error), "missing");
  assert(!String(error).includes("two words"));
});

Deno.test("the full URL and the bare host of other tools replace the origin, each with its own path", async () => {
  await using vendor = startVendor(() => new Response(NORMAL));
  const asked: unknown[] = [];
  for (
    const own of [
      { Z_AI_QUOTA_URL: `${vendor.origin}/proxy/limits?tenant=1` },
      { Z_AI_QUOTA_URL: `${vendor.origin}/proxy/limits`, Z_AI_BIGMODEL_PROJECT: "p" },
      { Z_AI_API_HOST: new URL(vendor.origin).host },
      { Z_AI_API_HOST: `${vendor.origin}/gateway` },
      { Z_AI_QUOTA_URL: "https://gw.example/other", SYNTRACK_ZAI_BASE_URL: vendor.origin },
      { Z_AI_QUOTA_URL: "https://gw.example/other", ZAI_BASE_URL: `${vendor.origin}/first` },
    ]
  ) {
    const ctx = createTestSandbox(zai, createTestEnvironment({ ZAI_API_KEY: KEY, ...own }), {
      // A bare host name is requested over https, which no test server speaks.
      fetch: (url, init) => fetch(`${vendor.origin}${url.pathname}${url.search}`, init),
    });
    const [account] = await zai.accounts(ctx);
    assert(account);
    await zai.read(ctx, account);
    asked.push(vendor.requests.at(-1)?.path);
  }
  assertEquals(asked, [
    "/proxy/limits?tenant=1",
    "/proxy/limits?type=2",
    "/api/monitor/usage/quota/limit",
    "/gateway/monitor/usage/quota/limit",
    "/api/monitor/usage/quota/limit",
    "/first/monitor/usage/quota/limit",
  ]);
});

Deno.test("a refused key is explained by its form, or by its region", async () => {
  const hints: unknown[] = [];
  for (const settings of [{ ZAI_API_KEY: "sk-one" }, { ZAI_API_KEY: KEY }, { GLM_API_KEY: KEY }]) {
    const { error } = await readAs(settings, () => new Response("{}", { status: 401 }));
    hints.push(Reflect.get(error as object, "hint"));
  }
  assertEquals(hints, [
    "Check ZAI_API_KEY in the environment: a key has two parts with a dot between them",
    "Check ZAI_API_KEY in the environment; a key of the other region needs ZAI_REGION=cn",
    "Check GLM_API_KEY in the environment; a key of the other region needs ZAI_REGION=global",
  ]);
});

Deno.test("a reset is kept up to the length of its window, and dropped beyond it with the figure kept", async () => {
  const now = Date.parse(NOW);
  const rows = [[3, 5, 5 * 3600], [6, 1, 7 * 86_400], [1, 2, 2 * 86_400]] as const;
  await fc.assert(fc.asyncProperty(
    fc.constantFrom(...rows),
    fc.integer({ min: 1, max: 60 * 86_400 }),
    async ([unit, number, seconds], ahead) => {
      const nextResetTime = now + ahead * 1000;
      const limits = [{ type: "TOKENS_LIMIT", unit, number, percentage: 7, nextResetTime }];
      const { value } = await readAs(
        { ZAI_API_KEY: KEY },
        () => new Response(JSON.stringify({ code: 200, data: { limits } })),
      );
      const [reading] = value?.readings ?? [];
      assertEquals([reading?.used, reading?.window.seconds], [7, seconds]);
      assertEquals(reading?.resetsAt, ahead <= seconds + 600 ? nextResetTime : null);
    },
  ));
});

Deno.test("of several rows of one window the fullest is never lost, wherever it is", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 6 }),
    async (figures) => {
      const limits = figures.map((percentage) => ({ type: "TOKENS_LIMIT", unit: 3, number: 5, percentage }));
      const { value } = await readAs(
        { ZAI_API_KEY: KEY },
        () => new Response(JSON.stringify({ code: 200, data: { limits } })),
      );
      const used = value?.readings.map((reading) => reading.used ?? 0) ?? [];
      assertEquals(Math.max(...used), Math.max(...figures));
    },
  ));
});
