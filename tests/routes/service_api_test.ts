import { join } from "node:path";
import { amp } from "../../providers/amp.ts";
import { opencodeZen } from "../../providers/opencode_zen.ts";
import { synthetic } from "../../providers/synthetic.ts";
import { zai } from "../../providers/zai.ts";
import { createVault, parseSealed } from "../../lib/accounts/vault/vault.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices, providerStatus } from "../support/fake_services.ts";
import { BALANCE, HOUR_MS, MINUTE_MS, ONE_HOUR, reading, ROLLING, utc } from "../support/readings.ts";
import { type Ask, askApp } from "../support/web_app.ts";
import { withFolder } from "../store/folder.ts";

const AT = utc("2026-11-21 10:00");
const NOW_S = AT / 1000;
const SECRET = "syn_TESTONLY_0123456789";
const JSON_TYPE = { "content-type": "application/json" };

interface Place {
  readonly ask: Ask;
  readonly services: FakeServices;
  readonly clock: FakeClock;
  readonly folder: string;
}

async function withServices(work: (place: Place) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const clock = new FakeClock(AT);
    await using services = await fakeServices({
      clock,
      keyFile: join(folder, "syntrack.key"),
      addable: [synthetic, zai, amp, opencodeZen],
      providers: [
        providerStatus({ id: "synthetic", name: "Synthetic" }),
        providerStatus({ id: "zai", name: "Z.ai" }),
      ],
    });
    await work({ ask: askApp(services), services, clock, folder });
  });
}

// deno-lint-ignore no-explicit-any -- tests read answers by the names that were promised
async function send(ask: Ask, method: string, path: string, body?: unknown): Promise<[number, any]> {
  const answer = await ask(path, {
    method,
    ...body !== undefined && { body: JSON.stringify(body), headers: JSON_TYPE },
  });
  const text = await answer.text();
  return [answer.status, text === "" ? null : JSON.parse(text)];
}

function add(ask: Ask, fields: object = {}) {
  return send(ask, "POST", "/api/services", {
    name: "Team key",
    provider: "synthetic",
    apiKey: SECRET,
    ...fields,
  });
}

/** The stored values of an account, decrypted. */
async function storedValues({ services, folder }: Place, key: string) {
  const doc = await services.store.docs.get<{ values: Record<string, unknown> }>("accounts", key, AT);
  const vault = createVault(join(folder, "syntrack.key"));
  const opened = Object.entries(doc?.values ?? {}).map(async ([setting, sealed]) =>
    [setting, await vault.open({ account: key as "a/b", setting }, parseSealed(sealed)!)] as const
  );
  return Object.fromEntries(await Promise.all(opened));
}

Deno.test("adding a service returns 201 and its promised fields, but never its secret", () =>
  withServices(async (place) => {
    const { ask } = place;
    const [status, service] = await add(ask);
    assertEquals([status, service], [201, {
      id: "synthetic~Team~20~key",
      name: "Team key",
      provider: "synthetic",
      hasApiKey: true,
      hasBearerToken: false,
      enabled: true,
      displayOrder: 1,
      createdAt: NOW_S,
      updatedAt: NOW_S,
    }]);
    assertEquals(await storedValues(place, "synthetic/Team key"), { SYNTHETIC_API_KEY: SECRET });
    for (const path of ["/api/services", "/api/status", "/api/status/cached", "/api/quotas", "/api/logs"]) {
      const text = await (await ask(path)).text();
      assert(!text.includes(SECRET) && !text.includes("TESTONLY"), path);
    }
    assert(!place.services.logged.join("\n").includes(SECRET), "The log holds the key");
  }));

Deno.test("several services of one vendor may share a name, and ids need no escaping in a path", () =>
  withServices(async ({ ask }) => {
    const [, first] = await add(ask, { name: "Work / play ✓" });
    const [status, second] = await add(ask, { name: "Work / play ✓", apiKey: "syn_TESTONLY_second" });
    assertEquals([status, first.name, second.name], [201, "Work / play ✓", "Work / play ✓"]);
    assert(first.id !== second.id);
    for (const { id } of [first, second]) assertEquals(encodeURIComponent(id), id);
    const [renamed, after] = await send(ask, "PUT", `/api/services/${second.id}`, { name: "Other" });
    assertEquals([renamed, after.id, after.name], [200, second.id, "Other"]);
  }));

