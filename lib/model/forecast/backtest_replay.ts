/** Replays the stored past of one quota as if it were the present, checkpoint by checkpoint. */
import type { Slot } from "../engine/advance.ts";
import { HOUR } from "../engine/bucket.ts";
import {
  type CycleFate,
  cycleFate,
  type CycleRange,
  findSpan,
  type HistoryPoint,
  ownPoints,
  type QuotaHistory,
  summarizePastCycle,
} from "./closed_cycle.ts";
import type { Cycle } from "../engine/cycle.ts";
import { type Forecast, forecast, forecastStaleMs, type Tuning } from "./forecast.ts";
import { estimateInterval, GAP_INTERVALS, MAX_DISTANCES, measureDistances } from "../engine/interval.ts";
import type { PastCycle } from "./past_cycles.ts";
import { computeShare, type Window } from "../quota.ts";

/** An instant in an open cycle with use, and with something left. */
export interface Checkpoint {
  readonly cycle: Cycle;
  readonly windowMs: number;
  /** Epoch milliseconds of the checkpoint, and of the latest reading known then. */
  readonly now: number;
  readonly at: number;
  readonly forecast: Forecast;
  /** Shares the naive rules project for the reset. */
  readonly naive: {
    readonly "since-start": number;
    readonly "last-hour": number;
    readonly persistence: number;
  };
  /** The highest share the cycle reached. */
  readonly truth: number;
}

export interface ReplayOptions {
  readonly every: number;
  readonly workDays?: number | undefined;
  readonly zone?: string | undefined;
  readonly tuning: Tuning;
}

export interface ReplayEvents {
  cycle(fate: CycleFate, cycle: Cycle): void;
  checkpoint(point: Checkpoint): void;
}

/** Replays from the oldest cycle and its earliest checkpoint on. */
export function replayHistory(history: QuotaHistory, options: ReplayOptions, events: ReplayEvents): void {
  const { points, window, intervalMs } = history;
  const cycles = history.cycles.filter((cycle) => cycle.endedAt !== null)
    .toSorted((a, b) => a.startedAt - b.startedAt);
  /** Newest first. */
  let past: readonly PastCycle[] = [];
  for (const cycle of cycles) {
    const span = findSpan(cycle, window);
    const fate = cycleFate(cycle, span);
    events.cycle(fate, cycle);
    if (fate !== "used" || span === null) continue;
    const { first, end } = ownPoints(points, cycle, span);
    replayCycle({ cycle, span, points, first, end, past, window, intervalMs }, options, events);
    if (first < end) {
      past = [summarizePastCycle(points.slice(first, end), span), ...past]
        .slice(0, options.tuning.maxPastCycles);
    }
  }
}

interface Replayed {
  readonly cycle: Cycle;
  readonly span: CycleRange;
  readonly points: readonly HistoryPoint[];
  /** The cycle's points: from `first` up to but excluding `end`. */
  readonly first: number;
  readonly end: number;
  readonly past: readonly PastCycle[];
  readonly window: Window;
  readonly intervalMs: number;
}

function replayCycle(replayed: Replayed, options: ReplayOptions, events: ReplayEvents): void {
  const { cycle, span, points, first, end, past, window, intervalMs } = replayed;
  const { every, workDays, zone, tuning } = options;
  const truth = computeShare(cycle.peak, cycle.limit)!;
  const windowMs = span.to - span.from;
  let next = first;
  for (let part = every; part < 1 - 1e-9; part += every) {
    const now = Math.round(span.from + part * windowMs);
    while (next < end && points[next]!.at <= now) next++;
    const known = next > first ? points[next - 1] : undefined;
    const share = known ? computeShare(known.used, known.limit) : null;
    if (!known || !share || share >= 1) continue;
    // Points are at least a step apart, however often the quota was polled.
    const before = points.slice(Math.max(0, next - 1 - MAX_DISTANCES), next).map(({ at }) => at);
    const everyMs = Math.max(intervalMs, estimateInterval(measureDistances(before)) ?? intervalMs);
    const recent = createRecentSlot(points, next - 1, Math.max(HOUR, GAP_INTERVALS * everyMs));
    const made = forecast({
      now,
      kind: window.kind,
      windowMs: window.seconds === null ? null : windowMs,
      resetsAt: known.resetsAt ?? span.to,
      at: known.at,
      used: known.used,
      limit: known.limit,
      remaining: known.remaining,
      staleAfterMs: forecastStaleMs(everyMs),
      // It is whole, so all that is used was consumed in it.
      cycle: { startedAt: cycle.startedAt, consumed: known.used!, whole: cycle.whole },
      recent: [recent],
      past,
      workDays,
      zone,
    }, tuning);
    events.checkpoint({
      cycle,
      windowMs,
      now,
      at: known.at,
      forecast: made,
      naive: naiveShares(share, known.limit!, span, known.at, recent),
      truth,
    });
  }
}

function naiveShares(
  share: number,
  limit: number,
  { from, to }: CycleRange,
  at: number,
  recent: Slot,
): Checkpoint["naive"] {
  const left = to - at;
  const spanMs = recent.to - recent.from;
  return {
    "since-start": at > from ? share + share / (at - from) * left : share,
    "last-hour": spanMs > 0 ? share + recent.consumed / limit / spanMs * left : share,
    persistence: share,
  };
}

/**
 * Returns the consumption of the hour up to a point as one slot; as in the engine, a long gap restarts it.
 */
function createRecentSlot(points: readonly HistoryPoint[], index: number, gapMs: number): Slot {
  const to = points[index]!.at;
  let from = to;
  let consumed = 0;
  for (; index > 0; index--) {
    const point = points[index]!;
    const before = points[index - 1]!;
    if (point.at <= to - HOUR || point.at - before.at > gapMs) break;
    from = before.at;
    consumed += point.consumed;
  }
  return { from, to, consumed };
}
