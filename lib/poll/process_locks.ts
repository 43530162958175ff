/** Several processes that use one database: one polls by the clock, and one asks at a time. */
import type { Log } from "../provider/context.ts";
import type { Hub } from "../base/hub.ts";
import type { Outcome } from "../model/outcome.ts";
import type { AccountKey } from "../model/quota.ts";
import type { AccountRecord, Store } from "../store/store.ts";
import type { Attempted } from "./trouble.ts";

/** What they do one at a time. */
export interface ProcessLocks {
  /** Whether this process is the one that polls by the clock; asked at each tick. */
  mayPoll(): boolean;
  /** Resolves when no other process is asking, or has been for too long; what it gives ends the turn. */
  begin(): Promise<() => void>;
}

export interface PollNowOptions {
  /** Asks however short ago the vendor was asked, unless it asked to be left alone itself. */
  readonly force?: boolean;
}

export interface ElsewhereParts {
  readonly turns?: ProcessLocks;
  readonly store: Pick<Store, "latest">;
  readonly hub: Hub;
  readonly log: Log;
  /** How the last polls ended, as far as is known here; brought up to date. */
  readonly last: Map<AccountKey, Outcome>;
  readonly read: (
    work: () => Promise<readonly AccountRecord[]>,
  ) => Promise<Attempted<readonly AccountRecord[]>>;
}

/** Gives whether another process polls by the clock. What that one has stored is told here. */
export function createElsewhere(
  { turns, store, hub, log, last, read }: ElsewhereParts,
): () => Promise<boolean> {
  let was = false;

  return async () => {
    const is = turns !== undefined && !turns.mayPoll();
    if (!is && !was) return false;
    if (is && !was) {
      log.warn("Another process polls this database; this one only shows it until that one has ended");
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

/** So often is looked whether the other process is still there, and what it has stored. */
const LOOK_EVERY_MS = 5_000;

/** Waits until the other process has ended, or no time is left; whether it has ended. */
export async function isLeft(
  isElsewhere: () => Promise<boolean>,
  rest: () => number,
  sleep: (ms: number) => Promise<void>,
): Promise<boolean> {
  for (let ms = rest(); ms > 0; ms = rest()) {
    await sleep(Math.min(LOOK_EVERY_MS, ms));
    if (rest() > 0 && !await isElsewhere()) return true;
  }
  return false;
}
