/** Stores polls, or a single outcome, all of it or nothing. */
import type { Outcome } from "../../model/outcome.ts";
import type { AccountKey } from "../../model/quota.ts";
import type { Poll } from "../store.ts";
import { checkPoll } from "../check_poll.ts";
import { AccountWriter } from "./account_writer.ts";
import type { Accounts, PlannedChange } from "./accounts.ts";
import type { Mutation } from "./database.ts";
import { fold } from "./fold.ts";
import type { PlanDocs, PlannedDocs } from "./guarded_docs.ts";
import type { HeadChange } from "./journal.ts";

/** Returns the number of polls stored. @param docs plans the documents that follow from a single poll */
export async function commitPolls(
  accounts: Accounts,
  polls: readonly Poll[],
  docs?: PlanDocs,
): Promise<number> {
  return await accounts.change(async (find) => {
    const writers = new Map<AccountKey, AccountWriter>();
    const kept = new Set<AccountWriter>();
    let stored = 0;
    for (const poll of polls) {
      const { account, at } = poll.snapshot;
      let writer = writers.get(account);
      if (!writer) {
        writers.set(account, writer = new AccountWriter(accounts.database, await find(account)));
      }
      if (writer.at !== null && at <= writer.at || !writer.follows(poll.base)) continue;
      checkPoll(poll);
      await writer.put(poll);
      kept.add(writer);
      stored++;
    }
    if (stored === 0 || !docs) return await planCommit(accounts, [...kept], stored);
    const beside = await docs();
    if (beside === null || beside === "outdated") return beside && { result: 0 };
    return await planCommit(accounts, [...kept], stored, beside);
  });
}

/** Reports whether it was stored. */
export async function noteOutcome(
  accounts: Accounts,
  outcome: Outcome,
  docs?: PlanDocs,
): Promise<boolean> {
  return await accounts.change(async (find) => {
    const writer = new AccountWriter(accounts.database, await find(outcome.account));
    writer.note(outcome);
    const beside = docs && await docs();
    if (beside === null || beside === "outdated") return beside && { result: false };
    return await planCommit(accounts, [writer], true, beside);
  });
}

/** Returns null when the change must be planned again. */
export async function planCommit<T>(
  accounts: Accounts,
  writers: readonly AccountWriter[],
  result: T,
  beside?: PlannedDocs,
): Promise<PlannedChange<T> | null> {
  const heads: HeadChange[] = [];
  const mutations: Mutation[] = [];
  for (const writer of writers) {
    const folded = await fold(accounts.database, writer.head());
    if (!folded) return null;
    heads.push({ found: writer.found, head: folded.head });
    mutations.push(...folded.mutations);
  }
  if (heads.length === 0) return { result };
  return {
    transaction: { heads, ...beside, mutations: [...mutations, ...beside?.mutations ?? []] },
    result,
  };
}
