import { openApiDocument } from "../lib/openapi/document.ts";
import type { Operation } from "../lib/openapi/operation.ts";
import { OPERATIONS } from "../lib/openapi/operations.ts";
import { assert, assertEquals } from "./support/assert.ts";
import { FakeClock } from "./support/fake_clock.ts";
import { type FakeServices, fakeServices, providerStatus } from "./support/fake_services.ts";
import { findMisfits, type Schema } from "./support/json_schema.ts";
import { reading, utc } from "./support/readings.ts";
import { routePaths } from "./support/routes.ts";
import { createUsedServices } from "./support/used_services.ts";
import { type Ask, askApp } from "./support/web_app.ts";

const AT = utc("2026-11-19 10:00");
const STORED: Schema = JSON.parse(
  await Deno.readTextFile(new URL("../lib/web/openapi.json", import.meta.url)),
);

type Responses = Readonly<
  Record<string, { readonly content?: Readonly<Record<string, { schema?: Schema }>> }>
>;

function responsesOf(path: string, method: string): Responses {
  const paths = STORED.paths as Record<string, Record<string, { responses: Responses }>>;
  const operation = paths[path]?.[method];
  assert(operation, `${method} ${path} is not described`);
  return operation.responses;
}

/** Sends a request, and validates the answer against its description. */
async function askDescribed(ask: Ask, address: string, init: RequestInit = {}): Promise<number> {
  const method = (init.method ?? "GET").toLowerCase();
  const asked = new URL(address, "http://x").pathname;
  const path = asked.replace(
    /^(\/api\/(?:v1\/answers|services|quotas\/refresh))\/(?!refresh$|reorder$)[^/]+$/,
    "$1/{id}",
  ).replace("/answers/{id}", "/answers/{command}");
  const answer = await ask(address, init);
  const response = responsesOf(path, method)[answer.status];
  assert(response, `${method} ${address} answers ${answer.status}, which is not described`);
  if (answer.status === 304) return 304;
  if (answer.status === 204) return 204;
  const type = answer.headers.get("content-type")!.split(";")[0]!;
  const content = response.content?.[type];
  assert(content, `${method} ${address} answers ${answer.status} as ${type}, which is not described`);
  if (type === "text/event-stream") {
    await answer.body?.cancel();
    return answer.status;
  }
  const text = await answer.text();
  if (content.schema) {
    assertEquals(findMisfits(content.schema, JSON.parse(text), STORED), [], `${method} ${address}`);
  }
  return answer.status;
}

/** Every reading operation, with every described parameter. */
function addresses(): readonly string[] {
  const isRead = ({ method, status, path }: Operation) =>
    method === "get" && status !== 101 && !path.includes("{");
  return OPERATIONS.filter(isRead).flatMap(
    ({ path, parameters = [] }) => {
      const names = new Set(parameters.map(({ name }) => name));
      const queries = [""];
      if (names.has("provider")) {
        queries.push("?provider=synthetic", "?provider=zai", "?provider=acme", "?provider=idle");
        if (!path.startsWith("/api/v1/")) queries.push("?provider=both", "?provider=all");
      }
      if (names.has("account") && !path.startsWith("/api/v1/")) queries.push("?provider=acme&account=work");
      for (const range of path.includes("insights") ? ["1d", "7d", "30d"] : ["1h", "24h", "7d", "30d"]) {
        if (names.has("range") && path !== "/api/logging-history") queries.push(`?range=${range}`);
      }
      if (names.has("limit")) queries.push("?limit=1", "?limit=200");
      return queries.map((query) => path + query);
    },
  );
}

