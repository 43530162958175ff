/** What every store does with sessions and corrections, and how it pages long lists. */
import fc from "fast-check";
import { STEPS } from "../../lib/model/engine/bucket.ts";
import { type AccountKey, quotaKey } from "../../lib/model/quota.ts";
import type { Store } from "../../lib/store/store.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import {
  ACCOUNT,
  DAY_MS,
  type FakePoll,
  HOUR_MS,
  MINUTE_MS,
  ONE_WEEK,
  reading,
  replay,
} from "../support/readings.ts";
import type { Case } from "../store_conformance.ts";
import { commitAll, minutes, pollsOf, QUOTA, readEverything, START } from "./polls.ts";

const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER };
const OLD = START + 5 * DAY_MS;
const NEW = START + 7 * DAY_MS;
const WEEKLY = quotaKey(ACCOUNT, "weekly");

const week = (minute: number, used: number, resetsAt: number): FakePoll => ({
  at: START + minute * MINUTE_MS,
  readings: [reading({ quota: "weekly", window: ONE_WEEK, used, resetsAt })],
});

export const CORRECTION_CASES: readonly Case[] = [
  ["returns sessions newest first, the open one in its current state and the others ended", async (store) => {
    const polls = minutes([0, 1, 2, ...Array.from({ length: 12 }, () => 2), 5, 6]);
    await commitAll(store, polls.slice(0, 3));
    const [open] = await store.sessions({ account: ACCOUNT, limit: 9 });
    assertEquals(open, polls[2]!.state.sessions!.last!);
    assertEquals([open?.startedAt, open?.endedAt, open?.readings], [START, null, 2]);
    await commitAll(store, polls.slice(3));
    const [second, first, ...none] = await store.sessions({ account: ACCOUNT, limit: 9 });
    assertEquals(none, []);
    assertEquals(first, { ...open!, endedAt: START + 2 * MINUTE_MS });
    assertEquals(second, polls.at(-1)!.state.sessions!.last!);
    assertEquals(second?.quotas.map(({ quota, start, end }) => [quota, start, end]), [["five-hour", 2, 6]]);
    assertEquals(await store.sessions({ account: "acme/other", limit: 9 }), []);
  }],

  ["pages through sessions and cycles by the start of the last one", async (store) => {
    await commitAll(store, useEveryHour(12));
    const sessions = await store.sessions({ account: ACCOUNT, limit: 99 });
    const cycles = await store.cycles({ quota: QUOTA, limit: 99 });
    assertEquals([sessions.length, cycles.length], [12, 13]);
    for (const limit of [1, 5, 12, 13, 99]) {
      assertEquals(
        await paged((before) => store.sessions({ account: ACCOUNT, limit, ...before }), limit),
        sessions,
      );
      assertEquals(await paged((before) => store.cycles({ quota: QUOTA, limit, ...before }), limit), cycles);
    }
    const from = sessions[4]!.startedAt;
    const to = sessions[1]!.startedAt;
    assertEquals(await store.sessions({ account: ACCOUNT, from, to, limit: 99 }), sessions.slice(2, 5));
    assertEquals(
      await store.sessions({ account: ACCOUNT, from, to, before: sessions[3]!.startedAt, limit: 99 }),
      sessions.slice(4, 5),
    );
    assertEquals(await store.sessions({ account: ACCOUNT, from: to, to: from, limit: 99 }), []);
    assertEquals(await store.sessions({ account: ACCOUNT, limit: 0 }), []);
    assertEquals(
      await store.cycles({ quota: QUOTA, to: cycles[2]!.startedAt, before: cycles[1]!.startedAt, limit: 1 }),
      [cycles[3]!],
    );
  }],

  ["corrects the entries and buckets of reverted readings", async (store) => {
    const polls = pollsOf([
      week(0, 3, OLD),
      week(4, 30, NEW),
      week(64, 31, NEW),
      week(70, 31, NEW),
      week(71, 4, OLD),
    ]);
    await commitAll(store, polls.slice(0, 4));
    assertEquals(await consumed(store), [28, 28, 28, 28, 28]);
    await commitAll(store, polls.slice(4));
    assertEquals(await consumed(store), [1, 1, 1, 1, 1]);
    const rows = await store.readings({ quota: WEEKLY });
    assertEquals(rows.map((row) => [row.used, row.consumed]), [[3, 0], [30, 0], [31, 0], [31, 0], [4, 1]]);
    assertEquals((await store.sessions({ account: ACCOUNT, limit: 9 })).length, 1);
  }],

  ["removes a cycle that never existed and reopens the previous one", async (store) => {
    const polls = pollsOf([
      week(0, 60, OLD),
      week(5, 2, NEW),
      week(10, 3, NEW),
      week(15, 61, OLD),
    ]);
    await commitAll(store, polls.slice(0, 3));
    assertEquals((await store.cycles({ quota: WEEKLY, limit: 9 })).map(({ endedAt }) => endedAt), [
      null,
      START + 5 * MINUTE_MS,
    ]);
    assertEquals((await store.readings({ quota: WEEKLY })).map(({ reset }) => reset), [false, true, false]);
    await commitAll(store, polls.slice(3));
    const cycles = await store.cycles({ quota: WEEKLY, limit: 9 });
    assertEquals(cycles, [polls[3]!.state.quotas.weekly!.cycle]);
    assertEquals([cycles[0]?.startedAt, cycles[0]?.endedAt, cycles[0]?.peak], [START, null, 61]);
    assertEquals((await store.readings({ quota: WEEKLY })).some(({ reset }) => reset), false);
    assertEquals(await consumed(store), [1, 1, 1, 1, 1]);
  }],

  ["corrects the rest if readings were pruned meanwhile", async (store) => {
    const polls = pollsOf([week(0, 3, OLD), week(4, 30, NEW), week(20, 30, NEW), week(24, 3, OLD)]);
    await commitAll(store, polls.slice(0, 3));
    await store.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 0 }, START + HOUR_MS);
    assertEquals((await store.readings({ quota: WEEKLY })).length, 1);
    await commitAll(store, polls.slice(3));
    assertEquals(await consumed(store), [0, 0, 0, 0, 0]);
  }],

  ["agrees with the engine at every poll of a vendor that goes back and forth", async (store) => {
    const step = fc.record({
      minutes: fc.integer({ min: 1, max: 90 }),
      used: fc.constantFrom(0, 3, 4, 30, 33, 60),
      reset: fc.constantFrom(OLD, NEW, START + 2 * DAY_MS, null),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const account: AccountKey = `acme/forth-${round++}`;
        let at = START;
        const polls = steps.map(({ minutes, used, reset }) => ({
          at: at += minutes * MINUTE_MS,
          readings: [reading({ quota: "weekly", window: ONE_WEEK, used, resetsAt: reset })],
        }));
        for (const [index, poll] of pollsOf(polls, account).entries()) {
          await store.commit(poll);
          const kept = replay(polls.slice(0, index + 1));
          const quota = quotaKey(account, "weekly");
          assertEquals(
            (await store.readings({ quota })).map(({ at, consumed, reset }) => ({ at, consumed, reset })),
            [...kept.entries.get("weekly")!],
          );
          assertEquals(
            (await store.cycles({ quota, limit: 99 })).map(({ quota: _, ...cycle }) => cycle),
            kept.cycles.get("weekly")!.map(({ quota: _, ...cycle }) => cycle).toReversed(),
          );
          assertEquals(
            (await store.sessions({ account, limit: 99 })).map(({ account: _, ...session }) => session),
            kept.sessions.map(({ account: _, ...session }) => session).toReversed(),
          );
          for (const size of STEPS) {
            assertEquals(
              [...await store.series({ quota, step: size, ...EVER })],
              kept.buckets.get("weekly")!.filter((bucket) => bucket.step === size),
            );
          }
        }
      }),
      { numRuns: 15 },
    );
  }],

  ["keeps all sessions when it prunes readings", async (store) => {
    await commitAll(store, useEveryHour(6));
    const before = await store.sessions({ account: ACCOUNT, limit: 99 });
    await store.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, START + 1000 * DAY_MS);
    assertEquals(await store.sessions({ account: ACCOUNT, limit: 99 }), before);
  }],

  ["stores nothing of a poll with an invalid session or correction", async (store) => {
    const [first, poll] = minutes([1, 2]);
    await store.commit(first!);
    const before = await readEverything(store, [QUOTA]);
    const session = poll!.state.sessions!.last!;
    for (
      const change of [
        { kind: "session", session: { ...session, account: "acme/other" } },
        { kind: "session", session: { ...session, startedAt: START + 0.5 } },
        { kind: "session", session: { ...session, quotas: [{ ...session.quotas[0]!, consumed: NaN }] } },
        { kind: "void-session", startedAt: NaN },
        { kind: "void-cycle", quota: "five-hour", startedAt: 0.5 },
        { kind: "adjust", quota: "five-hour", at: START, by: NaN, resets: 0 },
        { kind: "adjust", quota: "five-hour", at: START + 0.5, by: 1, resets: 0 },
        { kind: "adjust", quota: "weekly", at: START, by: 1, resets: 0 },
      ] as const
    ) {
      const error = await assertRejects(() =>
        store.commit({ ...poll!, changes: [...poll!.changes, change] })
      );
      assert(error instanceof TypeError, `${JSON.stringify(change)} was refused with ${error}`);
      assertEquals(await readEverything(store, [QUOTA]), before);
    }
    assertEquals(await store.commit(poll!), true);
  }],
];

