/** The Horizon: from now to 24 hours or 7 days, what is left of each quota, where it runs out and where it resets. */
import { DAY_MS } from "../duration.ts";
import type { TimeRange } from "../forecast/work_week.ts";
import { isGauge } from "../quota.ts";
import { rankByNeed } from "../view/need.ts";
import type { Readiness } from "../view/readiness.ts";
import type { AccountView } from "../view/view.ts";
import { bestAccounts, type BestRange } from "./best.ts";
import { createLane, type Lane } from "./lane.ts";

export const HORIZON_SPANS = ["24h", "7d"] as const;
export type HorizonSpan = typeof HORIZON_SPANS[number];

const LENGTHS: Readonly<Record<HorizonSpan, number>> = { "24h": DAY_MS, "7d": 7 * DAY_MS };

/** Maximum number of readable lanes; a sentence says how many are left out. */
export const MAX_LANES = 12;

/** Fewer lanes than this show urgent quotas only. */
const MIN_LANES_WITH_BEST = 3;

export interface Horizon {
  readonly span: HorizonSpan;
  /** Now, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Most urgent first; the last one may belong to the best account, see `isBestAdded`. */
  readonly lanes: readonly Lane[];
  /** True when the best account is not urgent enough for a lane and was added as the last one. */
  readonly isBestAdded?: boolean;
  /** Number of quotas left out for lack of space. */
  readonly more: number;
  /** The user's idle hours; null while the history is too short. */
  readonly idle: readonly TimeRange[] | null;
  readonly best: readonly BestRange[];
}

export interface HorizonInput {
  readonly accounts: readonly AccountView[];
  readonly readiness: readonly Readiness[];
  readonly now: number;
  readonly span: HorizonSpan;
  readonly idle: readonly TimeRange[] | null;
  /** @default {MAX_LANES} */
  readonly maxLanes?: number;
}

export function horizonEnd(now: number, span: HorizonSpan): number {
  return now + LENGTHS[span];
}

export function createHorizon(
  { accounts, readiness, now, span, idle, maxLanes = MAX_LANES }: HorizonInput,
): Horizon {
  const to = horizonEnd(now, span);
  // A momentary level has no future, nor has a quota that is gone.
  const all = rankByNeed(accounts, now).filter(({ quota }) => !quota.gone && !isGauge(quota.window));
  const best = bestAccounts(readiness, now, to);
  const urgent = all.slice(0, maxLanes);
  // The best account needs a lane although it is not urgent, or its advice would refer to nothing drawn.
  const missing =
    maxLanes < MIN_LANES_WITH_BEST || urgent.some(({ account }) => account.key === best[0]?.account)
      ? undefined
      : all.find(({ account }) => account.key === best[0]?.account);
  const shown = missing ? [...urgent.slice(0, -1), missing] : urgent;
  return {
    span,
    from: now,
    to,
    lanes: shown.map(({ account, quota }) => createLane(account, quota, now)),
    ...missing && { isBestAdded: true },
    more: Math.max(0, all.length - maxLanes),
    idle: idle && idle.flatMap((timeRange) => clipRange(timeRange, now, to)),
    best,
  };
}

function clipRange({ from, to }: TimeRange, first: number, last: number): readonly TimeRange[] {
  const [begin, end] = [Math.max(from, first), Math.min(to, last)];
  return begin < end ? [{ from: begin, to: end }] : [];
}
