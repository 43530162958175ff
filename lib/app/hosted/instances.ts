/**
 * What instances of a hosted program know of each other. They share the store alone: each may be stopped at any moment,
 * loses its memory and its disk then, and any of them may answer the next request.
 */
import type { Clock } from "../../base/clock.ts";
import type { Hub } from "../../base/hub.ts";
import { takeLease } from "../../base/lease.ts";
import type { AccountKey } from "../../model/quota.ts";
import type { DocStore } from "../../store/store.ts";
import type { OwnProcessLocks } from "../process_locks.ts";
import { type Change, createChanges } from "./changes.ts";

export interface SharedInstances {
  /** Signs what one instance issues and another one checks. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** So that no two of them ask a vendor about one account at once. */
  readonly turns: OwnProcessLocks;
  /** Tells the others of this one's events from now on, and this one of theirs. */
  follow(hub: Hub): void;
  /** Learns what the others changed since, publishes it and resolves to it; costs one read when that is nothing. */
  look(): Promise<readonly Change[]>;
  /** Calls `told` when the others may have changed something, where the store tells that. Returns what ends it. */
  watch(told: () => void): () => void;
  /** Resolves when what this one had to tell or to give back is stored. */
  settle(): Promise<void>;
}

/** Longer than a poll may take. */
const POLL_MS = 90_000;
const MAX_WAIT_MS = 20_000;

export interface InstancesParts {
  readonly docs: DocStore;
  readonly clock: Clock;
  readonly key: Uint8Array<ArrayBuffer>;
  /** Names this instance. */
  readonly instance: string;
  /** Called before changes of others are published, to forget what was read before. */
  readonly forget?: () => void;
}

export function createInstances(parts: InstancesParts): SharedInstances {
  const { docs, clock, key } = parts;
  const changes = createChanges(parts);
  const pending = new Set<Promise<unknown>>();

  function track(work: Promise<unknown>): void {
    // What cannot be given back expires.
    const own = work.catch(() => {}).finally(() => pending.delete(own));
    pending.add(own);
  }

  return {
    key,
    turns: {
      mayPoll: () => true,
      async begin(account: AccountKey) {
        const options = { forMs: POLL_MS, waitMs: MAX_WAIT_MS };
        // Without its database, nobody may poll: what came back could not be stored.
        const end = await takeLease({ docs, clock }, `poll ${account}`, options).catch(() => null);
        return end && (() => track(end()));
      },
      release: () => {},
    },
    follow: changes.follow,
    look: changes.look,
    watch: changes.watch,
    async settle() {
      while (pending.size > 0) await Promise.all(pending);
      await changes.settle();
    },
  };
}
