/** What the whole program tells of a vendor over days of readings: each thing once. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { setUp } from "../../lib/app/set_up.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { Secret } from "../../lib/provider/context.ts";
import type { Provider } from "../../lib/provider/contract.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../support/readings.ts";
import { createTestEnvironment } from "../support/test_sandbox.ts";

const START = Date.parse("2026-03-10T12:00:00Z");
const EVERY_MS = 10 * MINUTE_MS;

/** Returns the alerts of readings every ten minutes, by kind. @param readingAt by the number of minutes since the start */
async function tellOf(
  readingAt: (minute: number) => Partial<Reading>,
  lengthMs: number,
): Promise<Readonly<Record<string, number>>> {
  let now = START;
  const provider: Provider = {
    id: "acme",
    name: "Acme",
    hosts: [],
    official: true,
    settings: [],
    accounts: () => Promise.resolve([{ name: "default", source: "a file", secret: new Secret("key") }]),
    read() {
      const stated: Reading = {
        quota: "use",
        label: "Use",
        unit: "percent",
        used: 0,
        limit: 100,
        remaining: null,
        window: { kind: "fixed", seconds: 18_000 },
        resetsAt: null,
        ...readingAt((now - START) / MINUTE_MS),
      };
      return Promise.resolve({ readings: [stated] });
    },
  };
  await using store = await openSqliteStore(":memory:");
  const { scheduler, alerting, stop } = setUp({
    env: {},
    cwd: "/place",
    home: null,
    clock: { ...createFixedClock(START), now: () => now },
    flags: {},
    logLine: () => {},
    environment: createTestEnvironment({ SYNTRACK_RUN_COMMANDS: "off" }),
    providers: [provider],
  }).compose(store);
  await scheduler.discover();
  await alerting.alerts.setRules({ thresholds: [0.8], runOutProbability: 1, off: ["new-account"] });
  alerting.watch();
  for (; now < START + lengthMs; now += EVERY_MS) {
    await scheduler.pollNow("acme/default", { force: true });
    await alerting.alerts.evaluate();
  }
  const raised = await store.docs.list<{ readonly kind: string }>("alerts", now);
  const { alerts: replayed } = await alerting.alerts.replay(3);
  await stop();
  const kinds = Map.groupBy(raised, ({ doc }) => doc.kind);
  // What the rules would have told from what is stored now is no other.
  const isEarly = ({ kind }: { readonly kind: string }) => kind === "early-reset";
  assertEquals(replayed.filter(isEarly).length, kinds.get("early-reset")?.length ?? 0);
  return Object.fromEntries([...kinds].map(([kind, all]) => [kind, all.length]).toSorted());
}

/** A window that waits two hours for its first use, and is used to 30% in its five hours, over and over. */
function waiting(minute: number, idleReset: (now: number) => number | null): Partial<Reading> {
  const passed = minute % 420;
  const now = START + minute * MINUTE_MS;
  if (passed < 120) return { used: 0, resetsAt: idleReset(now) };
  return { used: Math.floor((passed - 110) / 10), resetsAt: now + (420 - passed) * MINUTE_MS };
}

Deno.test("the first use of a window that was waiting for it is not reported as an early reset", async () => {
  const idle: readonly ((now: number) => number | null)[] = [
    // The reset moves on as long as nothing is used.
    (now) => now + 5 * HOUR_MS,
    () => null,
  ];
  for (const idleReset of idle) {
    assertEquals(await tellOf((minute) => waiting(minute, idleReset), 2 * DAY_MS), {});
  }
});

Deno.test("a window that is reset while it is used, before its time, is reported once", async () => {
  const used = (minute: number): Partial<Reading> =>
    minute < 120
      ? { used: Math.floor(minute / 10), resetsAt: START + 5 * HOUR_MS }
      : { used: Math.floor((minute - 120) / 60), resetsAt: START + 7 * HOUR_MS };
  assertEquals(await tellOf(used, 6 * HOUR_MS), { "early-reset": 1 });
});

Deno.test("a quota that is counted over another window or in another unit from then on has not been reset", async () => {
  const week = { window: { kind: "fixed", seconds: 604_800 }, resetsAt: START + 6 * DAY_MS } as const;
  const month = { window: { kind: "fixed", seconds: 2_592_000 }, resetsAt: START + 20 * DAY_MS } as const;
  const counted = { limit: null, unit: "requests" } as const;
  const money = { limit: null, unit: "usd" } as const;
  const changes: readonly (readonly [Partial<Reading>, Partial<Reading>])[] = [
    [{ ...week, used: 70 }, { ...month, used: 20 }],
    [{ ...month, used: 20 }, { ...week, used: 70 }],
    [{ ...week, used: 70 }, { ...week, ...counted, used: 20 }],
    [{ ...week, unit: "requests", used: 70, limit: 100 }, {
      ...month,
      unit: "requests",
      used: 20,
      limit: 400,
    }],
    [{ ...month, ...money, used: 70, currency: "USD" }, { ...month, ...money, used: 20, currency: "EUR" }],
  ];
  for (const [before, after] of changes) {
    assertEquals(await tellOf((minute) => minute < 120 ? before : after, 6 * HOUR_MS), {});
  }
});

Deno.test("a vendor that alternates between two windows or units raises one alert for each", async () => {
  const week = { window: { kind: "fixed", seconds: 604_800 }, resetsAt: START + 6 * DAY_MS } as const;
  const month = { window: { kind: "calendar", seconds: null }, resetsAt: START + 20 * DAY_MS } as const;
  const both = (minute: number) => {
    const used = Math.min(100, minute / 10);
    return minute % 20 === 0 ? { ...week, used } : { ...month, used: used / 2 };
  };
  // 80% and all of the week; the month reaches 50%.
  assertEquals(await tellOf(both, DAY_MS), { "threshold": 1, "used-up": 1 });
});
