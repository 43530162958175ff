/**
 * The composition root: the only file that knows which implementation is behind
 * each interface. It may import everything; only commands may import it.
 */
import type { Access } from "../access/access.ts";
import { type AccessOptions, createAccess } from "../access/service.ts";
import { type Accounts, createAccounts } from "../accounts/accounts.ts";
import { type Analysis, createAnalysis } from "../read/analysis.ts";
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import type { Config, Environment } from "../config/config.ts";
import { type AccountAccess, listAccountAccess } from "./account_access.ts";
import { createAlertFacts } from "./alert_facts.ts";
import { type Alerting, createAlerting } from "./alerting.ts";
import { aboutAccounts } from "./about.ts";
import type { CurrentConfig } from "./current_config.ts";
import { spendView } from "./spend_view.ts";
import { createStoredParts } from "./stored_accounts.ts";
import { readHooks } from "./hooks.ts";
import { isInHome } from "./home.ts";
import { deriveRetention } from "./retention.ts";
import { createMaintenanceJobs } from "./database_maintenance.ts";
import { readProcessStats } from "./process_stats.ts";
import { createHistoryCache } from "../read/history_cache.ts";
import { createPresent, createRecords } from "../read/present.ts";
import { createHub, type Hub } from "../base/hub.ts";
import { statusBounds } from "../model/view/status.ts";
import type { TroubleView } from "../model/view/view.ts";
import { expectedIntervalMs } from "../poll/schedule.ts";
import type { Scheduler } from "../poll/scheduler.ts";
import { listAccess } from "../sandbox/access_list.ts";
import { systemOs } from "../sandbox/sandbox.ts";
import type { Provider } from "../provider/contract.ts";
import type { RecentLog } from "../base/recent_log.ts";
import type { Redactor } from "../base/redact.ts";
import type { AnswerCommands, AppContext, ProviderStatus } from "./context.ts";
import { createNotes } from "./notes.ts";
import { createSettings, fixedZone, type SettingsKeeper } from "./settings.ts";
import type { Store } from "../store/store.ts";
import type { OpenOptions } from "../store/sqlite.ts";
import { openDatabase } from "./open_store.ts";
import { VERSION } from "../base/version.ts";
import { createPolling, type FoundCallback, type PollingParts } from "./polling.ts";
import type { SharedInstances } from "./hosted/instances.ts";
import { describeAccounts, listProviderStatuses } from "./known_accounts.ts";
import { type PeriodicWork, startPeriodicWork } from "./periodic_work.ts";

export interface ComposeParts {
  readonly config: Config;
  readonly environment: Environment;
  readonly providers: readonly Provider[];
  readonly clock: Clock;
  readonly log: Log;
  readonly redactor: Redactor;
  /** The newest lines of the log; empty by default. */
  readonly recentLog?: Pick<RecentLog, "last">;
  /** Runs commands for other machines; by default none are answered. */
  readonly answers?: AnswerCommands;
  /** Owned by the caller: `stop` does not close it. */
  readonly store: Store;
  /** The current settings, for what may change while the program runs. Default: always `config`. */
  readonly current?: CurrentConfig;
  /** Called during discovery with a provider's id and a file that exists or a command that answered. */
  readonly onFound?: FoundCallback;
  /** True when the figures come from the fake vendor of the demo. */
  readonly demo?: boolean;
  /** Who may sign in besides the users of the store. */
  readonly access?: Omit<AccessOptions, "docs" | "audit" | "clock">;
  /** The key of stored secrets, when it is not in a file. */
  readonly vaultKey?: string | undefined;
  /** What is wrong besides the store, for pages and the health check. */
  readonly trouble?: () => TroubleView | null;
  /** Returns how to set up an account of a provider, where that differs from the provider's own text. */
  readonly setUpHint?: (provider: Provider) => string;
  /** Set when several instances share the store. */
  readonly instances?: SharedInstances;
  /** Identifies this run; random by default. */
  readonly instanceId?: string;
}

/** The program without its web server. */
export interface Composed {
  readonly hub: Hub;
  readonly scheduler: Scheduler;
  readonly access: Access;
  readonly alerting: Pick<Alerting, "alerts" | "channels" | "mirror" | "release" | "start" | "watch">;
  readonly accounts: Accounts;
  readonly settings: SettingsKeeper;
  readonly providers: () => Promise<readonly ProviderStatus[]>;
  /** What the accounts found last may reach beyond their providers' declarations. */
  reached(): Promise<readonly AccountAccess[]>;
  /** What requests may use, for a server that answers to `hosts`. */
  services(hosts: ReadonlySet<string>, certificate?: AppContext["certificate"]): AppContext;
  /** Starts polling by the clock. */
  start(): void;
  /** Ends live streams and polls; polls in progress get a few seconds. */
  stop(): Promise<void>;
}

/** Opens the database of the current settings. @throws {StoreError} */
export function openStore(config: Config, options: OpenOptions = {}): Promise<Store> {
  return openDatabase(config.dbPath, { ownFolder: config.ownFolder, ...options });
}

