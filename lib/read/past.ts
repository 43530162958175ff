/** Past cycles for the forecast, built from their stored buckets. */
import { bucketStart, DAY, FIVE_MINUTES, HOUR, type Step } from "../model/engine/bucket.ts";
import {
  cycleFate,
  type CycleRange,
  findSpan,
  type HistoryPoint,
  ownPoints,
  summarizePastCycle,
} from "../model/forecast/closed_cycle.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import { TUNING } from "../model/forecast/forecast.ts";
import type { PastCycle } from "../model/forecast/past_cycles.ts";
import type { QuotaKey, Window } from "../model/quota.ts";
import type { Store } from "../store/store.ts";

/**
 * Returns the newest closed cycles the forecast can learn from, newest first, by `startedAt`.
 *
 * @param closed newest first
 * @param known results of earlier calls, which are reused for the same window
 */
export async function readPastCycles(
  store: Store,
  quota: QuotaKey,
  window: Window,
  closed: readonly Cycle[],
  known: ReadonlyMap<number, PastCycle>,
): Promise<ReadonlyMap<number, PastCycle>> {
  const usable = closed.flatMap((cycle) => {
    const span = findSpan(cycle, window);
    if (span === null || cycleFate(cycle, span) !== "used") return [];
    const before = known.get(cycle.startedAt);
    // Over another window, a cycle has another course.
    return [{ cycle, span, before: before?.startedAt === span.from ? before : undefined }];
  }).slice(0, TUNING.maxPastCycles);
  const missing = usable.filter(({ before }) => !before);
  const points = await pointsOver(store, quota, missing.map(({ span }) => span));
  const past = new Map<number, PastCycle>();
  for (const { cycle, span, before } of usable) {
    const { first, end } = ownPoints(points, cycle, span);
    if (before) past.set(cycle.startedAt, before);
    // Buckets of some cycles have been deleted.
    else if (first < end) past.set(cycle.startedAt, summarizePastCycle(points.slice(first, end), span));
  }
  return past;
}

/** @param spans newest first */
async function pointsOver(
  store: Store,
  quota: QuotaKey,
  spans: readonly CycleRange[],
): Promise<readonly HistoryPoint[]> {
  const [newest] = spans;
  if (!newest) return [];
  const { from } = spans.at(-1) ?? newest;
  const step = stepFor(newest.to - newest.from);
  // A window may begin within a bucket, whose last reading is its own.
  return await store.points({ quota, from: bucketStart(from, step), to: newest.to, step });
}

/** Returns a step fine enough for the shape of a window, and at most some thousand rows for all of them. */
function stepFor(windowMs: number): Step {
  if (windowMs <= 12 * HOUR) return FIVE_MINUTES;
  return windowMs <= 8 * DAY ? HOUR : DAY;
}
