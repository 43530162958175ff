import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices, providerStatus } from "../support/fake_services.ts";
import { MINUTE_MS, reading, utc } from "../support/readings.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");

async function json(ask: Ask, path: string): Promise<[status: number, body: Record<string, unknown>]> {
  const answer = await ask(path);
  assertEquals(answer.headers.get("content-type"), "application/json");
  return [answer.status, await answer.json()];
}

const subscription = (used: number) =>
  reading({ quota: "subscription", label: "Subscription", used, limit: 135 });

/** Two hours of polls, five minutes apart, of three providers. */
async function twoHours(clock: FakeClock): Promise<FakeServices> {
  const services = await fakeServices({ clock });
  for (let i = 0; i <= 24; i++) {
    await services.polled("synthetic/default", [subscription(i * 2)]);
    await services.polled("zai/default", [reading({ unit: "percent", used: i })], "pro");
    await services.polled("acme/home", [reading({ used: 1 })]);
    await services.polled("acme/work", [reading({ used: i, limit: 50 })]);
    if (i < 24) clock.jump(5 * MINUTE_MS);
  }
  return services;
}

Deno.test("/api/current answers for the first configured provider, or for the named one", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoHours(clock);
  const ask = askApp(services);
  const [status, body] = await json(ask, "/api/current");
  assertEquals(status, 200);
  assertEquals(body.capturedAt, "2026-11-21T12:00:00.000Z");
  assertEquals((body.subscription as { usage: number }).usage, 48);
  assertEquals((await json(ask, "/api/current?provider=synthetic"))[1], body);
  const [, zai] = await json(ask, "/api/current?provider=zai");
  assertEquals([zai.plan, (zai.tokensLimit as { percent: number }).percent], ["pro", 24]);
});

Deno.test("/api/current selects an account by name, or otherwise a configured one", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoHours(clock);
  const ask = askApp(services);
  const used = (body: Record<string, unknown>) => (body.quotas as { used: number }[])[0]!.used;
  const [, first] = await json(ask, "/api/current?provider=acme");
  assertEquals([first.account, first.accounts, used(first)], ["home", ["home", "work"], 1]);
  const [, work] = await json(ask, "/api/current?provider=acme&account=work");
  assertEquals([work.account, used(work)], ["work", 24]);
  const [status, { error }] = await json(ask, "/api/current?provider=acme&account=wrok");
  assertEquals(status, 400);
  assertMatch(
    String(error),
    /Unknown account of acme "wrok": expected one of home, work; did you mean work\?/,
  );
});

Deno.test("/api/current answers for all configured providers at once, keyed by provider", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoHours(clock);
  const ask = askApp(services);
  for (const word of ["both", "all"]) {
    const [status, body] = await json(ask, `/api/current?provider=${word}`);
    assertEquals([status, Object.keys(body)], [200, ["synthetic", "zai", "acme"]]);
    assertEquals(body.zai, (await json(ask, "/api/current?provider=zai"))[1]);
  }
  assertEquals((await json(ask, "/api/current?provider=all&account=work"))[0], 400);
});

Deno.test("/api/current knows unconfigured providers, and answers null for them", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const head = { capturedAt: null, health: null, plan: null };
  assertEquals(await json(ask, "/api/current?provider=idle"), [200, { ...head, quotas: [] }]);
  assertEquals(await json(ask, "/api/current"), [
    200,
    { ...head, subscription: null, search: null, toolCalls: null },
  ]);
  await using none = await fakeServices({ clock, providers: [] });
  assertEquals(await json(askApp(none), "/api/current"), [
    200,
    { ...head, quotas: [] },
  ]);
});

Deno.test("an account that failed before its first reading is returned with its health", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  await services.failed("zai/default", { kind: "auth", hint: "Key refused" });
  const [, body] = await json(askApp(services), "/api/current?provider=zai");
  assertEquals(body, {
    capturedAt: null,
    health: "failing",
    plan: null,
    tokensLimit: null,
    timeLimit: null,
    toolCalls: null,
  });
});

Deno.test("an unknown provider is refused with the allowed ones and the likely one", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  for (const path of ["/api/current", "/api/history", "/api/providers"]) {
    const [status, { error }] = await json(ask, `${path}?provider=synthetik`);
    assertEquals(status, 400, path);
    assertEquals(
      error,
      'Unknown provider "synthetik": expected one of synthetic, zai, acme, idle, both, all; did you mean synthetic?',
    );
  }
});

