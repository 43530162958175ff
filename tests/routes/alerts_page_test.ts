/** The history of alerts with its filters, and snoozes by quota and kind, until a time or the reset. */
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, ORIGIN } from "../support/fake_services.ts";
import { FIVE_HOURS, reading, utc } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

const QUOTA = "acme/work/five-hour";
const RESET = utc("2026-11-21 17:00");

async function house() {
  const clock = new FakeClock(utc("2026-11-21 13:00"));
  const services = await fakeServices({ clock });
  const ask = askApp(services);
  const poll = async (acme: number, zai: number) => {
    clock.jump(5 * MINUTE_MS);
    for (const [account, used] of [["acme/work", acme], ["zai/default", zai]] as const) {
      await services.polled(account, [reading({ used, limit: 100, window: FIVE_HOURS, resetsAt: RESET })]);
    }
    await services.alerts.evaluate();
  };
  const snooze = (fields: Record<string, string>) =>
    ask("/alerts", {
      method: "POST",
      body: new URLSearchParams({ action: "snooze", ...fields }),
      headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
    });
  /** The kinds and titles of the alerts on a page. */
  const listed = async (query: string) => {
    const html = await (await ask(`/alerts${query}`)).text();
    return [...html.matchAll(/data-alert="([^"]+)".*?aria-current="false">([^<]+)</gs)].map((one) =>
      `${one[1]} ${one[2]}`
    );
  };
  return {
    clock,
    services,
    ask,
    poll,
    snooze,
    listed,
    [Symbol.asyncDispose]: () => services[Symbol.asyncDispose](),
  };
}

Deno.test("history is filtered by account, kind and state, separately and together", async () => {
  await using place = await house();
  const { poll, listed, ask } = place;
  await poll(10, 10);
  await poll(85, 20);
  await poll(100, 85);
  assertEquals((await listed("")).length, 3);
  assertEquals(await listed("?account=zai/default"), ["threshold Z.ai Five hours: 85% used"]);
  assertEquals(await listed("?kind=used-up"), ["used-up Acme (work) Five hours: used up"]);
  assertEquals(await listed("?kind=threshold&account=acme/work"), [
    "threshold Acme (work) Five hours: 85% used",
  ]);
  assertEquals((await listed("?state=open")).length, 2, "the threshold gave way to what is graver");
  assertEquals(await listed("?state=sent"), []);
  assertEquals((await listed("?state=not-sent")).length, 3, "there is no channel");
  assertStringIncludes(await (await ask("/alerts?account=nobody/x")).text(), "No alert matches.");
  assertEquals((await listed("?kind=nonsense")).length, 3);
});

Deno.test("a quota is snoozed for one kind until its reset, and its open alerts leave the bell", async () => {
  await using place = await house();
  const { poll, snooze, services, ask } = place;
  await poll(10, 10);
  await poll(85, 85);
  assertStringIncludes(await (await ask("/")).text(), 'data-count="2"');
  const done = await snooze({ target: QUOTA, kind: "threshold", hours: "reset" });
  assertEquals([done.status, done.headers.get("location")], [303, "/alerts?done=snoozed"]);
  assertEquals(await services.alerts.snoozes(), [{ target: QUOTA, kind: "threshold", until: RESET }]);
  assertStringIncludes(await (await ask("/")).text(), 'data-count="1"');
  const page = await (await ask("/alerts")).text();
  assertStringIncludes(page.replaceAll("<!-- -->", ""), "a threshold is crossed, until 2026-11-21 17:00");
});

Deno.test("a snooze lasts until the entered time, in the zone of the page", async () => {
  await using place = await house();
  const { poll, snooze, services } = place;
  await poll(10, 10);
  await services.settings.save({ zone: "Europe/Berlin" });
  await snooze({ target: "acme/work", kind: "", hours: "4", until: "2026-11-22T08:30" });
  assertEquals(await services.alerts.snoozes(), [{ target: "acme/work", until: utc("2026-11-22 07:30") }]);
  for (
    const fields of [
      { target: "acme/work", hours: "4", until: "2026-11-20T08:30" },
      { target: "acme/work", hours: "4", until: "tomorrow" },
      { target: "acme/work", hours: "4", kind: "nonsense" },
      { target: `${QUOTA}x`, hours: "4" },
    ]
  ) assertEquals((await snooze(fields)).status, 422, JSON.stringify(fields));
  assertEquals((await services.alerts.snoozes()).length, 1);
});

Deno.test("an alert in the list links to a snooze for its kind", async () => {
  await using place = await house();
  await place.poll(10, 10);
  await place.poll(85, 10);
  const page = await (await place.ask("/alerts")).text();
  const [, href = ""] = /href="(\/alerts\?snooze=[^"]+)"/.exec(page) ?? [];
  const form = await (await place.ask(href.replaceAll("&amp;", "&").replace(/#.*/, ""))).text();
  assert(form.includes(`value="${QUOTA}" selected`) || form.includes(`selected value="${QUOTA}"`), href);
});

Deno.test("an open alert is dismissed in one browser by a cookie, and the redirect leads only to our own pages", async () => {
  await using place = await house();
  const { poll, ask } = place;
  await poll(10, 10);
  await poll(85, 10);
  const home = await (await ask("/")).text();
  const [, mark = ""] = /name="mark" value="([0-9a-f]{12})"/.exec(home) ?? [];
  const post = (fields: Record<string, string>) =>
    ask("/alerts/dismiss", {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { origin: ORIGIN, "sec-fetch-site": "same-origin" },
    });
  const done = await post({ mark, back: "/stats" });
  assertEquals([done.status, done.headers.get("location")], [303, "/stats"]);
  const cookie = done.headers.get("set-cookie")!.split(";")[0]!;
  assertEquals(cookie, `dismissed=${mark}`);
  const after = await (await ask("/", { headers: { cookie } })).text();
  assert(!after.includes('alert-banner"'), "the banner is gone");
  assertStringIncludes(after, 'data-count="1"');
  // Whether one can work is the first thing to read.
  assertMatch(await (await ask("/")).text(), /class="summary [^]*class="alert-banner"/);
  assertEquals((await post({ mark: "x", back: "https://evil.example/" })).headers.get("location"), "/");
  assertEquals(
    (await post({ mark: "not-a-mark", back: "/" })).headers.get("set-cookie")?.split(";")[0],
    "dismissed=",
  );
});
