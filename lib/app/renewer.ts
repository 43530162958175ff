/** Renews logins with what this system has: its files, its processes, the current settings. */
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import type { Environment } from "../config/environment.ts";
import { refreshSetting } from "../config/refresh.ts";
import type { CreateContext } from "../poll/poller.ts";
import { createRenewer, type Renewer } from "../accounts/renewal/renewal.ts";
import { isRunning } from "../accounts/renewal/processes.ts";
import type { Store } from "../store/store.ts";
import { systemOs } from "../sandbox/sandbox.ts";
import { runCommand } from "../sandbox/run.ts";
import { findLoginPlace } from "./login_place.ts";

export interface RenewerParts {
  readonly environment: Environment;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly createContext: CreateContext;
  /** Whether programs may be run at all, for example to list running processes. */
  readonly runCommands: () => boolean;
}

export function renewerFor(
  { environment, store, clock, log, createContext, runCommands }: RenewerParts,
): Renewer {
  const { signal } = new AbortController();
  return createRenewer({
    docs: store.docs,
    clock,
    log,
    createContext: (provider, signal, login) => createContext(provider, signal, { login }),
    refreshOf: (provider) => refreshSetting(provider, environment).reasons,
    pathOf: (account, place) => findLoginPlace(account, place, { environment, createContext }),
    isRunning: (names) =>
      isRunning(names, {
        os: systemOs(),
        run: (command, args) => runCommands() ? runCommand(command, args, { signal }) : Promise.resolve(null),
      }),
  });
}
