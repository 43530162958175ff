/** Daily upkeep: what the store need not keep any longer is removed. */
import type { Log } from "../asking.ts";
import type { Clock } from "../clock.ts";
import type { Retention, Store } from "../store/store.ts";
import { textOf } from "./failure.ts";

export interface MaintenanceParts {
  readonly store: Pick<Store, "prune">;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked each time, for it may be changed. */
  readonly retention: () => Promise<Retention>;
}

const DAY_MS = 86_400_000;

/** What the heartbeat calls: does the upkeep at the first call and then once a day; never rejects. */
export function createMaintenance({ store, clock, log, retention }: MaintenanceParts): () => Promise<void> {
  let lastAt: number | null = null;

  return async () => {
    const now = clock.now();
    // A last time in the future was stamped by a clock that was ahead.
    if (lastAt !== null && now >= lastAt && now - lastAt < DAY_MS) return;
    // Set first: upkeep that fails is tried again tomorrow, not every minute, and never twice at once.
    lastAt = now;
    try {
      const removed = await store.prune(await retention(), now);
      if (removed > 0) log.info("Removed what is no longer kept", { rows: removed });
    } catch (thrown) {
      log.warn("Cannot remove what is no longer kept", { error: textOf(thrown) });
    }
  };
}
