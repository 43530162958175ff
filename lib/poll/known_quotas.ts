/**
 * Bounds the number of stored quotas of an account. A vendor that names other quotas in each response must
 * not make pages, states and history grow without end: quotas it has not named for days make room, and if
 * that is not enough, new ones are dropped. Pure.
 */
import { countPhrase } from "../model/insights/words.ts";
import { DAY } from "../model/engine/bucket.ts";
import type { AccountState } from "../model/engine/advance.ts";
import type { Snapshot } from "../model/quota.ts";
import { MAX_QUOTAS } from "./validate_answer.ts";

/** The maximum of one response, plus as many that are no longer mentioned. */
export const MAX_KNOWN_QUOTAS = 2 * MAX_QUOTAS;
/** Before that, some buckets of a quota are still open: starting again would overwrite them. */
const MIN_GONE_MS = 2 * DAY;

export interface BoundedSnapshot {
  readonly before: AccountState;
  readonly snapshot: Snapshot;
}

/**
 * Returns the state without the quotas that make room, and the snapshot
 * without those that do not fit, which it reports as dropped.
 */
export function boundKnownQuotas(before: AccountState, snapshot: Snapshot): BoundedSnapshot {
  const known = Object.entries(before.quotas);
  const fresh = snapshot.readings.filter(({ quota }) => !Object.hasOwn(before.quotas, quota));
  const excess = known.length + fresh.length - MAX_KNOWN_QUOTAS;
  if (fresh.length === 0 || excess <= 0) return { before, snapshot };
  const named = new Set(snapshot.readings.map(({ quota }) => quota));
  const forgotten = new Set(
    known.filter(([id, { at }]) => !named.has(id) && at < snapshot.at - MIN_GONE_MS)
      .toSorted(([, a], [, b]) => a.at - b.at).slice(0, excess).map(([id]) => id),
  );
  const kept = Math.max(0, fresh.length - (excess - forgotten.size));
  const leftOut = new Set(fresh.slice(kept).map(({ quota }) => quota));
  const drop = {
    what: countPhrase(leftOut.size, "quota"),
    why: `more than ${MAX_KNOWN_QUOTAS} of one account in days`,
  };
  return {
    before: { ...before, quotas: Object.fromEntries(known.filter(([id]) => !forgotten.has(id))) },
    snapshot: leftOut.size === 0 ? snapshot : {
      ...snapshot,
      readings: snapshot.readings.filter(({ quota }) => !leftOut.has(quota)),
      dropped: [...snapshot.dropped ?? [], drop],
    },
  };
}
