/** What every store does with polls: recall, commit, note, latest. */
import fc from "fast-check";
import { emptyState } from "../../lib/model/engine/advance.ts";
import { HOUR, STEPS } from "../../lib/model/engine/bucket.ts";
import { type AccountKey, quotaKey } from "../../lib/model/quota.ts";
import type { PastRow } from "../../lib/store/store.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { ACCOUNT, BALANCE, DAY_MS, MINUTE_MS, reading } from "../support/readings.ts";
import type { Case } from "../store_conformance.ts";
import {
  commitAll,
  createFailure,
  createSuccess,
  minutes,
  pollsOf,
  QUOTA,
  readEverything,
  spoil,
  START,
} from "./polls.ts";
import { pollsArbitrary } from "./arbitraries.ts";

export const POLL_CASES: readonly Case[] = [
  ["recalls the empty state of an unknown account", async (store) => {
    assertEquals(await store.recall("nobody/here"), emptyState("nobody/here"));
    assertEquals(await store.latest(), []);
    assertEquals(await readEverything(store, ["nobody/here/five-hour"]), {
      latest: [],
      sessions: [],
      outcomes: [],
      quotas: [{ described: null, readings: [], cycles: [], series: [[], [], []] }],
    });
  }],

  ["recalls after a commit exactly the state that was committed", async (store) => {
    for (const poll of minutes([0, 12.5, null, 40, 3])) {
      assertEquals(await store.commit(poll), true);
      assertEquals(await store.recall(ACCOUNT), poll.state);
    }
  }],

  ["ignores a poll that is committed twice", async (store) => {
    const polls = minutes([1, 2, 3]);
    await commitAll(store, polls);
    const before = await readEverything(store, [QUOTA]);
    assertEquals(await store.commit(polls[2]!), false);
    assertEquals(await readEverything(store, [QUOTA]), before);
  }],

  ["ignores a poll older than the last, including its outcome", async (store) => {
    const polls = minutes([1, 2, 3]);
    await commitAll(store, [polls[0]!, polls[2]!]);
    const before = await readEverything(store, [QUOTA]);
    assertEquals(await store.commit(polls[1]!), false);
    assertEquals(await readEverything(store, [QUOTA]), before);
  }],

  ["rejects a poll computed from a state other than the stored one", async (store) => {
    const [first, second, third] = minutes([1, 2, 3]);
    const base = emptyState(ACCOUNT);
    assertEquals(await store.commit({ ...second!, base }), true);
    const before = await readEverything(store, [QUOTA]);
    assertEquals(await store.commit({ ...third!, base: first!.state }), false);
    assertEquals(await store.commit({ ...third!, base }), false);
    assertEquals(await readEverything(store, [QUOTA]), before);
    assertEquals(await store.commit({ ...third!, base: await store.recall(ACCOUNT) }), true);
    assertEquals(await store.recall(ACCOUNT), third!.state);
  }],

  ["accepts consecutive polls together, and none that does not follow", async (store) => {
    const polls = minutes([1, 2, 3]);
    const bases = [emptyState(ACCOUNT), polls[0]!.state, polls[1]!.state];
    const chained = polls.map((poll, i) => ({ ...poll, base: structuredClone(bases[i]!) }));
    assertEquals(await store.commitAll([chained[0]!, chained[2]!]), 1);
    assertEquals(await store.commitAll(chained.slice(1)), 2);
    assertEquals(await store.recall(ACCOUNT), polls[2]!.state);
  }],

  ["rewinds an account to an earlier time, unless its stored state has changed", async (store) => {
    const polls = minutes([1, 2, 30, 40, 50]);
    await commitAll(store, polls.slice(0, 2));
    const before = await readEverything(store, [QUOTA]);
    const readBuckets = async () =>
      (await Promise.all(
        STEPS.map(async (step) =>
          (await store.series({ quota: QUOTA, from: 0, to: START * 2, step })).map((bucket): PastRow => ({
            kind: "bucket",
            quota: QUOTA,
            bucket,
          }))
        ),
      )).flat();
    const [cycle] = await store.cycles({ quota: QUOTA, limit: 1 });
    const [session] = await store.sessions({ account: ACCOUNT, limit: 1 });
    const rows: readonly PastRow[] = [
      ...await readBuckets(),
      { kind: "cycle", cycle: cycle! },
      { kind: "session", session: session! },
    ];
    await commitAll(store, polls.slice(2));
    await store.note(createFailure(START + 9 * MINUTE_MS));
    const last = polls[4]!.state;
    const rewind = { account: ACCOUNT, to: START + MINUTE_MS, state: polls[1]!.state, rows, now: START };
    const after = await readEverything(store, [QUOTA]);
    assertEquals(await store.rewind({ ...rewind, base: polls[3]!.state }), null);
    assertEquals(await readEverything(store, [QUOTA]), after);
    await assertRejects(() => store.rewind({ ...rewind, base: emptyState("acme/other") }));
    assertEquals(await store.rewind({ ...rewind, base: last }), 3);
    assertEquals(await readEverything(store, [QUOTA]), before);
    assertEquals(
      await store.rewind({
        ...rewind,
        account: "no/body",
        base: emptyState("no/body"),
        state: emptyState("no/body"),
      }),
      null,
    );
  }],

  ["stores nothing of a poll with an invalid number", async (store) => {
    const [first, second] = minutes([1, 2]);
    await commitAll(store, [first!]);
    const before = await readEverything(store, [QUOTA]);
    const broken = [{ used: NaN }, { remaining: Infinity }, { resetsAt: START + 0.5 }, { resetsAt: NaN }];
    for (const fields of broken) {
      const error = await assertRejects(() => store.commit(spoil(second!, fields)));
      assert(error instanceof TypeError, `${JSON.stringify(fields)} was refused with ${error}`);
      assertEquals(await readEverything(store, [QUOTA]), before);
    }
    const state = { ...second!.state, quotas: { x: { ...second!.state.quotas["five-hour"]!, at: NaN } } };
    await assertRejects(() => store.commit({ ...second!, state }));
    await assertRejects(() => store.commit({ ...second!, outcome: { ...second!.outcome, durationMs: NaN } }));
    assertEquals(await readEverything(store, [QUOTA]), before);
    assertEquals(await store.commit(second!), true, "The sound poll of the same instant still fits");
  }],

  ["does not know an account whose first poll was rejected", async (store) => {
    await assertRejects(() => store.commit(spoil(minutes([1])[0]!, { used: NaN })));
    assertEquals(await store.latest(), []);
    assertEquals(await store.describe(QUOTA), null);
  }],

  ["stores nothing of a poll with a change of a quota without a reading", async (store) => {
    const [poll] = minutes([1]);
    const stray = { kind: "entry", quota: "seven-day", consumed: 1, reset: false } as const;
    const error = await assertRejects(() => store.commit({ ...poll!, changes: [...poll!.changes, stray] }));
    assert(error instanceof TypeError);
    assertEquals(await store.latest(), []);
  }],

  ["stores nothing of a poll mixed from two accounts or two times", async (store) => {
    const [poll, later] = minutes([1, 2]);
    const [other] = minutes([1], "acme/other");
    for (
      const mixed of [
        { ...poll!, state: other!.state },
        { ...poll!, outcome: other!.outcome },
        { ...poll!, changes: other!.changes },
        { ...poll!, state: later!.state },
      ]
    ) {
      assert(await assertRejects(() => store.commit(mixed)) instanceof TypeError);
    }
    assertEquals(await store.latest(), []);
  }],

  ["lists the accounts by key with state, last outcome and last success", async (store) => {
    const keys: readonly AccountKey[] = ["zed/a", "acme/work", "acme/Home", "acme/work2"];
    for (const key of keys) await commitAll(store, minutes([1, 2], key));
    const latest = await store.latest();
    assertEquals(latest.map(({ account }) => account), ["acme/Home", "acme/work", "acme/work2", "zed/a"]);
    const [, last] = minutes([1, 2], "zed/a");
    assertEquals(latest[3], {
      account: "zed/a",
      state: last!.state,
      outcome: createSuccess(START + MINUTE_MS, "zed/a"),
      okAt: START + MINUTE_MS,
    });
  }],

  ["shows a noted failure and keeps the previous snapshot and success", async (store) => {
    const [poll] = minutes([7]);
    await store.commit(poll!);
    const outcome = createFailure(START + MINUTE_MS);
    await store.note(outcome);
    assertEquals(await store.latest(), [{ account: ACCOUNT, state: poll!.state, outcome, okAt: START }]);
    assertEquals(await store.recall(ACCOUNT), poll!.state);
  }],

  ["knows an account that has only failed so far", async (store) => {
    const outcome = createFailure(START, { kind: "auth", reason: "expired" });
    await store.note(outcome);
    assertEquals(await store.latest(), [{
      account: ACCOUNT,
      state: emptyState(ACCOUNT),
      outcome,
      okAt: null,
    }]);
    assertEquals(await store.commit(minutes([1])[0]!), true, "An outcome does not stand in a snapshot's way");
  }],

  ["stores an outcome noted twice only once", async (store) => {
    await store.note(createFailure(START));
    await store.note(createFailure(START));
    assertEquals(await store.outcomes({ account: ACCOUNT, limit: 10 }), [createFailure(START)]);
  }],

  ["takes the newest noted success for the last one, in any order", async (store) => {
    await store.note(createSuccess(START + 2));
    await store.note(createSuccess(START + 1));
    assertEquals((await store.latest())[0]?.okAt, START + 2);
    assertEquals((await store.latest())[0]?.outcome, createSuccess(START + 2));
  }],

  ["describes a quota as it was last stated", async (store) => {
    const changed = { quota: "credits", label: "Credits left", unit: "usd", window: BALANCE } as const;
    await commitAll(
      store,
      pollsOf([
        { at: START, readings: [reading({ quota: "credits", label: "Credits" })] },
        { at: START + 1, readings: [reading(changed)] },
        { at: START + 2, readings: [] },
      ]),
    );
    const { label, unit, window } = changed;
    assertEquals(await store.describe(quotaKey(ACCOUNT, "credits")), { label, unit, window });
    assertEquals(await store.describe(quotaKey(ACCOUNT, "debits")), null);
  }],

  ["stores a poll without readings", async (store) => {
    const [poll] = pollsOf([{ at: START, readings: [] }]);
    assertEquals(await store.commit(poll!), true);
    assertEquals(await store.recall(ACCOUNT), poll!.state);
  }],

  ["distinguishes accounts with quotas of the same name", async (store) => {
    await commitAll(store, minutes([1, 2, 3], "acme/a"));
    await commitAll(store, minutes([70, 80], "acme/b"));
    const used = async (account: AccountKey) =>
      (await store.readings({ quota: quotaKey(account, "five-hour") })).map((row) => row.used);
    assertEquals(await used("acme/a"), [1, 2, 3]);
    assertEquals(await used("acme/b"), [70, 80]);
    assertEquals((await store.outcomes({ account: "acme/b", limit: 9 })).length, 2);
  }],

  ["survives hostile names and labels", async (store) => {
    const hostile = [
      `'; DROP TABLE readings; --`,
      `"quoted" \\ %_*?`,
      "\u{1F4A9} ünïcode \u202e",
      "x".repeat(300),
    ];
    for (const name of hostile) {
      const account: AccountKey = `acme/${name}`;
      const quota = name.replaceAll("/", "");
      const polls = pollsOf(
        [{ at: START, readings: [reading({ quota, label: `<b>${name}</b>` })] }],
        account,
      );
      await commitAll(store, polls);
      await store.note(
        createFailure(START + DAY_MS, { account, hint: name, answer: name, nextReason: name }),
      );
      assertEquals(await store.recall(account), polls[0]!.state);
      assertEquals((await store.describe(quotaKey(account, quota)))?.label, `<b>${name}</b>`);
      assertEquals((await store.readings({ quota: quotaKey(account, quota) })).length, 1);
      assertEquals((await store.outcomes({ account, limit: 1 }))[0]?.answer, name);
    }
    assertEquals((await store.latest()).length, hostile.length);
  }],

  ["returns any state unchanged", async (store) => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(pollsArbitrary, async (polls) => {
        const account: AccountKey = `acme/round-${round++}`;
        for (const poll of pollsOf(polls, account)) {
          await store.commit(poll);
          assertEquals(await store.recall(account), poll.state);
        }
      }),
      { numRuns: 40 },
    );
  }],

  [
    "stores polls committed together as if one had followed the other, whole accounts at once",
    async (store) => {
      let round = 0;
      await fc.assert(
        fc.asyncProperty(pollsArbitrary, fc.nat(), async (polls, cut) => {
          const one: AccountKey = `acme/one-${round}`;
          const all: AccountKey = `acme/all-${round++}`;
          const other = minutes([1, 2], `acme/beside-${round}`);
          const computed = pollsOf(polls, all);
          const split = computed.length === 0 ? 0 : cut % computed.length;
          await commitAll(store, pollsOf(polls, one));
          assertEquals(await store.commitAll([...computed.slice(0, split), other[0]!]), split + 1);
          assertEquals(
            await store.commitAll([...computed, ...other]),
            computed.length - split + 1,
            "What is stored already is ignored",
          );
          const readAll = async (account: AccountKey) =>
            JSON.stringify([
              await Promise.all(["five-hour", "seven-day", "credits"].map(async (quota) => [
                await store.readings({ quota: quotaKey(account, quota) }),
                await store.cycles({ quota: quotaKey(account, quota), limit: 99 }),
                await Promise.all(
                  STEPS.map((step) =>
                    store.series({ quota: quotaKey(account, quota), step, from: 0, to: START + 99 * DAY_MS })
                  ),
                ),
                await store.describe(quotaKey(account, quota)),
              ])),
              await store.sessions({ account, limit: 99 }),
              await store.outcomes({ account, limit: 99 }),
              await store.recall(account),
            ]).replaceAll(account, "acme/x");
          assertEquals(await readAll(all), await readAll(one));
        }),
        { numRuns: 30 },
      );
    },
  ],

  ["stores none of the polls committed together if one is invalid", async (store) => {
    const [first, second, third] = minutes([1, 2, 3]);
    const beside = minutes([1], "acme/beside");
    await store.commit(first!);
    const before = await readEverything(store, [QUOTA]);
    for (const broken of [spoil(third!, { used: NaN }), { ...third!, state: first!.state }]) {
      const error = await assertRejects(() => store.commitAll([...beside, second!, broken]));
      assert(error instanceof TypeError);
      assertEquals(await readEverything(store, [QUOTA]), before);
    }
    assertEquals(await store.commitAll([]), 0);
    assertEquals(await store.commitAll([second!, third!]), 2);
  }],

  [
    "adds missing data of the past, and leaves stored data and unknown accounts unchanged",
    async (store) => {
      await commitAll(store, minutes([1, 2, 3]));
      const before = await readEverything(store, [QUOTA]);
      const [bucket] = await store.series({ quota: QUOTA, step: HOUR, from: 0, to: START + DAY_MS });
      const [cycle] = await store.cycles({ quota: QUOTA, limit: 1 });
      const [session] = await store.sessions({ account: ACCOUNT, limit: 1 });
      const other = quotaKey("acme/nobody", "five-hour");
      const past = START - 30 * DAY_MS;
      const ended = { ...cycle!, startedAt: past, endedAt: past + MINUTE_MS, lastAt: past, consumed: 7 };
      assertEquals(
        await store.supplement([
          { kind: "bucket", quota: QUOTA, bucket: { ...bucket!, consumed: 99 } },
          { kind: "cycle", cycle: { ...cycle!, consumed: 99 } },
          { kind: "session", session: { ...session!, readings: 99 } },
          { kind: "bucket", quota: other, bucket: bucket! },
          { kind: "cycle", cycle: { ...cycle!, quota: other } },
          { kind: "session", session: { ...session!, account: "acme/nobody" } },
        ]),
        0,
      );
      assertEquals(await readEverything(store, [QUOTA]), before);
      const rows: readonly PastRow[] = [
        { kind: "bucket", quota: QUOTA, bucket: { ...bucket!, start: past, consumed: 7 } },
        { kind: "cycle", cycle: ended },
        { kind: "session", session: { ...session!, startedAt: past, endedAt: past, lastRiseAt: past } },
      ];
      const broken: PastRow = { kind: "cycle", cycle: { ...ended, startedAt: past - 1, consumed: NaN } };
      assert(await assertRejects(() => store.supplement([...rows, broken])) instanceof TypeError);
      assertEquals(await readEverything(store, [QUOTA]), before);
      assertEquals(await store.supplement(rows), 3);
      assertEquals(await store.supplement(rows), 0);
      assertEquals((await store.cycles({ quota: QUOTA, limit: 9 }))[1], ended);
      assertEquals((await store.sessions({ account: ACCOUNT, limit: 9 }))[1]?.startedAt, past);
      assertEquals((await store.series({ quota: QUOTA, step: HOUR, from: 0, to: START }))[0]?.consumed, 7);
    },
  ],
];
