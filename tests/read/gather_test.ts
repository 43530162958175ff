/** What is gathered about accounts: from which records, for which instant, and what is read again. */
import { createHub } from "../../lib/base/hub.ts";
import type { Session } from "../../lib/model/engine/session.ts";
import type { AccountKey, Reading } from "../../lib/model/quota.ts";
import { createGatherer } from "../../lib/read/gather.ts";
import type { AnalysisOptions } from "../../lib/read/options.ts";
import type { AccountRecord, Store } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { cycleOf, type Past, pastStore, storedAt } from "../support/past_store.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, reading, replay, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const QUOTA = "acme/work/five-hour";
const ACCOUNT = "acme/work";

/** An account whose last readings are these minutes apart. */
function recordOf(account: AccountKey, fields: Partial<Reading> = {}, minutes = 1, count = 6): AccountRecord {
  const polls = Array.from({ length: count }, (_, i) => ({
    at: AT - (count - 1 - i) * minutes * MINUTE_MS,
    readings: [reading({ used: 30, ...fields })],
  }));
  const { state } = replay(polls);
  return { account, state: { ...state, account }, outcome: null, okAt: AT };
}

function session(startedAt: number, fields: Partial<Session> = {}): Session {
  return {
    account: ACCOUNT,
    startedAt,
    endedAt: null,
    lastRiseAt: startedAt,
    readings: 2,
    quotas: [{
      quota: "five-hour",
      startedAt,
      lastRiseAt: startedAt,
      start: 0,
      end: 1,
      leftStart: null,
      leftEnd: null,
      consumed: 1,
    }],
    ...fields,
  };
}

/** A gatherer whose past a test may change. */
function gather(past: Past, options: Partial<AnalysisOptions> = {}) {
  const clock = new FakeClock(AT);
  const world = { past };
  const store = new Proxy({}, { get: (_, name) => Reflect.get(pastStore(world.past), name) }) as Store;
  return { world, clock, store, gatherer: createGatherer({ store, clock, zone: () => "UTC", ...options }) };
}

Deno.test("only a quota with an end by which to use it up has a pace", async () => {
  const paces = async (fields: Partial<Reading>) => {
    const { gatherer } = gather({ records: [recordOf(ACCOUNT, { resetsAt: AT + HOUR_MS, ...fields })] });
    using context = await gatherer.open(undefined);
    const [one] = await gatherer.quotasOf(context, context.records[0]!);
    return one!.analysis.pace !== null;
  };
  const seconds = 5 * 3600;
  const kinds = ["fixed", "calendar", "rolling", "balance", "allocation"] as const;
  const found = [];
  for (const kind of kinds) found.push([kind, await paces({ window: { kind, seconds } })]);
  assertEquals(found, [
    ["fixed", true],
    ["calendar", true],
    ["rolling", false],
    ["balance", false],
    ["allocation", false],
  ]);
});

Deno.test("the zone is asked for only if some days are no working days", async () => {
  const week = { window: { kind: "fixed", seconds: 7 * 86_400 }, resetsAt: AT + 2 * DAY_MS } as const;
  const read = async (workDays: (() => number) | undefined) => {
    let asked = 0;
    const { gatherer } = gather({ records: [recordOf(ACCOUNT, week)] }, {
      ...workDays && { workDays },
      zone: () => {
        asked++;
        return "UTC";
      },
    });
    using context = await gatherer.open(undefined);
    const [one] = await gatherer.quotasOf(context, context.records[0]!);
    return [asked > 0, one!.analysis.pace!.workDays];
  };
  assertEquals(await read(undefined), [false, 7]);
  assertEquals([await read(() => 7), await read(() => 6), await read(() => 5)], [
    [false, 7],
    [true, 6],
    [true, 5],
  ]);
});