Deno.test("the three fields are mapped to the settings of each vendor", () =>
  withServices(async (place) => {
    const cases: readonly (readonly [fields: object, key: string, values: object])[] = [
      [
        {
          name: "a",
          provider: "opencode",
          apiKey: "auth=Fe26.2**abc",
          baseUrl: "https://opencode.ai/workspace/wrk_12/billing",
        },
        "opencode-zen/a",
        {
          OPENCODE_CONSOLE_COOKIE: "auth=Fe26.2**abc",
          OPENCODE_WORKSPACE_ID: "wrk_12",
        },
      ],
      [{ name: "a", provider: "amp", apiKey: "session=abcdef", baseUrl: "https://ampcode.com" }, "amp/a", {
        AMP_SESSION_COOKIE: "session=abcdef",
      }],
      [
        {
          name: "a",
          provider: "zai",
          apiKey: undefined,
          bearerToken: "zai-TESTONLY",
          baseUrl: "https://api.z.ai",
        },
        "zai/a",
        {
          ZAI_API_KEY: "zai-TESTONLY",
        },
      ],
    ];
    for (const [fields, key, values] of cases) {
      const [status, answer] = await add(place.ask, fields);
      assertEquals([status, await storedValues(place, key)], [201, values], JSON.stringify(answer));
    }
    assertEquals(
      (await send(place.ask, "GET", "/api/services"))[1].map(({ provider }: { provider: string }) => provider)
        .sort(),
      [
        "amp",
        "opencode",
        "zai",
      ],
    );
  }));

Deno.test("an invalid service is 400, with the reason", () =>
  withServices(async ({ ask }) => {
    const wrong: readonly (readonly [body: unknown, words: string])[] = [
      [{ provider: "synthetic", apiKey: SECRET }, "name"],
      [{ name: " ", provider: "synthetic", apiKey: SECRET }, "at least one character"],
      [{ name: "x", provider: "nobody", apiKey: SECRET }, 'Unknown provider "nobody"'],
      [{ name: "x", provider: "synthetic" }, "SYNTHETIC_API_KEY"],
      [{ name: "x", provider: "synthetic", apiKey: 7 }, "apiKey"],
      [{ name: "x", provider: "synthetic", apiKey: SECRET, baseUrl: "nowhere" }, "baseUrl is not an address"],
      [
        { name: "x", provider: "synthetic", apiKey: SECRET, baseUrl: "https://evil.example" },
        "has a fixed address",
      ],
      [[], "Expected an object"],
    ];
    for (const [body, words] of wrong) {
      const [status, { error, details }] = await send(ask, "POST", "/api/services", body);
      assert(
        status === 400 && error.includes(words) && details.length > 0,
        `${JSON.stringify(body)}: ${status} ${error}`,
      );
    }
    assertEquals(await send(ask, "GET", "/api/services"), [200, []]);
    const [unread] = await send(ask, "PUT", "/api/services/x", {});
    assertEquals(unread, 400);
    assertEquals(await send(ask, "PUT", "/api/services/x", { other: 1 }), [400, {
      error: "No valid fields to update",
    }]);
    assertEquals(await send(ask, "PUT", "/api/services/x", { name: "a" }), [404, {
      error: "Service not found",
    }]);
    assertEquals(await send(ask, "DELETE", "/api/services/x"), [204, null]);
  }));

Deno.test("changing a service sets its secret again without returning it, and an empty one removes it", () =>
  withServices(async (place) => {
    const { ask } = place;
    const [, { id }] = await add(ask, { provider: "amp", name: "a", apiKey: "sgamp_user_TESTONLY" });
    const put = (body: object) => send(ask, "PUT", `/api/services/${id}`, body);
    const [status, service] = await put({ apiKey: "session=fresh", enabled: false });
    assertEquals([status, service.enabled, service.hasApiKey, JSON.stringify(service).includes("fresh")], [
      200,
      false,
      true,
      false,
    ]);
    assertEquals(await storedValues(place, "amp/a"), {
      AMP_API_KEY: "sgamp_user_TESTONLY",
      AMP_SESSION_COOKIE: "session=fresh",
    });
    // A disabled one can be found, to be enabled again.
    assertEquals(
      (await send(ask, "GET", "/api/services"))[1].map(({ enabled }: { enabled: boolean }) => enabled),
      [false],
    );
    assertEquals((await send(ask, "GET", "/api/status"))[1], []);
    const [refused, { error }] = await put({ apiKey: "" });
    assert(refused === 400 && error.includes("needs"), error);
    assertEquals(await send(ask, "DELETE", `/api/services/${id}`), [204, null]);
    assertEquals(await storedValues(place, "amp/a"), {});
    assertEquals(await send(ask, "GET", "/api/services"), [200, []]);
  }));

