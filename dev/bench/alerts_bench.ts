/**
 * Measures alerts: deciding after a poll, the replay of a month, and a full outbox behind a channel that fails every third
 * time.
 *
 *     deno run -A dev/bench/alerts_bench.ts
 */
import { cpuUsage } from "node:process";
import { createAlerts } from "../../lib/alerts/alerts.ts";
import { deliveryDoc } from "../../lib/alerts/outbox.ts";
import { createOutside } from "../../lib/alerts/outside.ts";
import { createStoredChannels } from "../../lib/alerts/stored_channels.ts";
import { createVault } from "../../lib/accounts/vault/vault.ts";
import { decideAlerts } from "../../lib/model/alerts/decide.ts";
import type { AlertMemory } from "../../lib/model/alerts/memory.ts";
import { type AlertRules, DEFAULT_ALERT_RULES, type QuotaRule } from "../../lib/model/alerts/rules.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import {
  type AccountKey,
  computeShare,
  type QuotaKey,
  quotaKey,
  splitQuotaKey,
} from "../../lib/model/quota.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { fillHistory } from "./history.ts";
import { computeMedian, computeQuantile } from "./median.ts";

const NOW = Date.parse("2026-11-29T12:00:00Z");
const ZONE = "Europe/Berlin";
const QUOTAS = 4;
const RULES_PER_QUOTA = 5;
const POLLS = 20_000;
const MESSAGES = 10_000;

measureDecisions();
await measureReplay();
await measureOutbox();

function createView(key: QuotaKey, used: number, at: number): QuotaView {
  const { quota } = splitQuotaKey(key);
  return {
    key,
    quota,
    label: quota,
    unit: "requests",
    window: { kind: "fixed", seconds: 5 * 3600 },
    at,
    used,
    limit: 100,
    remaining: 100 - used,
    utilization: used / 100,
    share: computeShare(used, 100),
    status: "healthy",
    resetsAt: at + HOUR_MS,
    ratePerHour: null,
    rateSpanMs: null,
    cycle: { startedAt: at - at % (5 * HOUR_MS), peak: used, consumed: used, whole: true },
    gone: false,
    parts: [],
  };
}

function createAccount(key: AccountKey, quotas: readonly QuotaView[], at: number): AccountView {
  const [provider = "", name = ""] = key.split("/");
  const health = { state: "fresh", failure: null, hint: null, triedAt: at, okAt: at, nextAt: at } as const;
  return { key, provider, providerName: "Demo", name, plan: null, health, at, quotas };
}

/** Polls of one account with four quotas, each with five thresholds of its own. */
function measureDecisions(): void {
  const account: AccountKey = "demo/account-1";
  const keys = Array.from({ length: QUOTAS }, (_, place) => quotaKey(account, `quota-${place}`));
  const createRule = (place: number): QuotaRule => ({
    thresholds: Array.from({ length: RULES_PER_QUOTA }, (_, step) => 0.5 + step / 10 + place / 100),
  });
  const rules: AlertRules = {
    ...DEFAULT_ALERT_RULES,
    only: Object.fromEntries(keys.map((key, place) => [key, createRule(place)])),
  };
  let memory: AlertMemory | null = null;
  let raised = 0;
  const times: number[] = [];
  for (let poll = 0; poll < POLLS; poll++) {
    const at = NOW + poll * 5 * MINUTE_MS;
    const view = createAccount(
      account,
      keys.map((key, place) => createView(key, (poll * 7 + place * 13) % 101, at)),
      at,
    );
    const begun = performance.now();
    const decided = decideAlerts({ account: view, memory, rules, now: at, zone: ZONE });
    times.push(performance.now() - begun);
    memory = decided.memory;
    raised += decided.decisions.filter(({ alert }) => alert).length;
  }
  const settled = times.slice(POLLS / 10);
  console.log(
    `decide: ${QUOTAS} quotas, ${QUOTAS * RULES_PER_QUOTA} rules: median ${
      computeMedian(settled).toFixed(3)
    } ms, ` +
      `99 of 100 under ${computeQuantile(settled, 0.99).toFixed(3)} ms; ${raised} alerts in ${POLLS} polls`,
  );
}

