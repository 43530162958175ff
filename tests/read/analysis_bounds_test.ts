/** The limits of an analysis' lists, what it answers from its cache, and what it answers for an instant. */
import { createHub } from "../../lib/base/hub.ts";
import { bucketStart, createBucket, HOUR } from "../../lib/model/engine/bucket.ts";
import type { Session } from "../../lib/model/engine/session.ts";
import type { AccountKey, QuotaKey } from "../../lib/model/quota.ts";
import { createAnalysis } from "../../lib/read/analysis.ts";
import type { AnalysisOptions } from "../../lib/read/options.ts";
import type { AccountRecord, Store } from "../../lib/store/store.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { cycleOf, type Past, pastStore, storedAt } from "../support/past_store.ts";
import { HOUR_MS, MINUTE_MS, reading, replay, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const QUOTA = "acme/work/five-hour";
const ACCOUNT = "acme/work";

const minuteCycle = (at: number) => cycleOf(at, at + MINUTE_MS);

function session(startedAt: number, fields: Partial<Session> = {}): Session {
  return {
    account: ACCOUNT,
    startedAt,
    endedAt: startedAt,
    lastRiseAt: startedAt,
    readings: 2,
    quotas: [],
    ...fields,
  };
}

/** An account read each minute of the last ten, with these quotas. */
function recordOf(account: AccountKey = ACCOUNT, quotas: readonly string[] = ["five-hour"]): AccountRecord {
  const polls = Array.from({ length: 10 }, (_, i) => ({
    at: AT - (9 - i) * MINUTE_MS,
    readings: quotas.map((quota) => reading({ quota, used: 30 + i, resetsAt: AT + HOUR_MS })),
  }));
  const { state } = replay(polls);
  return { account, state: { ...state, account }, outcome: null, okAt: AT };
}

/** An analysis whose past a test may change, and which counts what is read. */
function analyse(past: Past, options: Partial<AnalysisOptions> = {}) {
  const clock = new FakeClock(AT);
  const world = { past, reads: new Map<string, number>() };
  const store = new Proxy({}, {
    get: (_, name) => {
      world.reads.set(String(name), (world.reads.get(String(name)) ?? 0) + 1);
      return Reflect.get(pastStore(world.past), name);
    },
  }) as Store;
  const analysis = createAnalysis({
    store,
    clock,
    zone: () => "UTC",
    about: () => ({ providerName: "Acme" }),
    ...options,
  });
  return { world, clock, analysis };
}

const many = <T>(count: number, make: (at: number) => T) =>
  Array.from({ length: count }, (_, i) => make(AT - (i + 1) * HOUR_MS));

Deno.test("pages have at most 200 items, overviews 500, and lists of a range 5000", async () => {
  const { analysis } = analyse({
    cycles: many(5001, minuteCycle),
    sessions: many(5001, session),
    readings: { [QUOTA]: [storedAt(AT)] },
  });
  const counts = async (limit: number) => {
    const range = { from: 0, to: AT, limit };
    const cycles = await analysis.cycles({ quotas: [QUOTA], limit });
    const sessions = await analysis.sessions({ accounts: [ACCOUNT], limit });
    const cyclesInRange = await analysis.cyclesInRange([QUOTA], range);
    const sessionsInRange = await analysis.sessionsInRange([ACCOUNT], range);
    return [cycles, sessions, cyclesInRange, sessionsInRange].map(({ items }) => items.length);
  };
  assertEquals(await counts(3), [3, 3, 3, 3]);
  assertEquals(await counts(9000), [200, 200, 5000, 5000]);
  const overview = async (limit: number) =>
    (await analysis.cycleOverview({ quota: QUOTA, limit }, AT)).length;
  assertEquals([await overview(3), await overview(501)], [3, 500]);
});

Deno.test("what began at the instant is listed, what began a millisecond later is not", async () => {
  const past = {
    cycles: [AT + 1, AT, AT - HOUR_MS].map(minuteCycle),
    sessions: [AT + 1, AT, AT - HOUR_MS].map((at) => session(at)),
    readings: { [QUOTA]: [storedAt(AT)] },
    records: [recordOf()],
  };
  const { analysis } = analyse(past);
  const starts = async (now?: number, after?: { readonly at: number; readonly key: string }) => {
    const cycles = await analysis.cycles({ quotas: [QUOTA], limit: 9, after }, now);
    const sessions = await analysis.sessions({ accounts: [ACCOUNT], limit: 9, after }, now);
    return [cycles, sessions].map(({ items }) => items.map(({ startedAt }) => startedAt));
  };
  const both = (...ats: readonly number[]) => [ats, ats];
  assertEquals(await starts(), both(AT, AT - HOUR_MS));
  assertEquals(await starts(AT), both(AT, AT - HOUR_MS));
  assertEquals(await starts(AT - 1), both(AT - HOUR_MS));
  assertEquals(await starts(AT, { at: AT, key: QUOTA }), both(AT - HOUR_MS));
  const overview = await analysis.cycleOverview({ quota: QUOTA, limit: 9 }, AT);
  assertEquals(overview.map(({ cycle }) => cycle.startedAt), [AT, AT - HOUR_MS]);
});

Deno.test("with a hub the newest cycles are in memory, older ones and those of an instant are read", async () => {
  const record = recordOf();
  const { cycle: open } = record.state.quotas["five-hour"]!;
  const before = many(3, minuteCycle);
  const past = {
    cycles: [{ ...open, consumed: 1 }, ...before],
    readings: { [QUOTA]: [storedAt(open.startedAt), storedAt(AT)] },
    records: [record],
  };
  const { analysis, world } = analyse(past, { hub: createHub() });
  const page = async (limit: number, now?: number, after?: { readonly at: number; readonly key: string }) => {
    world.reads.clear();
    const { items } = await analysis.cycles({ quotas: [QUOTA], limit, after }, now);
    return { starts: items.map(({ startedAt }) => startedAt), reads: world.reads.get("cycles") ?? 0, items };
  };
  assertEquals((await page(2)).starts, [open.startedAt, before[0]!.startedAt]);
  // The open one is that of the state.
  const again = await page(2);
  assertEquals([again.reads, again.items[0]!.consumed], [0, open.consumed]);
  const all = await page(9);
  assertEquals(all.starts, [open, ...before].map(({ startedAt }) => startedAt));
  assert(all.reads > 0);
  const rest = await page(2, undefined, { at: before[0]!.startedAt, key: QUOTA });
  assertEquals(rest.starts, [before[1]!.startedAt, before[2]!.startedAt]);
  const then = await page(2, open.startedAt);
  assertEquals([then.starts, then.items[0]!.count], [[open.startedAt, before[0]!.startedAt], 1]);
});

Deno.test("sessions of the present are as stored, of an instant they may continue", async () => {
  const early = session(AT - HOUR_MS, { endedAt: AT - MINUTE_MS, lastRiseAt: AT - MINUTE_MS });
  const { analysis } = analyse({ sessions: [early], records: [recordOf()] });
  const ends = async (now?: number) =>
    (await analysis.sessions({ accounts: [ACCOUNT], limit: 1 }, now)).items.map(({ endedAt }) => endedAt);
  assertEquals([await ends(), await ends(AT)], [[AT - MINUTE_MS], [null]]);
});

Deno.test("insights and overviews of the present are cached for the minute, until their account changes", async () => {
  const hub = createHub();
  const { analysis, clock, world } = analyse({ records: [recordOf()], cycles: many(3, minuteCycle) }, {
    hub,
  });
  clock.jump(30_000);
  const answers = async () => [
    await analysis.insights({ range: "7d" }),
    await analysis.cycleOverview({ quota: QUOTA, limit: 2 }),
  ];
  const isSame = async (others: readonly unknown[]) =>
    (await answers()).map((answer, place) => answer === others[place]);
  const first = await answers();
  assertEquals(await isSame(first), [true, true]);
  clock.jump(29_999);
  assertEquals(await isSame(first), [true, true]);
  // Another question about the same accounts needs nothing new.
  world.reads.clear();
  await analysis.insights({ range: "7d", hidden: ["weekly-pattern"] as never });
  assertEquals(world.reads.get("sessions") ?? 0, 0);
  clock.jump(1);
  assertEquals(await isSame(first), [false, false]);
  world.reads.clear();
  const second = await answers();
  await analysis.insights({ range: "7d", hidden: ["weekly-pattern"] as never });
  assertEquals(await isSame(second), [true, true]);
  clock.jump(1);
  assertEquals(await isSame(second), [true, true]);
  world.reads.clear();
  await analysis.insights({ range: "7d", hidden: ["burst"] as never });
  assertEquals(world.reads.get("sessions") ?? 0, 0);
  hub.publish({ kind: "account", account: ACCOUNT });
  assertEquals(await isSame(second), [false, false]);
  assert((world.reads.get("sessions") ?? 0) > 0);
});

Deno.test("insights of an instant, or without a hub, are computed each time", async () => {
  const past = { records: [recordOf()], readings: { [QUOTA]: [storedAt(AT)] } };
  const readsOf = async (options: Partial<AnalysisOptions>, now?: number) => {
    const { analysis, world } = analyse(past, options);
    const reads: boolean[] = [];
    for (let time = 0; time < 2; time++) {
      world.reads.clear();
      await analysis.insights({ range: "7d" }, now);
      reads.push((world.reads.get("sessions") ?? 0) > 0);
    }
    return reads;
  };
  assertEquals(await readsOf({ hub: createHub() }), [true, false]);
  assertEquals(await readsOf({ hub: createHub() }, AT), [true, true]);
  assertEquals(await readsOf({}), [true, true]);
  assertEquals(await readsOf({}, AT), [true, true]);
});

Deno.test("figures of some quotas leave out the others, their accounts and the sessions without them", async () => {
  const start = bucketStart(AT - HOUR_MS, HOUR);
  const hours = (quota: string) => [
    createBucket(reading({ quota, used: 5 }), start, { consumed: 5, reset: false }, HOUR),
  ];
  const keys: readonly QuotaKey[] = ["acme/work/five-hour", "acme/work/week", "acme/home/five-hour"];
  const used = (quota: string, consumed: number) => ({
    quota,
    consumed,
    startedAt: start,
    lastRiseAt: start,
    start: 0,
    end: 1,
    leftStart: null,
    leftEnd: null,
  });
  const { analysis } = analyse({
    records: [recordOf("acme/home"), recordOf("acme/work", ["five-hour", "week"])],
    readings: Object.fromEntries(keys.map((key) => [key, [storedAt(start), storedAt(AT)]])),
    buckets: Object.fromEntries(keys.map((key) => [key, hours(key.split("/")[2]!)])),
    sessions: [
      session(start + 2, { quotas: [used("five-hour", 1), used("week", 1)] }),
      session(start + 1, { quotas: [used("five-hour", 1)] }),
      session(start, { account: "acme/home", quotas: [used("five-hour", 1)] }),
    ],
  });
  const readStats = async (quotas?: readonly QuotaKey[]) => {
    const { stats } = await analysis.insights({ range: "7d", ...quotas && { quotas } });
    return [
      stats.filter(({ label }) => label.endsWith("30 days")).length,
      stats.find(({ label }) => label === "Sessions")?.value ?? null,
    ];
  };
  assertEquals(await readStats(), [3, "3"]);
  assertEquals(await readStats(["acme/work/week"]), [1, "1"]);
  assertEquals(await readStats(["acme/work/five-hour"]), [1, "2"]);
  assertEquals(await readStats(["acme/work/five-hour", "acme/home/five-hour"]), [2, "3"]);
  assertEquals(await readStats([]), [0, null]);
});