Deno.test("a new URL does not use the stored key: it must be sent again", () =>
  withServices(async (place) => {
    const [, { id }] = await add(place.ask, { provider: "amp", name: "a", apiKey: "sgamp_user_TESTONLY" });
    const put = (body: object) => send(place.ask, "PUT", `/api/services/${id}`, body);
    const [status, { error }] = await put({ baseUrl: "https://amp.evil.example" });
    assert(status === 400 && error.includes("AMP_API_KEY belongs to the address"), error);
    assertEquals(await storedValues(place, "amp/a"), { AMP_API_KEY: "sgamp_user_TESTONLY" });
    const [done] = await put({ baseUrl: "https://amp.own.example", apiKey: "sgamp_user_other" });
    assertEquals([done, await storedValues(place, "amp/a")], [200, {
      AMP_API_KEY: "sgamp_user_other",
      AMP_URL: "https://amp.own.example/",
    }]);
  }));

Deno.test("a service whose credential is not stored here can be named and disabled, but not removed", () =>
  withServices(async ({ ask, services }) => {
    await services.polled("synthetic/default", [reading()]);
    const [, [{ id, name, createdAt }]] = await send(ask, "GET", "/api/services");
    assertEquals([id, name, createdAt], ["synthetic~default", "Synthetic", 0]);
    assertEquals((await send(ask, "DELETE", `/api/services/${id}`))[0], 409);
    assertEquals((await send(ask, "PUT", `/api/services/${id}`, { apiKey: "x" }))[0], 409);
    const [status, changed] = await send(ask, "PUT", `/api/services/${id}`, { name: "Main", enabled: false });
    assertEquals([status, changed.name, changed.enabled], [200, "Main", false]);
  }));

Deno.test("services are reordered, by a list and one by one, and unknown ids change nothing", () =>
  withServices(async ({ ask }) => {
    const ids: string[] = [];
    for (const name of ["a", "b", "c"]) ids.push((await add(ask, { name }))[1].id);
    const order = async () =>
      (await send(ask, "GET", "/api/services"))[1].map(({ id }: { id: string }) => id);
    const [a, b, c] = ids;
    const [status, answer] = await send(ask, "POST", "/api/services/reorder", { serviceIds: [c, a] });
    assertEquals([status, answer.map(({ displayOrder }: { displayOrder: number }) => displayOrder)], [200, [
      1,
      2,
      3,
    ]]);
    assertEquals(await order(), [c, a, b]);
    assertEquals((await send(ask, "PUT", `/api/services/${b}`, { displayOrder: 1 }))[1].displayOrder, 1);
    assertEquals(await order(), [b, c, a]);
    assertEquals((await send(ask, "POST", "/api/services/reorder", { serviceIds: [a, "none"] }))[0], 400);
    assertEquals(await order(), [b, c, a]);
  }));

Deno.test("quotas have times in Unix seconds, no null, and named unknown values", () =>
  withServices(async ({ ask, services }) => {
    await services.polled("synthetic/default", [
      reading({
        quota: "five-hour",
        used: 30,
        limit: 100,
        resetsAt: AT + HOUR_MS + 1,
        refillPerHour: 5,
        window: ROLLING,
      }),
      reading({ quota: "balance", unit: "usd", used: null, limit: null, remaining: 7.5, window: BALANCE }),
      reading({ quota: "minute", used: 1, limit: 60, window: { kind: "rolling", seconds: 60 } }),
    ]);
    const [status, quotas] = await send(ask, "GET", "/api/quotas");
    const times = { createdAt: NOW_S, updatedAt: NOW_S };
    const [first, second, third] = quotas;
    assertEquals([status, first], [200, {
      id: "synthetic~default~five-hour",
      serviceId: "synthetic~default",
      metric: "five-hour",
      limit: 100,
      used: 30,
      remaining: 70,
      resetAt: NOW_S + 3600,
      ...times,
      replenishmentRate: { amount: 5, period: "hour" },
      type: "usage",
      metricMetadata: {
        ...first.metricMetadata,
        ...{ format: "integer", displayName: "Five hours", priority: 10, warnWhenLow: true },
      },
    }]);
    assert(first.metricMetadata.warnThreshold > first.metricMetadata.errorThreshold);
    assertEquals([
      second.type,
      second.remaining,
      second.resetAt,
      second.unknown,
      second.metricMetadata.currencySymbol,
    ], [
      "credits",
      7.5,
      0,
      ["limit", "used"],
      "$",
    ]);
    assertEquals(third.type, "rate_limit");
    assert(!JSON.stringify(quotas).includes("null"));
  }));

