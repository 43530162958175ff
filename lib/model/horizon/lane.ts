/** One quota's lane of the Horizon: what is left from now on according to the forecast. */
import type { ForecastState } from "../forecast/forecast.ts";
import { projectLine } from "../forecast/projected_line.ts";
import { isUsedUp } from "../quota.ts";
import { isRunOutUnlikely } from "../view/status.ts";
import { isCurrent, isFromBeforeReset } from "../view/readiness.ts";
import type { AccountView, QuotaView } from "../view/view.ts";

/**
 * - `blocked`, `used-up`: nothing can be used until the reset.
 * - `runs-out`, `may-run-out`, `tight`, `lasts`: as forecast.
 * - `unknown`: there is no forecast; the level may be known.
 * - `old`: the level is out of date.
 */
export type LaneState =
  | "blocked"
  | "used-up"
  | "runs-out"
  | "may-run-out"
  | "tight"
  | "lasts"
  | "unknown"
  | "old";

/** An instant, epoch milliseconds, and the share left then, 0..1. */
export type LanePoint = readonly [at: number, left: number];

export interface Lane {
  readonly account: AccountView;
  readonly quota: QuotaView;
  readonly state: LaneState;
  /** The first point is the last known level at the present; all others are forecast. Empty when the level is unknown. */
  readonly left: readonly LanePoint[];
  /** True for a balance without a limit: shares are relative to what is left now. */
  readonly isRelative: boolean;
  /** When it runs out, or null. */
  readonly emptyAt: number | null;
  /** The next reset, after which it is full again; null when none is ahead. */
  readonly resetsAt: number | null;
}

export function createLane(account: AccountView, quota: QuotaView, now: number): Lane {
  const isResetting = quota.window.kind === "fixed" || quota.window.kind === "calendar";
  const resetsAt = isResetting && quota.resetsAt !== null && quota.resetsAt > now ? quota.resetsAt : null;
  const lane = { account, quota, isRelative: false, emptyAt: null, resetsAt, left: [] };
  if (quota.gone || !isCurrent(account, now)) return { ...lane, state: "old" };
  if (isFromBeforeReset(quota, now)) return { ...lane, state: "unknown" };
  if (quota.status === "blocked") return { ...lane, state: "blocked" };
  if (isUsedUp(quota)) return { ...lane, state: "used-up", left: [[now, 0]] };
  const { share, forecast, remaining } = quota;
  const isRelative = share === null;
  if (isRelative && (quota.window.kind !== "balance" || !forecast || (remaining ?? 0) <= 0)) {
    return { ...lane, state: "unknown" };
  }
  const level: LanePoint = [now, isRelative ? 1 : 1 - share];
  const emptyAt = forecast?.emptyAt ?? null;
  if (forecast?.state === "runs-dry" && emptyAt !== null) {
    const outAt = Math.max(now, emptyAt);
    const state = isRunOutUnlikely(forecast) ? "may-run-out" : "runs-out";
    return { ...lane, state, isRelative, emptyAt: outAt, left: [level, [outAt, 0]] };
  }
  if (forecast?.state === "idle" && resetsAt !== null) {
    return { ...lane, state: "lasts", left: [level, [resetsAt, level[1]]] };
  }
  // What lasts longer than anything can be foreseen has a state, and no line.
  return {
    ...lane,
    state: laneWord(forecast?.state),
    isRelative,
    emptyAt: emptyAt !== null && emptyAt > now ? emptyAt : null,
    left: [level, ...listPointsAhead(quota, now)],
  };
}

/** Returns what is left at the later points of the forecast. */
function listPointsAhead(quota: QuotaView, now: number): readonly LanePoint[] {
  const emptyAt = quota.forecast?.emptyAt ?? null;
  const points: readonly LanePoint[] = quota.share !== null
    ? projectLine(quota).map(([at, used]) => [at, Math.max(0, 1 - used!)])
    : emptyAt === null
    ? []
    : [[emptyAt, 0]];
  return points.filter(([at]) => at > now);
}

function laneWord(state: ForecastState | undefined): LaneState {
  return state === "tight" || state === "lasts" ? state : "unknown";
}

/** Returns the share left at an instant, interpolated between points; null outside of them. */
export function leftAt({ left }: Pick<Lane, "left">, at: number): number | null {
  for (let place = 0; place < left.length; place++) {
    const [pointAt, share] = left[place]!;
    if (pointAt < at) continue;
    if (pointAt === at) return share;
    const before = left[place - 1];
    if (!before) return null;
    return before[1] + (share - before[1]) * (at - before[0]) / (pointAt - before[0]);
  }
  return null;
}

/** Reports whether nothing can be used at an instant, as far as known. */
export function isEmptyAt({ state, emptyAt, resetsAt }: Lane, at: number): boolean {
  if (resetsAt !== null && at >= resetsAt) return false;
  if (state === "blocked" || state === "used-up") return true;
  return state === "runs-out" && emptyAt !== null && at >= emptyAt;
}