Deno.test("of one account only its record is requested, of several all are", async () => {
  const asked: (AccountKey | undefined)[] = [];
  const all = [recordOf("acme/a"), recordOf("acme/b"), recordOf("acme/c")];
  const { gatherer } = gather({}, {
    records: (account) => {
      asked.push(account);
      return Promise.resolve(account === undefined ? all : all.filter((one) => one.account === account));
    },
  });
  const open = async (accounts?: readonly AccountKey[]) => {
    using context = await gatherer.open(undefined, accounts);
    return context.records.map(({ account }) => account);
  };
  assertEquals(await open(), ["acme/a", "acme/b", "acme/c"]);
  assertEquals(await open(["acme/b"]), ["acme/b"]);
  assertEquals(await open(["acme/a", "acme/c"]), ["acme/a", "acme/c"]);
  assertEquals(await open([]), []);
  assertEquals(asked, [undefined, "acme/b", undefined, undefined]);
});

Deno.test("the present has the records as they are, an instant those of then, with a hub or without", async () => {
  const readings = { [QUOTA]: [storedAt(AT - HOUR_MS, { used: 10 }), storedAt(AT, { used: 30 })] };
  const past = { readings, records: [recordOf(ACCOUNT)], cycles: [cycleOf(AT - HOUR_MS, null)] };
  for (const options of [{}, { hub: createHub() }]) {
    const { gatherer } = gather(past, options);
    const usedAt = async (instant?: number) => {
      using context = await gatherer.open(instant);
      const { used } = context.records[0]!.state.quotas["five-hour"]!.reading;
      return [context.isPresent, context.now, used];
    };
    assertEquals(await usedAt(), [true, AT, 30]);
    assertEquals(await usedAt(AT), [false, AT, 30]);
    assertEquals(await usedAt(AT - 1), [false, AT - 1, 10]);
    gatherer.close();
  }
});

Deno.test("an instant has no lessons, the present has those of an earlier process", async () => {
  const closed: string[] = [];
  const lessons = { recall: () => null, keep: () => {}, close: () => void closed.push("closed") };
  const { gatherer } = gather({ records: [recordOf(ACCOUNT)] }, { lessons });
  const hasLessons = async (instant?: number) => {
    using context = await gatherer.open(instant);
    return context.lessons !== undefined;
  };
  assertEquals([await hasLessons(), closed.length], [true, 1]);
  assertEquals([await hasLessons(AT), closed.length], [false, 1]);
});

Deno.test("without a hub cycles are read each time, with one again after an event of their account or six hours", async () => {
  const record = recordOf(ACCOUNT);
  const openedAt = record.state.quotas["five-hour"]!.cycle.startedAt;
  const cycles = (count: number) =>
    Array.from({ length: count }, (_, i) => cycleOf(openedAt - (i + 1) * HOUR_MS, openedAt - i * HOUR_MS));
  const count = async ({ gatherer }: Pick<ReturnType<typeof gather>, "gatherer">) => {
    using context = await gatherer.open(undefined, [ACCOUNT]);
    const found = await gatherer.cyclesOf(context, context.records[0]!);
    // The open one and those before it.
    return found.get(QUOTA)!.length;
  };
  const plain = gather({ records: [record], cycles: cycles(3) });
  assertEquals(await count(plain), 4);
  plain.world.past = { records: [record], cycles: cycles(5) };
  assertEquals(await count(plain), 6);

  const hub = createHub();
  const kept = gather({ records: [record], cycles: cycles(3) }, { hub });
  assertEquals(await count(kept), 4);
  kept.world.past = { records: [record], cycles: cycles(5) };
  kept.clock.jump(6 * HOUR_MS - 1);
  assertEquals(await count(kept), 4);
  kept.clock.jump(1);
  assertEquals(await count(kept), 6);
  kept.gatherer.close();
});

Deno.test("a version changes with each event of the account, and without a hub with each question", () => {
  const hub = createHub();
  const { gatherer } = gather({}, { hub });
  const before = [gatherer.versionOf("acme/a"), gatherer.versionOf("acme/b"), gatherer.events];
  hub.publish({ kind: "account", account: "acme/a" });
  const after = [gatherer.versionOf("acme/a"), gatherer.versionOf("acme/b"), gatherer.events];
  assertEquals(after.map((version, place) => version === before[place]), [false, true, false]);
  const plain = gather({}).gatherer;
  assertEquals(new Set([1, 2, 3].map(() => plain.versionOf("acme/a"))).size, 3);
});

