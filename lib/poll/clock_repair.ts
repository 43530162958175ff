/**
 * Repairs data dated by a wrong clock. Data dated in the future would keep every later reading out until that
 * time, and would never count as stale; so the next good response repairs it. A clock that is wrong now is
 * reported, based on servers' times.
 */
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import type { Hub } from "../base/hub.ts";
import { formatDuration } from "../model/view/format.ts";
import type { Outcome } from "../model/outcome.ts";
import { type AccountKey, quotaKey } from "../model/quota.ts";
import type { AccountState } from "../model/engine/state.ts";
import type { Store } from "../store/store.ts";
import { describeThrown, type Failure } from "./failure.ts";
import { type RewindingStore, rewindTo } from "./rewind_account.ts";

export interface ClockRepairParts {
  readonly store: Pick<Store, "recall">;
  /** Without it, nothing is repaired. */
  readonly history?: RewindingStore;
  readonly clock: Clock;
  readonly hub: Hub;
  readonly log: Log;
  /** Called for each account that lost data. */
  readonly removed: (account: AccountKey) => void;
}

export interface ClockRepair {
  /** Reports whether a stored instant must be wrong because it is in the future. */
  isAhead(at: number | null): boolean;
  /**
   * Removes data dated by a clock that was ahead, and returns the state without it. Sets the readings aside.
   *
   * @throws {ClockDoubt} when this clock is as likely to be behind
   */
  repairState(account: AccountKey, before: AccountState): Promise<AccountState>;
  /**
   * Does the same before a failure is stored, which would otherwise
   * precede the last stored outcome; or does nothing.
   */
  beforeFailure(account: AccountKey): Promise<void>;
  /** Combines a poll's hint with one about the clock, if servers contradict it. */
  hintOf(hint: string | undefined): Pick<Outcome, "hint">;
}

/** Most stored data is later than the clock, and no server could be reached to tell which is wrong. */
export class ClockDoubt extends Error {
  readonly now: number;

  constructor(now: number) {
    super("The clock may be behind");
    this.now = now;
  }
}

/** Normal clock corrections stay below this; data further ahead is wrong. */
export const MAX_AHEAD_MS = 60_000;
/** A clock that was ahead for a while may have left this many readings. */
const FEW_READINGS = 100;
const MAX_COUNTED = 10_000;

export function createClockRepair(
  { store, history, clock, hub, log, removed }: ClockRepairParts,
): ClockRepair {
  let loggedAheadMs = 0;

  /** With a fixed clock, data up to the real present is still valid. */
  function findLatestValid(): number {
    const now = clock.now();
    return Math.max(now, clock.present?.() ?? now);
  }

  async function repairState(account: AccountKey, before: AccountState): Promise<AccountState> {
    if (!history) return before;
    const now = findLatestValid();
    const isSure = (clock.compared?.() ?? null) !== null;
    if (!isSure && await hasManyReadingsAfter(history, before, now)) throw new ClockDoubt(now);
    const rewind = before.at !== null && before.at > now
      ? await rewindTo(history, before, now)
      : { account, base: before, to: now, state: before, rows: [] };
    const readings = await history.rewind({ ...rewind, now });
    // Another process was faster: use what it stored.
    if (readings === null) return await store.recall(account);
    removed(account);
    log.warn("Removed what was dated by a clock that was ahead; its readings are set aside", {
      account,
      readings,
      lastAt: before.at,
      now,
    });
    notifyAll();
    return rewind.state;
  }

  /** Tells listeners to reload, because more than one poll's result has changed. */
  function notifyAll() {
    try {
      hub.publish({ kind: "settings", account: null });
    } catch (thrown) {
      log.error("A listener of the hub failed", { error: describeThrown(thrown) });
    }
  }

  return {
    isAhead: (at) => at !== null && at > findLatestValid() + MAX_AHEAD_MS,
    repairState,
    async beforeFailure(account) {
      try {
        await repairState(account, await store.recall(account));
      } catch (thrown) {
        if (!(thrown instanceof ClockDoubt)) throw thrown;
      }
    },
    hintOf(hint) {
      const aheadMs = clock.compared?.()?.aheadMs ?? 0;
      if (Math.abs(aheadMs - loggedAheadMs) > MAX_AHEAD_MS) {
        if (aheadMs === 0) log.info("The clock of this computer is right again");
        else log.warn(clockText(aheadMs), { aheadMs });
        loggedAheadMs = aheadMs;
      }
      if (aheadMs === 0) return hint === undefined ? {} : { hint };
      return { hint: hint === undefined ? clockText(aheadMs) : `${hint} (${clockText(aheadMs)})` };
    },
  };
}

export function clockFailure({ now }: ClockDoubt): Failure {
  return {
    kind: "unavailable",
    hint: `This computer's clock says ${new Date(now).toISOString()}, and most stored data is later than ` +
      "that: nothing was added. Correct the clock",
  };
}

/**
 * Returns the failure of a response dated before the stored data:
 * from `collect --now` in the past, or two differing clocks.
 */
export function pastFailure(at: number, lastAt: number): Failure {
  return {
    kind: "unavailable",
    hint: `This answer is dated ${new Date(at).toISOString()}, but the database holds later ` +
      `readings, up to ${
        new Date(lastAt).toISOString()
      }: nothing was added. Try again without an earlier time`,
  };
}

/** Reports whether more data follows an instant than a clock that was ahead for a while can have left. */
async function hasManyReadingsAfter(
  history: RewindingStore,
  state: AccountState,
  now: number,
): Promise<boolean> {
  for (const quota of Object.keys(state.quotas)) {
    const key = quotaKey(state.account, quota);
    const after = await history.readings({ quota: key, from: now + 1, limit: MAX_COUNTED });
    if (after.length <= FEW_READINGS) continue;
    const before = await history.readings({ quota: key, to: now + 1, limit: after.length });
    if (before.length < after.length || after.length === MAX_COUNTED) return true;
  }
  return false;
}

function clockText(aheadMs: number): string {
  const side = aheadMs < 0 ? "behind" : "ahead of";
  return `This computer's clock is ${
    formatDuration(Math.abs(aheadMs))
  } ${side} the clocks of the servers that answered, ` +
    "so readings are dated by theirs: correct the clock";
}
