import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");
const DEFAULTS = {
  timezone: "UTC",
  hidden_insights: [],
  display: "used",
  thresholds: { warning: 50, critical: 95 },
  work_days: 7,
  theme: "system",
  density: "comfortable",
  keep_readings_days: null,
  account_order: [],
  accounts: {},
};

async function put(
  ask: Ask,
  path: string,
  body: unknown,
): Promise<[status: number, answer: Record<string, unknown>]> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  const answer = await ask(path, { method: "PUT", body: text, headers });
  return [answer.status, await answer.json()];
}

async function get(ask: Ask, path: string): Promise<Record<string, unknown>> {
  return await (await ask(path)).json();
}

function fieldsOf(answer: Record<string, unknown>): readonly string[] {
  return (answer.errors as { field: string }[]).map(({ field }) => field).sort();
}

Deno.test("/api/settings returns the current settings, and of a change what was sent", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp(services);
  assertEquals(await get(ask, "/api/settings"), DEFAULTS);
  assertEquals(await put(ask, "/api/settings", { timezone: "Europe/Berlin" }), [200, {
    timezone: "Europe/Berlin",
  }]);
  const more = {
    hidden_insights: ["trend", "coverage"],
    display: "left",
    thresholds: { warning: 70, critical: 90 },
  };
  assertEquals(await put(ask, "/api/settings", more), [200, more]);
  assertEquals(await get(ask, "/api/settings"), { ...DEFAULTS, timezone: "Europe/Berlin", ...more });
  assertEquals(await put(ask, "/api/settings", {}), [200, {}]);
  assertEquals(await put(ask, "/api/settings", { timezone: "" }), [200, { timezone: "UTC" }]);
  assertEquals(await get(ask, "/api/settings"), { ...DEFAULTS, timezone: "UTC", ...more });
});

Deno.test("/api/v1/settings returns the same in its own format", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp(services);
  const thresholds = { warning: 0.7, critical: 0.9 };
  const [status, saved] = await put(ask, "/api/v1/settings", { timeZone: "Asia/Kolkata", thresholds });
  assertEquals([status, saved], [200, {
    timeZone: "Asia/Kolkata",
    timeZoneInForce: "Asia/Kolkata",
    hiddenInsights: [],
    display: "used",
    thresholds,
    workDays: 7,
    theme: "system",
    density: "comfortable",
    keepReadingsDays: null,
    accountOrder: [],
    accounts: {},
  }]);
  assertEquals(await get(ask, "/api/v1/settings"), saved);
  assertEquals((await get(ask, "/api/settings")).thresholds, { warning: 70, critical: 90 });
  assertEquals((await put(ask, "/api/v1/settings", { timeZone: null }))[1].timeZoneInForce, "UTC");
});

Deno.test("a change with any error changes nothing, and each error is named", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp(services);
  const wrong: readonly (readonly [body: unknown, ...fields: string[]])[] = [
    [
      { timezone: 1, display: "both", hidden_insights: [1, "trend"], smtp: {} },
      "display",
      "hidden_insights.0",
      "smtp",
      "timezone",
    ],
    [{ timezone: "UTC", one: 1, two: 2, "<b>": 3 }, "<b>", "one", "two"],
    [{ thresholds: { warning: 95, critical: 50 } }, "thresholds"],
    [{ thresholds: { warning: 0, critical: 101 } }, "thresholds.critical", "thresholds.warning"],
    [{ thresholds: { warning: 50 }, display: "left" }, "thresholds.critical"],
    [{ thresholds: { warning: 50, critical: 60, danger: 55 } }, "thresholds.danger"],
    [{ thresholds: [] }, "thresholds.critical", "thresholds.warning"],
    [{ timezone: null }, "timezone"],
    [{ work_days: 4, theme: "blue", density: 1 }, "density", "theme", "work_days"],
    [{ keep_readings_days: -1 }, "keep_readings_days"],
    [{ keep_readings_days: 1.5 }, "keep_readings_days"],
    [{ keep_readings_days: 3651 }, "keep_readings_days"],
    [{ account_order: "zai/default" }, "account_order"],
    [{ account_order: ["nobody/else"] }, "account_order.0"],
    [{ accounts: { "nobody/else": { polling: false } } }, "accounts.nobody/else"],
    [
      { accounts: { "zai/default": { polling: "no", label: "x".repeat(61), key: 1 } } },
      "accounts.zai/default.key",
      "accounts.zai/default.label",
      "accounts.zai/default.polling",
    ],
    [{ hidden_insights: "trend" }, "hidden_insights"],
    [{ hidden_insights: ["", "x".repeat(301)] }, "hidden_insights.0", "hidden_insights.1"],
    ['{"__proto__":1,"constructor":2}', "__proto__", "constructor"],
    [[], ""],
    ["null", ""],
    ['"text"', ""],
  ];
  for (const [body, ...fields] of wrong) {
    const [status, answer] = await put(ask, "/api/settings", body);
    assertEquals([status, fieldsOf(answer)], [422, fields], JSON.stringify(body));
    assertMatch(String(answer.error), /^Nothing was changed: /);
  }
  const [status, { error }] = await put(ask, "/api/settings", { timezone: "Europe/Berlni", display: "left" });
  assertEquals(status, 400);
  assertMatch(String(error), /Unknown time zone "Europe\/Berlni": .* did you mean Europe\/Berlin\?/);
  assertEquals(await get(ask, "/api/settings"), DEFAULTS);

  const [native, problem] = await put(ask, "/api/v1/settings", { timezone: "UTC", display: 7 });
  assertEquals([native, problem.status, fieldsOf(problem)], [422, 422, ["display", "timezone"]]);
});

