/** What documents under a guard are, for a commit of their own or with a poll. */
import { encode, keyText } from "../rows.ts";
import type { GuardedDocs } from "../store.ts";
import { type Check, type KvDatabase, type Mutation, putText } from "./database.ts";
import { isExpired, kindOf } from "./doc_entry.ts";
import { KEYS } from "./keys.ts";

export interface PlannedDocs {
  readonly checks: readonly Check[];
  /** The guard, which is stored with the decision. */
  readonly decisive: readonly Mutation[];
  readonly mutations: readonly Mutation[];
}

/** Returns `outdated` when the guard is another than expected, and null when it changed while it was read. */
export async function planGuarded(
  database: KvDatabase,
  { guard, added, now }: GuardedDocs,
): Promise<PlannedDocs | "outdated" | null> {
  const key = KEYS.doc(kindOf(guard.kind), keyText(guard.id, "id"));
  const text = encode(guard.doc, guard.kind);
  const wanted = added.map(({ kind, id, doc, expiresAt = null }) => ({
    key: KEYS.doc(kindOf(kind), keyText(id, "id")),
    fields: { id, expiresAt },
    text: encode(doc, kind),
  }));
  const entry = await database.get(key);
  const isThere = entry !== null && !isExpired(entry, now);
  const stored = isThere ? await database.textOf(entry.value) : null;
  if (isThere && stored === null) return null;
  if (stored !== (guard.was === null ? null : encode(guard.was, guard.kind))) return "outdated";
  const entries = await Promise.all(wanted.map(({ key }) => database.get(key)));
  return {
    checks: [{ key, versionstamp: entry?.versionstamp ?? null }],
    decisive: putText(key, { id: guard.id, expiresAt: null }, text, entry?.value ?? null),
    mutations: wanted.flatMap(({ key, fields, text }, place): readonly Mutation[] => {
      const before = entries[place] ?? null;
      if (before && !isExpired(before, now)) return [];
      const all = putText(key, fields, text, before?.value ?? null);
      return [...all.slice(0, -1), { ...all.at(-1)!, was: before?.versionstamp ?? null }];
    }),
  };
}
