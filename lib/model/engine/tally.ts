/**
 * Counts poll outcomes and consumption during one run of the program. Monitoring needs figures that only rise
 * and start at 0 with a run, unlike any stored figure.
 */
import type { Change } from "./state.ts";
import { FAILURE_KINDS, type Outcome, type OutcomeKind } from "../outcome.ts";
import { type AccountKey, type QuotaKey, quotaKey } from "../quota.ts";

export interface Tally {
  /** Polls that ended in this run, by outcome. */
  readonly polls: ReadonlyMap<AccountKey, PollCounts>;
  readonly consumed: ReadonlyMap<QuotaKey, ConsumptionTally>;
}

export type PollCounts = Readonly<Record<OutcomeKind, number>>;

/** Consumption counted in this run, in the quota's unit. */
export interface ConsumptionTally {
  /** Includes corrections, so it may fall. */
  readonly net: number;
  /**
   * The highest value of `net` so far. When a vendor reverts what it stated, this stays still until actual
   * consumption catches up: so it never falls, and is right in the end, also across restarts.
   */
  readonly total: number;
}

export const NO_POLLS: PollCounts = Object.freeze(
  Object.fromEntries(["ok", ...FAILURE_KINDS].map((kind) => [kind, 0])) as Record<OutcomeKind, number>,
);

export const EMPTY_TALLY: Tally = { polls: new Map(), consumed: new Map() };

/** @param changes those stored for the poll; none when it failed */
export function addToTally(tally: Tally, outcome: Outcome, changes: readonly Change[]): Tally {
  const { account, kind } = outcome;
  const counts = tally.polls.get(account) ?? NO_POLLS;
  const consumed = new Map(tally.consumed);
  for (const change of changes) {
    if (change.kind !== "entry" && change.kind !== "adjust") continue;
    const by = change.kind === "entry" ? change.consumed : change.by;
    const key = quotaKey(account, change.quota);
    const before = consumed.get(key) ?? { net: 0, total: 0 };
    const net = before.net + by;
    consumed.set(key, { net, total: Math.max(before.total, net) });
  }
  return {
    polls: new Map(tally.polls).set(account, { ...counts, [kind]: counts[kind] + 1 }),
    consumed,
  };
}
