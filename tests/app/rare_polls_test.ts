/** Accounts that are polled a few times a day: fresh until the next poll is late. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { setUp } from "../../lib/app/set_up.ts";
import { Secret } from "../../lib/provider/context.ts";
import type { Provider } from "../../lib/provider/contract.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS } from "../support/readings.ts";
import { createTestEnvironment } from "../support/test_sandbox.ts";

const START = Date.parse("2026-03-10T12:00:00Z");

Deno.test("an account that is polled every six hours, and after its resets, is never reported as without new readings", async () => {
  let now = START;
  const provider: Provider = {
    id: "acme",
    name: "Acme",
    hosts: [],
    official: true,
    settings: [],
    accounts: () => Promise.resolve([{ name: "default", source: "a file", secret: new Secret("key") }]),
    read() {
      const resetsAt = (Math.floor(now / (5 * HOUR_MS)) + 1) * 5 * HOUR_MS;
      const window = { kind: "fixed", seconds: 18_000 } as const;
      const [used, limit, remaining] = [10, 100, 90];
      const reading = { quota: "use", label: "Use", unit: "percent" as const, window };
      return Promise.resolve({ readings: [{ ...reading, used, limit, remaining, resetsAt }] });
    },
  };
  await using store = await openSqliteStore(":memory:");
  const { scheduler, alerting, services, stop } = setUp({
    env: {},
    cwd: "/place",
    home: null,
    clock: { ...createFixedClock(START), now: () => now },
    flags: {},
    logLine: () => {},
    environment: createTestEnvironment({
      SYNTRACK_RUN_COMMANDS: "off",
      SYNTRACK_POLL_INTERVAL: "0 */6 * * *",
    }),
    providers: [provider],
  }).compose(store);
  const { dashboard } = services(new Set());
  await scheduler.discover();
  alerting.watch();
  const states = new Set<string>();
  const { signal } = new AbortController();
  for (; now < START + 48 * HOUR_MS; now += 2 * MINUTE_MS) {
    // Polls what is due, as the heartbeat does.
    await scheduler.tick(signal, now + 1);
    await alerting.alerts.evaluate();
    for (const { health } of (await dashboard()).accounts) states.add(health.state);
  }
  const raised = await store.docs.list<{ readonly kind: string }>("alerts", now);
  await stop();
  assertEquals([[...states], raised.map(({ doc }) => doc.kind)], [["fresh"], []]);
});
