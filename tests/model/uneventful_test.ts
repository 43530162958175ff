/** Which readings a replay may skip: those that raise nothing and change nothing that alerts remember. */
import fc from "fast-check";
import { decideQuota } from "../../lib/model/alerts/decide_quota.ts";
import type { QuotaMemory } from "../../lib/model/alerts/memory.ts";
import { DEFAULT_ALERT_RULES, ruleFor } from "../../lib/model/alerts/rules.ts";
import type { Threshold } from "../../lib/model/alerts/threshold.ts";
import { type AlertReading, isUneventful } from "../../lib/model/alerts/uneventful.ts";
import { computeShare, type Window } from "../../lib/model/quota.ts";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { assertEquals } from "../support/assert.ts";
import { ZONE } from "../support/alerting.ts";
import { BALANCE, FIVE_HOURS, ROLLING } from "../support/readings.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "../support/views.ts";

const STARTED = READ_AT - 1;

function memory(fields: Partial<QuotaMemory> = {}, marks: readonly string[] = []): QuotaMemory {
  return {
    at: READ_AT,
    cycle: { startedAt: STARTED, marks, claims: [] },
    earlier: [],
    low: null,
    pending: [],
    limit: 100,
    unit: "requests",
    resetsAt: null,
    ...fields,
  };
}

function reading(used: number | null, fields: Partial<AlertReading> = {}): AlertReading {
  return {
    window: FIVE_HOURS,
    startedAt: STARTED,
    share: computeShare(used, 100),
    used,
    limit: 100,
    remaining: used === null ? null : 100 - used,
    ...fields,
  };
}

const RULE = { thresholds: [0.8, 0.95], balanceBelow: 5 };
const OVER_80 = ["threshold:0.8"];
const UNUSED = { startedAt: STARTED, marks: [], claims: [], unused: true } as const;
const LOW = { alert: "used-up|x", startedAt: STARTED };

for (
  const [what, before, after, expected] of [
    ["below every threshold", memory(), reading(79), true],
    ["at a threshold", memory(), reading(80), false],
    ["over a threshold that was reported", memory({}, OVER_80), reading(94), true],
    ["at the next threshold", memory({}, OVER_80), reading(95), false],
    ["with only a share", memory(), reading(null, { share: 0.79 }), true],
    ["with only a remainder", memory(), reading(null, { remaining: 1 }), true],
    ["without any figure", memory(), reading(null), false],
    ["with nothing left", memory({}, [...OVER_80, "threshold:0.95"]), reading(100), false],
    ["in another cycle", memory(), reading(10, { startedAt: STARTED + 1 }), false],
    ["with another limit", memory({ limit: 90 }), reading(10), false],
    ["after a low level", memory({ low: LOW }), reading(10), false],
    ["that confirms something", memory({ pending: ["runs-out"] }), reading(10), false],
    ["with the first use of a window", memory({ cycle: UNUSED }), reading(1), false],
    ["without use of a window that was not used", memory({ cycle: UNUSED }), reading(0), true],
    ["with which the vendor allows work", memory(), reading(10, { allowed: true }), true],
    ["with which the vendor refuses work", memory(), reading(10, { allowed: false }), false],
    ["of a rolling window", memory(), reading(10, { window: ROLLING }), true],
    ["of a rolling window to re-arm", memory({}, OVER_80), reading(10, { window: ROLLING }), false],
    ["of a balance", memory(), reading(null, { window: BALANCE, remaining: 5 }), true],
    ["of a low balance", memory(), reading(null, { window: BALANCE, remaining: 4.9 }), false],
    ["of a balance with only a share", memory(), reading(null, { window: BALANCE, share: 0.99 }), true],
  ] as const
) {
  Deno.test(`a reading ${what} is ${expected ? "skipped" : "evaluated"}`, () => {
    assertEquals(isUneventful(before, after, RULE), expected);
  });
}

Deno.test("without a bound a balance is skipped until it is empty", () => {
  const of = (remaining: number) =>
    isUneventful(memory(), reading(null, { window: BALANCE, remaining }), { ...RULE, balanceBelow: 0 });
  assertEquals([of(0.01), of(0)], [true, false]);
});

const WINDOWS: readonly Window[] = [FIVE_HOURS, ROLLING, BALANCE];
const THRESHOLDS: readonly Threshold[] = [0.8, 0.95, { of: "left", amount: 30 }];
const known = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const step = fc.record({
  used: known(fc.integer({ min: 0, max: 110 })),
  remaining: known(fc.integer({ min: 0, max: 100 })),
  startedAt: fc.constantFrom(STARTED, STARTED, STARTED, READ_AT + 5),
  limit: fc.constantFrom(100, 100, 100, 90),
  allowed: fc.constantFrom(undefined, undefined, true, false),
});

Deno.test("property: what is skipped raises nothing and changes only times in the memory", () => {
  fc.assert(fc.property(
    fc.constantFrom(...WINDOWS),
    fc.array(step, { minLength: 2, maxLength: 12 }),
    (window, steps) => {
      const rules = { ...DEFAULT_ALERT_RULES, thresholds: THRESHOLDS };
      const account = accountViewOf([]);
      let known: QuotaMemory | null = null;
      steps.forEach(({ used, remaining, startedAt, limit, allowed }, index) => {
        const at = READ_AT + index * MINUTE_MS;
        const share = computeShare(used, limit);
        const cycle = { startedAt, peak: null, consumed: null, whole: true };
        const quota = quotaViewOf({
          ...{ window, at, used, limit, remaining, share, cycle, resetsAt: null },
          ...allowed !== undefined && { allowed },
        });
        const skipped = known !== null && isUneventful(
          known,
          { window, startedAt, share, used, limit, remaining, allowed },
          ruleFor(rules, quota),
        );
        const decided = decideQuota({ account, quota, memory: known, rules, now: at, zone: ZONE });
        if (skipped) {
          assertEquals(decided.decisions.filter(({ reason }) => reason === "raised"), []);
          assertEquals({ ...decided.memory!, at: 0 }, { ...known!, at: 0 });
        }
        known = decided.memory;
      });
    },
  ));
});
