/**
 * The composition root: the only file that knows which implementation stands behind
 * each interface. It may import everything; nothing but commands may import it.
 */
import type { Access } from "../access/access.ts";
import { type AccessOptions, createAccess } from "../access/service.ts";
import { type Accounts, createAccounts } from "../accounts/accounts.ts";
import { type Analysis, createAnalysis } from "../read/analysis.ts";
import type { Log, Os } from "../provider/context.ts";
import { baseUrlOf } from "../config/base_url.ts";
import type { Clock } from "../base/clock.ts";
import type { Config, Environment } from "../config/config.ts";
import { type AccountAccess, listAccountAccess } from "./account_access.ts";
import { type Alerting, createAlerting } from "./alerting.ts";
import { aboutAccounts, engineRules } from "./about.ts";
import type { CurrentConfig } from "./current_config.ts";
import { createBackupJob } from "./backups.ts";
import { renewerFor } from "./renewer.ts";
import { storedParts, withStored } from "./stored_accounts.ts";
import { isInHome } from "./home.ts";
import { retentionOf } from "./retention.ts";
import { createProcessLocks } from "./process_locks.ts";
import { createMaintenanceJobs, tidyCopies } from "./database_maintenance.ts";
import { readProcessStats } from "./process_stats.ts";
import { createHistoryCache } from "../read/history_cache.ts";
import { createPresent, createRecords } from "../read/present.ts";
import { createHub, type Hub } from "../base/hub.ts";
import type { CredentialFacts } from "../model/outcome.ts";
import { statusBounds } from "../model/view/status.ts";
import { EMPTY_TALLY, tallied } from "../model/engine/tally.ts";
import { createMaintenance } from "../poll/maintenance.ts";
import { type Heartbeat, startHeartbeat } from "../poll/heartbeat.ts";
import { expectedIntervalMs } from "../poll/schedule.ts";
import type { CreateContext } from "../poll/poller.ts";
import { createIdentities } from "../poll/identities.ts";
import { createScheduler, type Scheduler } from "../poll/scheduler.ts";
import { listAccess } from "../sandbox/access_list.ts";
import { type Provider, setUpHint } from "../provider/contract.ts";
import type { RecentLog } from "../base/recent_log.ts";
import type { Redactor } from "../base/redact.ts";
import type { AnswerCommands, AppContext, ProviderStatus } from "./context.ts";
import {
  accountSettings,
  createSettings,
  fixedZone,
  hiddenAccounts,
  type SettingsKeeper,
  viewSettings,
} from "./settings.ts";
import type { Store } from "../store/store.ts";
import { type OpenOptions, openSqliteStore, type SqliteStore } from "../store/sqlite.ts";
import { VERSION } from "../base/version.ts";
import { createSandbox, type SandboxOptions } from "../sandbox/sandbox.ts";

export interface ComposeParts {
  readonly config: Config;
  readonly environment: Environment;
  readonly providers: readonly Provider[];
  readonly clock: Clock;
  readonly log: Log;
  readonly redactor: Redactor;
  /** The newest lines of the log; none unless given. */
  readonly recentLog?: Pick<RecentLog, "last">;
  /** Runs commands for whoever asks from elsewhere; nobody does unless given. */
  readonly answers?: AnswerCommands;
  /** Stays the caller's: it is not closed by `stop`. */
  readonly store: Store;
  /** The settings as they stand now, for what may change while the program runs. Default: `config` for ever. */
  readonly current?: CurrentConfig;
  /** Told what is found while looking for accounts: by provider id, a file that was there or a command that answered. */
  readonly onFound?: (
    provider: string,
    what: { readonly file: string } | { readonly command: string },
  ) => void;
  /** True when the figures come from the fake vendor of the demo. */
  readonly demo?: boolean;
  /** Who else may come in than those the store knows. */
  readonly access?: Omit<AccessOptions, "docs" | "audit" | "clock">;
  /** By which this run is known; random unless whoever started it has chosen one. */
  readonly instanceId?: string;
}

/** The program without its web server. */
export interface Composed {
  readonly hub: Hub;
  readonly scheduler: Scheduler;
  readonly access: Access;
  readonly alerting: Pick<Alerting, "alerts" | "channels">;
  readonly accounts: Accounts;
  readonly settings: SettingsKeeper;
  readonly providers: () => Promise<readonly ProviderStatus[]>;
  /** What the accounts that were found last reach beyond what their providers declare. */
  reached(): Promise<readonly AccountAccess[]>;
  /** What requests may use, for a server that answers to `hosts`. */
  services(hosts: ReadonlySet<string>, certificate?: AppContext["certificate"]): AppContext;
  /** Begins to poll by the clock. */
  start(): void;
  /** Ends live streams and polls; polls under way are given a few seconds. */
  stop(): Promise<void>;
}

