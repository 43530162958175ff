/**
 * Removes data that nothing refers to any more, in steps: it is recorded first, so that a killed process leaves nothing
 * behind.
 */
import { type Check, deleteValue, type KvDatabase, type Mutation } from "./database.ts";
import { type GarbageKind, KEYS } from "./keys.ts";

const STEP = 200;
/** Age from which undecided data is garbage; before that, its process may still be writing. */
const UNDECIDED_MS = 60 * 60_000;

export async function removeGarbage(database: KvDatabase, kind: GarbageKind, id: string): Promise<number> {
  const selector = createSelector(kind, id);
  let removed = 0;
  while (database.open) {
    const mutations: Mutation[] = [];
    let rows = 0;
    for await (const { key, value } of database.list(selector, { limit: STEP })) {
      if (mutations.length >= STEP) break;
      mutations.push(...deleteValue(key, kind === "step" ? null : value));
      rows++;
    }
    if (rows === 0) break;
    for (let from = 0; from < mutations.length; from += STEP) {
      await database.commit([], mutations.slice(from, from + STEP));
    }
    removed += rows;
  }
  if (!database.open) return removed;
  const markUndecided = kind === "step" ? [{ key: KEYS.journal(id), value: null }] : [];
  await database.commit([], [...markUndecided, { key: KEYS.garbageOf(kind, id), value: null }]);
  return removed;
}

function createSelector(kind: GarbageKind, id: string): Deno.KvListSelector {
  if (kind === "adoption") return KEYS.rowsOfAdoption(id);
  return { prefix: kind === "rows" ? KEYS.rowsOf(id) : KEYS.journalSteps(id) };
}

/** Marks data written before anything refers to it: garbage only if nothing does for a long time. */
export function markUndecided(kind: GarbageKind, id: string): Mutation {
  return { key: KEYS.garbageOf(kind, id), value: { markUndecided: true } };
}

/** Marks data that nothing refers to any more. */
export function markDecided(kind: GarbageKind, id: string): Mutation {
  return { key: KEYS.garbageOf(kind, id), value: { markUndecided: false } };
}

/** What a change that adopts data written earlier must include, so that it and the removal exclude each other. */
export interface Claim {
  readonly check: Check;
  readonly mutation: Mutation;
}

/** Returns null when the data is being removed, or is gone: then it must be written again. */
export async function claim(database: KvDatabase, kind: GarbageKind, id: string): Promise<Claim | null> {
  const key = KEYS.garbageOf(kind, id);
  const entry = await database.get(key);
  if (entry?.value.markUndecided !== true) return null;
  return { check: { key, versionstamp: entry.versionstamp }, mutation: { key, value: null } };
}

/** Continues where a process was killed. */
export async function removeAllGarbage(database: KvDatabase): Promise<void> {
  for await (const { key, value, versionstamp } of database.list({ prefix: KEYS.garbage })) {
    const [kind, id] = key.slice(-2) as [GarbageKind, string];
    if (value.markUndecided === true) {
      const now = database.now();
      if (value.seenAt === undefined) {
        await database.commit([{ key, versionstamp }], [{ key, value: { ...value, seenAt: now } }]);
        continue;
      }
      // Its process may still be running.
      if (now - Number(value.seenAt) < UNDECIDED_MS) continue;
      // From here on nothing can decide it; if something just did, it is not garbage.
      if (!await database.commit([{ key, versionstamp }], [markDecided(kind, id)])) continue;
    }
    await removeGarbage(database, kind, id);
  }
}