const WORLDS: readonly (readonly [name: string, make: (clock: FakeClock) => Promise<FakeServices>])[] = [
  ["nothing was ever read", (clock) => fakeServices({ clock })],
  ["there are no providers", (clock) => fakeServices({ clock, providers: [] })],
  ["one provider was read once", async (clock) => {
    const providers = ["synthetic", "zai", "acme", "idle"].map((id) =>
      providerStatus({ id, configured: id === "synthetic" })
    );
    const services = await fakeServices({ clock, providers });
    await services.polled("synthetic/default", [reading({ quota: "subscription", used: 4 })]);
    await services.polled("acme/work", [reading({ quota: "x", used: null, limit: null })]);
    return services;
  }],
  ["limits are nothing, exceeded or unknown", async (clock) => {
    const services = await fakeServices({ clock });
    for (const used of [null, 0, 7, 1e300, 5e-324]) {
      for (const limit of [0, 3, null, 1e-300]) {
        const readings = [
          reading({ used, limit }),
          reading({ quota: "subscription", used, limit, remaining: 0 }),
        ];
        for (const account of ["synthetic/default", "zai/default", "acme/work"] as const) {
          await services.polled(account, readings);
        }
        clock.jump(600_000);
      }
    }
    return services;
  }],
  ["all was in use for days", (clock) => createUsedServices(clock, 60)],
];

for (const [name, make] of WORLDS) {
  Deno.test(`every answer is as described when ${name}`, async () => {
    const clock = new FakeClock(AT);
    await using services = await make(clock);
    const ask = askApp(services);
    const known = (await services.providers()).map(({ id }) => id);
    for (const address of addresses()) {
      const status = await askDescribed(ask, address);
      const { searchParams } = new URL(address, "http://x");
      const provider = searchParams.get("provider") ?? "all";
      const accounts = (await services.dashboard()).accounts.map(({ key }) => key);
      const exists = [...known, "both", "all"].includes(provider) ||
        accounts.some((key) => key.startsWith(`${provider}/`));
      const isThere = !searchParams.has("account") || accounts.includes("acme/work");
      assertEquals(status, exists && isThere ? 200 : 400, address);
    }
  });
}

Deno.test("every refusal is as described", async () => {
  await using services = await createUsedServices(new FakeClock(AT), 6);
  const ask = askApp(services);
  const put = (body: string, type = "application/json") => ({
    method: "PUT",
    body,
    headers: { "content-type": type },
  });
  const refusals: readonly (readonly [status: number, address: string, init?: RequestInit])[] = [
    [400, "/api/current?provider=nobody"],
    [400, "/api/cycles?type=none"],
    [400, "/api/insights?range=2d"],
    [400, "/api/cycle-overview?limit=501"],
    [400, "/api/logging-history?limit=0"],
    [400, "/api/logging-history?range=31"],
    [400, "/api/v1/cycles?cursor=%20"],
    [400, "/api/v1/cycles?limit=201"],
    [400, "/api/v1/sessions?account=acme/nobody"],
    [400, "/api/v1/forecasts?quota=acme/work/none"],
    [400, "/api/v1/series?range=2h"],
    ...["/api/settings", "/api/v1/settings"].flatMap((path) =>
      [
        [400, path, put("{")],
        [413, path, put(JSON.stringify({ display: "x".repeat(70_000) }))],
        [415, path, put("{}", "text/plain")],
        [422, path, put('{"display":1,"nothing":true}')],
      ] as const
    ),
    [400, "/api/settings", put('{"timezone":"Mars/Base"}')],
    [400, "/api/v1/settings", put('{"timeZone":"Mars/Base"}')],
    [400, "/api/refresh", { method: "POST", body: "[]", headers: { "content-type": "application/json" } }],
  ];
  for (const [status, address, init] of refusals) {
    assertEquals(await askDescribed(ask, address, init), status, `${init?.method ?? "GET"} ${address}`);
  }
});