/** The database of the settings in force. @throws {StoreError} */
export function openStore(config: Config, options: OpenOptions = {}): Promise<SqliteStore> {
  return openSqliteStore(config.dbPath, { ownFolder: config.ownFolder, ...options });
}

/** Less than the minute between two ticks, more than the polls of one take to begin. */
const MIN_RELOAD_MS = 30_000;

const NO_COMMANDS = { run: () => Promise.resolve(null) };
/** Whoever shows invented figures looks at nothing of the person's own. */
const SEALED = {
  ...NO_COMMANDS,
  readText: () => Promise.resolve(null),
  readRows: () => Promise.resolve(null),
};

export function compose(parts: ComposeParts): Composed {
  const { config, environment, providers, clock, log, redactor, store } = parts;
  const current = parts.current ?? Object.assign(() => config, { pending: () => [] });
  const hub = createHub();
  const instanceId = parts.instanceId ?? crypto.randomUUID();
  const startedAt = clock.now();
  let tally = EMPTY_TALLY;
  const stored = storedParts(config, { store, clock, learn: redactor.learn });
  let reloadedAt = Number.NEGATIVE_INFINITY;
  /** Files of settings are read again once a tick, not once for every vendor that is asked in it. */
  function reload(now = clock.now()): void {
    if (now >= reloadedAt && now - reloadedAt < MIN_RELOAD_MS) return;
    reloadedAt = now;
    environment.reload();
  }
  const world: CreateContext = (provider, signal, askedFor) => {
    // So that a changed credential is seen by the next look.
    reload();
    const closed = parts.demo ? SEALED : current().runCommands ? {} : NO_COMMANDS;
    const onFound: SandboxOptions["onFound"] = (what) => parts.onFound?.(provider.id, what);
    return createSandbox({ provider, environment, clock, log, signal, onFound, ...askedFor, ...closed });
  };
  const renewer = renewerFor({
    environment,
    store,
    clock,
    log,
    world,
    runCommands: () => current().runCommands,
  });
  const turns = "path" in store && typeof store.path === "string"
    ? createProcessLocks(store.path, clock)
    : null;
  const scheduler = createScheduler({
    providers,
    identities: createIdentities({ store, clock }),
    world,
    logins: (provider) => withStored(provider, environment, stored),
    // The demo reads no file of anybody's, and writes none.
    ...parts.demo ? {} : { renewer },
    ...turns && { turns },
    store,
    hub,
    clock,
    random: Math.random,
    log,
    redact: redactor.redact,
    learn: redactor.learn,
    rules: () => engineRules(current()),
    scheduleOf: (provider) => {
      const { schedules, schedule } = current();
      return schedules[provider] ?? schedule;
    },
    ready: () => settings.load(),
    isPolled: (account) => accountSettings(settings.current, account).polling,
    ended: (outcome, changes) => tally = tallied(tally, outcome, changes),
  });
  const about = aboutAccounts(current, providers);
  const order = new Map(providers.map(({ id }, place) => [id, place]));
  const history = createHistoryCache({ store, hub, clock });
  const retention = async () => retentionOf(current(), await settings.load());
  const records = createRecords({ store, hub, clock });
  const settings: SettingsKeeper = createSettings({ store, hub, clock });
  const accounts = createAccounts({
    ...stored,
    providers,
    store,
    settings,
    found: scheduler.accounts,
    look: scheduler.look,
    settle: scheduler.settle,
    isOwnPath: (path) => isInHome(path, environment),
    changed: () => void hub.publish({ kind: "settings", account: null }),
  });
  const access = createAccess({ ...parts.access, docs: store.docs, audit: store.audit, clock, log });
  const zone = () => fixedZone(settings.current) ?? current().timezone;
  const bounds = () => statusBounds(settings.current.thresholds);
  const analysis: Analysis = createAnalysis({
    store,
    hub,
    clock,
    zone,
    records,
    about,
    workDays: () => settings.current.workDays,
    statusBounds: bounds,
  });
  const upkeep = createMaintenanceJobs({
    store,
    clock,
    retention,
    get keepReadingsMs() {
      return current().keepReadingsMs;
    },
  });
  let heartbeat: Heartbeat | undefined;

  const present = createPresent({
    hub,
    clock,
    records,
    analysis,
    prepare: () => settings.load(),
    facts() {
      const found = new Map<string, CredentialFacts>(scheduler.accounts().map((one) => [one.account, one]));
      return (account) => ({
        providerName: about(account).providerName,
        configured: found.has(account),
        credential: found.get(account) ?? null,
        ...accountSettings(settings.current, account),
        statusBounds: bounds(),
      });
    },
    hidden() {
      const found = new Set<string>(scheduler.accounts().map(({ account }) => account));
      return hiddenAccounts(settings.current).filter((key) => !found.has(key));
    },
    order() {
      const wanted = new Map<string, number>(settings.current.accountOrder.map((key, place) => [key, place]));
      return (a, b) =>
        placeOf(wanted, a.key) - placeOf(wanted, b.key) ||
        placeOf(order, a.provider) - placeOf(order, b.provider) || (a.key < b.key ? -1 : 1);
    },
    around: () => ({
      settings: viewSettings(settings.current, current().timezone),
      trouble: scheduler.trouble(),
    }),
  });
  const { dashboard } = present;
  const alerting = createAlerting({
    stored,
    store,
    hub,
    clock,
    log,
    zone,
    demo: parts.demo ?? false,
    async accounts(only) {
      if (only === undefined) return (await dashboard()).accounts;
      const one = await present.account(only);
      return one === null ? [] : [one.account];
    },
  });
  let following: ReturnType<typeof alerting.start> | undefined;

  function statuses(): Promise<readonly ProviderStatus[]> {
    const accounts = scheduler.accounts();
    const problems = scheduler.problems();
    return Promise.resolve(providers.map((provider) => {
      const own = accounts.filter((account) => account.provider === provider.id);
      return {
        id: provider.id,
        name: provider.name,
        configured: own.length > 0,
        accounts: own.map(({ name, source, expiresAt, fingerprint, remedy }) => ({
          name,
          source,
          expiresAt,
          fingerprint,
          remedy,
        })),
        baseUrl: baseUrlOf(provider, environment).baseUrl?.origin ?? null,
        intervalMs: scheduler.intervalOf(provider.id),
        setup: setUpHint(provider),
        problem: problems.get(provider.id) ?? null,
      };
    }));
  }

  return {
    hub,
    scheduler,
    access,
    alerting,
    accounts,
    settings,
    async reached() {
      await renewer.load();
      return listAccountAccess(scheduler.found(), { environment, world, renewer });
    },
    providers: statuses,
    services(hosts, certificate = () => null) {
      return {
        version: VERSION,
        instanceId,
        startedAt,
        get zone() {
          return zone();
        },
        get serverZone() {
          return current().timezone;
        },
        settings,
        access,
        alerts: alerting.alerts,
        channels: alerting.channels,
        accounts,
        analysis,
        clock,
        store,
        hub,
        log,
        answers: parts.answers ?? null,
        recentLog: (most) => parts.recentLog?.last(most) ?? [],
        get intervalMs() {
          return expectedIntervalMs(current().schedule, 0, clock.now());
        },
        needRestart: () => current.pending(),
        hosts,
        certificate,
        platform: Deno.build.os,
        demo: parts.demo ?? false,
        dashboard,
        present,
        async history({ quotas, sessions, ...span }) {
          const view = quotas ? null : await dashboard();
          const keys = quotas ?? view!.accounts.flatMap((account) => account.quotas.map(({ key }) => key));
          return await history.history(span, keys, sessions);
        },
        past: ({ range, quotas }) => history.past(range, quotas),
        poolsOf: (id) => providers.find((one) => one.id === id)?.pools ?? [],
        providers: statuses,
        pollNow(account) {
          // Whoever has just changed a file and asks has that file in mind.
          reloadedAt = Number.NEGATIVE_INFINITY;
          return scheduler.pollNow(account);
        },
        tally: () => tally,
        upkeep,
        reach: () => listAccess({ providers, environment, os: Deno.build.os as Os }),
        vitals: () => readProcessStats(config.dbPath),
      };
    },
    start() {
      void tidyCopies(store);
      const prune = createMaintenance({
        store,
        clock,
        log,
        retention,
      });
      const backUp = createBackupJob({
        store,
        clock,
        log,
        settings: () => ({ everyMs: current().backupEveryMs, keep: current().backupKeep }),
      });
      const maintain = async () => {
        await prune();
        await backUp();
      };
      const followed = following = alerting.start();
      heartbeat = startHeartbeat({
        scheduler,
        clock,
        log,
        async maintain() {
          await maintain();
          await followed.tick();
        },
      });
    },
    async stop() {
      await following?.stop();
      hub.close();
      history.close();
      analysis.close();
      present.close();
      records.close();
      await (heartbeat ? heartbeat.stop() : scheduler.stop());
      turns?.release();
    },
  };
}

function placeOf(order: ReadonlyMap<string, number>, key: string): number {
  return order.get(key) ?? order.size;
}
