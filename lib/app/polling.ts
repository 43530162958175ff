/** Builds the polling: where accounts come from, what a poll may reach, and the counts of this run. */
import type { StoredParts } from "../accounts/stored.ts";
import type { Renewer } from "../accounts/renewal/renewal.ts";
import type { Hub } from "../base/hub.ts";
import type { Redactor } from "../base/redact.ts";
import type { Clock } from "../base/clock.ts";
import type { Config, Environment } from "../config/config.ts";
import { addToTally, EMPTY_TALLY, type Tally } from "../model/engine/tally.ts";
import type { Outcome } from "../model/outcome.ts";
import type { AccountKey } from "../model/quota.ts";
import type { ComputeDependentDocs } from "../poll/dependent_docs.ts";
import { createIdentities } from "../poll/identities.ts";
import type { CreateContext } from "../poll/poller.ts";
import { createScheduler, type Scheduler } from "../poll/scheduler.ts";
import type { Log } from "../provider/context.ts";
import type { Provider } from "../provider/contract.ts";
import { createSandbox, type SandboxOptions } from "../sandbox/sandbox.ts";
import type { Store } from "../store/store.ts";
import { engineRules } from "./about.ts";
import type { CurrentConfig } from "./current_config.ts";
import { createProcessLocks, type OwnProcessLocks } from "./process_locks.ts";
import { renewerFor } from "./renewer.ts";
import { accountSettings, type SettingsKeeper } from "./settings.ts";
import { withStored } from "./stored_accounts.ts";

export type FoundCallback = (
  provider: string,
  what: { readonly file: string } | { readonly command: string },
) => void;

export interface PollingParts {
  readonly current: CurrentConfig;
  readonly environment: Environment;
  readonly providers: readonly Provider[];
  readonly stored: StoredParts;
  readonly settings: SettingsKeeper;
  readonly store: Store;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Log;
  readonly redactor: Redactor;
  /** True when the figures come from the fake vendor of the demo. */
  readonly demo: boolean;
  readonly onFound?: FoundCallback;
  readonly dependentDocs?: ComputeDependentDocs;
  /** Replaces the locks beside the database. */
  readonly turns?: OwnProcessLocks;
}

export interface Polling {
  readonly scheduler: Scheduler;
  readonly renewer: Renewer;
  readonly createContext: CreateContext;
  /** Polls immediately, after reading files of settings again. */
  pollNow(account?: AccountKey): Promise<readonly Outcome[]>;
  tally(): Tally;
  /** Releases the turns this process holds. */
  release(): void;
}

/** Less than the minute between two ticks, and more than starting all polls of one takes. */
const MIN_RELOAD_MS = 30_000;

const NO_COMMANDS = { run: () => Promise.resolve(null) };
/** The demo shows invented figures, so it reads no file and runs no command of the user. */
const SEALED = {
  ...NO_COMMANDS,
  readText: () => Promise.resolve(null),
  readRows: () => Promise.resolve(null),
};

export function createPolling(parts: PollingParts): Polling {
  const { current, environment, providers, stored, settings, store, hub, clock, log, redactor } = parts;
  let tally = EMPTY_TALLY;
  let reloadedAt = Number.NEGATIVE_INFINITY;

  /** Rereads the settings files once a tick instead of once for each vendor. */
  function reload(now = clock.now()): void {
    if (now >= reloadedAt && now - reloadedAt < MIN_RELOAD_MS) return;
    reloadedAt = now;
    environment.reload();
  }

  /** Returns the settings after rereading them, so that the next discovery sees a changed credential. */
  function latest(): Config {
    reload();
    return current();
  }

  const createContext: CreateContext = (provider, signal, askedFor) => {
    const { runCommands } = latest();
    const closed = parts.demo ? SEALED : runCommands ? {} : NO_COMMANDS;
    const onFound: SandboxOptions["onFound"] = (what) => parts.onFound?.(provider.id, what);
    return createSandbox({ provider, environment, clock, log, signal, onFound, ...askedFor, ...closed });
  };
  const renewer = renewerFor({
    environment,
    store,
    clock,
    log,
    createContext,
    runCommands: () => current().runCommands,
  });
  const turns = parts.turns ?? createProcessLocks(store.path, clock);
  const scheduler = createScheduler({
    providers,
    identities: createIdentities({ store, clock }),
    createContext,
    logins(provider) {
      latest();
      return withStored(provider, environment, stored);
    },
    // The demo renews no login: that would write a file of the user.
    ...parts.demo ? {} : { renewer },
    ...turns && { turns },
    ...parts.dependentDocs && { dependentDocs: parts.dependentDocs },
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
    ended: (outcome, changes) => tally = addToTally(tally, outcome, changes),
  });

  return {
    scheduler,
    renewer,
    createContext,
    pollNow(account) {
      // A user who has just changed a file and requests a poll expects it to use that file.
      reloadedAt = Number.NEGATIVE_INFINITY;
      return scheduler.pollNow(account);
    },
    tally: () => tally,
    release: () => turns?.release(),
  };
}