Deno.test("a body full of errors is refused with no more than twenty of them", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp(services);
  const body = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`key-${i}`, i]));
  const [status, answer] = await put(ask, "/api/settings", body);
  assertEquals([status, fieldsOf(answer).length], [422, 20]);
});

Deno.test("thresholds and the zone take effect at once, and every listener is notified", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  await services.polled("synthetic/default", [reading({ quota: "subscription", used: 60 })]);
  const ask = askApp(services);
  const status = async () => ((await get(ask, "/api/current")).subscription as { status: string }).status;
  const events: string[] = [];
  services.hub.listen(({ kind }) => void events.push(kind));
  assertEquals(await status(), "warning");
  await put(ask, "/api/settings", { thresholds: { warning: 30, critical: 55 } });
  assertEquals([await status(), events], ["critical", ["settings"]]);
  await put(ask, "/api/settings", { thresholds: { warning: 70, critical: 90 } });
  assertEquals(await status(), "healthy");
  assertEquals((await services.dashboard()).accounts[0]?.quotas[0]?.status, "healthy");

  await put(ask, "/api/settings", { timezone: "Pacific/Auckland" });
  assertEquals(services.zone, "Pacific/Auckland");
  assertEquals((await get(ask, "/api/v1/snapshot")).timeZone, "Pacific/Auckland");
  assertMatch(await (await ask("/")).text(), /Pacific\/Auckland/);
  events.length = 0;
  await put(ask, "/api/settings", {});
  await put(ask, "/api/settings", { display: "up" });
  assertEquals(events, []);
});

Deno.test("settings survive the process, and unreadable ones count as unset", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  await put(ask, "/api/settings", { timezone: "Europe/Berlin", display: "left" });
  const { createSettings } = await import("../../lib/app/settings.ts");
  const later = createSettings(services);
  assertEquals((await later.load()).zone, "Europe/Berlin");
  const broken = {
    workDays: 3,
    theme: "blue",
    density: null,
    keepReadingsDays: "90",
    accountOrder: [1, "a/b"],
    accounts: { "a/b": 3, "c/d": { label: 5, polling: "yes" }, "e/f": { label: " ", polling: false } },
    zone: "Mars",
    display: 3,
    hiddenInsights: [1, "a"],
    thresholds: { warning: 2, critical: 1 },
  };
  for (const doc of [broken, null, 7, "text", []]) {
    await services.store.docs.put("settings", "dashboard", doc, clock.now());
    const read = await createSettings(services).load();
    assertEquals(
      [read.zone, read.display, read.thresholds.warning],
      [null, "used", 0.5],
      JSON.stringify(doc),
    );
    assert(read.hiddenInsights.every((key) => typeof key === "string"));
  }
});

Deno.test("two concurrent changes are both kept", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp(services);
  await Promise.all([
    put(ask, "/api/settings", { timezone: "Europe/Berlin" }),
    put(ask, "/api/settings", { display: "left" }),
    put(ask, "/api/v1/settings", { hiddenInsights: ["trend"] }),
  ]);
  const { timezone, display, hidden_insights } = await get(ask, "/api/settings");
  assertEquals([timezone, display, hidden_insights], ["Europe/Berlin", "left", ["trend"]]);
});

Deno.test("a foreign page cannot change settings", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp(services);
  for (const path of ["/api/settings", "/api/v1/settings"]) {
    const headers = { "content-type": "application/json", origin: "http://evil.example" };
    const answer = await ask(path, { method: "PUT", body: '{"display":"left"}', headers });
    assertEquals(answer.status, 403);
    await answer.body?.cancel();
  }
  assertEquals(await get(ask, "/api/settings"), DEFAULTS);
});

Deno.test("an account keeps its name and position, and changing one leaves the others", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  await services.polled("synthetic/default", [reading()]);
  await services.polled("zai/default", [reading()]);
  const ask = askApp(services);
  const named = { "zai/default": { label: "  Work  " } };
  assertEquals(await put(ask, "/api/settings", { accounts: named, account_order: ["zai/default"] }), [200, {
    account_order: ["zai/default"],
    accounts: { "zai/default": { label: "Work", polling: true } },
  }]);
  await put(ask, "/api/v1/settings", {
    accounts: { "synthetic/default": { polling: false }, "zai/default": { polling: false } },
  });
  assertEquals((await get(ask, "/api/settings")).accounts, {
    "zai/default": { label: "Work", polling: false },
    "synthetic/default": { label: null, polling: false },
  });
  await put(ask, "/api/settings", { accounts: { "zai/default": { label: null, polling: true } } });
  const { accounts } = await services.dashboard();
  assertEquals(accounts.map(({ key, label, paused, health }) => [key, label, paused, health.state]), [
    ["synthetic/default", undefined, true, "off"],
    ["zai/default", undefined, undefined, "fresh"],
  ]);
  await put(ask, "/api/settings", { accounts: { "zai/default": { label: "<b>Mine</b>" } } });
  assertMatch(await (await ask("/")).text(), /&lt;b>Mine&lt;\/b>/);
});

Deno.test("the zone can be that of each browser; without one it is that of the server", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const ask = askApp(services);
  await put(ask, "/api/settings", { timezone: "Europe/Berlin" });
  assertEquals(
    await put(ask, "/api/v1/settings", { timeZone: "browser" }).then(([, answer]) => answer.timeZone),
    "browser",
  );
  assertEquals((await get(ask, "/api/settings")).timezone, "UTC");
  assertEquals(services.zone, "UTC");
});