Deno.test("a status states the problem of a service, and its kind", () =>
  withServices(async ({ ask, services, clock }) => {
    await services.polled("synthetic/default", [reading({ used: 30 })]);
    const [, [well]] = await send(ask, "GET", "/api/status/cached");
    assertEquals([well.isHealthy, well.authError, well.lastUpdated, well.quotas.length, "error" in well], [
      true,
      false,
      NOW_S,
      1,
      false,
    ]);
    const kinds = [["auth", "auth", true], ["rate_limited", "rate_limit", false], [
      "unavailable",
      "network",
      false,
    ], ["bad_response", "unknown", false]] as const;
    for (const [kind, word, isAuth] of kinds) {
      clock.jump(MINUTE_MS);
      await services.failed("synthetic/default", { kind, hint: `What ${kind} means` });
      const [status, [ill]] = await send(ask, "GET", "/api/status");
      assertEquals([
        status,
        ill.isHealthy,
        ill.error,
        ill.authError,
        ill.service.lastErrorKind,
        ill.quotas.length,
      ], [200, false, `What ${kind} means`, isAuth, word, 1]);
    }
    await add(ask);
    const [, all] = await send(ask, "GET", "/api/status");
    assertEquals(
      all.map(({ isHealthy, error }: { isHealthy: boolean; error: string }) => [isHealthy, error]),
      [
        [false, "What bad_response means"],
        [false, "No quota has been read yet"],
      ],
    );
  }));

Deno.test("a refresh polls vendors once in five seconds and returns the state of services", async () => {
  const clock = new FakeClock(AT);
  const asked: (string | undefined)[] = [];
  await using services = await fakeServices({
    clock,
    pollNow: (account) => {
      asked.push(account);
      return Promise.resolve([]);
    },
  });
  await services.polled("acme/default", [reading({ used: 1 })]);
  const ask = askApp(services);
  const [status, [one]] = await send(ask, "POST", "/api/quotas/refresh");
  assertEquals([status, one.service.id, asked], [200, "acme~default", [undefined]]);
  assertEquals((await send(ask, "POST", "/api/quotas/refresh"))[0], 200);
  assertEquals(asked.length, 1, "Whoever asks again at once asks nobody");
  clock.jump(6000);
  const [done, status2] = await send(ask, "POST", "/api/quotas/refresh/acme~default");
  assertEquals([done, status2.service.id, asked.at(-1)], [200, "acme~default", "acme/default"]);
  assertEquals(await send(ask, "POST", "/api/quotas/refresh/none"), [404, { error: "Service not found" }]);
  for (const path of ["/api/status", "/api/status/cached", "/api/quotas"]) await send(ask, "GET", path);
  assertEquals(asked.length, 2, "Reading asks no vendor");
});

/** A reset within the hours: 10, 40, 90, then 5, 25. */
async function fillHours({ services, clock }: Pick<Place, "services" | "clock">) {
  const first = AT - 4 * HOUR_MS;
  clock.jump(first - clock.now());
  for (const [step, used] of [10, 40, 90, 5, 25].entries()) {
    const resetsAt = first + (step < 3 ? 2.5 : 7.5) * HOUR_MS;
    await services.polled("synthetic/default", [
      reading({ used, resetsAt }),
      reading({
        quota: "balance",
        unit: "usd",
        used: null,
        limit: null,
        remaining: 50 - step,
        window: BALANCE,
      }),
    ]);
    if (step < 4) clock.jump(HOUR_MS);
  }
}

Deno.test("the history returns values newest first, optionally of one service and one metric", () =>
  withServices(async (place) => {
    await fillHours(place);
    const history = async (query: string) => (await send(place.ask, "GET", `/api/usage/history${query}`))[1];
    const rows = await history("?metric=five-hour&hours=6");
    assertEquals(rows.map(({ value }: { value: number }) => value), [25, 5, 90, 40, 10]);
    assertEquals(rows[0], {
      id: `synthetic~default~five-hour~${AT}`,
      serviceId: "synthetic~default",
      metric: "five-hour",
      value: 25,
      ts: NOW_S,
      service_name: "Synthetic",
    });
    assertEquals((await history("?metric=five-hour&hours=2")).length, 3);
    for (const query of ["?metric=five-hour", "?metric=five-hour&hours=168"]) {
      assertEquals((await history(query)).length, 5, query);
    }
    assertEquals((await history("?metric=balance&hours=6")).map(({ value }: { value: number }) => value), [
      46,
      47,
      48,
      49,
      50,
    ]);
    assertEquals((await history("?serviceId=synthetic~default")).length, 10);
    assertEquals(await history("?serviceId=none"), []);
    for (const query of ["?hours=0", "?hours=169", "?hours=x", "?metric=", "?serviceId="]) {
      assertEquals((await send(place.ask, "GET", `/api/usage/history${query}`))[0], 400, query);
    }
  }));