Deno.test("what the description forbids is refused for every reader, and what it allows is not", async () => {
  await using services = await createUsedServices(new FakeClock(AT), 6);
  const ask = askApp(services);
  const status = async (address: string) => {
    const answer = await ask(address);
    await answer.body?.cancel();
    return answer.status;
  };
  for (const { path, method, parameters = [] } of OPERATIONS) {
    if (method !== "get" || path === "/api/live" || path === "/api/socket" || path.includes("{")) continue;
    for (const { name, repeated = false, blank = false, schema } of parameters) {
      const words = schema && "options" in schema ? schema.options as readonly string[] : null;
      if (words) {
        for (const word of words) {
          assertEquals(await status(`${path}?${name}=${word}`), 200, `${path} ${name}=${word}`);
        }
        assertEquals(await status(`${path}?${name}=no-such-word`), 400, `${path} ${name}`);
        assertEquals(await status(`${path}?${name}=`), blank ? 200 : 400, `${path} ${name} empty`);
      }
      const twice = await status(`${path}?${name}=${words?.[0] ?? "1"}&${name}=${words?.[0] ?? "1"}`);
      if (!repeated) assertEquals(twice, 400, `${path} ${name} twice`);
    }
  }
  for (
    const address of [
      "/api/v1/series?from=&to=",
      "/api/v1/series?from=2026-11-18&to=2026-11-19",
      "/api/history?range=1d",
      "/api/v1/tables/cycles?range=&from=&to=&provider=&account=&quota=&sort=&dir=&format=&state=&full=",
    ]
  ) assertEquals(await status(address), 200, address);
  for (
    const address of [
      "/api/v1/series?range=",
      "/api/history?range=",
      "/api/v1/chart.svg?chart=history&measure=heaps",
      "/api/v1/chart.svg?chart=history&measure=share&measure=share",
      "/api/v1/chart.svg?chart=history&days=0",
      "/api/current?provider=",
      "/api/current?account=",
      "/api/v1/cycles?limit=",
    ]
  ) assertEquals(await status(address), 400, address);
});

Deno.test("tables are described in each of their formats", async () => {
  await using services = await createUsedServices(new FakeClock(AT), 6);
  const ask = askApp(services);
  for (const { path } of OPERATIONS.filter(({ path }) => path.startsWith("/api/v1/tables/"))) {
    for (const format of ["csv", "json", "ndjson"]) {
      assertEquals(await askDescribed(ask, `${path}?format=${format}`), 200, `${path} ${format}`);
    }
  }
});

Deno.test("every change and every refresh is answered as described", async () => {
  await using services = await createUsedServices(new FakeClock(AT), 1);
  const ask = askApp(services);
  const headers = { "content-type": "application/json" };
  const changes = [
    ["/api/settings", { timezone: "Europe/Berlin", hidden_insights: ["trend"], display: "left" }],
    ["/api/settings", { thresholds: { warning: 60, critical: 90 } }],
    ["/api/settings", {}],
    ["/api/v1/settings", { timeZone: null, thresholds: { warning: 0.4, critical: 0.8 } }],
  ] as const;
  for (const [path, body] of changes) {
    assertEquals(await askDescribed(ask, path, { method: "PUT", body: JSON.stringify(body), headers }), 200);
    assertEquals(await askDescribed(ask, path), 200);
  }
  assertEquals(await askDescribed(ask, "/api/refresh", { method: "POST", body: "{}", headers }), 200);
  assertEquals(await askDescribed(ask, "/api/refresh", { method: "POST", body: "{}", headers }), 429);
});

Deno.test("every route is described with its methods, and nothing else is", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp(services);
  const described = new Map(
    Object.keys(STORED.paths as Record<string, unknown>).map((
      path,
    ) => [path.replace(/\{[^}]*\}/g, "x"), path]),
  );
  const routes = routePaths().filter((path) =>
    path.startsWith("/api/") || ["/metrics", "/health", "/version"].includes(path)
  );
  assertEquals([...described.keys()].sort(), [...routes].sort());
  for (const path of routes) {
    const allow = (await ask(path, { method: "OPTIONS" })).headers.get("allow")!.split(", ");
    const methods = Object.keys(
      (STORED.paths as Record<string, Record<string, unknown>>)[described.get(path)!]!,
    );
    const own = allow.filter((method) => method !== "HEAD" && method !== "OPTIONS");
    assertEquals(methods.map((method) => method.toUpperCase()).sort(), own.sort(), path);
  }
});

