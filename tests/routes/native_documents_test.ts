import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices } from "../support/fake_services.ts";
import { assertGolden } from "../support/golden.ts";
import { HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";
import { createUsedServices } from "../support/used_services.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-19 10:00");
const DOCUMENTS = ["snapshot", "forecasts", "cycles", "sessions", "insights"] as const;

interface Cycle {
  readonly quota: string;
  readonly startedAt: string;
}

interface Page {
  readonly cycles: readonly Cycle[];
  readonly next: string | null;
}

async function get<T>(ask: Ask, path: string): Promise<T> {
  const answer = await ask(path);
  assertEquals([answer.status, answer.headers.get("content-type")], [200, "application/json"], path);
  return await answer.json();
}

/** One account with an open window and the end of the previous one. */
async function oneAccount(clock: FakeClock): Promise<FakeServices> {
  const services = await fakeServices({ clock });
  const resetsAt = AT + HOUR_MS;
  for (let i = 0; i <= 12; i++) {
    const now = clock.now();
    const used = now < resetsAt ? 80 + i : (now - resetsAt) / MINUTE_MS / 2;
    const window = { used, resetsAt: now < resetsAt ? resetsAt : resetsAt + 5 * HOUR_MS };
    await services.polled("acme/work", [reading(window)], "Team");
    if (i < 12) clock.jump(10 * MINUTE_MS);
  }
  return services;
}

Deno.test("/api/v1 returns its documents in its own format", async () => {
  const clock = new FakeClock(AT);
  await using services = await oneAccount(clock);
  const ask = askApp(services);
  for (const name of DOCUMENTS) await assertGolden(`native_${name}`, await get(ask, `/api/v1/${name}`));
});

Deno.test("/api/v1 answers 304 to a client that has the document, until something changes or a minute passes", async () => {
  const clock = new FakeClock(AT);
  await using services = await oneAccount(clock);
  const ask = askApp(services);
  for (const name of DOCUMENTS) {
    const tag = (await ask(`/api/v1/${name}`)).headers.get("etag")!;
    const again = async () => (await ask(`/api/v1/${name}`, { headers: { "if-none-match": tag } })).status;
    assertEquals(await again(), 304, name);
    services.hub.publish({ kind: "settings", account: null });
    assertEquals(await again(), 200, name);
    const next = (await ask(`/api/v1/${name}`)).headers.get("etag")!;
    clock.jump(MINUTE_MS);
    assertEquals((await ask(`/api/v1/${name}`, { headers: { "if-none-match": next } })).status, 200, name);
  }
});

Deno.test("/api/v1/cycles pages through all of them by cursor, without repetition or omission", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 40);
  const ask = askApp(services);
  const whole = await get<Page>(ask, "/api/v1/cycles?limit=200");
  const seen: Cycle[] = [];
  let path: string | null = "/api/v1/cycles?limit=4";
  while (path) {
    const page: Page = await get(ask, path);
    seen.push(...page.cycles);
    assert(seen.length <= whole.cycles.length, "Expected the pages to end");
    path = page.next === null ? null : `/api/v1/cycles?limit=4&cursor=${page.next}`;
  }
  assertEquals(seen, [...whole.cycles]);
  assertEquals(whole.next, null);
  assertEquals((await get<Page>(ask, "/api/v1/cycles?provider=idle")).cycles, []);
  const two = "quota=acme/work/balance&quota=zai/default/five-hour";
  const some = await get<Page>(ask, `/api/v1/cycles?${two}`);
  assertEquals([...new Set(some.cycles.map(({ quota }) => quota))].sort(), [
    "acme/work/balance",
    "zai/default/five-hour",
  ]);
});

Deno.test("/api/v1/sessions and forecasts cover the named accounts and quotas", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 20);
  const ask = askApp(services);
  interface Named {
    readonly sessions: readonly { readonly account: string }[];
    readonly forecasts: readonly { readonly quota: string }[];
  }
  const { sessions } = await get<Named>(ask, "/api/v1/sessions?account=zai/default&limit=3");
  assert(sessions.length > 0 && sessions.every(({ account }) => account === "zai/default"));
  const { forecasts } = await get<Named>(ask, "/api/v1/forecasts?provider=acme");
  assertEquals(forecasts.map(({ quota }) => quota), [
    "acme/home/five-hour",
    "acme/work/five-hour",
    "acme/work/balance",
    "acme/work/nothing",
  ]);
});

Deno.test("/api/v1 reports errors as problems that state what is allowed", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 1);
  const ask = askApp(services);
  const cursors = ["", "!", "x", "MTIz", "a".repeat(500), btoa("999999999999999999999 a/b/c"), "%00"];
  const wrong: readonly (readonly [path: string, detail: RegExp])[] = [
    ["cycles?provider=acmee", /Unknown provider "acmee": .*did you mean acme\?/],
    ["cycles?account=acme", /Unknown account "acme"/],
    ["sessions?quota=acme/work/balanc", /did you mean acme\/work\/balance\?/],
    ["insights?range=1y", /Unknown range "1y": expected one of 1d, 7d, 30d/],
    ["cycles?limit=0", /expected a whole number from 1 to 200/],
    ["sessions?limit=1e3", /Cannot read limit "1e3"/],
    ...cursors.map((cursor) => [`cycles?cursor=${cursor}`, /Cannot read the cursor/] as const),
  ];
  for (const [path, detail] of wrong) {
    const answer = await ask(`/api/v1/${path}`);
    assertEquals(answer.headers.get("content-type"), "application/problem+json", path);
    const problem = await answer.json();
    assertEquals([answer.status, problem.status, problem.type], [400, 400, "about:blank"], path);
    assertMatch(problem.detail, detail);
  }
});

Deno.test("no document contains a key or a raw answer of a vendor", async () => {
  const clock = new FakeClock(AT);
  await using services = await oneAccount(clock);
  await services.failed("acme/work", {
    kind: "auth",
    hint: "Key refused",
    credential: "planted",
    answer: "planted",
  });
  const ask = askApp(services);
  for (const name of DOCUMENTS) {
    assert(!(await (await ask(`/api/v1/${name}`)).text()).includes("planted"), name);
  }
});