Deno.test("analytics count consumption across a reset, and never the difference of extremes", () =>
  withServices(async (place) => {
    await fillHours(place);
    const [status, { timeSeries, quotas, summary, days, generatedAt }] = await send(
      place.ask,
      "GET",
      "/api/usage/analytics?days=1",
    );
    assertEquals([status, days, generatedAt, quotas.length], [200, 1, NOW_S, 2]);
    const own = timeSeries.filter(({ metric }: { metric: string }) => metric === "five-hour");
    assertEquals(
      own.map((
        { ts, avg_value, min_value, max_value, data_points }: Record<string, number>,
      ) => [ts, avg_value, min_value, max_value, data_points]),
      [
        [NOW_S - 4 * 3600, 10, 10, 10, 1],
        [NOW_S - 3 * 3600, 40, 40, 40, 1],
        [NOW_S - 2 * 3600, 90, 90, 90, 1],
        [NOW_S - 3600, 5, 5, 5, 1],
        [NOW_S, 25, 25, 25, 1],
      ],
    );
    const [used] = summary.filter(({ metric }: { metric: string }) => metric === "five-hour");
    assertEquals([used.total_consumed, used.min_value, used.max_value, used.avg_value, used.active_days], [
      105,
      5,
      90,
      34,
      1,
    ]);
    assertEquals([used.first_record_ts, used.last_record_ts], [NOW_S - 4 * 3600, NOW_S]);
    const [, { providers }] = await send(place.ask, "GET", "/api/usage/analytics/providers?days=1");
    assertEquals(providers, [{
      provider: "synthetic",
      service_count: 1,
      metric_count: 2,
      total_usage: 105,
      avg_usage: 34,
      peak_usage: 90,
      data_points: 10,
    }]);
  }));

Deno.test("analytics combine only the same metric and unit", () =>
  withServices(async (place) => {
    const { services, ask } = place;
    const at = { window: ONE_HOUR };
    await services.polled("synthetic/default", [reading({ used: 10, ...at })]);
    await services.polled("zai/default", [
      reading({ used: 30, ...at }),
      reading({ quota: "weekly", unit: "percent", used: 1 }),
    ]);
    await services.polled("synthetic/two", [
      reading({ quota: "weekly", unit: "tokens", used: 9000, limit: 1e6 }),
    ]);
    const rows = async (groupBy: string) =>
      (await send(ask, "GET", `/api/usage/analytics?days=1&groupBy=${groupBy}`))[1].timeSeries.map((
        { service_name, provider, serviceId, metric, unit, avg_value }: Record<string, unknown>,
      ) => [service_name, provider, serviceId, metric, unit, avg_value].join(" ")).sort();
    assertEquals(await rows("metric"), [
      "All Services all all five-hour requests 20",
      "All Services all all weekly percent 1",
      "All Services all all weekly tokens 9000",
    ]);
    assertEquals((await rows("provider")).length, 4);
    assert((await rows("service")).includes("Synthetic two synthetic synthetic~two weekly tokens 9000"));
    const queries = [
      "?days=0",
      "?days=366",
      "?interval=5",
      "?interval=0h",
      "?interval=1m",
      "?days=365&interval=5m",
      "?groupBy=all",
    ];
    for (const query of queries) {
      assertEquals((await send(ask, "GET", `/api/usage/analytics${query}`))[0], 400, query);
    }
    assertEquals((await send(ask, "GET", "/api/usage/analytics?days=1&interval=2m"))[0], 200);
  }));

Deno.test("the log, the health and the version are as promised, and the health has no figures", () =>
  withServices(async ({ ask, services }) => {
    for (let i = 0; i < 600; i++) services.log.info(`Line ${i}`);
    const [, { entries }] = await send(ask, "GET", "/api/logs");
    assertEquals([entries.length, entries.at(-1).message, entries.at(-1).ts, entries.at(-1).level], [
      200,
      "Line 599",
      AT,
      "info",
    ]);
    assertEquals((await send(ask, "GET", "/api/logs?limit=500"))[1].entries.length, 500);
    for (const limit of ["0", "501", "x"]) {
      assertEquals((await send(ask, "GET", `/api/logs?limit=${limit}`))[0], 400);
    }
    assertEquals(await send(ask, "GET", "/health"), [200, { status: "ok", ts: NOW_S }]);
    const [status, { version, commitSha }] = await send(ask, "GET", "/version");
    assertEquals([status, version, typeof commitSha], [200, "0.0.0-test", "string"]);
  }));
