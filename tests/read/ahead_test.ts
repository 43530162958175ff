/** The history computed ahead of a poll equals the one after it. */
import fc from "fast-check";
import { DAY, FIVE_MINUTES, STEPS } from "../../lib/model/engine/bucket.ts";
import { quotaKey } from "../../lib/model/quota.ts";
import { createStoreAhead } from "../../lib/read/ahead.ts";
import type { Poll, Store } from "../../lib/store/store.ts";
import { pollsArbitrary } from "../store/arbitraries.ts";
import { pollsOf, START } from "../store/polls.ts";
import { assert, assertEquals } from "../support/assert.ts";
import {
  ACCOUNT,
  DAY_MS,
  type FakePoll,
  FIVE_HOURS,
  MINUTE_MS,
  ONE_WEEK,
  reading,
} from "../support/readings.ts";
import { openTestStore } from "../support/test_store.ts";

const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER };

async function historyOf(store: Store, { snapshot: { account, at }, state }: Poll): Promise<unknown> {
  return await Promise.all(
    Object.keys(state.quotas).map(async (id) => {
      const quota = quotaKey(account, id);
      const cut = { from: at - DAY, to: at };
      return {
        cycles: await store.cycles({ quota, limit: 1000 }),
        newest: await store.cycles({ quota, to: at, limit: 2 }),
        earlier: await store.cycles({ quota, from: at - DAY, before: at - 1, limit: 1 }),
        readings: await store.readings({ quota }),
        last: await store.readings({ quota, limit: 2, newestFirst: true }),
        first: await store.readings({ quota, ...cut, limit: 1 }),
        terms: await store.terms(quota),
        series: await Promise.all(STEPS.flatMap((step) => [
          store.series({ quota, step, ...EVER }),
          store.series({ quota, step, ...cut }),
        ])),
        points: await store.points({ quota, step: STEPS[0]!, ...EVER }),
      };
    }),
  );
}

/** Readings whose resets the vendor sometimes reverts, and whose terms change once. */
const wavering: fc.Arbitrary<readonly FakePoll[]> = fc.record({
  polls: fc.array(
    fc.record({ minutes: fc.integer({ min: 1, max: 30 }), isNew: fc.boolean(), more: fc.nat({ max: 3 }) }),
    { minLength: 6, maxLength: 20 },
  ),
  changeAt: fc.nat({ max: 25 }),
}).map(({ polls, changeAt }) => {
  let [at, used] = [START, 40];
  return polls.map(({ minutes, isNew, more }, place): FakePoll => {
    at += minutes * MINUTE_MS;
    used += more;
    // A reset starts low, and the cycle restored by its reversal continues high.
    const own = isNew ? { used: more, resetsAt: at + 7 * DAY_MS } : { used, resetsAt: START + 3 * DAY_MS };
    const [unit, plan] = place < changeAt ? ["requests" as const, "pro"] : ["credits" as const, "max"];
    const weekly = { quota: "weekly", window: ONE_WEEK, unit, limit: 100, ...own };
    return { at, plan, readings: [reading(weekly)] };
  });
});

for (const [what, arbitrary] of [["at all", pollsArbitrary], ["takes back", wavering]] as const) {
  Deno.test(`data read ahead of a poll equals data read after it, whatever the poll says ${what}`, async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(arbitrary.map((polls) => pollsOf(polls)), async (polls) => {
        await using store = await openTestStore();
        for (const poll of polls) {
          for (const change of poll.changes) {
            kinds.add(change.kind);
            if (change.kind === "entry" && change.unitBefore !== undefined) kinds.add("terms");
          }
          const ahead = await historyOf(createStoreAhead(store, poll), poll);
          await store.commit(poll);
          assertEquals(ahead, await historyOf(store, poll));
        }
      }),
      { numRuns: 25 },
    );
    if (arbitrary !== wavering) return;
    for (const kind of ["adjust", "void-cycle", "cycle", "terms"]) assert(kinds.has(kind), `No ${kind}`);
  });
}

Deno.test("data read ahead of a poll is selected by the same bounds as data read after it", async () => {
  await using store = await openTestStore();
  const [earlier, poll] = pollsOf([
    { at: START + 1, readings: [reading({ used: 40, resetsAt: START + 2 * MINUTE_MS })] },
    { at: START + 10 * MINUTE_MS, readings: [reading({ used: 3, resetsAt: START + DAY_MS })] },
  ]);
  await store.commit(earlier!);
  const quota = quotaKey(ACCOUNT, "five-hour");
  const cycles = poll!.changes.flatMap((change) => change.kind === "cycle" ? [change.cycle.startedAt] : []);
  const [step, start] = [FIVE_MINUTES, START + 10 * MINUTE_MS];
  const at = poll!.snapshot.at;
  assertEquals(cycles.length, 2);
  const around = (instants: readonly number[]) => instants.flatMap((one) => [one - 1, one, one + 1]);
  const selected = async (from: Store) => ({
    cycles: await Promise.all([
      ...around(cycles).flatMap((at) => [{ from: at }, { to: at }, { before: at }])
        .map((bounds) => from.cycles({ quota, limit: 9, ...bounds })),
      ...[-1, 0, 0.9, 1, 1.9, 2].map((limit) => from.cycles({ quota, limit })),
    ]),
    series: await Promise.all(
      around([start]).flatMap((bound) => [
        from.series({ quota, step, from: bound, to: start + step }),
        from.series({ quota, step, from: 0, to: bound }),
      ]),
    ),
    readings: await Promise.all([
      ...around([at]).flatMap((bound) => [{ from: bound }, { to: bound }]),
      ...[-1, 0, 0.9, 1, 1.9, 2].map((limit) => ({ limit })),
      { limit: 1, newestFirst: true },
    ].map((bounds) => from.readings({ quota, ...bounds }))),
  });
  const ahead = await selected(createStoreAhead(store, poll!));
  await store.commit(poll!);
  assertEquals(ahead, await selected(store));
});

Deno.test("everything else that is read ahead of a poll is as stored", async () => {
  await using store = await openTestStore();
  const [earlier, poll] = pollsOf([
    { at: START, readings: [reading({ used: 40 })] },
    { at: START + MINUTE_MS, readings: [reading({ used: 50 })] },
  ]);
  await store.commit(earlier!);
  const ahead = createStoreAhead(store, poll!);
  assert(ahead.docs === store.docs);
  assertEquals(await ahead.latest(), await store.latest());
  assertEquals(await ahead.describe(quotaKey(ACCOUNT, "five-hour")), {
    label: "Five hours",
    unit: "requests",
    window: FIVE_HOURS,
  });
});