export function compose(parts: ComposeParts): Composed {
  const { config, environment, providers, clock, log, redactor, store } = parts;
  const current = parts.current ?? Object.assign(() => config, { pending: () => [] });
  const hub = createHub();
  const instanceId = parts.instanceId ?? crypto.randomUUID();
  const startedAt = clock.now();
  const stored = createStoredParts(config, { store, clock, learn: redactor.learn, vaultKey: parts.vaultKey });
  const settings: SettingsKeeper = createSettings({ store, hub, clock });
  const demo = parts.demo ?? false;
  // The alerts are made below, because they need the views of accounts that polling provides.
  const listDependentDocs: NonNullable<PollingParts["dependentDocs"]> = (outcome, poll) =>
    alerting.planForPoll(outcome, poll);
  const polling = createPolling({
    dependentDocs: listDependentDocs,
    current,
    environment,
    providers,
    stored,
    settings,
    store,
    hub,
    clock,
    log,
    redactor,
    demo,
    ...parts.instances && { turns: parts.instances.turns },
    ...parts.onFound && { onFound: parts.onFound },
  });
  const { scheduler, renewer, createContext } = polling;
  parts.instances?.follow(hub);
  const about = aboutAccounts(current, providers);
  const history = createHistoryCache({ store, hub, clock });
  const loadRetention = async () => deriveRetention(current(), await settings.load());
  const records = createRecords({ store, hub, clock });
  const accounts = createAccounts({
    ...stored,
    providers,
    store,
    settings,
    found: scheduler.accounts,
    discover: scheduler.discover,
    settle: scheduler.settle,
    isOwnPath: (path) => isInHome(path, environment),
    changed: () => void hub.publish({ kind: "settings", account: null }),
  });
  const access = createAccess({
    ...parts.access,
    ...parts.instances && { instances: parts.instances },
    docs: store.docs,
    audit: store.audit,
    clock,
    log,
  });
  const findZone = () => fixedZone(settings.current) ?? current().timezone;
  const findBounds = () => statusBounds(settings.current.thresholds);
  const analysis: Analysis = createAnalysis({
    store,
    hub,
    clock,
    zone: findZone,
    records,
    about,
    workDays: () => settings.current.workDays,
    statusBounds: findBounds,
  });
  const maintenance = createMaintenanceJobs({
    store,
    clock,
    retention: loadRetention,
    get keepReadingsMs() {
      return current().keepReadingsMs;
    },
  });
  const present = createPresent({
    hub,
    clock,
    records,
    analysis,
    ...describeAccounts({
      current,
      providers,
      scheduler: { ...scheduler, trouble: () => scheduler.trouble() ?? parts.trouble?.() ?? null },
      settings,
      about,
    }),
  });
  const { dashboard } = present;
  const notes = createNotes({ docs: store.docs, hub, now: () => clock.now() });
  const poolsOf = (id: string) => providers.find((one) => one.id === id)?.pools ?? [];
  const alerting: Alerting = createAlerting({
    stored,
    hooks: () => readHooks(environment).hooks,
    store,
    hub,
    clock,
    log,
    zone: findZone,
    demo,
    checksUpdates: () => current().updateCheck,
    once: parts.instances !== undefined,
    async accounts(only) {
      if (only === undefined) return (await dashboard()).accounts;
      const one = await present.account(only);
      return one === null ? [] : [one.account];
    },
    expected: present.expected,
    facts: createAlertFacts({
      analysis,
      zone: findZone,
      now: () => clock.now(),
      poolsOf,
      accounts: async () => (await dashboard()).accounts,
    }),
  });
  const listProviders = () =>
    Promise.resolve(listProviderStatuses({ providers, scheduler, environment, setUpHint: parts.setUpHint }));
  let work: PeriodicWork | undefined;

  return {
    hub,
    scheduler,
    access,
    alerting,
    accounts,
    settings,
    async reached() {
      await renewer.load();
      return listAccountAccess(scheduler.found(), { environment, createContext, renewer });
    },
    providers: listProviders,
    services(hosts, certificate = () => null) {
      return {
        version: VERSION,
        instanceId,
        startedAt,
        get zone() {
          return findZone();
        },
        get serverZone() {
          return current().timezone;
        },
        settings,
        access,
        alerts: alerting.alerts,
        channels: alerting.managed,
        push: alerting.push,
        accounts,
        analysis,
        clock,
        store,
        hub,
        log,
        answers: parts.answers ?? null,
        recentLog: (max) => parts.recentLog?.last(max) ?? [],
        get intervalMs() {
          return expectedIntervalMs(current().schedule, 0, clock.now());
        },
        needRestart: () => current.pending(),
        hosts,
        certificate,
        platform: Deno.build.os,
        hosted: parts.instances !== undefined,
        demo,
        notes,
        dashboard,
        present,
        async history({ quotas, sessions, ...span }) {
          const view = quotas ? null : await dashboard();
          const keys = quotas ?? view!.accounts.flatMap((account) => account.quotas.map(({ key }) => key));
          return await history.history(span, keys, sessions);
        },
        past: ({ range, quotas }) => history.past(range, quotas),
        poolsOf,
        vendorOf: (id) => providers.find((one) => one.id === id)?.vendor ?? null,
        spend: async (zone, only) =>
          await spendView({ analysis, poolsOf, dashboard, settings, alerts: alerting.alerts }, zone, only),
        providers: listProviders,
        pollNow: polling.pollNow,
        tally: polling.tally,
        maintenance,
        listAccess: () => listAccess({ providers, environment, os: systemOs() }),
        processStats: () => readProcessStats(config.dbPath),
      };
    },
    start() {
      work = startPeriodicWork({ current, store, clock, log, scheduler, alerting, retention: loadRetention });
    },
    async stop() {
      await work?.stopAlerts();
      hub.close();
      history.close();
      analysis.close();
      present.close();
      records.close();
      await (work ? work.stopPolls() : scheduler.stop());
      polling.release();
    },
  };
}
