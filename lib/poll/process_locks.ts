/** Coordinates processes that share a database: only one polls on schedule, and only one polls an account at a time. */
import type { Log } from "../provider/context.ts";
import type { Hub } from "../base/hub.ts";
import type { Outcome } from "../model/outcome.ts";
import type { AccountKey } from "../model/quota.ts";
import type { AccountRecord, Store } from "../store/store.ts";
import type { AttemptResult } from "./trouble.ts";

/** Locks for what only one process may do at a time. */
export interface ProcessLocks {
  /** Reports whether this process polls on schedule; called at each tick. */
  mayPoll(): boolean;
  /**
   * Resolves when no other process is polling the account, or has been for too long; call the result to release. Null
   * when
   * another process is still polling this account: then this one must not.
   */
  begin(account: AccountKey): Promise<(() => void) | null>;
}

export interface PollNowOptions {
  /** Polls even when the vendor was polled moments ago, but not while it asks us to wait. */
  readonly force?: boolean;
  /** Set when no person asks but a timer: then an account whose last poll failed is due as it is for a server. */
  readonly onTimer?: boolean;
}

export interface OtherProcessParts {
  readonly turns?: ProcessLocks;
  readonly store: Pick<Store, "latest">;
  readonly hub: Hub;
  readonly log: Log;
  /** The last known outcomes; kept up to date here. */
  readonly last: Map<AccountKey, Outcome>;
  readonly read: (
    work: () => Promise<readonly AccountRecord[]>,
  ) => Promise<AttemptResult<readonly AccountRecord[]>>;
}

/**
 * Returns a function that reports whether another process polls
 * on schedule, and publishes what that process stored.
 */
export function watchOtherProcess(
  { turns, store, hub, log, last, read }: OtherProcessParts,
): () => Promise<boolean> {
  let was = false;

  return async () => {
    const is = turns !== undefined && !turns.mayPoll();
    if (!is && !was) return false;
    if (is && !was) {
      log.warn("Another process polls this database; this one only shows it until the other ends");
    }
    if (was && !is) log.info("The other process has ended, so this one polls now");
    was = is;
    const records = await read(() => store.latest());
    for (const { account, outcome } of records.ok ? records.value : []) {
      if (outcome === null || outcome.at === last.get(account)?.at) continue;
      last.set(account, outcome);
      hub.publish({ kind: "account", account });
    }
    return is;
  };
}

/** How often to check whether the other process is still running, and what it stored. */
const CHECK_EVERY_MS = 5_000;

/** Waits until the other process ends, or time is up; reports whether it has ended. */
export async function hasOtherEnded(
  isElsewhere: () => Promise<boolean>,
  rest: () => number,
  sleep: (ms: number) => Promise<void>,
): Promise<boolean> {
  for (let ms = rest(); ms > 0; ms = rest()) {
    await sleep(Math.min(CHECK_EVERY_MS, ms));
    if (rest() > 0 && !await isElsewhere()) return true;
  }
  return false;
}
