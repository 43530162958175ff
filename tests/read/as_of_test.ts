import fc from "fast-check";
import type { Clock } from "../../lib/base/clock.ts";
import { prepareDemo } from "../../lib/demo/mod.ts";
import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import { type AccountKey, type Reading, splitAccountKey } from "../../lib/model/quota.ts";
import { createAnalysis } from "../../lib/read/analysis.ts";
import { recordAt } from "../../lib/read/as_of.ts";
import type { Poll, Store } from "../../lib/store/store.ts";
import { providers } from "../../providers/mod.ts";
import { checkQuota } from "../../lib/model/view/guard_rule.ts";
import { wholeSnapshotAt } from "../../lib/model/engine/state.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FIVE_HOURS, HOUR_MS, MINUTE_MS, ONE_WEEK, reading, utc } from "../support/readings.ts";
import { openTestStore } from "../support/test_store.ts";

const NOW = utc("2026-11-21 13:00");
const DAY_MS = 24 * HOUR_MS;
/** Windows of every kind: with a stated start, refused, refilling, balances, used up without a limit. */
const VENDORS = ["cursor", "amp", "codex", "minimax", "anthropic", "deepseek", "azure-openai"];

function clockOf(now: number): Clock {
  return { now: () => now, sleep: () => Promise.resolve() };
}

function analysisOf(store: Store, now: number) {
  return createAnalysis({
    store,
    clock: clockOf(now),
    zone: () => "Europe/Berlin",
    about: (account: AccountKey) => ({ providerName: splitAccountKey(account).provider }),
  });
}

Deno.test("rate, forecast, pace and status as of a past time equal those of that time, for all kinds of windows", async () => {
  await using full = await openTestStore();
  const polls: Poll[] = [];
  const noting = new Proxy(full, {
    get(store, name) {
      const value = Reflect.get(store, name);
      if (name !== "commitAll") return typeof value === "function" ? value.bind(store) : value;
      return (some: readonly Poll[]) => {
        polls.push(...some);
        return store.commitAll(some);
      };
    },
  });
  const demo = await prepareDemo({
    clock: clockOf(NOW),
    providers,
    seed: 7,
    zone: "Europe/Berlin",
    vendors: VENDORS,
  });
  try {
    await demo.fill(noting, { spanMs: 3 * DAY_MS });
  } finally {
    await demo.close();
  }
  const past = analysisOf(full, NOW);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: NOW - 2 * DAY_MS, max: NOW - 1 }), async (at) => {
      await using then = await openTestStore();
      await then.commitAll(polls.filter(({ snapshot }) => snapshot.at <= at));
      // Parts are kept only for the last reading. The first use of a window moves the start of its cycle, so the time
      // before any use is not kept either.
      const known = <Cycle extends { readonly peak: number | null; readonly consumed: number | null }>(
        cycle: Cycle,
      ) =>
        cycle.peak === 0 && cycle.consumed === 0
          ? { ...cycle, startedAt: null, whole: null, count: null }
          : cycle;
      const simplify = (all: Awaited<ReturnType<typeof past.quotas>>) =>
        all.map(({ view: { parts: _, ...view }, open, ...rest }) => ({
          ...rest,
          open: known(open),
          view: { ...view, cycle: known(view.cycle) },
        }));
      const live = simplify(await analysisOf(then, at).quotas());
      assert(live.length > VENDORS.length, "the history is there");
      assertEquals(simplify(await past.quotas({}, at)), live);
    }),
    { numRuns: 12 },
  );
});

Deno.test("a quota missing in local readings is not gone as of that time, and one at its limit is too little", async () => {
  await using store = await openTestStore();
  const account = "anthropic/default";
  const week = (used: number) => reading({ quota: "seven-day", used, limit: 100, window: ONE_WEEK });
  const five = (used: number, source?: string) =>
    reading({ quota: "five-hour", used, limit: 100, window: FIVE_HOURS, ...source && { source } });
  const told: readonly (readonly [minutes: number, readings: readonly Reading[]])[] = [
    [-40, [five(10), week(100)]],
    [-30, [five(12, "statusline")]],
    [-20, [five(14, "statusline")]],
    [-1, [five(15), week(100)]],
  ];
  let state = emptyState(account);
  for (const [minutes, readings] of told) {
    const at = NOW + minutes * MINUTE_MS;
    const isFed = readings.every(({ source }) => source !== undefined);
    const snapshot = { account, at, readings, ...isFed && { partial: true as const } } as const;
    const step = advance(state, snapshot);
    state = step.state;
    const outcome = {
      account,
      at,
      durationMs: 0,
      kind: "ok",
      failures: 0,
      nextAt: null,
      nextReason: isFed ? "fed" : "interval",
      credential: null,
    } as const;
    await store.commit({ snapshot, changes: step.changes, state, outcome });
  }
  const now = NOW - 10 * MINUTE_MS;
  const [record] = await store.latest();
  const then = await recordAt(store, record!, now);
  const asked = { now, minLeft: 0.2, maxAgeMs: HOUR_MS, snapshotAt: wholeSnapshotAt(then.state) };
  assertEquals(
    Object.values(then.state.quotas).map((quota) => checkQuota(quota, asked)),
    [{ verdict: "enough", doubt: null, left: 0.86 }, { verdict: "below", doubt: null, left: 0 }],
  );
  assertEquals((await analysisOf(store, NOW).quotas({}, now)).map(({ view }) => view.gone), [false, false]);
});

for (const every of [1, 10]) {
  Deno.test(`recent use and reading interval as of a moment after a reset are those of then, read each ${every} min`, async () => {
    await using store = await openTestStore();
    const account = "acme/work";
    const resetsAt = NOW - 3 * MINUTE_MS;
    let state = emptyState(account);
    let then = state;
    for (let minute = -250 * every; minute <= 5 * every; minute += every) {
      const at = NOW + minute * MINUTE_MS;
      const five = at < resetsAt
        ? { used: 50 + minute / every / 10, resetsAt }
        : { used: (minute + 3) * 2, resetsAt: resetsAt + 5 * HOUR_MS };
      const snapshot = { account, at, readings: [reading(five)] } as const;
      const step = advance(state, snapshot);
      state = step.state;
      if (at === NOW) then = state;
      const outcome = { account, at, durationMs: 0, kind: "ok", failures: 0, nextAt: null } as const;
      await store.commit({
        snapshot,
        changes: step.changes,
        state,
        outcome: { ...outcome, nextReason: "interval", credential: null },
      });
    }
    const [record] = await store.latest();
    const own = (await recordAt(store, record!, NOW)).state.quotas["five-hour"]!;
    const live = then.quotas["five-hour"]!;
    assertEquals(own.distances, live.distances);
    // It is added up in steps of five minutes, which may begin at another minute.
    assert(Math.abs(own.recent[0]!.from - live.recent[0]!.from) < 5 * MINUTE_MS);
    assertEquals(own.recent.at(-1), live.recent.at(-1));
  });
}
