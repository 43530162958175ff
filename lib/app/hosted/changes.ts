/**
 * A journal of changes, by which instances invalidate each other's caches: numbered entries, each created once,
 * and a document with the last number. An instance that has slept for longer than entries exist treats everything
 * it remembers as changed.
 */
import type { Clock } from "../../base/clock.ts";
import type { Hub, LiveEvent } from "../../base/hub.ts";
import { MINUTE_MS } from "../../model/duration.ts";
import type { DocStore } from "../../store/store.ts";

export type Change = Pick<LiveEvent, "kind" | "account">;

interface Entry {
  readonly by: string;
  readonly changes: readonly Change[];
}

interface Last {
  readonly number: number;
}

export interface Changes {
  follow(hub: Hub): void;
  /** Calls `onChange` when there may be new changes, if the store reports that. Returns a function that stops it. */
  watch(onChange: () => void): () => void;
  /** Publishes what other instances changed since the last look, and resolves to it. */
  pull(): Promise<readonly Change[]>;
  /** Resolves when every change published here is in the journal, or could not be stored now. */
  settle(): Promise<void>;
}

export interface ChangesParts {
  readonly docs: Pick<DocStore, "get" | "put" | "watch">;
  readonly clock: Pick<Clock, "now">;
  readonly instance: string;
  /** Called before changes of other instances are published. */
  readonly forget?: () => void;
}

const KEEP_MS = 15 * MINUTE_MS;
/** Maximum number of missed entries to read one by one, because the caller waits meanwhile. */
const MAX_MISSED = 20;
const MAX_IN_ENTRY = 100;
/** Maximum number of waiting changes; only a store that is away for long causes more. */
const MAX_WAITING = 1_000;
const LAST = "changes";
const EVERYTHING: Change = { kind: "settings", account: null };
const entryId = (number: number) => `change ${number}`;

export function createChanges({ docs, clock, instance, forget }: ChangesParts): Changes {
  let hub: Hub | undefined;
  /** The last entry this instance knows; null before the first look. */
  let known: number | null = null;
  /** Changes that the journal does not have yet. */
  let own: readonly Change[] = [];
  let writing: Promise<void> | undefined;
  let looking: Promise<readonly Change[]> | undefined;

  async function readLastNumber(): Promise<number> {
    return (await docs.get<Last>("shared", LAST, clock.now()))?.number ?? 0;
  }

  async function readEntry(number: number): Promise<Entry | null> {
    return await docs.get<Entry>("shared", entryId(number), clock.now());
  }

  /** Returns what others changed in the entries after `first` up to `last`, each once. */
  async function readMissed(first: number, last: number): Promise<readonly Change[]> {
    if (last - first > MAX_MISSED) return [EVERYTHING];
    const entries = await Promise.all(
      Array.from({ length: Math.max(0, last - first) }, (_, place) => readEntry(first + 1 + place)),
    );
    if (entries.includes(null)) return [EVERYTHING];
    const changes = entries.flatMap((entry) => entry?.by === instance ? [] : entry?.changes ?? []);
    return [...new Map(changes.map((change) => [`${change.kind} ${change.account}`, change])).values()];
  }

  async function lookNow(): Promise<readonly Change[]> {
    if (own.length > 0) startWriting();
    const last = await readLastNumber();
    // Before the first look, this instance remembers nothing that could be outdated.
    const changes = known === null ? [] : await readMissed(known, last);
    known = Math.max(known ?? 0, last);
    if (changes.length > 0) forget?.();
    for (const { kind, account } of changes) hub?.publish({ kind, account, elsewhere: true });
    return changes;
  }

  async function write(): Promise<void> {
    while (own.length > 0) {
      const changes = own.slice(0, MAX_IN_ENTRY);
      await writeEntry({ by: instance, changes });
      own = own.slice(changes.length);
    }
  }

  async function writeEntry(entry: Entry): Promise<void> {
    for (let number = Math.max(known ?? 0, await readLastNumber()) + 1;; number++) {
      const now = clock.now();
      const options = { ifAbsent: true, expiresAt: now + KEEP_MS };
      if (!await docs.put("shared", entryId(number), entry, now, options)) continue;
      // This instance need not read its own entry again.
      if (known === number - 1) known = number;
      let last = number;
      // Of two instances that write at once, the lower number must not remain.
      do await docs.put("shared", LAST, { number: last } satisfies Last, clock.now()); while (
        await readEntry(last + 1) !== null && ++last
      );
      return;
    }
  }

  /** Writes the waiting changes; those that cannot be stored now follow with the next change or look. */
  function startWriting(): void {
    writing ??= Promise.resolve().then(write).catch(() => {}).finally(() => writing = undefined);
  }

  return {
    follow(to) {
      hub = to;
      hub.listen(({ kind, account, elsewhere }) => {
        if (elsewhere) return;
        // Entries that are being written must keep their places.
        if (own.length >= MAX_WAITING) own = [...own.slice(0, MAX_IN_ENTRY), EVERYTHING];
        else own = [...own, { kind, account }];
        startWriting();
      });
    },
    watch(onChange) {
      // A look in progress may have read before this change, so report it afterwards.
      const tellAfter = () => void Promise.resolve(looking).catch(() => {}).then(onChange);
      return docs.watch?.("shared", LAST, tellAfter) ?? (() => {});
    },
    pull: () => looking ??= lookNow().finally(() => looking = undefined),
    async settle() {
      while (writing) await writing;
    },
  };
}
