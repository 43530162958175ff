/**
 * Measures what alerts add to a poll of an account with four quotas and a month of history: without alerts, and with
 * messages for three channels at each poll. On both engines.
 *
 *     deno task bench alerts-polls
 */
import { cpuUsage } from "node:process";
import { createFixedClock } from "../../lib/base/clock.ts";
import { setUp } from "../../lib/app/set_up.ts";
import { createEnvironment } from "../../lib/config/environment.ts";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { type AccountKey, type Reading, splitAccountKey } from "../../lib/model/quota.ts";
import { Secret } from "../../lib/provider/context.ts";
import type { Provider } from "../../lib/provider/contract.ts";
import { openKvStore } from "../../lib/store/kv/open.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { Store } from "../../lib/store/store.ts";
import { fillHistory } from "./history.ts";
import { computeMedian, computeQuantile } from "./median.ts";

const START = Date.parse("2026-11-29T12:00:00Z");
const POLLS = 300;
const CHANNELS = ["phone", "desk", "mail"];
const CHANGES: ReadonlySet<PropertyKey> = new Set(["commit", "note", "put", "change", "putGuarded"]);

for (const engine of ["sqlite", "kv"] as const) await measure(engine);

async function measure(engine: "sqlite" | "kv"): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/bench.${engine}`;
  await using opened = engine === "kv" ? await openKvStore(`kv:${path}`) : await openSqliteStore(path);
  const [account] = (await fillHistory(opened, {
    accounts: 1,
    quotas: 4,
    days: 30,
    stepMs: 5 * MINUTE_MS,
    endAt: START,
  })).accounts as readonly [AccountKey];
  const { quotas } = await opened.recall(account);
  let [now, changes, used] = [START, 0, 0];
  const store = countChanges<Store>(opened, () => void changes++);
  const clock = { ...createFixedClock(START), now: () => now };
  const createReadings = () => Object.values(quotas).map(({ reading }) => readingAt(reading, used, now));
  const program = setUp({
    env: {},
    cwd: folder,
    home: folder,
    clock,
    flags: { db: path },
    logLine: () => {},
    environment: createEnvironment({ env: {}, cwd: folder, home: folder, readFile: () => null }),
    providers: [createVendor(account, createReadings)],
  });
  const composed = program.compose(store);
  const { alerts, channels } = composed.alerting;
  await composed.scheduler.discover();

  async function poll(what: string, rise: number): Promise<void> {
    const times: number[] = [];
    changes = 0;
    const before = cpuUsage();
    for (let each = 0; each < POLLS; each++) {
      now += 5 * MINUTE_MS;
      used = (used + rise) % 100;
      const begun = performance.now();
      await composed.scheduler.pollNow(account, { force: true });
      times.push(performance.now() - begun);
    }
    const { user, system } = cpuUsage(before);
    const settled = times.slice(POLLS / 10);
    const processor = (user + system) / 1000 / POLLS;
    const each = [
      `median ${computeMedian(settled).toFixed(2)} ms`,
      `9 of 10 under ${computeQuantile(settled, 0.9).toFixed(2)} ms`,
      `processor ${processor.toFixed(2)} ms`,
      `${(changes / POLLS).toFixed(1)} changes of the database`,
    ];
    console.log(`${engine}, ${what}: ${each.join(", ")}`);
  }

  await poll("no alerts", 0);
  composed.alerting.watch();
  await poll("alerts, nothing to tell", 0);
  for (const id of CHANNELS) await channels.add({ id, type: "tmux", values: {} });
  await alerts.setRules({ thresholds: Array.from({ length: 99 }, (_, place) => (place + 1) / 100) });
  await poll("alerts to tell by three channels", 1);
  console.log(`${engine}: ${(await alerts.deliveries()).length} messages wait`);
  await composed.stop();
  await Deno.remove(folder, { recursive: true });
}

/** Wraps a store to count its changes. */
function countChanges<T extends object>(store: T, count: () => void): T {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === "docs") return countChanges(value as object, count);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (CHANGES.has(name)) count();
        return value.apply(target, given);
      };
    },
  });
}

function createVendor(key: AccountKey, readings: () => readonly Reading[]): Provider {
  const { provider, name } = splitAccountKey(key);
  return {
    id: provider,
    name: "Demo",
    hosts: [],
    official: true,
    settings: [],
    accounts: () => Promise.resolve([{ name, source: "a file", secret: new Secret("key") }]),
    read: () => Promise.resolve({ readings: readings() }),
  };
}

/** Aligns the window, so that it resets when the use starts again. */
function readingAt(reading: Reading, used: number, now: number): Reading {
  const limit = reading.limit ?? 100;
  const windowMs = 100 * 5 * MINUTE_MS;
  return {
    ...reading,
    used: limit * used / 100,
    limit,
    remaining: limit * (100 - used) / 100,
    window: { kind: "fixed", seconds: windowMs / 1000 },
    resetsAt: now - now % windowMs + windowMs,
  };
}