/** One short session and one reset in each hour. */
function useEveryHour(hours: number) {
  return pollsOf(
    Array.from({ length: hours }, (_, hour) => {
      const at = START + hour * HOUR_MS;
      const resetsAt = at + HOUR_MS - MINUTE_MS;
      const one = (used: number) => [reading({ used, resetsAt })];
      return [{ at, readings: one(0) }, { at: at + MINUTE_MS, readings: one(hour + 1) }];
    }).concat([[{
      at: START + hours * HOUR_MS,
      readings: [reading({ used: 0, resetsAt: START + (hours + 1) * HOUR_MS })],
    }]]).flat(),
  );
}

/** Returns all entries of a list, page by page. */
async function paged<T extends { readonly startedAt: number }>(
  list: (before: { readonly before?: number }) => Promise<readonly T[]>,
  limit: number,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = await list({}); page.length > 0;) {
    assert(page.length <= limit);
    all.push(...page);
    page = await list({ before: page.at(-1)!.startedAt });
  }
  return all;
}

/** Returns the consumption by readings, five minutes, hours, days and cycles of `WEEKLY`. */
async function consumed(store: Store): Promise<readonly number[]> {
  const sum = (parts: readonly { readonly consumed: number }[]) =>
    parts.reduce((total, part) => total + part.consumed, 0);
  return [
    sum(await store.readings({ quota: WEEKLY })),
    ...await Promise.all(
      STEPS.map(async (step) => sum(await store.series({ quota: WEEKLY, step, ...EVER }))),
    ),
    sum(await store.cycles({ quota: WEEKLY, limit: 99 })),
  ];
}
