/** Which account to work with over the next hours: the best one now, and the next once that runs out. */
import { compareReadiness, type Readiness } from "../view/readiness.ts";
import type { AccountKey } from "../quota.ts";

/** A time range and the account to work with; null when no account is known to have anything left. */
export interface BestStretch {
  readonly account: AccountKey | null;
  readonly from: number;
  readonly to: number;
}

/**
 * Returns consecutive time ranges from `now` on; empty when nothing is known. Ends early where the next hours
 * are unknown.
 */
export function bestAccounts(all: readonly Readiness[], now: number, end: number): readonly BestStretch[] {
  const known = all.filter(({ state }) => state !== "unknown").toSorted(compareReadiness);
  if (known.length === 0) return [];
  const stretches: BestStretch[] = [];
  // At most four: two accounts that run out, one of them paid by use, a time without any, and one that is back.
  for (let at = now; at < end;) {
    const best = known.find((one) => canWork(one, at));
    const to = best ? Math.min(end, findEnd(best, at)) : Math.min(end, nextBack(known, at));
    stretches.push({ account: best?.account.key ?? null, from: at, to });
    // Nothing is known yet about the cycle after an account's run-out.
    at = to;
  }
  return stretches;
}

function canWork({ state, until, quota }: Readiness, at: number): boolean {
  switch (state) {
    case "ready":
      return true;
    case "at-risk":
      return until !== null && at < until || isBack(quota?.resetsAt ?? null, at);
    default:
      return isBack(until, at);
  }
}

function isBack(backAt: number | null, at: number): boolean {
  return backAt !== null && at >= backAt;
}

function findEnd({ state, until }: Readiness, at: number): number {
  return state === "at-risk" && until !== null && at < until ? until : Infinity;
}

/** Returns when the next account is full again. */
function nextBack(all: readonly Readiness[], at: number): number {
  return all.reduce((soonest, { state, until, quota }) => {
    const back = state === "out" ? until : quota?.resetsAt ?? null;
    return back !== null && back > at && back < soonest ? back : soonest;
  }, Infinity);
}
