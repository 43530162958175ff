/**
 * Billing periods: the months an account is billed by. If one of its quotas runs over a month, its cycles are
 * the periods; otherwise they are the calendar months of a zone.
 */
import { DAY_MS } from "../duration.ts";
import type { Cycle } from "../engine/cycle.ts";
import { computeShare, type Window } from "../quota.ts";
import { lastMonths } from "../spend/month.ts";

/** A window of this length is a month, whatever the calendar says. */
const MONTH_DAYS: readonly [least: number, most: number] = [27.5, 32];

export interface BillingPeriod {
  /** Epoch milliseconds; a period includes `from` and excludes `to`. */
  readonly from: number;
  readonly to: number;
  /** Whether a quota or the calendar determines its bounds. */
  readonly by: "cycle" | "calendar";
}

export interface BillingQuota {
  readonly window: Window;
  readonly cycles: readonly Pick<Cycle, "startedAt" | "endedAt" | "resetsAt" | "whole">[];
}

/**
 * Returns the period that contains `now` and the previous one, newest
 * first. The previous one is null when its bounds are unknown.
 *
 * @throws {RangeError} when the zone is unknown
 */
export function billingPeriods(
  quotas: readonly BillingQuota[],
  now: number,
  zone: string,
): { readonly current: BillingPeriod; readonly before: BillingPeriod | null } {
  const own = quotas.flatMap(({ window, cycles }) => monthCycles(window, cycles))
    .sort((a, b) => b.from - a.from || b.to - a.to);
  const current = own.find((period) => period.from <= now && now < period.to);
  if (current) {
    // The previous period ends where this one begins, or close by: a vendor's clock differs from ours.
    const before = own.find((period) => Math.abs(period.to - current.from) < DAY_MS);
    return { current, before: before ?? null };
  }
  const months = lastMonths(now, zone, 2).map(({ from, to }) => ({ from, to, by: "calendar" as const }));
  return { current: months[0]!, before: months.at(-1)! };
}

/** Reports whether a window is a month of the calendar. */
export function isMonthWindow({ kind, seconds }: Window): boolean {
  const days = seconds === null ? null : seconds * 1000 / DAY_MS;
  return kind === "calendar" && (days === null || days >= MONTH_DAYS[0] && days <= MONTH_DAYS[1]);
}

function monthCycles(window: Window, cycles: BillingQuota["cycles"]): readonly BillingPeriod[] {
  if (window.kind !== "calendar" && window.kind !== "fixed") return [];
  return cycles.flatMap((cycle) => {
    const to = cycle.endedAt ?? cycle.resetsAt;
    if (to === null) return [];
    const from = cycle.whole ? cycle.startedAt : window.seconds === null ? null : to - window.seconds * 1000;
    if (from === null) return [];
    const days = (to - from) / DAY_MS;
    return days >= MONTH_DAYS[0] && days <= MONTH_DAYS[1] ? [{ from, to, by: "cycle" }] : [];
  });
}

/** The cycles of a quota in one period. */
export interface PeriodSum {
  readonly period: BillingPeriod;
  /** Number of cycles that started in it, and of those that are complete and closed. */
  readonly count: number;
  readonly whole: number;
  /** The highest `used` in any of them. */
  readonly peak: number | null;
  /** The highest share of the limit in any of them, not clamped. */
  readonly share: number | null;
  readonly consumed: number;
}

/** Sums a quota's cycles by period. A cycle belongs to the period it started in. */
export function sumByPeriod(
  cycles: readonly Pick<Cycle, "startedAt" | "endedAt" | "whole" | "peak" | "limit" | "consumed">[],
  periods: readonly BillingPeriod[],
): readonly PeriodSum[] {
  return periods.map((period) => {
    const inside = cycles.filter(({ startedAt }) => startedAt >= period.from && startedAt < period.to);
    const peaks = inside.flatMap(({ peak }) => peak ?? []);
    const shares = inside.flatMap(({ peak, limit }) => computeShare(peak, limit) ?? []);
    return {
      period,
      count: inside.length,
      whole: inside.filter((cycle) => cycle.whole && cycle.endedAt !== null).length,
      peak: peaks.length === 0 ? null : Math.max(...peaks),
      share: shares.length === 0 ? null : Math.max(...shares),
      consumed: inside.reduce((total, cycle) => total + cycle.consumed, 0),
    };
  });
}

type Joinable = Pick<Cycle, "startedAt" | "endedAt" | "resetsAt" | "peak" | "consumed" | "limit" | "whole">;

/**
 * Merges the fragments of split cycles: neighbours that fit into one window are one cycle
 * if the later peaked at half of the earlier or more. Imported histories
 * contain such fragments, one for every jitter of a stated reset.
 *
 * @param cycles in time order
 */
export function rejoinCycles<C extends Joinable>(cycles: readonly C[], window: Window): readonly C[] {
  const { kind, seconds } = window;
  if (kind !== "fixed" || seconds === null) return cycles;
  const joined: C[] = [];
  for (const cycle of cycles) {
    const last = joined.at(-1);
    if (last && arePieces(last, cycle, seconds * 1000)) joined[joined.length - 1] = join(last, cycle);
    else joined.push(cycle);
  }
  return joined;
}

/** A fragment is shorter than its window by more than clocks differ. */
const PIECE_SHARE = 0.95;

function arePieces(earlier: Joinable, later: Joinable, windowMs: number): boolean {
  const end = later.endedAt ?? later.resetsAt;
  if (earlier.endedAt === null || end === null || end - earlier.startedAt > windowMs) return false;
  if (earlier.endedAt - earlier.startedAt > windowMs * PIECE_SHARE) return false;
  if (earlier.peak === null || later.peak === null) return false;
  return later.peak > 0 && later.peak >= earlier.peak / 2;
}

/** Joins two pieces that both have a peak. */
function join<C extends Joinable>(earlier: C, later: C): C {
  const peak = Math.max(earlier.peak!, later.peak!);
  return {
    ...later,
    startedAt: earlier.startedAt,
    peak,
    // At the false reset between them the whole level was counted again, so their sum is too high.
    consumed: Math.max(earlier.consumed, later.consumed, peak),
    limit: later.limit ?? earlier.limit,
    whole: earlier.whole,
  };
}
