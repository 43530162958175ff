/**
 * Changes larger than one commit. They are first written where no reader looks; one commit decides them and marks
 * every account they concern; then they are applied, if the process was killed by whichever process reads such an
 * account next. So they happen fully or not at all, and no reader sees a part of them.
 */
import type { AccountKey } from "../../model/quota.ts";
import {
  type Check,
  countBytes,
  deleteValue,
  fitsOneCommit,
  groupsOf,
  type KvDatabase,
  MAX_CHECKS,
  MAX_TEXT_BYTES,
  type Mutation,
  type Stored,
} from "./database.ts";
import { finish, type Journal, type Step } from "./finish_journal.ts";
import { type Claim, claim, markUndecided, removeGarbage } from "./garbage.ts";
import { type FoundHead, type Head, putHead, putPending } from "./head.ts";
import { freshId, type Key, KEYS } from "./keys.ts";

/** An account as read, and its new head; null removes it. */
export interface HeadChange {
  readonly found: FoundHead;
  readonly head: Head | null;
}

export interface Transaction {
  /** Each with the account as read: if another process changed one in the meantime, nothing is changed. */
  readonly heads: readonly HeadChange[];
  readonly mutations: readonly Mutation[];
  /** Mutations made by the deciding commit, never later. */
  readonly decisive?: readonly Mutation[];
  readonly checks?: readonly Check[];
  /** Data written before the change and adopted by it. */
  readonly claims?: readonly Claim[];
}

/** Maximum checks besides those of accounts in a deciding commit, however large the change. */
const MAX_LONE_CHECKS = MAX_CHECKS - 2;

/** An account as stored by a commit; its value is null when it was removed. */
export interface WrittenHead {
  readonly account: AccountKey;
  readonly value: Stored | null;
  readonly versionstamp: string;
}

/**
 * Commits all or nothing, however large; returns false when something changed since it was read.
 * @param wrote called for each account, if a single commit stored everything
 */
export async function commitAll(
  database: KvDatabase,
  transaction: Transaction,
  wrote?: (head: WrittenHead) => Promise<void>,
): Promise<boolean> {
  const { heads, mutations, decisive = [], checks = [], claims = [] } = transaction;
  const headMutations = heads.flatMap(({ found, head }) => createMutations(found, head));
  const all = [...mutations, ...decisive, ...headMutations, ...claims.map(({ mutation }) => mutation)];
  const headChecks = heads.map(({ found }) => createCheck(found));
  // Checks beyond the limit are made right before the deciding commit.
  const fits = fitsOneCommit([...checks, ...headChecks, ...claims.map(({ check }) => check)], all);
  const lone = fits ? checks : checks.slice(0, MAX_LONE_CHECKS);
  const others = checks.slice(lone.length);
  const allChecks = [...lone, ...headChecks, ...claims.map(({ check }) => check)];
  if (!fitsOneCommit(allChecks, all)) {
    return await commitByJournal(database, { ...transaction, checks: lone }, headMutations, others);
  }
  if (!await hold(database, others)) return false;
  const versionstamp = await database.write(allChecks, all);
  if (versionstamp === null) return false;
  for (const { found: { account } } of heads) {
    const stored = headMutations.find(({ key }) => sameKey(key, KEYS.account(account)));
    await wrote?.({ account, value: stored?.value as Stored | null, versionstamp });
  }
  return true;
}

/** Reports whether none of it has changed. */
async function hold(database: KvDatabase, checks: readonly Check[]): Promise<boolean> {
  const entries = await Promise.all(checks.map(({ key }) => database.get(key)));
  return entries.every((entry, index) => (entry?.versionstamp ?? null) === checks[index]!.versionstamp);
}

function sameKey(a: Key, b: Key): boolean {
  return a.length === b.length && a.every((part, index) => part === b[index]);
}

function createCheck({ account, versionstamp }: FoundHead): Check {
  return { key: KEYS.account(account), versionstamp };
}

function createMutations({ account, stored }: FoundHead, head: Head | null): readonly Mutation[] {
  if (head) return putHead(account, head, stored);
  return deleteValue(KEYS.account(account), stored);
}

