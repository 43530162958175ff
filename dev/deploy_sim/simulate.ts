/** Simulates a host that kills instances at random moments, and compares the stored data with what the vendor stated. */
import { createStoredChannels } from "../../lib/alerts/stored_channels.ts";
import { createVault } from "../../lib/accounts/vault/vault.ts";
import { createOutbox } from "../../lib/alerts/outbox.ts";
import { INTERRUPTED } from "../../lib/alerts/sender.ts";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { type AccountKey, quotaKey } from "../../lib/model/quota.ts";
import type { Store } from "../../lib/store/store.ts";
import { type Instance, type PlatformOptions, startInstance, VAULT_KEY } from "./platform.ts";
import { FIRST_USED, startVendor } from "./vendor.ts";

export interface SimulationOptions {
  readonly database: string;
  readonly open: () => Promise<Store>;
  readonly kills: number;
  readonly accounts: number;
  readonly instances: number;
  readonly seed: number;
  readonly runtime?: string;
  readonly report?: (line: string) => void;
}

export interface Simulated {
  readonly minutes: number;
  readonly kills: number;
  /** The differences as text; empty if there are none. */
  readonly differences: readonly string[];
  readonly consumed: number;
  readonly messages: number;
  /** Messages that were being sent when their instance was killed, so it is unknown whether they arrived. */
  readonly unsure: number;
}

const BEGIN = Date.UTC(2026, 10, 2, 8);
/** This long before the end of a window, no instance is killed until all answers are stored. */
const QUIET_MS = 4 * MINUTE_MS;
/** Maximum delay from the cron to a kill: most runs are over by then. */
const MAX_LIFE_MS = 250;

export async function simulate(options: SimulationOptions): Promise<Simulated> {
  const { accounts, seed, report = () => {} } = options;
  const random = randomFrom(seed);
  let now = BEGIN;
  const vendor = startVendor({ accounts, now: () => now, random });
  const platform: PlatformOptions = {
    database: options.database,
    vendor: `http://127.0.0.1:${vendor.port}`,
    accounts,
    now: () => now,
    report,
    ...options.runtime && { runtime: options.runtime },
  };
  await addChannel(options, `http://127.0.0.1:${vendor.port}/message`, now);
  const pool: Instance[] = await Promise.all(
    Array.from({ length: options.instances }, () => startInstance(platform)),
  );
  const differences: string[] = [];
  let kills = 0;
  let minutes = 0;

  async function replace(place: number): Promise<void> {
    const next = startInstance(platform);
    await pool[place]!.kill();
    kills++;
    pool[place] = await next;
  }

  async function runMinute(): Promise<void> {
    now += MINUTE_MS;
    minutes++;
    const place = Math.floor(random() * pool.length);
    const other = Math.floor(random() * pool.length);
    const work: Promise<unknown>[] = [pool[place]!.cron()];
    // Sometimes two at once, or one with a wrong clock; and pages are viewed at any time.
    if (random() < 0.2) work.push(pool[other]!.cron());
    else if (random() < 0.1) work.push(pool[other]!.cron(3_000));
    if (random() < 0.3) work.push(pool[other]!.ask("/api/v1/status"));
    if (random() < 0.7) {
      await new Promise((resolve) => setTimeout(resolve, random() * MAX_LIFE_MS));
      await replace(place);
    }
    await Promise.all(work);
  }

  /** Resolves once all accounts are stored as the vendor last stated them. */
  async function settle(): Promise<void> {
    for (let tries = 0; tries < 10; tries++) {
      now += MINUTE_MS;
      await pool[0]!.cron();
      if ((await listUnequal(options.open, vendor.accounts)).length === 0) return;
    }
  }

  try {
    await settle();
    const first = new Map([...vendor.accounts].map(([name, { total }]) => [name, total]));
    while (kills < options.kills) {
      await runMinute();
      if (now < vendor.resetsAt - QUIET_MS) continue;
      await settle();
      now = Math.max(now, vendor.resetsAt);
      vendor.reset();
      report(`${kills} kills in ${minutes} minutes`);
    }
    await settle();
    differences.push(...await listUnequal(options.open, vendor.accounts));
    const consumed = await compareSums(options.open, vendor.accounts, first, differences);
    const counts = Map.groupBy(vendor.messages, (id) => id);
    for (const [id, all] of counts) {
      if (all.length > 1) differences.push(`Message ${id} came ${all.length} times`);
    }
    for (const account of vendor.overlaps) differences.push(`Two instances asked about ${account} at once`);
    const unsure = await checkMessages(options.open, counts, now, differences);
    return { minutes, kills, differences, consumed, messages: vendor.messages.length, unsure };
  } finally {
    await Promise.all(pool.map((one) => one.kill()));
    await vendor.stop();
  }
}

