/** The account computed before a poll is stored equals the one shown afterwards. */
import fc from "fast-check";
import { createHub } from "../../lib/base/hub.ts";
import { emptyState } from "../../lib/model/engine/advance.ts";
import { listSlots } from "../../lib/model/history/usage.ts";
import { quotaKey } from "../../lib/model/quota.ts";
import { createAnalysis } from "../../lib/read/analysis.ts";
import { createPresent, createRecords } from "../../lib/read/present.ts";
import type { Store } from "../../lib/store/store.ts";
import { createFailure, createSuccess, pollsOf, START } from "../store/polls.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { ACCOUNT, DAY_MS, type FakePoll, HOUR_MS, MINUTE_MS, reading } from "../support/readings.ts";
import { openTestStore } from "../support/test_store.ts";

const QUOTA = quotaKey(ACCOUNT, "five-hour");

function presentOf(store: Store, clock: FakeClock) {
  const hub = createHub();
  const records = createRecords({ store, hub, clock });
  const analysis = createAnalysis({ store, hub, clock, zone: () => "UTC", records });
  const present = createPresent({
    hub,
    clock,
    records,
    analysis,
    prepare: () => Promise.resolve(),
    facts: () => () => ({ providerName: "Acme", configured: true, credential: null }),
    order: () => () => 0,
    around: () => ({ settings: { zone: "UTC" } as never, trouble: null }),
  });
  return { hub, analysis, present };
}

/** Days of five-hour windows, used at any pace. */
const days: fc.Arbitrary<readonly FakePoll[]> = fc.array(
  fc.record({ minutes: fc.integer({ min: 5, max: 100 }), share: fc.integer({ min: 0, max: 400 }) }),
  { minLength: 20, maxLength: 60 },
).map((polls) => {
  let at = START;
  let [window, used] = [0, 0];
  return polls.map(({ minutes, share }): FakePoll => {
    at += minutes * MINUTE_MS;
    const own = Math.floor((at - START) / (5 * HOUR_MS));
    used = own === window ? Math.min(100, used + share / 10) : share / 10;
    window = own;
    return { at, readings: [reading({ used, resetsAt: START + (own + 1) * 5 * HOUR_MS })] };
  });
});

Deno.test("an account and its use computed before a poll equal those after it, including the forecast, across resets", async () => {
  let forecasts = 0;
  await fc.assert(
    fc.asyncProperty(days, async (fakes) => {
      await using store = await openTestStore();
      const clock = new FakeClock(START);
      const { hub, analysis, present } = presentOf(store, clock);
      for (const poll of pollsOf(fakes)) {
        clock.jump(poll.snapshot.at - clock.now());
        const { account, usage } = await present.expected(poll.outcome, poll);
        const query = {
          quotas: [QUOTA],
          interval: "1d" as const,
          slots: listSlots("1d", START - DAY_MS, clock.now() + 1, "UTC"),
          zone: "UTC",
        };
        const uses = await usage(query);
        // Nothing of it is visible before it is stored.
        assertEquals((await present.account(ACCOUNT))?.account.at === poll.snapshot.at, false);
        await store.commit(poll);
        hub.publish({ kind: "account", account: ACCOUNT });
        assertEquals(account, (await present.account(ACCOUNT))?.account);
        assertEquals(uses, await analysis.usage({ ...query, slots: [...query.slots] }));
        if (["lasts", "runs-dry"].includes(account.quotas[0]?.forecast?.state ?? "")) forecasts++;
      }
    }),
    { numRuns: 6 },
  );
  assert(forecasts > 0);
});

Deno.test("an account computed before a failure equals the one after it, even if it is new", async () => {
  await using store = await openTestStore();
  const clock = new FakeClock(START);
  const { hub, present } = presentOf(store, clock);
  for (let each = 0; each < 3; each++) {
    clock.jump(MINUTE_MS);
    const outcome = createFailure(clock.now(), { kind: "auth", reason: "expired" });
    const { account } = await present.expected(outcome, null);
    assertEquals(account.health.state, "expired");
    await store.note(outcome);
    hub.publish({ kind: "account", account: ACCOUNT });
    assertEquals(account, (await present.account(ACCOUNT))?.account);
    if (each > 0) continue;
    const [poll] = pollsOf(
      [{ at: clock.now() + 1, readings: [reading({ used: 5 })] }],
      ACCOUNT,
      emptyState(ACCOUNT),
    );
    await store.commit(poll!);
    hub.publish({ kind: "account", account: ACCOUNT });
  }
});

Deno.test("the last success of an account is the latest, before a success and after it, although the clock was set back", async () => {
  await using store = await openTestStore();
  const clock = new FakeClock(START);
  const { hub, present } = presentOf(store, clock);
  await store.note(createSuccess(START));
  for (const at of [START - HOUR_MS, START + HOUR_MS]) {
    const { account } = await present.expected(createSuccess(at), null);
    assertEquals(account.health.okAt, Math.max(START, at));
    await store.note(createSuccess(at));
    hub.publish({ kind: "account", account: ACCOUNT });
    assertEquals((await present.account(ACCOUNT))?.account.health.okAt, account.health.okAt);
  }
});
