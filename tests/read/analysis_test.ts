import { createAnalysis } from "../../lib/read/analysis.ts";
import { createHub } from "../../lib/base/hub.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import type { FakeServices } from "../support/fake_services.ts";
import { HOUR_MS, MINUTE_MS, reading, ROLLING, utc } from "../support/readings.ts";
import { createUsedServices, use } from "../support/used_services.ts";

const AT = utc("2026-11-17 03:00");
const ACCOUNTS = ["acme/home", "acme/work", "synthetic/default", "zai/default"] as const;

/** An analysis without a cache. */
function fresh(services: FakeServices) {
  const { store, clock } = services;
  return createAnalysis({
    store,
    clock,
    zone: () => services.zone,
    about: (account) => ({ providerName: account.split("/")[0]! }),
  });
}

async function everything(analysis: ReturnType<typeof createAnalysis>, now?: number) {
  const quotas = await analysis.quotas({}, now);
  return {
    quotas,
    insights: await analysis.insights({ range: "7d" }, now),
    cycles: await analysis.cycles({ quotas: quotas.map(({ view }) => view.key), limit: 200 }, now),
    sessions: await analysis.sessions({ accounts: ACCOUNTS, limit: 200 }, now),
    summary: await analysis.summary(ACCOUNTS, now),
    overview: await analysis.cycleOverview({ quota: "synthetic/default/subscription", limit: 50 }, now),
  };
}

Deno.test("createAnalysis() as of a past time concludes what it concluded then", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 40);
  const then = clock.now();
  const before = await everything(fresh(services), then);
  clock.jump(10 * MINUTE_MS);
  await use(services, clock, 9);
  const after = await everything(fresh(services), then);
  // Parts of use are known only for the present: no store keeps them for every reading.
  const withoutParts = (found: typeof before) => ({
    ...found,
    quotas: found.quotas.map((quota) => ({ ...quota, view: { ...quota.view, parts: [] } })),
    summary: found.summary.map(({ quota, ...rest }) => ({ ...rest, quota: quota.view.key })),
    insights: {
      ...found.insights,
      insights: found.insights.insights.filter(({ type }) => !/tool|tokens/.test(type)),
    },
  });
  assertEquals(after.cycles, before.cycles);
  assertEquals(after.sessions, before.sessions);
  assertEquals(withoutParts(after), withoutParts(before));
});

Deno.test("createAnalysis() gives the same result from its cache as from fresh data", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 30);
  for (let i = 0; i < 6; i++) {
    const kept = await everything(services.analysis);
    const read = await everything(fresh(services));
    for (const part of Object.keys(read) as (keyof typeof read)[]) {
      if (part !== "insights") assertEquals(kept[part], read[part], part);
    }
    assertEquals(kept.insights.insights.map(({ key }) => key), read.insights.insights.map(({ key }) => key));
    clock.jump(10 * MINUTE_MS);
    await use(services, clock, [0, 1, 5, 24, 2, 72][i]!);
  }
});

Deno.test("createAnalysis() reads nothing again until an account changes", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 12);
  let reads = 0;
  const counted = new Proxy(services.store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      if (name !== "latest") reads++;
      return member.bind(target);
    },
  });
  const hub = createHub();
  const analysis = createAnalysis({ store: counted, hub, clock, zone: () => "Europe/Berlin" });
  const ask = async () => {
    await analysis.quotas();
    await analysis.insights({ range: "7d" });
    await analysis.summary(ACCOUNTS);
  };
  await ask();
  assert(reads > 0);
  reads = 0;
  await ask();
  assertEquals(reads, 0);
  hub.publish({ kind: "account", account: "acme/home" });
  await ask();
  const one = reads;
  assert(one > 0 && one < 20, `Expected a few reads for one account, got ${one}`);
  analysis.close();
});

