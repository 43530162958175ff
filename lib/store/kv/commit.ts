/** Stores polls, or a single outcome, all of it or nothing. */
import type { Outcome } from "../../model/outcome.ts";
import type { AccountKey } from "../../model/quota.ts";
import type { Poll } from "../store.ts";
import { checkPoll } from "../check_poll.ts";
import { AccountWriter } from "./account_writer.ts";
import type { Accounts, Planned } from "./accounts.ts";
import type { Mutation } from "./database.ts";
import { fold } from "./fold.ts";
import type { HeadChange } from "./journal.ts";

/** Returns the number of polls stored. */
export async function commitPolls(accounts: Accounts, polls: readonly Poll[]): Promise<number> {
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
    return await planned(accounts, [...kept], stored);
  });
}

export async function noteOutcome(accounts: Accounts, outcome: Outcome): Promise<void> {
  await accounts.change(async (find) => {
    const writer = new AccountWriter(accounts.database, await find(outcome.account));
    writer.note(outcome);
    return await planned(accounts, [writer], undefined);
  });
}

/** Null when it has to be planned anew. */
export async function planned<T>(
  accounts: Accounts,
  writers: readonly AccountWriter[],
  result: T,
): Promise<Planned<T> | null> {
  const heads: HeadChange[] = [];
  const mutations: Mutation[] = [];
  for (const writer of writers) {
    const folded = await fold(accounts.database, writer.head());
    if (!folded) return null;
    heads.push({ found: writer.found, head: folded.head });
    mutations.push(...folded.mutations);
  }
  return heads.length === 0 ? { result } : { transaction: { heads, mutations }, result };
}