Deno.test("/api/history returns rows oldest first, for six hours by default", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoHours(clock);
  const ask = askApp(services);
  const rows = async (query: string) =>
    (await json(ask, `/api/history${query}`))[1] as unknown as Record<string, number | string | null>[];
  const six = await rows("");
  assertEquals(six.length, 25);
  assertEquals(six[0]!.capturedAt, "2026-11-21T10:00:00.000Z");
  assertEquals(six.at(-1), {
    capturedAt: "2026-11-21T12:00:00.000Z",
    subscription: 48,
    subscriptionLimit: 135,
    subscriptionPercent: 35.555556,
    search: null,
    searchLimit: null,
    searchPercent: null,
    toolCalls: null,
    toolCallsLimit: null,
    toolCallsPercent: null,
  });
  assertEquals(await rows("?range=6h"), six);
  assertEquals((await rows("?range=1h")).length, 13);
  assertEquals((await rows("?range=24h")).length, 13);
  assertEquals(await rows("?range=1d"), await rows("?range=24h"));
  assertEquals((await rows("?range=7d")).length, 3);
  assertEquals((await rows("?range=30d")).length, 2);
  assertEquals((await rows("?provider=acme&account=work")).at(-1), {
    capturedAt: "2026-11-21T12:00:00.000Z",
    "five-hour": 48,
  });
  const both = await rows("?provider=both") as unknown as Record<string, unknown[]>;
  assertEquals(Object.keys(both), ["synthetic", "zai", "acme"]);
  assertEquals(both.synthetic, six);
});

Deno.test("/api/history is empty without readings, and refuses an unknown range", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  assertEquals((await json(ask, "/api/history"))[1] as unknown, []);
  assertEquals((await json(ask, "/api/history?provider=all"))[1], { synthetic: [], zai: [], acme: [] });
  const [status, { error }] = await json(ask, "/api/history?range=5h");
  assertEquals([status, error], [
    400,
    'Unknown range "5h": expected one of 1h, 6h, 24h, 7d, 30d, 90d, 1y; did you mean 1h?',
  ]);
});

Deno.test("/api/history never returns more than 500 rows, and the newest value is among them", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  for (let i = 0; i < 900; i++) {
    await services.polled("synthetic/default", [subscription(i === 450 ? 130 : i / 10)]);
    clock.jump(3900);
  }
  const [, body] = await json(ask, "/api/history?range=1h");
  const rows = body as unknown as { capturedAt: string; subscription: number }[];
  assert(rows.length > 50 && rows.length <= 500, String(rows.length));
  assertEquals(rows.at(-1)!.subscription, 89.9);
  assert(rows.some((row) => row.subscription === 130), "Expected the one peak to be kept");
  const times = rows.map((row) => row.capturedAt);
  assertEquals(times, times.toSorted());
});

Deno.test("/api/providers lists the configured providers and their names", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services);
  const [status, body] = await json(ask, "/api/providers");
  assertEquals(status, 200);
  assertEquals(body, {
    providers: ["synthetic", "zai", "acme", "both"],
    current: "synthetic",
    provider_labels: { synthetic: "Synthetic", zai: "Z.ai", acme: "Acme", both: "All" },
  });
  assertEquals((await json(ask, "/api/providers?provider=zai"))[1].current, "zai");
  assertEquals((await json(ask, "/api/providers?provider=all"))[1].current, "both");
  await using none = await fakeServices({
    clock,
    providers: [providerStatus({ id: "idle", configured: false })],
  });
  assertEquals((await json(askApp(none), "/api/providers"))[1], {
    providers: [],
    current: null,
    provider_labels: {},
  });
});

Deno.test("hostile labels are returned as plain text", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const label = `</script><img src=x onerror=alert(1)>\u0000\u001b]52;c;aGk=\u0007\u202e"\\\n`;
  await services.polled("acme/work", [reading({ label })], label);
  const ask = askApp(services);
  const text = await (await ask("/api/current?provider=acme")).text();
  // deno-lint-ignore no-control-regex
  assert(!/[\u0000-\u001f]/.test(text), "Expected control characters to be escaped");
  const body = JSON.parse(text);
  assertEquals([body.plan, body.quotas[0].displayName], [label, label]);
  const page = await (await ask("/")).text();
  const markup = page.replaceAll(/(<script\b[^>]*>).*?<\/script>/gs, "$1");
  assert(!markup.includes("<img src=x"), "Expected no markup from outside in the page");
  assertStringIncludes(page, "&lt;img src=x");
});
