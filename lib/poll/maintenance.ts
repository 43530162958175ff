/** Daily upkeep: what the store need not keep any longer is removed. */
import { DAY_MS } from "../model/duration.ts";
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import type { Retention, Store } from "../store/store.ts";
import { textOf } from "./failure.ts";

export interface MaintenanceParts {
  readonly store: Pick<Store, "prune"> & Partial<Pick<Store, "latest">>;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked each time, for it may be changed. */
  readonly retention: () => Promise<Retention>;
  /** Milliseconds that run on whatever the clock is set to. */
  readonly running?: () => number;
}

/**
 * The instant from which ages are counted. A clock that is far ahead of what was stored last, and of how long
 * the program has run since it looked at that, would have everything removed, so it does not count.
 */
export function pruningInstant(now: number, storedAt: number | null, ranMs = 0): number {
  return storedAt === null ? now : Math.min(now, storedAt + ranMs + DAY_MS);
}

/** The newest instant that is stored, epoch milliseconds; null where nothing is. */
export async function lastStored(store: Pick<Store, "latest">): Promise<number | null> {
  const all = (await store.latest()).flatMap(({ state, outcome }) =>
    [state.at ?? [], outcome?.at ?? []].flat()
  );
  return all.length === 0 ? null : Math.max(...all);
}

/** What the heartbeat calls: does the upkeep at the first call and then once a day; never rejects. */
export function createMaintenance(
  { store, clock, log, retention, running = () => performance.now() }: MaintenanceParts,
): () => Promise<void> {
  let lastAt: number | null = null;
  const begun = running();
  // Before anything of this run is stored, which may be dated wrongly itself.
  const before = lookedUp();

  async function lookedUp(): Promise<number | null> {
    return store.latest ? await lastStored({ latest: store.latest.bind(store) }) : null;
  }
  before.catch(() => {});

  return async () => {
    const now = clock.now();
    // A last time in the future was stamped by a clock that was ahead.
    if (lastAt !== null && now >= lastAt && now - lastAt < DAY_MS) return;
    // Set first: upkeep that fails is tried again tomorrow, not every minute, and never twice at once.
    lastAt = now;
    try {
      // Servers that were heard today know better than what was stored last.
      const counted = clock.compared?.() ? now : pruningInstant(now, await before, running() - begun);
      if (counted < now) {
        log.warn("The clock is far ahead of what was stored last, so less is removed", { now });
      }
      const removed = await store.prune(await retention(), counted);
      if (removed > 0) log.info("Removed what is no longer kept", { rows: removed });
    } catch (thrown) {
      log.warn("Cannot remove what is no longer kept", { error: textOf(thrown) });
    }
  };
}
