/** Daily maintenance: deletes data beyond its retention. */
import { DAY_MS } from "../model/duration.ts";
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import type { Retention, Store } from "../store/store.ts";
import { describeThrown } from "./failure.ts";

export interface MaintenanceParts {
  readonly store: Pick<Store, "prune"> & Partial<Pick<Store, "latest">>;
  readonly clock: Clock;
  readonly log: Log;
  /** Called each time, because it may change. */
  readonly retention: () => Promise<Retention>;
  /** Returns the milliseconds elapsed, unaffected by clock changes. */
  readonly running?: () => number;
}

/**
 * Returns the instant from which ages count. A clock far ahead of the last stored data plus the program's run time
 * would delete everything, so it is capped.
 */
export function pruningInstant(now: number, storedAt: number | null, ranMs = 0): number {
  return storedAt === null ? now : Math.min(now, storedAt + ranMs + DAY_MS);
}

/** Returns the newest stored instant, epoch milliseconds; null when there is none. */
export async function findLastStored(store: Pick<Store, "latest">): Promise<number | null> {
  const all = (await store.latest()).flatMap(({ state, outcome }) =>
    [state.at ?? [], outcome?.at ?? []].flat()
  );
  return all.length === 0 ? null : Math.max(...all);
}

/**
 * Returns the heartbeat's maintenance function: it runs at the
 * first call and then once a day, and never rejects.
 */
export function createMaintenance(
  { store, clock, log, retention, running = () => performance.now() }: MaintenanceParts,
): () => Promise<void> {
  let lastAt: number | null = null;
  const startedMs = running();
  // Read before this run stores anything, which may have a wrong date itself.
  const before = lookUpLast();

  async function lookUpLast(): Promise<number | null> {
    return store.latest ? await findLastStored({ latest: store.latest.bind(store) }) : null;
  }
  before.catch(() => {});

  return async () => {
    const now = clock.now();
    // A clock that was ahead recorded a last time in the future.
    if (lastAt !== null && now >= lastAt && now - lastAt < DAY_MS) return;
    // Set first: failed maintenance is retried tomorrow, not every minute, and never runs twice at once.
    lastAt = now;
    try {
      // The time of servers reached today is more reliable than the last stored data.
      const instant = clock.compared?.() ? now : pruningInstant(now, await before, running() - startedMs);
      if (instant < now) {
        log.warn("The clock is far ahead of the last stored data, so less is removed", { now });
      }
      const removed = await store.prune(await retention(), instant);
      if (removed > 0) log.info("Removed expired rows", { rows: removed });
    } catch (thrown) {
      log.warn("Cannot remove expired rows", { error: describeThrown(thrown) });
    }
  };
}
