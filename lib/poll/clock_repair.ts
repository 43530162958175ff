/**
 * Clocks that were wrong. What was dated by a clock that was ahead would keep every later reading out until its
 * time has come, and would never be called old; so the next good answer puts it right. A clock that is wrong
 * now is told, by what servers say of the time.
 */
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import type { Hub } from "../base/hub.ts";
import { formatDuration } from "../model/view/format.ts";
import type { Outcome } from "../model/outcome.ts";
import { type AccountKey, quotaKey } from "../model/quota.ts";
import type { AccountState } from "../model/engine/state.ts";
import type { Store } from "../store/store.ts";
import { type Failure, textOf } from "./failure.ts";
import { type RewindingStore, rewindTo } from "./rewind_account.ts";

export interface ClockRepairParts {
  readonly store: Pick<Store, "recall">;
  /** Without it nothing is put right. */
  readonly history?: RewindingStore;
  readonly clock: Clock;
  readonly hub: Hub;
  readonly log: Log;
  /** Told of each account of which something was removed. */
  readonly removed: (account: AccountKey) => void;
}

export interface ClockRepair {
  /** Whether an instant that is stored is known to be wrong, as its time has not come. */
  isAhead(at: number | null): boolean;
  /**
   * Removes what a clock that was ahead has dated, and gives the state without it. What was read is set aside.
   *
   * @throws {ClockDoubt} when it may as well be that this clock is behind
   */
  setRight(account: AccountKey, before: AccountState): Promise<AccountState>;
  /** The same before a failure is noted, which else would lie before what was noted last; or nothing. */
  beforeFailure(account: AccountKey): Promise<void>;
  /** What is said of a poll, and of the clock where servers contradict it. */
  hintOf(hint: string | undefined): Pick<Outcome, "hint">;
}

/** Most of what is stored lies after what the clock says, and nobody was heard who could tell which is wrong. */
export class ClockDoubt extends Error {
  readonly now: number;

  constructor(now: number) {
    super("The clock may be behind");
    this.now = now;
  }
}

/** Clocks are corrected by this much without anybody noticing; what lies further ahead is wrong. */
export const MAX_AHEAD_MS = 60_000;
/** So many readings a clock that was ahead for a while may well have left. */
const FEW_READINGS = 100;
const MAX_COUNTED = 10_000;

export function createClockRepair(
  { store, history, clock, hub, log, removed }: ClockRepairParts,
): ClockRepair {
  let toldAheadMs = 0;

  /** Where the clock stands at an instant that was said, what lies before the present is no less true. */
  function latest(): number {
    return Math.max(clock.now(), clock.present?.() ?? 0);
  }

  async function setRight(account: AccountKey, before: AccountState): Promise<AccountState> {
    if (!history) return before;
    const now = latest();
    const isSure = (clock.compared?.() ?? null) !== null;
    if (!isSure && await hasManyReadingsAfter(history, before, now)) throw new ClockDoubt(now);
    const rewind = before.at !== null && before.at > now
      ? await rewindTo(history, before, now)
      : { account, base: before, to: now, state: before, rows: [] };
    const readings = await history.rewind({ ...rewind, now });
    // Another process was faster: what it stored is looked at next.
    if (readings === null) return await store.recall(account);
    removed(account);
    log.warn("Removed what a clock that was ahead had dated; its readings are set aside", {
      account,
      readings,
      lastAt: before.at,
      now,
    });
    tellAll();
    return rewind.state;
  }

  /** More has changed than one poll brings. */
  function tellAll() {
    try {
      hub.publish({ kind: "settings", account: null });
    } catch (thrown) {
      log.error("A listener of the hub failed", { error: textOf(thrown) });
    }
  }

  return {
    isAhead: (at) => at !== null && at > latest() + MAX_AHEAD_MS,
    setRight,
    async beforeFailure(account) {
      try {
        await setRight(account, await store.recall(account));
      } catch (thrown) {
        if (!(thrown instanceof ClockDoubt)) throw thrown;
      }
    },
    hintOf(hint) {
      const aheadMs = clock.compared?.()?.aheadMs ?? 0;
      if (Math.abs(aheadMs - toldAheadMs) > MAX_AHEAD_MS) {
        if (aheadMs === 0) log.info("The clock of this computer is right again");
        else log.warn(clockText(aheadMs), { aheadMs });
        toldAheadMs = aheadMs;
      }
      if (aheadMs === 0) return hint === undefined ? {} : { hint };
      return { hint: hint === undefined ? clockText(aheadMs) : `${hint} (${clockText(aheadMs)})` };
    },
  };
}

export function clockFailure({ now }: ClockDoubt): Failure {
  return {
    kind: "unavailable",
    hint:
      `This computer's clock says ${new Date(now).toISOString()}, and most of what is stored is later than ` +
      "that: nothing was added. Set the clock right",
  };
}

/** Of an answer that was dated before what is stored: `collect --now` in the past says so, or two clocks differ. */
export function pastFailure(at: number, lastAt: number): Failure {
  return {
    kind: "unavailable",
    hint: `This answer was to be stored as of ${new Date(at).toISOString()}, and the database holds later ` +
      `readings, up to ${new Date(lastAt).toISOString()}: nothing was added. Ask as of now`,
  };
}

/** Whether more lies after an instant than a clock that was ahead for a while could have left. */
async function hasManyReadingsAfter(
  history: RewindingStore,
  state: AccountState,
  now: number,
): Promise<boolean> {
  for (const quota of Object.keys(state.quotas)) {
    const key = quotaKey(state.account, quota);
    const after = await history.readings({ quota: key, from: now + 1, limit: MAX_COUNTED });
    if (after.length <= FEW_READINGS) continue;
    const before = await history.readings({
      quota: key,
      to: now + 1,
      limit: after.length,
      newestFirst: true,
    });
    if (before.length < after.length || after.length === MAX_COUNTED) return true;
  }
  return false;
}

function clockText(aheadMs: number): string {
  const off = formatDuration(Math.abs(aheadMs));
  return `This computer's clock is ${off} ${
    aheadMs > 0 ? "ahead of" : "behind"
  } that of those who were asked, ` +
    "so readings are dated by theirs: set it right";
}
