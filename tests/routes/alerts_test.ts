/** The page and the API of alerts, from readings to output. */
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, ORIGIN } from "../support/fake_services.ts";
import { FIVE_HOURS, reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

async function house() {
  const clock = new FakeClock(utc("2026-11-21 13:00"));
  const services = await fakeServices({ clock });
  const ask = askApp(services);
  const app = {
    get: (path: string) => ask(path),
    form: (path: string, fields: Record<string, string>) =>
      ask(path, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
      }),
  };
  const poll = async (used: number) => {
    clock.jump(5 * MINUTE_MS);
    await services.polled("acme/work", [
      reading({ used, limit: 100, window: FIVE_HOURS, resetsAt: clock.now() + 90 * MINUTE_MS }),
    ]);
    return await services.alerts.evaluate();
  };
  return { clock, services, app, poll };
}

async function text(app: Awaited<ReturnType<typeof house>>["app"], path: string): Promise<string> {
  return await (await app.get(path)).text();
}

Deno.test("a crossed threshold is on the page and in the API, with its figures", async () => {
  const { app, poll } = await house();
  await poll(40);
  assertStringIncludes(await text(app, "/alerts"), "Nothing yet.");
  await poll(85);
  assertStringIncludes(await text(app, "/alerts"), "85% used");
  const { alerts } = await (await app.get("/api/v1/alerts")).json();
  assertEquals([alerts.length, alerts[0].kind, alerts[0].figures.share, alerts[0].figures.threshold], [
    1,
    "threshold",
    0.85,
    0.8,
  ]);
  assertEquals(alerts[0].deliveries, []);
});

Deno.test("a snooze from the page works, is shown, and can be ended from the page", async () => {
  const { app, services, poll } = await house();
  await poll(40);
  const snoozed = await app.form("/alerts", { action: "snooze", target: "acme/work", hours: "4" });
  assertEquals([snoozed.status, snoozed.headers.get("location")], [303, "/alerts?done=snoozed"]);
  assertEquals((await services.alerts.snoozes())[0]?.target, "acme/work");
  assertStringIncludes(await text(app, "/alerts"), "until 2026-11-21");
  await app.form("/alerts", { action: "unsnooze", target: "acme/work" });
  assertEquals(await services.alerts.snoozes(), []);
});

Deno.test("rules can be tried on past readings before they are saved", async () => {
  const { app, services, poll } = await house();
  for (const used of [10, 40, 70, 90]) await poll(used);
  const rules = {
    action: "preview",
    thresholds: "30, 60, 80",
    balanceBelow: "2",
    failingMinutes: "5",
    kind: "threshold",
  };
  const tried = await app.form("/alerts", rules);
  assertEquals(tried.status, 200);
  const shown = await tried.text();
  assertStringIncludes(shown, "In the last 30 days these rules would have alerted you 3 times");
  assertStringIncludes(shown, 'value="30, 60, 80"');
  assertEquals((await services.alerts.rules()).thresholds, [0.8, 0.95]);
});

Deno.test("rules from the page apply from the next reading on, and invalid ones change nothing", async () => {
  const { app, services, poll } = await house();
  await poll(40);
  const rules = {
    action: "rules",
    thresholds: "60, 30",
    balanceBelow: "2",
    failingMinutes: "5",
    kind: "threshold",
  };
  assertEquals((await app.form("/alerts", rules)).status, 303);
  const { thresholds, off } = await services.alerts.rules();
  assertEquals(thresholds, [0.3, 0.6]);
  assert(off.includes("used-up") && !off.includes("threshold"));
  assertEquals((await poll(61)).map(({ kind }) => kind), ["threshold"]);
  const refused = await app.form("/alerts", { ...rules, thresholds: "many" });
  assertEquals(refused.status, 422);
  assertStringIncludes(await refused.text(), "Thresholds are up to 10 lines above 0");
  assertEquals((await services.alerts.rules()).thresholds, [0.3, 0.6]);
  assertEquals((await app.form("/alerts", { action: "snooze", target: "nobody/x", hours: "4" })).status, 422);
  assertEquals((await app.form("/alerts", { action: "dance" })).status, 400);
});
