/**
 * A store to which tests add polls cheaply: it keeps them until something asks for them, and then stores them together,
 * which takes a fraction of the time of one by one.
 */
import type { AccountKey } from "../../lib/model/quota.ts";
import type { AccountState } from "../../lib/model/engine/state.ts";
import type { Poll, Store } from "../../lib/store/store.ts";

/** Below what `commitAll` says to pass at most. */
const MAX_KEPT = 1000;
/** Members that no poll changes. */
const APART: ReadonlySet<PropertyKey> = new Set(["docs", "audit", "path", "file", "warnings"]);

export interface LateStore {
  /** Every call of it sees all polls that were added before. */
  readonly store: Store;
  /** Returns the state after the last poll that was added, for the next poll. */
  recall(account: AccountKey): Promise<AccountState>;
  /** Adds a poll based on the recalled state. */
  add(poll: Poll): Promise<void>;
}

export function lateStore(opened: Store): LateStore {
  let kept: Poll[] = [];
  /** What `recall` says, until anything else uses the store. */
  const states = new Map<AccountKey, AccountState>();
  /** The last time that polls were stored; later calls wait for it. */
  let storing: Promise<unknown> | null = null;

  function flush(): Promise<unknown> | null {
    states.clear();
    if (kept.length === 0) return storing;
    const polls = kept;
    kept = [];
    const before = storing;
    const stored = (async () => {
      await before;
      await opened.commitAll(polls);
    })().finally(() => {
      if (storing === stored) storing = null;
    });
    return storing = stored;
  }

  const store = new Proxy(opened, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function" || APART.has(name)) return value;
      return (...given: unknown[]) => {
        const waiting = flush();
        const call = () => value.apply(target, given);
        return waiting ? waiting.then(call) : call();
      };
    },
  });
  return {
    store,
    async recall(account) {
      const known = states.get(account);
      if (known) return known;
      await storing;
      const stored = await opened.recall(account);
      states.set(account, stored);
      return stored;
    },
    async add(poll) {
      const { account, at } = poll.snapshot;
      kept.push(poll);
      // The store ignores one that is not newer.
      const known = states.get(account)?.at ?? null;
      if (known === null || at > known) states.set(account, poll.state);
      if (kept.length >= MAX_KEPT) await flush();
    },
  };
}
