/** Past cycles as a forecast remembers them, from the buckets that are kept of them. */
import { DAY, FIVE_MINUTES, HOUR, type Step } from "../model/engine/bucket.ts";
import {
  cycleFate,
  type HistoryPoint,
  ownPoints,
  pastCycleOf,
  type Span,
  spanOf,
} from "../model/forecast/closed_cycle.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import { TUNING } from "../model/forecast/forecast.ts";
import type { PastCycle } from "../model/forecast/past_cycles.ts";
import type { QuotaKey, Window } from "../model/quota.ts";
import type { Store } from "../store/store.ts";

/**
 * What is remembered of the newest closed cycles that can be learnt from, newest first, by `startedAt`.
 *
 * @param closed newest first
 * @param known what was remembered before; what is there is not made again
 */
export async function pastCyclesOf(
  store: Store,
  quota: QuotaKey,
  window: Window,
  closed: readonly Cycle[],
  known: ReadonlyMap<number, PastCycle>,
): Promise<ReadonlyMap<number, PastCycle>> {
  const usable = closed.flatMap((cycle) => {
    const span = spanOf(cycle, window);
    return span !== null && cycleFate(cycle, span) === "used" ? [{ cycle, span }] : [];
  }).slice(0, TUNING.mostPast);
  const missing = usable.filter(({ cycle }) => !known.has(cycle.startedAt));
  const points = await pointsOver(store, quota, missing.map(({ span }) => span));
  const past = new Map<number, PastCycle>();
  for (const { cycle, span } of usable) {
    const before = known.get(cycle.startedAt);
    const { first, end } = ownPoints(points, cycle, span);
    if (before) past.set(cycle.startedAt, before);
    // Of some nothing is kept any more.
    else if (first < end) past.set(cycle.startedAt, pastCycleOf(points.slice(first, end), span));
  }
  return past;
}

/** @param spans newest first */
async function pointsOver(
  store: Store,
  quota: QuotaKey,
  spans: readonly Span[],
): Promise<readonly HistoryPoint[]> {
  const oldest = spans.at(-1);
  const newest = spans[0];
  if (!oldest || !newest) return [];
  const step = stepFor(newest.to - newest.from);
  return await store.points({ quota, from: oldest.from, to: newest.to, step });
}

/** Fine enough for the shape of a window, and never more than some thousand rows for all of them. */
function stepFor(windowMs: number): Step {
  if (windowMs <= 12 * HOUR) return FIVE_MINUTES;
  return windowMs <= 8 * DAY ? HOUR : DAY;
}