Deno.test("the stored description is that of the schemas: else run dev/openapi.ts", () => {
  assertEquals(STORED, JSON.parse(JSON.stringify(openApiDocument())));
});

Deno.test("the description is served as stored, and as a page without its own scripts", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp(services);
  assertEquals(await (await ask("/api/openapi.json")).json(), STORED);
  const page = await ask("/api/docs");
  assertEquals([page.status, page.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  const html = await page.text();
  for (const { path, summary } of OPERATIONS) {
    assert(html.includes(path) && html.includes(summary.replaceAll("'", "&#39;")), path);
  }
  assertEquals(html.match(/<h1\b/g)?.length, 1);
});

Deno.test("a check against a schema detects mismatches", () => {
  const schema: Schema = {
    type: "object",
    properties: { a: { anyOf: [{ type: "integer", minimum: 0 }, { type: "null" }] }, b: { enum: ["x"] } },
    required: ["a"],
    additionalProperties: false,
  };
  assertEquals(findMisfits(schema, { a: 1, b: "x" }, {}), []);
  assertEquals(findMisfits(schema, { a: null }, {}), []);
  for (const wrong of [{}, { a: -1 }, { a: 0.5 }, { a: "1" }, { a: 1, b: "y" }, { a: 1, c: 1 }, [], null]) {
    assert(findMisfits(schema, wrong, {}).length > 0, JSON.stringify(wrong));
  }
});

Deno.test("changes of accounts, and their refusals, are answered as described", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  await services.polled("acme/work", [reading({ used: 4 })]);
  const ask = askApp(services);
  const sent = (method: string, body: unknown) =>
    askDescribed(ask, "/api/v1/accounts", {
      method,
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  assertEquals(await sent("POST", { provider: "nobody", values: {} }), 422);
  assertEquals(await sent("PUT", { account: "acme/work", polling: false }), 200);
  assertEquals(await sent("PUT", { account: "acme/work", name: "other" }), 422);
  assertEquals(await sent("DELETE", { account: "acme/work", purge: true }), 200);
});

Deno.test("changes of services, and their refusals, are answered as described", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  await services.polled("acme/work", [reading({ used: 4 })]);
  const ask = askApp(services);
  const headers = { "content-type": "application/json" };
  const asked: readonly (readonly [status: number, method: string, path: string, body?: unknown])[] = [
    [400, "POST", "/api/services", { name: "x", provider: "nobody" }],
    [400, "POST", "/api/services", {}],
    [200, "PUT", "/api/services/acme~work", { name: "Main", enabled: true }],
    [400, "PUT", "/api/services/acme~work", {}],
    [404, "PUT", "/api/services/none", { name: "x" }],
    [409, "PUT", "/api/services/acme~work", { apiKey: "x" }],
    [409, "DELETE", "/api/services/acme~work"],
    [204, "DELETE", "/api/services/none"],
    [200, "POST", "/api/services/reorder", { serviceIds: ["acme~work"] }],
    [400, "POST", "/api/services/reorder", { serviceIds: ["none"] }],
    [200, "POST", "/api/quotas/refresh"],
    [200, "POST", "/api/quotas/refresh/acme~work"],
    [404, "POST", "/api/quotas/refresh/none"],
    [426, "GET", "/api/socket"],
    [503, "GET", "/api/v1/answers/forecast"],
    [400, "GET", "/api/v1/answers/forecast?columns=1"],
  ];
  for (const [status, method, path, body] of asked) {
    const init = { method, ...body !== undefined && { body: JSON.stringify(body), headers } };
    assertEquals(await askDescribed(ask, path, init), status, `${method} ${path}`);
  }
});