async function commitByJournal(
  database: KvDatabase,
  { heads, mutations, decisive = [], checks = [], claims = [] }: Transaction,
  headMutations: readonly Mutation[],
  others: readonly Check[],
): Promise<boolean> {
  const id = freshId();
  // Recorded as garbage until decided, so that a killed process leaves nothing behind.
  await database.commit([], [markUndecided("step", id)]);
  const rowSteps = splitIntoSteps(mutations);
  const steps = [...rowSteps, ...splitIntoSteps(headMutations)];
  const written = steps.map((value, index) => ({ key: KEYS.journalStep(id, index), value }));
  for (const group of groupsOf(written)) await database.commit([], group);
  const journal = { firstHead: rowSteps.length, steps: steps.length };
  const marks = heads.map(({ found }): Mark => ({
    mark: putPending(found.account, found.stored ?? { account: found.account }, id),
    check: createCheck(found),
  }));
  const own = await claim(database, "step", id);
  if (
    !own || !await hold(database, others) ||
    !await decide(database, { id, journal, marks, decisive, checks, claims: [...claims, own] })
  ) {
    await removeGarbage(database, "step", id);
    return false;
  }
  await finish(database, id);
  return true;
}

/** An account marked as waiting for a journal, if it is as read. */
interface Mark {
  readonly mark: Mutation;
  readonly check: Check;
}

interface Decision {
  readonly id: string;
  readonly journal: Omit<Journal, "phase">;
  readonly marks: readonly Mark[];
  readonly decisive: readonly Mutation[];
  readonly checks: readonly Check[];
  readonly claims: readonly Claim[];
}

async function decide(
  database: KvDatabase,
  { id, journal, marks, decisive, checks, claims }: Decision,
): Promise<boolean> {
  const key = KEYS.journal(id);
  const last = [
    { key, value: { ...journal, phase: "decided" } },
    ...decisive,
    ...claims.map(({ mutation }) => mutation),
  ];
  const lastChecks = [...checks, ...claims.map(({ check }) => check)];
  const allChecks = [...marks.map(({ check }) => check), ...lastChecks, { key, versionstamp: null }];
  const all = [...marks.map(({ mark }) => mark), ...last];
  if (fitsOneCommit(allChecks, all)) return await database.commit(allChecks, all);
  if (!fitsOneCommit([...lastChecks, { key, versionstamp: null }], last)) return false;
  // Too many accounts to mark at once: any process that finds a mark of an undecided journal may undo it, and then nothing
  // happens.
  await database.commit([], [{ key, value: { ...journal, phase: "prepared" } }]);
  const prepared = await database.get(key);
  if (!prepared) return false;
  for (const group of groupsOfMarks(marks)) {
    if (await database.commit(group.map(({ check }) => check), group.map(({ mark }) => mark))) continue;
    await database.commit([], [{ key, value: null }]);
    return false;
  }
  return await database.commit([...lastChecks, { key, versionstamp: prepared.versionstamp }], last);
}

function groupsOfMarks(marks: readonly Mark[]): readonly (readonly Mark[])[] {
  const groups: Mark[][] = [];
  for (const one of marks) {
    const group = groups.at(-1);
    const both = [...group ?? [], one];
    const fits = fitsOneCommit(both.map(({ check }) => check), both.map(({ mark }) => mark));
    if (group && fits) group.push(one);
    else groups.push([one]);
  }
  return groups;
}

function splitIntoSteps(mutations: readonly Mutation[]): readonly Step[] {
  const steps: Step[] = [];
  let [changes, bytes]: [Mutation[], number] = [[], 0];
  for (const mutation of mutations) {
    const size = countBytes(mutation);
    if (changes.length > 0 && (bytes + size > MAX_TEXT_BYTES || changes.length >= MAX_CHANGES)) {
      steps.push({ changes, bytes });
      [changes, bytes] = [[], 0];
    }
    changes.push(mutation);
    bytes += size;
  }
  if (changes.length > 0) steps.push({ changes, bytes });
  return steps;
}

/** Maximum changes of a step: each takes some bytes of the step's value. */
const MAX_CHANGES = 100;
