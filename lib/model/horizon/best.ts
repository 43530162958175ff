/** Which account to work with over the next hours: the best one now, and the next once that runs out. */
import { compareReadiness, type Readiness } from "../view/readiness.ts";
import type { AccountKey } from "../quota.ts";

/** A time range and the account to work with; null when no account is known to have anything left. */
export interface BestRange {
  readonly account: AccountKey | null;
  readonly from: number;
  readonly to: number;
}

/**
 * Returns consecutive time ranges from `now` on; empty when nothing is known. Ends early where the next hours
 * are unknown.
 */
export function bestAccounts(all: readonly Readiness[], now: number, end: number): readonly BestRange[] {
  const known = all.filter(({ state }) => state !== "unknown").toSorted(compareReadiness);
  if (known.length === 0) return [];
  const ranges: BestRange[] = [];
  // At most four: two accounts that run out, one of them paid by use, a time without any, and one that is back.
  for (let at = now; at < end;) {
    const best = known.find((one) => canWork(one, at));
    const to = Math.min(end, best ? findEnd(best, at) : nextBack(known));
    ranges.push({ account: best?.account.key ?? null, from: at, to });
    // Nothing is known yet about the cycle after an account's run-out.
    at = to;
  }
  return ranges;
}

function canWork(one: Readiness, at: number): boolean {
  return one.state === "ready" || isBeforeEnd(one, at) || findBack(one) <= at;
}

function findEnd(one: Readiness, at: number): number {
  return isBeforeEnd(one, at) ? one.until! : Infinity;
}

/** Reports whether an account runs out, and has not yet. */
function isBeforeEnd({ state, until }: Readiness, at: number): boolean {
  return state === "at-risk" && until !== null && at < until;
}

/** Returns when an account is full again; never, if that is unknown. */
function findBack({ state, until, quota }: Readiness): number {
  return (state === "out" ? until : quota?.resetsAt) ?? Infinity;
}

/** Returns when the first of these accounts is full again; none of them is full now. */
function nextBack(all: readonly Readiness[]): number {
  return Math.min(...all.map(findBack));
}
