/**
 * A queue for what the store rejects: entries wait in memory, are retried, and are stored in order of
 * arrival, each with its own time.
 */
import type { Clock } from "../base/clock.ts";
import type { AccountKey } from "../model/quota.ts";
import type { AttemptResult } from "./trouble.ts";

export interface WaitingLineParts<Entry, Result> {
  readonly clock: Clock;
  readonly accountOf: (entry: Entry) => AccountKey;
  /** Passes an entry to the store; never rejects. */
  readonly offer: (entry: Entry) => Promise<AttemptResult<Result>>;
  /** Called for each entry that had to wait, once it is stored. */
  readonly taken: (entry: Entry, result: Result) => void;
  /** Called for each entry that is dropped. */
  readonly givenUp: (entry: Entry) => void;
}

export interface WaitingLine<Entry, Result> {
  /**
   * Stores an entry after the waiting ones of its account. Returns null
   * when it has to wait itself; `signal` stops the retries.
   */
  put(entry: Entry, signal: AbortSignal): Promise<Result | null>;
  /** Retries all waiting entries once; false when some still wait. */
  flush(): Promise<boolean>;
}

/** Maximum entries of one account; beyond it the oldest are dropped. At one poll a minute, six hours. */
export const MAX_WAITING = 360;
const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 30_000;

export function createWaitingLine<Entry, Result>(
  { clock, accountOf, offer, taken, givenUp }: WaitingLineParts<Entry, Result>,
): WaitingLine<Entry, Result> {
  /** Oldest first. */
  const waiting = new Map<AccountKey, Entry[]>();
  /** One at a time for each account, because entries build on one another. */
  const turns = new Map<AccountKey, Promise<boolean>>();
  let retrying = false;

  async function retry(signal: AbortSignal): Promise<void> {
    retrying = true;
    for (let ms = FIRST_RETRY_MS; waiting.size > 0 && !signal.aborted; ms = Math.min(2 * ms, MAX_RETRY_MS)) {
      await clock.sleep(ms, signal);
      if (!signal.aborted) await flush();
    }
    retrying = false;
  }

  async function flush(): Promise<boolean> {
    let isEmpty = true;
    // An account whose entries are still rejected must not hold up the others.
    for (const account of [...waiting.keys()]) if (!await flushAccount(account)) isEmpty = false;
    return isEmpty;
  }

  function flushAccount(account: AccountKey): Promise<boolean> {
    if (!waiting.has(account)) return Promise.resolve(true);
    const turn = turns.get(account) ?? flushInOrder(account).finally(() => turns.delete(account));
    turns.set(account, turn);
    return turn;
  }

  async function flushInOrder(account: AccountKey): Promise<boolean> {
    const own = waiting.get(account) ?? [];
    for (let [entry] = own; entry !== undefined; [entry] = own) {
      const result = await offer(entry);
      if (!result.ok) return false;
      // It may have been dropped in the meantime.
      const place = own.indexOf(entry);
      if (place >= 0) own.splice(place, 1);
      taken(entry, result.value);
    }
    waiting.delete(account);
    return true;
  }

  return {
    flush,
    async put(entry, signal) {
      const account = accountOf(entry);
      if (await flushAccount(account)) {
        const result = await offer(entry);
        if (result.ok) return result.value;
      }
      const own = waiting.get(account) ?? [];
      waiting.set(account, own);
      own.push(entry);
      if (own.length > MAX_WAITING) givenUp(own.shift()!);
      if (!retrying) void retry(signal);
      return null;
    },
  };
}
