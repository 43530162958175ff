/** What every store returns from the past: readings, buckets, cycles, outcomes; and what it removes. */
import fc from "fast-check";
import { type Bucket, DAY, FIVE_MINUTES, HOUR, STEPS } from "../../lib/model/engine/bucket.ts";
import { pointsFromBuckets } from "../../lib/model/forecast/closed_cycle.ts";
import { type AccountKey, quotaKey } from "../../lib/model/quota.ts";
import type { Retention, Store } from "../../lib/store/store.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ACCOUNT, DAY_MS, HOUR_MS, MINUTE_MS, reading, replay, utc } from "../support/readings.ts";
import type { Case } from "../store_conformance.ts";
import { pollsArbitrary } from "./arbitraries.ts";
import {
  commitAll,
  createFailure,
  createSuccess,
  minutes,
  pollsOf,
  QUOTA,
  readEverything,
  START,
} from "./polls.ts";

const FOR_EVER: Retention = { readingsMs: 0, fiveMinutesMs: 0, outcomesMs: 0 };
const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER };

export const HISTORY_CASES: readonly Case[] = [
  ["returns readings in a range with its start and without its end, in time order", async (store) => {
    await commitAll(store, minutes([0, 1, 2, 3, 4]));
    const used = async (from?: number, to?: number) => {
      const range = { ...from !== undefined && { from }, ...to !== undefined && { to } };
      return (await store.readings({ quota: QUOTA, ...range })).map((row) => row.used);
    };
    assertEquals(await used(), [0, 1, 2, 3, 4]);
    assertEquals(await used(START + MINUTE_MS, START + 3 * MINUTE_MS), [1, 2]);
    assertEquals(await used(START + MINUTE_MS + 1), [2, 3, 4]);
    assertEquals(await used(undefined, START), []);
    assertEquals(await used(START + DAY_MS), []);
  }],

  [
    "returns until when readings were in another unit or plan, and why nothing was counted",
    async (store) => {
      const at = (minute: number) => START + minute * MINUTE_MS;
      await commitAll(
        store,
        pollsOf([
          { at: at(0), plan: "pro", readings: [reading({ used: 10 })] },
          { at: at(1), plan: "plus", readings: [reading({ used: 70 })] },
          { at: at(2), readings: [reading({ used: 71, source: "statusline" })] },
          { at: at(3), plan: "max", readings: [reading({ used: 700, limit: 1000, unit: "credits" })] },
          { at: at(4), plan: "max", readings: [reading({ used: 700, limit: 2000, unit: "credits" })] },
        ]),
      );
      assertEquals(await store.terms(QUOTA), [
        { until: at(1), unit: null, plan: "pro" },
        { until: at(3), unit: "requests", plan: "plus" },
      ]);
      const rows = await store.readings({ quota: QUOTA });
      assertEquals(rows.map(({ baseline }) => baseline), [undefined, "plan", "source", "unit", "limit"]);
      assertEquals(rows.map(({ source }) => source), [
        undefined,
        undefined,
        "statusline",
        undefined,
        undefined,
      ]);
      assertEquals(await store.terms("acme/work/never-seen"), []);
    },
  ],

  ["limits readings from the requested end", async (store) => {
    await commitAll(store, minutes([0, 1, 2, 3, 4]));
    const used = async (limit: number, newestFirst: boolean) =>
      (await store.readings({ quota: QUOTA, limit, newestFirst })).map((row) => row.used);
    assertEquals(await used(2, false), [0, 1]);
    assertEquals(await used(2, true), [4, 3]);
    assertEquals(await used(99, true), [4, 3, 2, 1, 0]);
    assertEquals(await used(0, true), []);
    assertEquals(await used(-1, false), []);
  }],

  ["keeps null as null and 0 as 0, with the ledger entry of each reading", async (store) => {
    const resetsAt = START + MINUTE_MS;
    await commitAll(
      store,
      pollsOf([
        { at: START, readings: [reading({ used: 0, limit: null, remaining: null, resetsAt: null })] },
        { at: START + 1, readings: [reading({ used: 30.25, limit: 0, remaining: 0, resetsAt })] },
        {
          at: START + HOUR_MS,
          readings: [reading({ used: 5, limit: 100, remaining: null, resetsAt: null })],
        },
        { at: START + HOUR_MS + 1, readings: [reading({ used: null, limit: 100 })] },
      ]),
    );
    const rows = await store.readings({ quota: QUOTA });
    assertEquals(rows, [
      { at: START, used: 0, limit: null, remaining: null, resetsAt: null, consumed: 0, reset: false },
      { at: START + 1, used: 30.25, limit: 0, remaining: 0, resetsAt, consumed: 30.25, reset: false },
      {
        at: START + HOUR_MS,
        used: 5,
        limit: 100,
        remaining: null,
        resetsAt: null,
        consumed: 5,
        reset: true,
      },
      {
        at: START + HOUR_MS + 1,
        used: null,
        limit: 100,
        remaining: null,
        resetsAt: null,
        consumed: 0,
        reset: false,
      },
    ]);
  }],

  ["returns the buckets of one step that start in a range, in time order", async (store) => {
    const polls = pollsOf(
      Array.from({ length: 40 }, (_, i) => ({ at: START + i * HOUR_MS, readings: [reading({ used: i })] })),
    );
    await commitAll(store, polls);
    const day = utc("2026-03-10");
    const starts = async (step: typeof DAY, from: number, to: number) =>
      (await store.series({ quota: QUOTA, step, from, to })).map((bucket) => bucket.start);
    assertEquals(await starts(DAY, 0, EVER.to), [day, day + DAY_MS]);
    assertEquals(await starts(DAY, day, day + DAY_MS), [day]);
    assertEquals(await starts(DAY, day + 1, day + DAY_MS), []);
    assertEquals(await starts(HOUR, START + HOUR_MS, START + 3 * HOUR_MS), [
      START + HOUR_MS,
      START + 2 * HOUR_MS,
    ]);
    assertEquals((await starts(FIVE_MINUTES, 0, EVER.to)).length, 40);
  }],

  ["replaces a bucket as it grows", async (store) => {
    const polls = minutes([10, 4, null, 25]);
    const seen: (Bucket | undefined)[] = [];
    for (const poll of polls) {
      await store.commit(poll);
      const series = await store.series({ quota: QUOTA, step: HOUR, ...EVER });
      assertEquals(series.length, 1);
      seen.push(series[0]);
    }
    assertEquals(seen.map((bucket) => bucket?.count), [1, 2, 3, 4]);
    assertEquals(seen.at(-1), polls.at(-1)!.state.quotas["five-hour"]!.open[1]);
  }],

  ["returns cycles newest first, the open one in its current state and the others closed", async (store) => {
    const polls = pollsOf([
      { at: START, readings: [reading({ used: 10, resetsAt: START + 5 * HOUR_MS })] },
      { at: START + 4 * HOUR_MS, readings: [reading({ used: 80, resetsAt: START + 5 * HOUR_MS })] },
      { at: START + 6 * HOUR_MS, readings: [reading({ used: 2, resetsAt: START + 10 * HOUR_MS })] },
      { at: START + 7 * HOUR_MS, readings: [reading({ used: 9, resetsAt: START + 10 * HOUR_MS })] },
    ]);
    await commitAll(store, polls.slice(0, 2));
    assertEquals(
      (await store.cycles({ quota: QUOTA, limit: 9 })).map(({ peak, endedAt }) => [peak, endedAt]),
      [
        [80, null],
      ],
    );
    await commitAll(store, polls.slice(2));
    const [open, closed, ...none] = await store.cycles({ quota: QUOTA, limit: 9 });
    assertEquals(none, []);
    assertEquals(open, polls.at(-1)!.state.quotas["five-hour"]!.cycle);
    assertEquals([closed?.startedAt, closed?.endedAt, closed?.peak], [START, START + 5 * HOUR_MS, 80]);
    assert((closed?.endedBy.length ?? 0) > 1, "The evidence of the end is kept");
    assertEquals(await store.cycles({ quota: QUOTA, limit: 1 }), [open!]);
    assertEquals(await store.cycles({ quota: QUOTA, limit: 0 }), []);
    assertEquals(await store.cycles({ quota: QUOTA, to: open!.startedAt, limit: 9 }), [closed!]);
    assertEquals(await store.cycles({ quota: QUOTA, from: open!.startedAt, limit: 9 }), [open!]);
  }],

  ["returns outcomes newest first, each unchanged", async (store) => {
    const outcomes = [
      createFailure(START, { kind: "auth", reason: "expired", nextAt: null, credential: null }),
      createFailure(START + 1, { kind: "rate_limited", retryAt: START + HOUR_MS, failures: 2 }),
      createFailure(START + 2, { kind: "bad_response", answer: `{"quota":"[redacted]"}`, durationMs: 12.75 }),
      createSuccess(START + 3),
    ];
    for (const outcome of outcomes) await store.note(outcome);
    const newestFirst = outcomes.toReversed();
    assertEquals(await store.outcomes({ account: ACCOUNT, limit: 9 }), newestFirst);
    assertEquals(await store.outcomes({ account: ACCOUNT, limit: 2 }), newestFirst.slice(0, 2));
    assertEquals(
      await store.outcomes({ account: ACCOUNT, from: START + 1, limit: 9 }),
      newestFirst.slice(0, 3),
    );
    assertEquals(await store.outcomes({ account: "acme/other", limit: 9 }), []);
  }],

  ["contains the engine's results of any polls, however often they are replayed", async (store) => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(pollsArbitrary, async (polls) => {
        const account: AccountKey = `acme/replay-${round++}`;
        const committed = pollsOf(polls, account);
        await commitAll(store, committed);
        const kept = replay(polls);
        const quotas = [...kept.entries.keys()];
        for (const quota of quotas) {
          const key = quotaKey(account, quota);
          const rows = await store.readings({ quota: key });
          assertEquals(
            rows.map(({ at, consumed, reset }) => ({ at, consumed, reset })),
            [...kept.entries.get(quota)!],
          );
          const cycles = kept.cycles.get(quota)!.map((cycle) => ({ ...cycle, quota: key }));
          assertEquals([...await store.cycles({ quota: key, limit: 99 })], cycles.reverse());
          for (const step of STEPS) {
            assertEquals(
              [...await store.series({ quota: key, step, ...EVER })],
              kept.buckets.get(quota)!.filter((bucket) => bucket.step === step),
            );
          }
        }
        const sessions = kept.sessions.map((session) => ({ ...session, account }));
        assertEquals([...await store.sessions({ account, limit: 99 })], sessions.reverse());
        const keys = quotas.map((quota) => quotaKey(account, quota));
        const before = await readEverything(store, keys);
        for (const poll of committed) assertEquals(await store.commit(poll), false);
        assertEquals(await readEverything(store, keys), before);
      }),
      { numRuns: 25 },
    );
  }],

  ["removes nothing if everything is kept forever", async (store) => {
    await fillDays(store);
    const before = await readEverything(store, [QUOTA]);
    assertEquals(await store.prune(FOR_EVER, NOW + 1000 * DAY_MS), 0);
    assertEquals(await readEverything(store, [QUOTA]), before);
  }],

  ["removes readings older than requested and nothing else", async (store) => {
    await fillDays(store);
    const before = await counts(store);
    assertEquals(await store.prune({ ...FOR_EVER, readingsMs: 2 * DAY_MS }, NOW), 7);
    assertEquals(await counts(store), { ...before, readings: 3 });
    assertEquals((await store.readings({ quota: QUOTA }))[0]?.at, NOW - 2 * DAY_MS, "Exactly as old is kept");
    assertEquals(await store.prune({ ...FOR_EVER, readingsMs: 2 * DAY_MS }, NOW), 0);
  }],

  ["removes five-minute buckets older than requested, and keeps hours and days", async (store) => {
    await fillDays(store);
    const before = await counts(store);
    assertEquals(await store.prune({ ...FOR_EVER, fiveMinutesMs: 3 * DAY_MS }, NOW), 6);
    assertEquals(await counts(store), { ...before, fiveMinutes: 4 });
  }],

  ["removes outcomes older than requested", async (store) => {
    await fillDays(store);
    const before = await counts(store);
    assertEquals(await store.prune({ ...FOR_EVER, outcomesMs: DAY_MS }, NOW), 8);
    assertEquals(await counts(store), { ...before, outcomes: 2 });
  }],

  ["keeps the newest reading and outcome however old they are, and the state", async (store) => {
    await fillDays(store);
    const latest = await store.latest();
    await store.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, NOW + 1000 * DAY_MS);
    assertEquals(await counts(store), {
      readings: 1,
      fiveMinutes: 1,
      hours: 10,
      days: 10,
      cycles: 10,
      outcomes: 1,
    });
    assertEquals(await store.latest(), latest);
    assertEquals((await store.readings({ quota: QUOTA }))[0]?.at, NOW);
  }],

  ["continues after pruning as if nothing had happened", async (store) => {
    const polls = minutes([1, 2, 3, 4]);
    await commitAll(store, polls.slice(0, 2));
    await store.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, START + DAY_MS);
    await commitAll(store, polls.slice(2));
    assertEquals(await store.recall(ACCOUNT), polls[3]!.state);
    const [bucket] = await store.series({ quota: QUOTA, step: FIVE_MINUTES, ...EVER });
    assertEquals([bucket?.count, bucket?.consumed], [4, 3]);
  }],

  ["returns the levels in readings, each as in the reading", async (store) => {
    const verdicts = [undefined, true, false, undefined];
    await commitAll(
      store,
      pollsOf(verdicts.map((allowed, minute) => ({
        at: START + minute * MINUTE_MS,
        readings: [reading({
          ...minute === 2 ? { used: null, limit: null, remaining: null, resetsAt: null } : { used: minute },
          ...allowed !== undefined && { allowed },
        })],
      }))),
    );
    const query = { quota: QUOTA, from: START, to: START + DAY_MS };
    const readings = await store.readings(query);
    assertEquals(readings.map(({ allowed }) => allowed), verdicts);
    assertEquals(
      await store.levels(query),
      readings.map(({ at, used, limit, remaining, resetsAt, allowed }) => ({
        at,
        used,
        limit,
        remaining,
        resetsAt,
        ...allowed !== undefined && { allowed },
      })),
    );
    assertEquals(
      (await store.levels({ ...query, from: readings[1]!.at, to: readings[3]!.at })).map(({ at }) => at),
      [readings[1]!.at, readings[2]!.at],
    );
  }],

  ["returns buckets as points at their ends", async (store) => {
    await commitAll(store, minutes([1, null, 7, 30, 2, 2]));
    for (const step of STEPS) {
      const query = { quota: QUOTA, step, from: 0, to: START + DAY_MS };
      const buckets = await store.series(query);
      assert(buckets.length > 0);
      assertEquals(await store.points(query), pointsFromBuckets(buckets));
      assertEquals(await store.points({ ...query, from: START + 2 * DAY_MS, to: START + 9 * DAY_MS }), []);
    }
  }],
];

const NOW = START + 9 * DAY_MS;

/** Ten days with one reading, cycle and outcome each. */
async function fillDays(store: Store): Promise<void> {
  const polls = Array.from({ length: 10 }, (_, i) => {
    const at = START + i * DAY_MS;
    return { at, readings: [reading({ used: 10 - i, resetsAt: at + 5 * HOUR_MS })] };
  });
  await commitAll(store, pollsOf(polls));
}

async function counts(store: Store): Promise<Readonly<Record<string, number>>> {
  const buckets = await Promise.all(STEPS.map((step) => store.series({ quota: QUOTA, step, ...EVER })));
  return {
    readings: (await store.readings({ quota: QUOTA })).length,
    fiveMinutes: buckets[0]!.length,
    hours: buckets[1]!.length,
    days: buckets[2]!.length,
    cycles: (await store.cycles({ quota: QUOTA, limit: 99 })).length,
    outcomes: (await store.outcomes({ account: ACCOUNT, limit: 99 })).length,
  };
}
