/** Plans documents under a guard, for a commit of their own or with a poll. */
import { encode, keyText } from "../rows.ts";
import type { GuardedDocs } from "../store.ts";
import { type Check, type KvDatabase, type Mutation, putText } from "./database.ts";
import { isExpired, replaceVersion, validateKind } from "./doc_entry.ts";
import { type Key, KEYS } from "./keys.ts";
import type { KnownVersion } from "./known_versions.ts";

export interface PlannedDocs {
  readonly checks: readonly Check[];
  /** The guard, stored by the deciding commit. */
  readonly decisive: readonly Mutation[];
  readonly mutations: readonly Mutation[];
}

/** Plans documents under a guard; called again when another process was faster. */
export type PlanDocs = () => Promise<PlannedDocs | "outdated" | null>;

/**
 * Returns `outdated` when the guard is not the expected one, and null when it changed while it was read.
 *
 * @param known the version of the guard as read, which the commit checks instead of reading it again
 */
export async function planGuarded(
  database: KvDatabase,
  { guard, added, now }: GuardedDocs,
  known?: KnownVersion,
): Promise<PlannedDocs | "outdated" | null> {
  const key = guardKey(guard);
  const text = encode(guard.doc, guard.kind);
  const wanted = added.map(({ kind, id, doc, expiresAt = null }) => ({
    key: KEYS.doc(validateKind(kind), keyText(id, "id")),
    fields: { id, expiresAt },
    text: encode(doc, kind),
  }));
  const before = known ?? await readGuard(database, guard, now);
  if (before === null || before === "outdated") return before;
  const entries = await Promise.all(wanted.map(({ key }) => database.get(key)));
  return {
    checks: [{ key, versionstamp: before.versionstamp }],
    decisive: putText(key, { id: guard.id, expiresAt: null }, text, before.value),
    mutations: wanted.flatMap(({ key, fields, text }, place): readonly Mutation[] => {
      const before = entries[place] ?? null;
      if (before && !isExpired(before, now)) return [];
      return replaceVersion(putText(key, fields, text, before?.value ?? null), before?.versionstamp ?? null);
    }),
  };
}

export function guardKey({ kind, id }: GuardedDocs["guard"]): Key {
  return KEYS.doc(validateKind(kind), keyText(id, "id"));
}

async function readGuard(
  database: KvDatabase,
  guard: GuardedDocs["guard"],
  now: number,
): Promise<KnownVersion | "outdated" | null> {
  const entry = await database.get(guardKey(guard));
  const isThere = entry !== null && !isExpired(entry, now);
  const stored = isThere ? await database.textOf(entry.value) : null;
  if (isThere && stored === null) return null;
  if (stored !== (guard.was === null ? null : encode(guard.was, guard.kind))) return "outdated";
  return { versionstamp: entry?.versionstamp ?? null, value: entry?.value ?? null };
}
