/**
 * Coordinates the instances of a hosted program. They share only the store: each may be stopped at any moment,
 * which loses its memory and its disk, and any of them may answer the next request.
 */
import type { Clock } from "../../base/clock.ts";
import type { Hub } from "../../base/hub.ts";
import { takeLease } from "../../base/lease.ts";
import type { AccountKey } from "../../model/quota.ts";
import type { DocStore } from "../../store/store.ts";
import type { OwnProcessLocks } from "../process_locks.ts";
import { type Change, createChanges } from "./changes.ts";

export interface SharedInstances {
  /** Signs what one instance issues and another one verifies. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** Keeps two of them from polling one account at the same time. */
  readonly turns: OwnProcessLocks;
  /** Exchanges events: publishes this instance's to the others, and theirs to its hub. */
  follow(hub: Hub): void;
  /**
   * Publishes what the others changed since the last look, and resolves to it; costs one read when there is
   * nothing new.
   */
  pull(): Promise<readonly Change[]>;
  /**
   * Calls `onChange` when the others may have changed something, if the store reports that. Returns a function that
   * stops it.
   */
  watch(onChange: () => void): () => void;
  /** Resolves when this instance's changes and returned leases are stored. */
  settle(): Promise<void>;
}

/** Longer than any poll takes. */
const POLL_MS = 90_000;
const MAX_WAIT_MS = 20_000;

export interface InstancesParts {
  readonly docs: DocStore;
  readonly clock: Clock;
  readonly key: Uint8Array<ArrayBuffer>;
  /** Id of this instance. */
  readonly instance: string;
  /** Called before changes of others are published, to forget cached reads. */
  readonly forget?: () => void;
}

export function createInstances(parts: InstancesParts): SharedInstances {
  const { docs, clock, key } = parts;
  const changes = createChanges(parts);
  const pending = new Set<Promise<unknown>>();

  function track(work: Promise<unknown>): void {
    // A lease that cannot be returned expires.
    const own = work.catch(() => {}).finally(() => pending.delete(own));
    pending.add(own);
  }

  return {
    key,
    turns: {
      mayPoll: () => true,
      async begin(account: AccountKey) {
        const options = { forMs: POLL_MS, waitMs: MAX_WAIT_MS };
        // Without the database no instance may poll, because it could not store the answer.
        const end = await takeLease({ docs, clock }, `poll ${account}`, options).catch(() => null);
        return end && (() => track(end()));
      },
      release: () => {},
    },
    follow: changes.follow,
    pull: changes.pull,
    watch: changes.watch,
    async settle() {
      while (pending.size > 0) await Promise.all(pending);
      await changes.settle();
    },
  };
}