Deno.test("sessions of the present that have been idle for too long have ended, others are as stored", async () => {
  const idle = 20 * MINUTE_MS;
  const records = [recordOf("acme/other", {}, 30), recordOf(ACCOUNT)];
  const { gatherer } = gather({}, { records: () => Promise.resolve(records) });
  assertEquals(await gatherer.ended(ACCOUNT, [session(AT - HOUR_MS)], AT), [
    session(AT - HOUR_MS, { endedAt: AT - HOUR_MS }),
  ]);
  const ended = session(AT - 3 * HOUR_MS, { endedAt: AT - 2 * HOUR_MS });
  const open = session(AT - idle);
  const recent = session(AT - 10 * MINUTE_MS);
  // The other account is read each half hour, so that only its sessions may be idle for longer.
  assertEquals(await gatherer.ended(ACCOUNT, [open, ended], AT), [{ ...open, endedAt: AT - idle }, ended]);
  assertEquals(await gatherer.ended(ACCOUNT, [recent, ended], AT), [recent, ended]);
  const other = { ...open, account: "acme/other" } as const;
  assertEquals(await gatherer.ended("acme/other", [other], AT), [other]);
  const set = gather({ records }, { about: () => ({ providerName: "Acme", idleMs: HOUR_MS }) }).gatherer;
  assertEquals(await set.ended(ACCOUNT, [open, ended], AT), [open, ended]);
});

Deno.test("sessions as of an instant may still continue, those of the present are as stored", async () => {
  // It ended early, such as at a change of unit.
  const early = session(AT - HOUR_MS, { endedAt: AT - MINUTE_MS, lastRiseAt: AT - MINUTE_MS });
  const readings = { [QUOTA]: [storedAt(AT - HOUR_MS), storedAt(AT - MINUTE_MS, { used: 1, consumed: 1 })] };
  const { gatherer } = gather({ sessions: [early], records: [recordOf(ACCOUNT)], readings });
  const query = { account: ACCOUNT, limit: 5 } as const;
  const endsOf = async (isPresent: boolean) =>
    (await gatherer.sessions(query, AT, isPresent)).map(({ endedAt }) => endedAt);
  assertEquals([await endsOf(true), await endsOf(false)], [[AT - MINUTE_MS], [null]]);
  for (const [options, isPresent] of [[{}, true], [{ hub: createHub() }, true], [{}, false]] as const) {
    const one = gather({ sessions: [early], records: [recordOf(ACCOUNT)], readings }, options);
    using context = await one.gatherer.open(isPresent ? undefined : AT);
    const { sessions } = await one.gatherer.insightAccount(context, context.records[0]!);
    assertEquals(sessions.map(({ endedAt }) => endedAt), [isPresent ? AT - MINUTE_MS : null]);
  }
});

Deno.test("insights see the sessions of the last 31 days up to now, at most a thousand", async () => {
  const seen = async (sessions: readonly Session[]) => {
    const { gatherer } = gather({ sessions, records: [recordOf(ACCOUNT)] });
    using context = await gatherer.open(undefined);
    return (await gatherer.insightAccount(context, context.records[0]!)).sessions.map(({ startedAt }) =>
      startedAt
    );
  };
  const first = AT - 31 * DAY_MS;
  assertEquals(
    await seen([AT + 1, AT, first, first - 1].map((at) => session(at, { endedAt: at, lastRiseAt: at }))),
    [AT, first],
  );
  const many = Array.from({ length: 1001 }, (_, i) => session(AT - i * MINUTE_MS, { endedAt: AT }));
  assertEquals((await seen(many)).length, 1000);
});

Deno.test("an account ahead is present, with what is known of its past and the history of the poll", async () => {
  const before = recordOf(ACCOUNT);
  const after = recordOf(ACCOUNT, { used: 60 });
  for (const options of [{}, { hub: createHub() }]) {
    const { gatherer, store } = gather({ records: [before] }, options);
    using context = await gatherer.openAhead(before, after, store);
    assertEquals([context.isPresent, context.now, context.records], [true, AT, [after]]);
    const [one] = await gatherer.quotasOf(context, after);
    assertEquals(one!.analysis.view.used, 60);
    using fresh = await gatherer.openAhead(null, after, store);
    assertEquals((await gatherer.quotasOf(fresh, after)).length, 1);
  }
});
