/** Renewing with what this system has: its files, its processes, the settings in force. */
import type { Log } from "../asking.ts";
import type { Clock } from "../clock.ts";
import type { Environment } from "../config/environment.ts";
import { refreshSetting } from "../config/refresh.ts";
import { createRenewer, type Renewer } from "../renewal.ts";
import { isRunning } from "../renewal/processes.ts";
import type { Store } from "../store/store.ts";
import { createWorld, systemOs } from "../world.ts";
import { pathOf } from "../world/places.ts";
import { runCommand } from "../world/run.ts";

export function renewerFor(
  environment: Environment,
  { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Log },
): Renewer {
  const never = new AbortController().signal;
  return createRenewer({
    docs: store.docs,
    clock,
    log,
    world: (provider, signal, login) => createWorld({ provider, environment, clock, log, signal, login }),
    refreshOf: (provider) => refreshSetting(provider, environment).reasons,
    pathOf({ provider, login }, place) {
      const { find } = createWorld({ provider, environment, clock, log, signal: never, login });
      return pathOf(place, { environment, find, login });
    },
    isRunning: (names) =>
      isRunning(names, {
        os: systemOs(),
        run: (command, args) => runCommand(command, args, { signal: never }),
      }),
  });
}