Deno.test("createAnalysis() returns every cycle and session once, page by page, newest first", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 50);
  const quotas = (await services.analysis.quotas()).map(({ view }) => view.key);
  const whole = await services.analysis.cycles({ quotas, limit: 200 });
  assert(whole.items.length > 20 && whole.next === null, String(whole.items.length));
  for (const limit of [1, 3, 7]) {
    const items: unknown[] = [];
    let page = await services.analysis.cycles({ quotas, limit });
    for (;;) {
      items.push(...page.items);
      assert(page.items.length <= limit && items.length <= whole.items.length);
      if (!page.next) break;
      page = await services.analysis.cycles({ quotas, limit, after: page.next });
    }
    assertEquals(items, [...whole.items]);
  }
  const starts = whole.items.map(({ startedAt }) => startedAt);
  assertEquals(starts, starts.toSorted((a, b) => b - a));

  const sessions = await services.analysis.sessions({ accounts: ACCOUNTS, limit: 200 });
  const first = await services.analysis.sessions({ accounts: ACCOUNTS, limit: 2 });
  const rest = await services.analysis.sessions({ accounts: ACCOUNTS, limit: 200, after: first.next! });
  assertEquals([...first.items, ...rest.items], sessions.items);
});

Deno.test("createAnalysis() ends a session that has been idle for too long although nothing closed it", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 0);
  for (const used of [1, 2, 3]) {
    await services.polled("acme/one", [reading({ used })]);
    clock.jump(MINUTE_MS);
  }
  const [open] = (await services.analysis.sessions({ accounts: ["acme/one"], limit: 1 })).items;
  assertEquals([open?.endedAt, open?.quotas[0]?.consumed], [null, 2]);
  clock.jump(10 * MINUTE_MS);
  const [ended] = (await services.analysis.sessions({ accounts: ["acme/one"], limit: 1 })).items;
  assertEquals(ended, { ...open!, endedAt: open!.lastRiseAt });
});

Deno.test("createAnalysis() judges the idleness of a session by the readings of its own account", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 0);
  for (let minute = 0; minute <= 150; minute++) {
    await services.polled("acme/one", [reading({ used: minute % 2 })]);
    if (minute % 30 === 0) await services.polled("acme/two", [reading({ used: minute / 30 })]);
    if (minute < 150) clock.jump(MINUTE_MS);
  }
  clock.jump(40 * MINUTE_MS);
  const ended = async (account: "acme/one" | "acme/two") =>
    (await services.analysis.sessions({ accounts: [account], limit: 1 })).items[0]!.endedAt;
  assertEquals([await ended("acme/one") === null, await ended("acme/two")], [false, null]);
  clock.jump(6 * MINUTE_MS);
  assertEquals(await ended("acme/two"), AT + 150 * MINUTE_MS);
});

Deno.test("createAnalysis() is empty for an empty store and for readings without values", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 0);
  const empty = fresh(services);
  assertEquals(await everything(empty, AT - HOUR_MS), {
    quotas: [],
    insights: { range: "7d", zone: "UTC", insights: [], stats: [] },
    cycles: { items: [], next: null },
    sessions: { items: [], next: null },
    summary: [],
    overview: [],
  });
  await services.polled("acme/null", [reading({ used: null, limit: null })]);
  const [quota] = await empty.quotas({ accounts: ["acme/null"] });
  assertEquals([quota?.forecast.state, quota?.pace], ["unknown", null]);
});

Deno.test("createAnalysis() predicts the run-out of a rolling quota whose provider states its refill rate", async () => {
  const clock = new FakeClock(AT);
  await using services = await createUsedServices(clock, 0);
  const rolling = { quota: "pool", window: ROLLING, limit: 1000, resetsAt: null };
  const outlook = async (refillPerHour?: number) => {
    for (let minute = 0; minute <= 60; minute += 10) {
      clock.jump(10 * MINUTE_MS);
      const used = 300 + 10 * minute;
      const stated = reading({ ...rolling, used, remaining: 1000 - used });
      await services.polled("acme/pool", [{
        ...stated,
        ...refillPerHour === undefined ? {} : { refillPerHour },
      }]);
    }
    const [pool] = await services.analysis.quotas({ accounts: ["acme/pool"] });
    return pool?.forecast.state;
  };
  assertEquals([await outlook(), await outlook(1000), await outlook(10)], ["unknown", "lasts", "runs-dry"]);
});
