/**
 * Services for tests of pages and routes: the real model, store and history on an in-memory
 * database, without vendors. Tests state what was polled and when.
 */
import { createNotes } from "../../lib/app/notes.ts";
import { providers as REGISTRY } from "../../providers/mod.ts";
import { createAlerts } from "../../lib/alerts/alerts.ts";
import { createAlertFacts } from "../../lib/app/alert_facts.ts";
import { createManagedChannels } from "../../lib/alerts/managed_channels.ts";
import { createMirror } from "../../lib/alerts/mirror.ts";
import type { HookSettings } from "../../lib/alerts/hook_settings.ts";
import { createStoredChannels, type StoredChannels } from "../../lib/alerts/stored_channels.ts";
import { createPushSubscriptions } from "../../lib/alerts/push_subscriptions.ts";
import { createOutside } from "../../lib/alerts/outside.ts";
import { createAccess } from "../../lib/access/service.ts";
import { createAccounts } from "../../lib/accounts/accounts.ts";
import { createAnalysis } from "../../lib/read/analysis.ts";
import type { LogFields } from "../../lib/provider/context.ts";
import { createVault } from "../../lib/accounts/vault/vault.ts";
import type { Clock } from "../../lib/base/clock.ts";
import { createHistoryCache } from "../../lib/read/history_cache.ts";
import { createPresent, createRecords } from "../../lib/read/present.ts";
import { createRecentLog } from "../../lib/base/recent_log.ts";
import { createHub } from "../../lib/base/hub.ts";
import { advance } from "../../lib/model/engine/advance.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import { type AccountKey, type Reading, splitAccountKey } from "../../lib/model/quota.ts";
import { statusBounds } from "../../lib/model/view/status.ts";
import { addToTally, EMPTY_TALLY } from "../../lib/model/engine/tally.ts";
import type { DashboardView } from "../../lib/model/view/view.ts";
import type { Provider } from "../../lib/provider/contract.ts";
import type { AppContext, ProviderStatus } from "../../lib/app/context.ts";
import {
  accountSettings,
  createSettings,
  fixedZone,
  hiddenAccounts,
  viewSettings,
} from "../../lib/app/settings.ts";
import { spendView } from "../../lib/app/spend_view.ts";
import { lateStore } from "./late_store.ts";
import { openTestStore } from "./test_store.ts";

/** The only host that fake services accept. */
export const HOST = "127.0.0.1:9211";
export const ORIGIN = `http://${HOST}`;
const INTERVAL_MS = 60_000;
const SERVER_ZONE = "UTC";

export interface FakeOptions {
  readonly clock: Clock;
  /** Default: the configured providers Synthetic, Z.ai and Acme, each with one account named `default`. */
  readonly providers?: readonly ProviderStatus[];
  readonly hosts?: readonly string[];
  /** Path of the key for stored accounts; without it, none can be stored. */
  readonly keyFile?: string;
  /** How channels reach their receivers. */
  readonly outside?: Partial<Parameters<typeof createOutside>[0]>;
  /** Providers of which accounts can be added. Default: none. */
  readonly addable?: readonly Provider[];
  /** Access options; by default, the owner of this machine has access as long as there are no people. */
  readonly access?: Partial<Parameters<typeof createAccess>[0]>;
  /** Outcomes of manual polls. Default: ok. */
  readonly pollNow?: AppContext["pollNow"];
}

export interface FakeServices extends AppContext, AsyncDisposable {
  /** The storage of the dashboard's channels. */
  readonly stored: StoredChannels;
  /** The `[hooks]` of the config file. */
  readonly hooks: Map<string, HookSettings>;
  /** Unredacted lines of the log. */
  readonly logged: string[];
  /** Number of requests for the dashboard. */
  readonly asked: { dashboard: number };
  /** Stores a successful poll of the account, now, with these readings. */
  polled(
    account: AccountKey,
    readings: readonly Reading[],
    plan?: string,
    unread?: readonly string[],
  ): Promise<void>;
  /** Stores a failed poll of the account, now. */
  failed(account: AccountKey, failure: Partial<Outcome>): Promise<void>;
}

