/**
 * Collects polls and stores many at a time: a month of polls of a dozen accounts would otherwise spend most
 * of its time on transactions.
 */
import type { AccountState } from "../model/engine/state.ts";
import type { AccountKey } from "../model/quota.ts";
import type { Outcome } from "../model/outcome.ts";
import type { PolledStore } from "../poll/poll_job.ts";
import type { Poll, Store } from "../store/store.ts";

export interface BatchingStore extends PolledStore {
  /** Stores what was collected. @throws {StoreError} */
  flush(): Promise<void>;
}

/** Nothing else may write to `store` until the last `flush`. */
export function createBatchingStore(store: Store): BatchingStore {
  const states = new Map<AccountKey, AccountState>();
  let polls: Poll[] = [];
  let outcomes: Outcome[] = [];

  async function recall(account: AccountKey): Promise<AccountState> {
    const known = states.get(account);
    if (known) return known;
    const state = await store.recall(account);
    states.set(account, state);
    return state;
  }

  async function flush(): Promise<void> {
    const [together, alone] = [polls, outcomes];
    polls = [];
    outcomes = [];
    if (together.length > 0) await store.commitAll(together);
    for (const outcome of alone) await store.note(outcome);
  }

  return {
    docs: store.docs,
    recall,
    flush,
    async commit(poll) {
      const { account, at } = poll.snapshot;
      const before = await recall(account);
      if (before.at !== null && at <= before.at) return false;
      states.set(account, poll.state);
      polls.push(poll);
      return true;
    },
    note(outcome) {
      outcomes.push(outcome);
      return Promise.resolve(true);
    },
    async outcomes(query) {
      await flush();
      return await store.outcomes(query);
    },
  };
}
