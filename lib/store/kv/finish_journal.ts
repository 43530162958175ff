/** Completes changes that a journal decided; any process that encounters one does so. */
import {
  type Check,
  type Entry,
  fitsOneCommit,
  groupsOf,
  type KvDatabase,
  MAX_CHECKS,
  type Mutation,
} from "./database.ts";
import { markDecided, removeGarbage } from "./garbage.ts";
import type { FoundHead } from "./head.ts";
import { KEYS } from "./keys.ts";

type Phase = "prepared" | "decided" | "made";

export interface Journal {
  readonly phase: Phase;
  /** Index of the first step that changes accounts; they come last. */
  readonly firstHead: number;
  readonly steps: number;
}

export interface Step {
  readonly changes: readonly Mutation[];
  readonly bytes: number;
}

/**
 * Completes the change announced by a mark on an account, or removes the mark when it was never decided; afterwards
 * the account can be read and changed.
 */
export async function settle(database: KvDatabase, found: FoundHead): Promise<void> {
  const { account, pending, stored, versionstamp } = found;
  if (pending === null) return;
  const entry = await database.get(KEYS.journal(pending));
  const phase = (entry?.value as unknown as Journal | undefined)?.phase;
  if (entry && phase !== "prepared") {
    await finish(database, pending);
    return;
  }
  // The process that began it notices and starts again.
  if (entry) {
    const key = KEYS.journal(pending);
    if (!await database.commit([{ key, versionstamp: entry.versionstamp }], [{ key, value: null }])) return;
  }
  const key = KEYS.account(account);
  // A new account consists of the mark alone.
  const isNew = !stored?.text && !stored?.parts;
  await database.commit([{ key, versionstamp }], [{
    key,
    value: isNew ? null : { ...stored, pending: null },
  }]);
}

/** Makes every change of a decided journal. Several processes may do so at once. */
export async function finish(database: KvDatabase, id: string): Promise<void> {
  const key = KEYS.journal(id);
  for (let entry = await database.get(key); entry; entry = await database.get(key)) {
    const journal = entry.value as unknown as Journal;
    const check = { key, versionstamp: entry.versionstamp };
    if (journal.phase === "decided") {
      if (!await makeSteps(database, id, { from: 0, to: journal.firstHead }, check)) continue;
      await database.commit([check], [{ key, value: { ...journal, phase: "made" } }]);
    } else if (journal.phase === "made") {
      if (!await releaseHeads(database, id, journal, check)) continue;
      const done = [{ key, value: null }, markDecided("step", id)];
      if (await database.commit([check], done)) {
        await removeGarbage(database, "step", id);
      }
    } else return;
  }
}

/** Writes rows, which no one else changes before the accounts are released, and documents, which others may change. */
async function makeSteps(
  database: KvDatabase,
  id: string,
  range: { readonly from: number; readonly to: number },
  check: Check,
): Promise<boolean> {
  let waiting: Mutation[] = [];
  for await (const { changes } of listSteps(database, id, range)) {
    const rows = changes.filter(({ was }) => was === undefined);
    if (waiting.length > 0 && !fitsOneCommit([check], [...waiting, ...rows])) {
      if (!await database.commit([check], waiting)) return false;
      waiting = [];
    }
    waiting.push(...rows);
    if (rows.length === changes.length) continue;
    // Commit everything a document refers to before the document.
    if (waiting.length > 0 && !await database.commit([check], waiting)) return false;
    waiting = [];
    if (!await makeOnce(database, changes.filter(({ was }) => was !== undefined), check)) return false;
  }
  return waiting.length === 0 || await database.commit([check], waiting);
}

/** Makes each change only where it was not made before: later changes must stay. */
async function makeOnce(database: KvDatabase, changes: readonly Mutation[], check: Check): Promise<boolean> {
  for (let rest = changes; rest.length > 0;) {
    const group = rest.slice(0, MAX_CHECKS - 1);
    const checks = group.map(({ key, was = null }) => ({ key, versionstamp: was }));
    if (await database.commit([check, ...checks], group)) {
      rest = rest.slice(group.length);
      continue;
    }
    const found = await Promise.all(group.map(({ key }) => database.get(key)));
    const open = group.filter(({ was }, place) => (found[place]?.versionstamp ?? null) === was);
    // Then the journal itself has changed.
    if (open.length === group.length) return false;
    rest = [...open, ...rest.slice(group.length)];
  }
  return true;
}

/** Changes each account only while it still waits for this journal. */
async function releaseHeads(
  database: KvDatabase,
  id: string,
  { firstHead, steps: count }: Journal,
  check: Check,
): Promise<boolean> {
  const accounts = KEYS.accounts.length;
  let before: Mutation[] = [];
  for await (const { changes } of listSteps(database, id, { from: firstHead, to: count })) {
    for (const change of changes) {
      if (change.key[1] !== KEYS.accounts[1] || change.key.length !== accounts + 1) {
        // Parts of the next account.
        before.push(change);
        continue;
      }
      const entry = await database.get(change.key);
      if (entry?.value.pending === id) {
        const own = { key: change.key, versionstamp: entry.versionstamp };
        // Nothing refers to new parts before the account does, and it is not read while it waits.
        for (const parts of groupsOf(before)) if (!await database.commit([check, own], parts)) return false;
        if (!await database.commit([check, own], [change])) return false;
      }
      before = [];
    }
  }
  return true;
}

async function* listSteps(
  database: KvDatabase,
  id: string,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncIterable<Step> {
  if (from >= to) return;
  const base = KEYS.journalSteps(id);
  const entries: AsyncIterable<Entry> = database.list({ start: [...base, from], end: [...base, to] }, {
    batchSize: 10,
  });
  for await (const { value } of entries) yield value as unknown as Step;
}

/** Finishes the journals that no account read has completed. */
export async function finishAll(database: KvDatabase): Promise<void> {
  for await (const { key, value } of database.list({ prefix: KEYS.journals })) {
    if ((value as unknown as Journal).phase !== "prepared") await finish(database, key.at(-1) as string);
  }
}
