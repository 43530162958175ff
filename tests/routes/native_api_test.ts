import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { MINUTE_MS, reading, utc } from "../support/readings.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");

function post(ask: Ask, body: string, headers: HeadersInit = { "content-type": "application/json" }) {
  return ask("/api/refresh", { method: "POST", body, headers });
}

Deno.test("/api/health identifies the server and states the health of its accounts", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  await services.polled("acme/work", [reading()]);
  await services.failed("acme/home", { kind: "auth", hint: "Key refused" });
  clock.jump(1000);
  const answer = await askApp(services)("/api/health");
  assertEquals(answer.status, 200);
  assertEquals(await answer.json(), {
    status: "ok",
    instance: "run-1",
    version: "0.0.0-test",
    startedAt: "2026-11-21T10:00:00.000Z",
    now: "2026-11-21T10:00:01.000Z",
    accounts: { fresh: 1, stale: 0, waiting: 0, failing: 1, expired: 0, off: 0, new: 0 },
    trouble: null,
  });
});

Deno.test("/api/health states what prevents readings from being stored", async () => {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  const trouble = { message: "The disk is full", hint: "Make room", since: AT };
  const dashboard = async () => ({ ...await services.dashboard(), trouble });
  const { status, trouble: told } = await (await askApp({ ...services, dashboard })("/api/health")).json();
  assertEquals({ status, told }, { status: "failing", told: "The disk is full" });
});

Deno.test("/api/health answers 503 with the instance when the accounts cannot be read", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp({ ...services, dashboard: () => Promise.reject(new Error("disk gone")) });
  const answer = await ask("/api/health");
  assertEquals(answer.status, 503);
  const text = await answer.text();
  assert(!text.includes("disk gone"));
  assertEquals([JSON.parse(text).status, JSON.parse(text).instance], ["failing", "run-1"]);
  assertMatch(services.logged.join("\n"), /disk gone/);
});

Deno.test("/api/v1/series returns the lines of all quotas, or of the named ones", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  for (const used of [10, 20, 30]) {
    await services.polled("acme/work", [reading({ used }), reading({ quota: "weekly", used: used / 2 })]);
    clock.jump(MINUTE_MS);
  }
  const ask = askApp(services);
  const all = await (await ask("/api/v1/series?range=1h")).json();
  assertEquals([all.range, all.to - all.from], ["1h", 60 * MINUTE_MS]);
  assertEquals(all.lines.map(({ key }: { key: string }) => key), ["acme/work/five-hour", "acme/work/weekly"]);
  assertEquals(all.lines[0].points, [[AT, 0.1], [AT + MINUTE_MS, 0.2], [AT + 2 * MINUTE_MS, 0.3]]);

  const one = await (await ask("/api/v1/series?range=1h&quota=acme/work/weekly&quota=acme/work/weekly"))
    .json();
  assertEquals(one.lines.length, 1);
  assertEquals((await (await ask("/api/v1/series")).json()).range, "6h");

  const unknown = await ask("/api/v1/series?quota=acme/work/weakly");
  assertEquals(unknown.status, 400);
  assertMatch((await unknown.json()).detail, /Unknown quota .* did you mean acme\/work\/weekly\?/);
  assertEquals((await ask("/api/v1/series?range=2h")).status, 400);
});

Deno.test("/api/v1/series returns any range, with the stored data and the times of use", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  for (const used of [10, 20, 30, 30, 40]) {
    await services.polled("acme/work", [reading({ used })]);
    clock.jump(MINUTE_MS);
  }
  const ask = askApp(services);
  const edges = (from: number, to: number) => `from=${from}&to=${to}`;
  const span = await (await ask(`/api/v1/series?${edges(AT, AT + 5 * MINUTE_MS)}`)).json();
  assertEquals([span.range, span.from, span.to], [null, AT, AT + 5 * MINUTE_MS]);
  assertEquals(span.lines[0].points.map(([at, share]: [number, number]) => [(at - AT) / MINUTE_MS, share]), [
    [0, 0.1],
    [1, 0.2],
    [2, 0.3],
    [3, 0.3],
    [4, 0.4],
  ]);
  assertEquals(span.sessions, [{ account: "acme/work", spans: [[AT, AT + 4 * MINUTE_MS]] }]);

  // If readings and short buckets are pruned, longer ones are shown.
  await services.store.prune(
    { readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 0 },
    clock.now() + 60 * MINUTE_MS,
  );
  clock.jump(60 * MINUTE_MS);
  await services.polled("acme/work", [reading({ used: 50 })]);
  const old = await (await ask(`/api/v1/series?${edges(AT - 60 * MINUTE_MS, AT + 20 * MINUTE_MS)}`)).json();
  assertEquals(old.lines[0].points.at(-1), [AT + 4 * MINUTE_MS, 0.4]);

  for (const wrong of ["from=never", "from=2027-01-01", `from=${AT}&to=${AT - 1}`]) {
    const answer = await ask(`/api/v1/series?${wrong}`);
    assertEquals(
      [answer.status, answer.headers.get("content-type")],
      [400, "application/problem+json"],
      wrong,
    );
  }
});

