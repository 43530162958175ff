/** The replay skips readings that change nothing, and gives the same result as all of them. */
import fc from "fast-check";
import { replayAlerts } from "../../lib/alerts/replay.ts";
import { decideQuota } from "../../lib/model/alerts/decide_quota.ts";
import type { QuotaMemory } from "../../lib/model/alerts/memory.ts";
import { type AlertRules, DEFAULT_ALERT_RULES } from "../../lib/model/alerts/rules.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { isUsedUp, type QuotaKey, readingShare, type Window } from "../../lib/model/quota.ts";
import { determineStatus } from "../../lib/model/view/status.ts";
import type { StoredReading } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "../support/views.ts";

const KEY: QuotaKey = "acme/default/five-hour";
const WINDOWS: readonly Window[] = [
  { kind: "fixed", seconds: 18_000 },
  { kind: "rolling", seconds: 18_000 },
  { kind: "balance", seconds: null },
];

/** Applies the full rules to every reading, as after a poll. */
function decided(
  readings: readonly StoredReading[],
  starts: readonly number[],
  window: Window,
  rules: AlertRules,
): readonly string[] {
  let memory: QuotaMemory | null = null;
  const raised: string[] = [];
  for (const stored of readings) {
    const startedAt = starts.filter((one) => one <= stored.at).at(-1)!;
    const stated = { ...stored, window };
    const share = readingShare(stated);
    const quota = quotaViewOf({
      ...stored,
      window,
      share,
      cycle: { startedAt, peak: null, consumed: null, whole: true },
      status: determineStatus({
        share,
        allowed: stored.allowed,
        forecast: undefined,
        isBalance: window.kind === "balance",
        isUsedUp: isUsedUp(stated),
      }),
    });
    const account = accountViewOf([quota]);
    const one = decideQuota({ account, quota, memory, rules, now: stored.at, zone: "UTC" });
    memory = one.memory;
    raised.push(
      ...one.decisions.flatMap(({ alert }) => alert ? [`${alert.kind} ${alert.at} ${alert.text}`] : []),
    );
  }
  return raised;
}

Deno.test("property: a replay that skips irrelevant readings raises what all readings raise", async () => {
  const Used = fc.oneof(fc.integer({ min: 0, max: 110 }), fc.constantFrom(0, 0, 1, null));
  const Step = fc.record({
    used: Used,
    limit: fc.constantFrom(100, 100, 100, 120, 0, null),
    resets: fc.boolean(),
    allowed: fc.constantFrom(undefined, undefined, true, false),
    stays: fc.integer({ min: 0, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(Step, { minLength: 1, maxLength: 40 }),
      fc.constantFrom(...WINDOWS),
      fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { maxLength: 4 }),
      fc.integer({ min: 0, max: 30 }),
      async (steps, window, percents, balanceBelow) => {
        const rules: AlertRules = {
          ...DEFAULT_ALERT_RULES,
          off: [],
          thresholds: percents.map((one) => one / 100).sort((a, b) => a - b),
          balanceBelow,
        };
        const readings: StoredReading[] = [];
        const starts = [READ_AT];
        let at = READ_AT;
        for (const { used, limit, resets, allowed, stays } of steps) {
          if (resets && at > READ_AT) starts.push(at);
          for (let time = 0; time <= stays; time++, at += 5 * MINUTE_MS) {
            readings.push({
              at,
              used: window.kind === "balance" ? null : used,
              limit: window.kind === "balance" ? null : limit,
              remaining: used === null
                ? null
                : window.kind === "balance"
                ? used
                : limit === null
                ? null
                : limit - used,
              resetsAt: starts.at(-1)! + HOUR_MS,
              consumed: 0,
              reset: false,
              ...allowed !== undefined && { allowed },
            });
          }
        }
        const replay = await replayAlerts({
          store: {
            describe: () => Promise.resolve({ label: "5-hour quota", unit: "requests", window }),
            levels: () => Promise.resolve(readings),
            cycles: () =>
              Promise.resolve(
                starts.map((startedAt, place) => ({
                  startedAt,
                  endedAt: starts[place + 1] ?? null,
                  endedBy: [],
                }))
                  .toReversed() as never,
              ),
          },
          accounts: [accountViewOf([quotaViewOf({ key: KEY, window })])],
          rules,
          from: READ_AT,
          to: at,
          zone: "UTC",
        });
        assertEquals(replay.readings, readings.length);
        assertEquals(
          replay.alerts.map((alert) => `${alert.kind} ${alert.at} ${alert.text}`),
          decided(readings, starts, window, rules),
        );
      },
    ),
    { numRuns: 300 },
  );
});
