/** Removes what nothing refers to any more, in steps: it is written down first, so that a killed process leaves nothing. */
import { drop, type KvDatabase, type Mutation } from "./database.ts";
import { type GarbageKind, KEYS } from "./keys.ts";

const STEP = 200;
/** A process may still be writing steps of something it has not decided. */
const UNDECIDED_MS = 60 * 60_000;

export async function removeGarbage(database: KvDatabase, kind: GarbageKind, id: string): Promise<number> {
  const prefix = kind === "rows" ? KEYS.rowsOf(id) : KEYS.journalSteps(id);
  let removed = 0;
  while (database.open) {
    const mutations: Mutation[] = [];
    let rows = 0;
    for await (const { key, value } of database.list({ prefix }, { limit: STEP })) {
      if (mutations.length >= STEP) break;
      mutations.push(...drop(key, kind === "rows" ? value : null));
      rows++;
    }
    if (rows === 0) break;
    for (let from = 0; from < mutations.length; from += STEP) {
      await database.commit([], mutations.slice(from, from + STEP));
    }
    removed += rows;
  }
  if (!database.open) return removed;
  const undecided = kind === "step" ? [{ key: KEYS.journal(id), value: null }] : [];
  await database.commit([], [...undecided, { key: KEYS.garbageOf(kind, id), value: null }]);
  return removed;
}

/** What is written down before anything refers to it: it is garbage only if nothing does for long. */
export function undecided(kind: GarbageKind, id: string): Mutation {
  return { key: KEYS.garbageOf(kind, id), value: { undecided: true } };
}

/** What nothing refers to any more. */
export function decided(kind: GarbageKind, id: string): Mutation {
  return { key: KEYS.garbageOf(kind, id), value: { undecided: false } };
}

/** Goes on where a process was killed. */
export async function removeAllGarbage(database: KvDatabase, now: number): Promise<void> {
  for await (const { key, value, versionstamp } of database.list({ prefix: KEYS.garbage })) {
    const [kind, id] = key.slice(-2) as [GarbageKind, string];
    if (value.undecided === true) {
      const seenAt = Number(value.seenAt ?? now);
      if (value.seenAt === undefined) {
        await database.commit([{ key, versionstamp }], [{ key, value: { ...value, seenAt } }]);
      }
      // Its process may still be at work.
      if (now - seenAt < UNDECIDED_MS) continue;
    }
    await removeGarbage(database, kind, id);
  }
}