async function measureReplay(): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await using store = await openSqliteStore(`${folder}/bench.db`);
    const filled = await fillHistory(store, {
      accounts: 15,
      quotas: 4,
      days: 30,
      stepMs: 5 * MINUTE_MS,
      endAt: NOW,
    });
    const accounts = filled.accounts.map((key) => {
      const own = filled.quotas.filter((quota) => splitQuotaKey(quota).account === key);
      return createAccount(key, own.map((quota) => createView(quota, 0, NOW)), NOW);
    });
    const { alerts } = await alertsOver(store, accounts, `${folder}/key`);
    const times: number[] = [];
    const processor: number[] = [];
    let found = { alerts: 0, readings: 0 };
    for (let run = 0; run < 5; run++) {
      const begun = performance.now();
      const before = cpuUsage();
      const replay = await alerts.replay(30);
      times.push(performance.now() - begun);
      const { user, system } = cpuUsage(before);
      processor.push((user + system) / 1000);
      found = { alerts: replay.alerts.length, readings: replay.readings };
    }
    console.log(
      `replay: 30 days of ${filled.quotas.length} quotas, ${found.readings} readings: median ${
        computeMedian(times).toFixed(0)
      } ms (processor ${computeMedian(processor).toFixed(0)} ms), first ${
        times[0]!.toFixed(0)
      } ms; ${found.alerts} alerts`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function alertsOver(
  store: Awaited<ReturnType<typeof openSqliteStore>>,
  accounts: readonly AccountView[],
  keyFile: string,
) {
  let now = NOW;
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const channels = createStoredChannels({ docs: store.docs, vault: createVault(keyFile), now: clock.now });
  const alerts = createAlerts({
    store,
    channels,
    clock,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    zone: () => ZONE,
    outside: createOutside({ env: () => undefined }),
    accounts: () => Promise.resolve(accounts),
    spend: () => Promise.resolve(null),
    summary: () => Promise.resolve({ quotas: [], alerts: [], plans: [] }),
  });
  return await Promise.resolve({ alerts, channels, jump: (ms: number) => void (now += ms) });
}

async function measureOutbox(): Promise<void> {
  const folder = await Deno.makeTempDir();
  const told = new Map<string, number>();
  let requests = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = await request.json() as { readonly alerts: readonly { readonly id: string }[] };
    if (++requests % 3 === 0) return new Response(null, { status: 503 });
    for (const { id } of body.alerts) told.set(id, (told.get(id) ?? 0) + 1);
    return new Response("ok");
  });
  try {
    await using store = await openSqliteStore(`${folder}/bench.db`);
    const { alerts, channels, jump } = await alertsOver(store, [], `${folder}/key`);
    await channels.add({
      id: "flaky",
      type: "webhook",
      values: { url: `http://127.0.0.1:${server.addr.port}` },
    });
    const begun = performance.now();
    for (let place = 0; place < MESSAGES; place++) {
      const { kind, id, doc } = deliveryDoc({
        alert: {
          id: `threshold|demo/account/quota-${place}|0.8|1`,
          kind: "threshold",
          severity: "warning",
          account: "demo/account",
          quota: `quota-${place}`,
          at: NOW,
          title: `Demo quota ${place}: 85% used`,
          text: "85% used, over 80%.",
          details: "",
          expiresAt: NOW + DAY_MS,
        },
        channel: "flaky",
        state: "waiting",
        createdAt: NOW + place,
        dueAt: NOW,
        attempts: 0,
        note: "",
      }, NOW);
      await store.docs.put(kind, id, doc, NOW);
    }
    const stored = performance.now();
    let rounds = 0;
    const { signal } = new AbortController();
    while ((await alerts.deliveries()).some(({ state }) => state === "waiting")) {
      await alerts.deliver(signal);
      jump(MINUTE_MS);
      rounds++;
    }
    const done = performance.now();
    const states = Object.groupBy(await alerts.deliveries(), ({ state }) => state);
    const twice = [...told.values()].filter((count) => count > 1).length;
    console.log(
      `outbox: ${MESSAGES} messages stored in ${((stored - begun) / 1000).toFixed(1)} s, delivered in ${
        ((done - stored) / 1000).toFixed(1)
      } s by ${requests} requests in ${rounds} rounds; ${told.size} arrived, ${twice} twice, ${
        states.sent?.length ?? 0
      } noted as sent`,
    );
    if (told.size !== MESSAGES || twice > 0) Deno.exit(1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