async function addChannel({ open }: SimulationOptions, url: string, now: number): Promise<void> {
  await using store = await open();
  const vault = createVault(null, VAULT_KEY);
  const channels = createStoredChannels({ docs: store.docs, vault, now: () => now });
  await channels.add({ id: "mine", type: "webhook", values: { url } });
}

const keyOf = (name: string): AccountKey => `acme/${name}`;

async function listUnequal(
  open: SimulationOptions["open"],
  accounts: ReadonlyMap<string, { readonly used: number }>,
): Promise<readonly string[]> {
  await using store = await open();
  const found: string[] = [];
  for (const [name, { used }] of accounts) {
    const [last] = await store.readings({
      quota: quotaKey(keyOf(name), "window"),
      limit: 1,
      newestFirst: true,
    });
    if (last?.used !== used) found.push(`${name} is stored as ${last?.used}, and the vendor says ${used}`);
  }
  return found;
}

/** Resolves to the total consumption. */
async function compareSums(
  open: SimulationOptions["open"],
  accounts: ReadonlyMap<string, { readonly total: number }>,
  first: ReadonlyMap<string, number>,
  differences: string[],
): Promise<number> {
  await using store = await open();
  let sum = 0;
  for (const [name, { total }] of accounts) {
    const quota = quotaKey(keyOf(name), "window");
    const readings = await store.readings({ quota });
    const days = await store.series({ quota, from: 0, to: Number.MAX_SAFE_INTEGER, step: 86_400_000 });
    const ledger = readings.reduce((all, { consumed }) => all + consumed, 0);
    const byDay = days.reduce((all, { consumed }) => all + consumed, 0);
    // The time of consumption before the first reading is unknown.
    const base = (readings[0]?.used ?? 0) - FIRST_USED;
    const expected = total - base;
    if (ledger !== expected) {
      differences.push(`${name} has ${ledger} in its ledger, and consumed ${expected}`);
    }
    if (byDay !== ledger) differences.push(`${name} has ${byDay} by day, and ${ledger} in its ledger`);
    if (readings.length < 2 || (first.get(name) ?? 0) > total) differences.push(`${name} was hardly read`);
    sum += ledger;
  }
  return sum;
}

/** Checks that every message that counts as sent arrived, and that every other one states a reason. */
async function checkMessages(
  open: SimulationOptions["open"],
  counts: ReadonlyMap<string, readonly string[]>,
  now: number,
  differences: string[],
): Promise<number> {
  await using store = await open();
  const deliveries = await createOutbox(store.docs).list(now);
  let unsure = 0;
  for (const { alert, state, note } of deliveries) {
    const came = counts.has(alert.id);
    if (state === "sent" && !came) differences.push(`Message ${alert.id} counts as sent and did not come`);
    if (state === "given-up") {
      unsure++;
      if (note !== INTERRUPTED) differences.push(`Message ${alert.id}: ${note}`);
    }
  }
  return unsure;
}

/** Returns numbers between 0 and 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 4_294_967_296;
  };
}
