/**
 * Measures what a day costs on a host, for several numbers of accounts: cron runs, and units of the key-value database.
 *
 *     deno run -A --unstable-kv dev/deploy_sim/cost.ts [--hours=6]
 */
import { parseArgs } from "node:util";
import { createHosted } from "../../lib/app/hosted/hosted.ts";
import { Secret } from "../../lib/provider/context.ts";
import type { Provider } from "../../lib/provider/contract.ts";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { TOKEN, VAULT_KEY } from "./platform.ts";
import { countUnits } from "./kv_units.ts";

const QUOTAS = 3;
const HOURS_A_DAY = 24;
const BEGIN = Date.UTC(2026, 10, 2, 8);

const { values } = parseArgs({ options: { hours: { type: "string", default: "6" } } });
const hours = Number(values.hours);

const units = countUnits();

interface Cost {
  readonly accounts: number;
  readonly intervalS: number;
  readonly reads: number;
  readonly writes: number;
  /** For one view of the overview from a running instance. */
  readonly pageReads: number;
}

async function estimateCost(accounts: number, intervalS: number): Promise<Cost> {
  let now = BEGIN;
  const provider: Provider = {
    id: "acme",
    name: "Acme",
    hosts: [],
    official: true,
    settings: [],
    accounts: () =>
      Promise.resolve(
        Array.from({ length: accounts }, (_, place) => ({
          name: `a${place}`,
          source: "the simulation",
          secret: new Secret(`key-of-a${place}-0123456789`),
          identity: `owner-${place}`,
        })),
      ),
    read: () =>
      Promise.resolve({
        readings: Array.from({ length: QUOTAS }, (_, place) => {
          const used = Math.floor((now - BEGIN) / MINUTE_MS) * (place + 1) % 900;
          return {
            quota: `q${place}`,
            label: `Quota ${place}`,
            unit: "requests" as const,
            used,
            limit: 1000,
            remaining: 1000 - used,
            window: { kind: "fixed" as const, seconds: 900 * 60 },
            resetsAt: null,
          };
        }),
      }),
  };
  const hosted = createHosted({
    env: {
      SYNTRACK_DB: "kv::memory:",
      SYNTRACK_ADMIN_PASS: "simulated password",
      SYNTRACK_AUTH_TOKENS: TOKEN,
      SYNTRACK_VAULT_KEY: VAULT_KEY,
      SYNTRACK_POLL_INTERVAL: String(intervalS),
    },
    providers: [provider],
    logLine: () => {},
    clock: {
      now: () => now,
      // Nothing in it waits for long, as polls answer at once, and what is removed has its time.
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, Math.min(ms, 10_000));
          signal.addEventListener("abort", () => {
            clearTimeout(timer);
            resolve();
          });
        }),
    },
  });
  // Ignores what happens only once.
  for (let minute = 0; minute < 10; minute++) {
    now += MINUTE_MS;
    await hosted.run();
  }
  const before = { ...units };
  for (let minute = 0; minute < hours * 60; minute++) {
    now += MINUTE_MS;
    await hosted.run();
  }
  const computeDay = (what: "reads" | "writes") =>
    Math.round((units[what] - before[what]) * HOURS_A_DAY / hours);
  const cost = { accounts, intervalS, reads: computeDay("reads"), writes: computeDay("writes") };
  const ask = async () => {
    const request = new Request("http://syntrack.example/", {
      headers: { host: "syntrack.example", authorization: `Bearer ${TOKEN}` },
    });
    const response = await hosted.handle(request, {
      remoteAddr: { transport: "tcp", hostname: "203.0.113.7", port: 1 },
      completed: Promise.resolve(),
    });
    await response.body?.cancel();
  };
  await ask();
  now += MINUTE_MS;
  const atPage = units.reads;
  await ask();
  await hosted.close();
  return { ...cost, pageReads: units.reads - atPage };
}

for (const [accounts, intervalS] of [[1, 60], [1, 300], [5, 300], [20, 300]] as const) {
  console.log(JSON.stringify(await estimateCost(accounts, intervalS)));
}
