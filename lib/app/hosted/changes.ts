/**
 * A journal of what changed, through which instances invalidate each other's caches: entries with numbers, of which each
 * is created once, and a document with the last number. An instance that slept for longer than entries are kept takes
 * all it remembers for changed.
 */
import type { Clock } from "../../base/clock.ts";
import type { Hub, LiveEvent } from "../../base/hub.ts";
import { MINUTE_MS } from "../../model/duration.ts";
import type { DocStore } from "../../store/store.ts";

type Change = Pick<LiveEvent, "kind" | "account">;

interface Entry {
  readonly by: string;
  readonly changes: readonly Change[];
}

interface Last {
  readonly number: number;
}

export interface Changes {
  follow(hub: Hub): void;
  /** Publishes what other instances changed since the last look. */
  look(): Promise<void>;
  /** Resolves when all that was published here is in the journal. */
  settle(): Promise<void>;
}

export interface ChangesParts {
  readonly docs: Pick<DocStore, "get" | "put">;
  readonly clock: Pick<Clock, "now">;
  readonly instance: string;
}

const KEEP_MS = 15 * MINUTE_MS;
const LAST = "changes";
const EVERYTHING: Change = { kind: "settings", account: null };
const entryId = (number: number) => `change ${number}`;

export function createChanges({ docs, clock, instance }: ChangesParts): Changes {
  let hub: Hub | undefined;
  /** The last entry this instance knows; null before the first look. */
  let known: number | null = null;
  let own: Change[] = [];
  let writing: Promise<void> | undefined;
  let looking: Promise<void> | undefined;
  /** While events of others are published here, they are not told again. */
  let isForeign = false;

  function publish(changes: readonly Change[]): void {
    isForeign = true;
    for (const change of changes) hub?.publish(change);
    isForeign = false;
  }

  async function lastNumber(): Promise<number> {
    return (await docs.get<Last>("shared", LAST, clock.now()))?.number ?? 0;
  }

  async function entryOf(number: number): Promise<Entry | null> {
    return await docs.get<Entry>("shared", entryId(number), clock.now());
  }

  async function lookNow(): Promise<void> {
    const last = await lastNumber();
    if (known === null) {
      // Nothing is remembered yet that could be old.
      known = last;
      return;
    }
    while (known < last) {
      const entry = await entryOf(known + 1);
      if (entry === null) {
        known = last;
        publish([EVERYTHING]);
        return;
      }
      known++;
      if (entry.by !== instance) publish(entry.changes);
    }
  }

  async function write(): Promise<void> {
    while (own.length > 0) {
      const changes = own.slice(0, 100);
      own = own.slice(changes.length);
      const entry: Entry = { by: instance, changes };
      for (let number = Math.max(known ?? 0, await lastNumber()) + 1;; number++) {
        const now = clock.now();
        const options = { ifAbsent: true, expiresAt: now + KEEP_MS };
        if (!await docs.put("shared", entryId(number), entry, now, options)) continue;
        let last = number;
        // Two that write at once must not leave the lower number.
        do await docs.put("shared", LAST, { number: last } satisfies Last, clock.now()); while (
          await entryOf(last + 1) !== null && ++last
        );
        break;
      }
    }
  }

  return {
    follow(to) {
      hub = to;
      hub.listen(({ kind, account }) => {
        if (isForeign) return;
        own.push({ kind, account });
        writing ??= Promise.resolve().then(write).catch(() => {}).finally(() => writing = undefined);
      });
    },
    look: () => looking ??= lookNow().finally(() => looking = undefined),
    async settle() {
      while (writing) await writing;
    },
  };
}
