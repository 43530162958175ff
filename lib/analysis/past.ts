/** Past cycles as a forecast remembers them: how each of them rose, by the buckets that are kept of it. */
import { type Bucket, DAY, FIVE_MINUTES, HOUR, type Step } from "../model/bucket.ts";
import type { Cycle } from "../model/cycle.ts";
import { TUNING } from "../model/forecast.ts";
import { CURVE_STEPS, curveOf, type CurvePoint, type PastCycle } from "../model/past_cycles.ts";
import type { QuotaKey, Window } from "../model/quota.ts";
import type { Store } from "../store/store.ts";

/** Of a cycle whose last reading lies farther before its reset than this share of the window, the end is unknown. */
const UNSEEN_END = 0.1;
/** One that ended by more than this share of the window before its reset says nothing about those that do not. */
const EARLY_END = 0.05;

interface Span {
  readonly cycle: Cycle;
  readonly from: number;
  readonly to: number;
}

/**
 * The curves of the newest closed cycles that were seen whole, newest first.
 *
 * @param closed newest first
 * @param known curves made before, by `startedAt` of their cycle; those that are there are not made again
 */
export async function pastCyclesOf(
  store: Store,
  quota: QuotaKey,
  window: Window,
  closed: readonly Cycle[],
  known: ReadonlyMap<number, PastCycle>,
): Promise<ReadonlyMap<number, PastCycle>> {
  const spans = closed.flatMap((cycle) => spanOf(cycle, window) ?? []).slice(0, TUNING.mostPast);
  const missing = spans.filter(({ cycle }) => !known.has(cycle.startedAt));
  const first = missing.at(-1);
  const last = missing[0];
  const buckets = first && last
    ? await store.series({
      quota,
      from: first.from,
      to: last.to,
      step: stepFor(last.to - last.from),
    })
    : [];
  return new Map(spans.map((span) => {
    const { startedAt } = span.cycle;
    return [startedAt, known.get(startedAt) ?? { startedAt: span.from, curve: curveIn(span, buckets) }];
  }));
}

function curveIn({ cycle, from, to }: Span, buckets: readonly Bucket[]): readonly number[] {
  const step = stepFor(to - from);
  const steps = Math.min(CURVE_STEPS, Math.max(2, Math.round((to - from) / step)));
  return curveOf(sharesIn(buckets, Math.max(from, cycle.startedAt), cycle.lastAt), from, to, steps);
}

function* sharesIn(buckets: readonly Bucket[], from: number, to: number): Iterable<CurvePoint> {
  for (const { lastAt, shareLast } of buckets) {
    if (lastAt >= from && lastAt <= to && shareLast !== null) yield { at: lastAt, share: shareLast };
  }
}

/** Where the window of a closed cycle began and ended by its reset, or null where that cannot be told or used. */
function spanOf(cycle: Cycle, window: Window): Span | null {
  if (window.kind === "rolling" || window.kind === "balance") return null;
  if (!cycle.whole || cycle.endedAt === null || cycle.resetsAt === null) return null;
  const to = cycle.resetsAt;
  const from = window.seconds === null ? cycle.startedAt : to - window.seconds * 1000;
  const length = to - from;
  if (!(length > 0) || cycle.endedAt < to - length * EARLY_END) return null;
  return cycle.lastAt < to - length * UNSEEN_END ? null : { cycle, from, to };
}

/** Fine enough for the shape of a window, and never more than some thousand rows for all of them. */
function stepFor(windowMs: number): Step {
  if (windowMs <= 12 * HOUR) return FIVE_MINUTES;
  return windowMs <= 8 * DAY ? HOUR : DAY;
}