export function providerStatus(fields: Partial<ProviderStatus> & { readonly id: string }): ProviderStatus {
  return {
    name: fields.id,
    configured: true,
    accounts: [{ name: "default", source: "a test", expiresAt: null, fingerprint: null, remedy: null }],
    baseUrl: null,
    intervalMs: INTERVAL_MS,
    setup: "Nothing to set",
    problem: null,
    ...fields,
  };
}

const PROVIDERS: readonly ProviderStatus[] = [
  providerStatus({ id: "synthetic", name: "Synthetic" }),
  providerStatus({ id: "zai", name: "Z.ai" }),
  providerStatus({ id: "acme", name: "Acme" }),
  providerStatus({ id: "idle", name: "Idle", configured: false, accounts: [] }),
];

export async function fakeServices(options: FakeOptions): Promise<FakeServices> {
  const { clock, providers = PROVIDERS } = options;
  const late = lateStore(await openTestStore());
  const { store } = late;
  const hub = createHub();
  const cache = createHistoryCache({ store, hub, clock });
  const records = createRecords({ store, hub, clock });
  const settings = createSettings({ store, hub, clock });
  const bounds = () => statusBounds(settings.current.thresholds);
  const analysis = createAnalysis({
    store,
    hub,
    clock,
    records,
    zone: () => fixedZone(settings.current) ?? SERVER_ZONE,
    workDays: () => settings.current.workDays,
    about: (account) => ({ providerName: nameOf(account) }),
    statusBounds: bounds,
  });
  const logged: string[] = [];
  const recent = createRecentLog();
  const asked = { dashboard: 0 };
  let tally = EMPTY_TALLY;
  const log = (message: string, fields?: LogFields) => {
    logged.push(`${message} ${JSON.stringify(fields ?? {})}`);
    recent.keep({ at: clock.now(), level: "info", message, details: JSON.stringify(fields ?? {}) });
  };

  function nameOf(account: AccountKey): string {
    return providers.find(({ id }) => id === splitAccountKey(account).provider)?.name ?? "unknown";
  }

  function isConfigured(account: AccountKey): boolean {
    return providers.find(({ id }) => id === splitAccountKey(account).provider)?.configured ?? false;
  }

  const present = createPresent({
    hub,
    clock,
    records,
    analysis,
    prepare: () => settings.load(),
    facts: () => (account) => ({
      configured: isConfigured(account),
      providerName: nameOf(account),
      ...accountSettings(settings.current, account),
      statusBounds: bounds(),
    }),
    hidden: () => hiddenAccounts(settings.current).filter((key) => !isConfigured(key)),
    order: () => () => 0,
    around: () => ({ settings: viewSettings(settings.current, SERVER_ZONE), trouble: null }),
  });

  function dashboard(which?: { readonly withHidden?: boolean }): Promise<DashboardView> {
    asked.dashboard++;
    return present.dashboard(which);
  }

  function outcome(account: AccountKey, fields: Partial<Outcome>): Outcome {
    return {
      account,
      at: clock.now(),
      durationMs: 12,
      kind: "ok",
      failures: 0,
      nextAt: clock.now() + INTERVAL_MS,
      nextReason: "interval",
      credential: null,
      ...fields,
    };
  }

  const accounts = createAccounts({
    docs: store.docs,
    vault: createVault(options.keyFile ?? null),
    now: clock.now.bind(clock),
    providers: options.addable ?? [],
    store,
    settings,
    found: () => [],
    discover: () => Promise.resolve(),
    settle: () => Promise.resolve(),
    changed: () => void hub.publish({ kind: "settings", account: null }),
  });
  const sealed = {
    docs: store.docs,
    vault: createVault(options.keyFile ?? null),
    now: clock.now.bind(clock),
  };
  const hooks = new Map<string, HookSettings>();
  const stored = createStoredChannels({ ...sealed, hooks: () => hooks });
  const outside = createOutside({ env: () => undefined, ...options.outside });
  const poolsOf = (id: string) => REGISTRY.find((one) => one.id === id)?.pools ?? [];
  const alerts = createAlerts({
    store,
    channels: stored,
    clock,
    log: { debug: log, info: log, warn: log, error: log },
    zone: () => SERVER_ZONE,
    outside,
    async accounts(only) {
      const { accounts } = await present.dashboard();
      return accounts.filter(({ key }) => only === undefined || key === only);
    },
    spend: createAlertFacts({
      analysis,
      poolsOf,
      zone: () => fixedZone(settings.current) ?? SERVER_ZONE,
      now: clock.now.bind(clock),
      accounts: async () => (await present.dashboard()).accounts,
    }).spend,
    summary: () => Promise.resolve({ quotas: [], alerts: [], plans: [] }),
  });
  const mirror = createMirror({
    docs: store.docs,
    channels: stored,
    clock,
    log: { debug: log, info: log, warn: log, error: log },
    outside,
    accounts: async () => (await present.dashboard()).accounts,
  });
  return {
    version: "0.0.0-test",
    instanceId: "run-1",
    startedAt: clock.now(),
    get zone() {
      return fixedZone(settings.current) ?? SERVER_ZONE;
    },
    serverZone: SERVER_ZONE,
    settings,
    access: createAccess({ docs: store.docs, audit: store.audit, clock, rounds: 1000, ...options.access }),
    push: createPushSubscriptions({ ...sealed, channels: stored }),
    stored,
    hooks,
    channels: createManagedChannels({
      stored,
      alerts,
      mirror,
      now: clock.now.bind(clock),
      os: "linux",
      isGranted: (reach) => !reach.hosts.some((host) => host.startsWith("closed.")),
      closed: null,
      resolve: (name) => Promise.resolve([name.startsWith("inside.") ? "10.0.0.7" : "93.184.216.34"]),
    }),
    alerts,
    accounts,
    analysis,
    intervalMs: INTERVAL_MS,
    platform: "linux",
    demo: false,
    clock,
    store,
    hub,
    log: { debug: log, info: log, warn: log, error: log },
    hosts: new Set(options.hosts ?? [HOST]),
    recentLog: recent.last,
    answers: null,
    logged,
    asked,
    notes: createNotes({ docs: store.docs, hub, now: () => clock.now() }),
    dashboard,
    present,
    async history({ quotas, sessions, ...span }) {
      const known = (await dashboard()).accounts.flatMap(({ quotas }) => quotas.map(({ key }) => key));
      return await cache.history(span, quotas ?? known, sessions);
    },
    past: ({ range, quotas }) => cache.past(range, quotas),
    poolsOf,
    vendorOf: (id) => REGISTRY.find((one) => one.id === id)?.vendor ?? null,
    spend: (zone, only) => spendView({ analysis, poolsOf, dashboard, settings, alerts }, zone, only),
    providers: () => Promise.resolve(providers),
    pollNow: options.pollNow ??
      (async (account) => {
        const accounts = account ? [account] : (await dashboard()).accounts.map(({ key }) => key);
        return accounts.map((key) => outcome(key, {}));
      }),
    tally: () => tally,
    maintenance: null,
    needRestart: () => [],
    listAccess: () =>
      providers.map(({ id, name }) => ({
        id,
        name,
        enabled: true,
        hosts: [`api.${id}.example`],
        files: [],
        commands: [],
      })),
    processStats: () =>
      Promise.resolve({ runtime: "2.0.0", memoryBytes: 50_000_000, cpuSeconds: 1.5, storeBytes: 4096 }),
    async polled(account, readings, plan, unread) {
      const more = { ...plan !== undefined && { plan }, ...unread && { unread } };
      const snapshot = { account, at: clock.now(), readings, ...more };
      const step = advance(await late.recall(account), snapshot);
      const ended = outcome(account, {});
      await late.add({ snapshot, ...step, outcome: ended });
      tally = addToTally(tally, ended, step.changes);
      hub.publish({ kind: "account", account });
    },
    async failed(account, failure) {
      const ended = outcome(account, { kind: "unavailable", failures: 1, ...failure });
      await store.note(ended);
      tally = addToTally(tally, ended, []);
      hub.publish({ kind: "account", account });
    },
    async [Symbol.asyncDispose]() {
      cache.close();
      records.close();
      analysis.close();
      present.close();
      hub.close();
      await store[Symbol.asyncDispose]();
    },
  };
}
