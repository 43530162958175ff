/** Everything the program does by the clock: polls, alerts, pruning and backups. */
import type { Clock } from "../base/clock.ts";
import { startHeartbeat } from "../poll/heartbeat.ts";
import { createMaintenance } from "../poll/maintenance.ts";
import type { Scheduler } from "../poll/scheduler.ts";
import type { Log } from "../provider/context.ts";
import type { Retention, Store } from "../store/store.ts";
import type { Alerting } from "./alerting.ts";
import { createBackupJob } from "./backups.ts";
import type { CurrentConfig } from "./current_config.ts";
import { tidyCopies } from "./database_maintenance.ts";

export interface PeriodicWorkParts {
  readonly current: CurrentConfig;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly scheduler: Scheduler;
  readonly alerting: Pick<Alerting, "start" | "release">;
  readonly retention: () => Promise<Retention>;
}

export interface PeriodicWork {
  /** Stops the alerts that follow polls; polls continue until `stopPolls`. */
  stopAlerts(): Promise<void>;
  /** Resolves when the polls in progress have ended or been abandoned. */
  stopPolls(): Promise<void>;
}

export function startPeriodicWork(parts: PeriodicWorkParts): PeriodicWork {
  const { current, store, clock, log, scheduler, alerting, retention } = parts;
  void tidyCopies(store);
  const prune = createMaintenance({ store, clock, log, retention });
  const backUp = createBackupJob({
    store,
    clock,
    log,
    settings: () => ({ everyMs: current().backupEveryMs, keep: current().backupKeep }),
  });
  const alerts = alerting.start();
  const heartbeat = startHeartbeat({
    scheduler,
    clock,
    log,
    async maintain() {
      await prune();
      await backUp();
      // Separate from the alerts, so that a slow server delays none.
      void alerting.release.check().catch((error) => {
        log.error("The check for a newer version failed", {
          error: error instanceof Error ? error.name : "unknown",
        });
      });
      await alerts.tick();
    },
  });
  return { stopAlerts: () => alerts.stop(), stopPolls: () => heartbeat.stop() };
}
