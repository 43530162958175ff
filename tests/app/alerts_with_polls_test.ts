/** What the whole program stores about alerts with its polls. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { setUp } from "../../lib/app/set_up.ts";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { Secret } from "../../lib/provider/context.ts";
import type { Provider } from "../../lib/provider/contract.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assertEquals } from "../support/assert.ts";
import { createTestEnvironment } from "../support/test_sandbox.ts";

const START = Date.parse("2026-03-10T12:00:00Z");

async function program() {
  let [now, used] = [START, 0];
  const provider: Provider = {
    id: "acme",
    name: "Acme",
    hosts: [],
    official: true,
    settings: [],
    accounts: () => Promise.resolve([{ name: "default", source: "a file", secret: new Secret("key") }]),
    read: () =>
      Promise.resolve({
        readings: [{
          quota: "money",
          label: "Money",
          unit: "usd",
          used,
          limit: 100,
          remaining: 100 - used,
          window: { kind: "fixed", seconds: 18_000 },
          resetsAt: START + 36_000_000,
        }],
      }),
  };
  const clock = { ...createFixedClock(START), now: () => now };
  const store = await openSqliteStore(":memory:");
  const composed = setUp({
    env: {},
    cwd: "/place",
    home: "/home/ann",
    clock,
    flags: {},
    logLine: () => {},
    environment: createTestEnvironment({ SYNTRACK_RUN_COMMANDS: "off" }),
    providers: [provider],
  }).compose(store);
  await composed.scheduler.discover();
  return {
    ...composed.alerting,
    hub: composed.hub,
    async poll(figure: number) {
      used = figure;
      now += 5 * MINUTE_MS;
      await composed.scheduler.pollNow("acme/default", { force: true });
    },
    async raised() {
      return (await store.docs.list<{ kind: string }>("alerts", now)).map(({ doc }) => doc.kind).sort();
    },
    async [Symbol.asyncDispose]() {
      await composed.stop();
      await store[Symbol.asyncDispose]();
    },
  };
}

Deno.test("the poll that passes a budget reports it, not the one after it", async () => {
  await using house = await program();
  await house.alerts.setRules({ thresholds: [], only: { "acme/default": { budget: 50 } } });
  house.watch();
  await house.poll(10);
  await house.poll(55);
  assertEquals(await house.raised(), []);
  await house.poll(62);
  assertEquals(await house.raised(), ["over-budget"]);
});

Deno.test("a poll decides nothing before alerts have started, and afterwards they are announced at once", async () => {
  await using house = await program();
  for (const figure of [10, 85, 20]) await house.poll(figure);
  assertEquals(await house.raised(), []);
  const told: unknown[] = [];
  house.hub.listen(({ kind, account }) => kind === "alerts" && told.push(account));
  const following = house.start();
  // The first reading of an account raises nothing.
  for (const figure of [30, 85, 86]) await house.poll(figure);
  await following.stop();
  assertEquals(await house.raised(), ["threshold"]);
  assertEquals(told, ["acme/default"]);
});