Deno.test("no line of /api/v1/series has more than 500 points, and the peak is among them", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  for (let i = 0; i < 900; i++) {
    await services.polled("acme/work", [reading({ used: i === 417 ? 97 : i % 30 })]);
    clock.jump(4000);
  }
  const { lines } = await (await askApp(services)("/api/v1/series?range=1h")).json();
  const { points } = lines[0];
  assert(points.length <= 500 && points.length > 200, `${points.length} points`);
  assertEquals(Math.max(...points.map(([, share]: [number, number]) => share)), 0.97);
});

Deno.test("history and series answer 304 to clients that have them, until there is a new reading", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  await services.polled("synthetic/default", [reading({ quota: "subscription", used: 4 })]);
  const ask = askApp(services);
  for (const path of ["/api/history?range=1h", "/api/v1/series?range=1h"]) {
    const tag = (await ask(path)).headers.get("etag")!;
    assertMatch(tag, /^W\/"[\w.-]+"$/);
    const again = () => ask(path, { headers: { "if-none-match": `"other", ${tag}` } });
    const known = await again();
    assertEquals([known.status, await known.text(), known.headers.get("etag")], [304, "", tag]);
    await services.polled("acme/work", [reading({ used: 5 })]);
    assertEquals((await again()).status, 200);
  }
  const tag = (await ask("/api/v1/series?range=1h")).headers.get("etag")!;
  clock.jump(MINUTE_MS);
  assertEquals((await ask("/api/v1/series?range=1h", { headers: { "if-none-match": tag } })).status, 200);
});

Deno.test("/api/refresh polls all accounts or the named one, and reports the result", async () => {
  const clock = new FakeClock(AT);
  const asked: (string | undefined)[] = [];
  await using services = await fakeServices({ clock });
  await services.polled("acme/work", [reading()]);
  const ask = askApp({
    ...services,
    pollNow(account) {
      asked.push(account);
      return services.pollNow(account);
    },
  });
  const all = await post(ask, "{}");
  assertEquals(all.status, 200);
  assertEquals(await all.json(), {
    outcomes: [{
      account: "acme/work",
      kind: "ok",
      at: "2026-11-21T10:00:00.000Z",
      hint: null,
      nextAt: "2026-11-21T10:01:00.000Z",
    }],
  });
  clock.jump(5000);
  assertEquals((await post(ask, '{"account":"acme/work"}')).status, 200);
  assertEquals(asked, [undefined, "acme/work"]);
});

Deno.test("/api/refresh is allowed once in five seconds; refused requests do not count", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  assertEquals((await post(ask, '{"account":"acme/nobody"}')).status, 400);
  assertEquals((await post(ask, "{}")).status, 200);
  clock.jump(1500);
  const early = await post(ask, "{}");
  assertEquals([early.status, early.headers.get("retry-after")], [429, "4"]);
  assertMatch((await early.json()).error, /try again in 4 s/);
  clock.jump(3500);
  assertEquals((await post(ask, "{}")).status, 200);
});

Deno.test("/api/refresh accepts only valid JSON", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const status = async (body: string, type?: string) =>
    (await post(ask, body, type === undefined ? {} : { "content-type": type })).status;
  assertEquals(await status("{}", "text/plain"), 415);
  assertEquals(await status("{}", "application/x-www-form-urlencoded"), 415);
  assertEquals(await status("{}", "application/jsonp"), 415);
  assertEquals(await status("{}"), 415);
  const json = "application/json; charset=utf-8";
  for (const body of ["", "{", "[]", "null", '"acme/work"', '{"account":1}', '{"acount":"acme/work"}']) {
    assertEquals(await status(body, json), 400, body);
  }
  assertEquals(await status(`{"account":"${"a".repeat(70_000)}"}`, json), 413);
  assertEquals(await status("{}", json), 200);
});

Deno.test("/api/refresh refuses requests of browsers from another site", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const json = { "content-type": "application/json" };
  for (
    const headers of [
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1:9212" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:8000" },
    ]
  ) {
    const answer = await post(ask, "{}", { ...json, ...headers });
    assertEquals(answer.status, 403, JSON.stringify(headers));
    assertMatch((await answer.json()).error, /another site/);
  }
  assertEquals((await post(ask, "{}", { ...json, "sec-fetch-site": "same-origin" })).status, 200);
});
