/** Tables of all quotas of an account side by side: cycles at their peak, and the log of readings. */
import type { Cycle } from "../model/engine/cycle.ts";
import { computeShare } from "../model/quota.ts";
import type { Sample } from "../model/history/samples.ts";
import { isoInstant } from "../model/time.ts";
import { roundOrNull, toPercent } from "./quota_api_figures.ts";

/** A cycle beside all quotas of its account, in the names the analysis uses. */
export interface OverviewFacts {
  readonly cycle: Cycle;
  readonly peakAt: number | null;
  readonly quotas: readonly {
    readonly quota: string;
    readonly used: number | null;
    readonly limit: number | null;
    readonly share: number | null;
    readonly startShare: number | null;
    readonly risen: number | null;
  }[];
}

/** The answer of `/api/cycle-overview`. */
export interface CycleOverview {
  readonly groupBy: string;
  readonly provider: string;
  readonly quotaNames: readonly string[];
  readonly cycles: readonly {
    readonly cycleId: number;
    readonly quotaType: string;
    readonly cycleStart: string;
    readonly cycleEnd: string | null;
    readonly peakValue: number | null;
    readonly totalDelta: number;
    readonly peakTime: string | null;
    readonly crossQuotas: readonly {
      readonly name: string;
      readonly value: number | null;
      readonly limit: number | null;
      readonly percent: number | null;
      readonly startPercent: number | null;
      /** Consumed since the cycle began, in percentage points of the limit, across resets; never below 0. */
      readonly delta: number | null;
    }[];
  }[];
}

export function cycleOverview(
  provider: string,
  type: string,
  quotas: readonly string[],
  cycles: readonly OverviewFacts[],
): CycleOverview {
  return {
    groupBy: type,
    provider,
    quotaNames: quotas,
    cycles: cycles.map(({ cycle, peakAt, quotas }) => ({
      cycleId: cycle.startedAt,
      quotaType: type,
      cycleStart: isoInstant(cycle.startedAt),
      cycleEnd: isoInstant(cycle.endedAt),
      peakValue: roundOrNull(cycle.peak),
      totalDelta: roundOrNull(cycle.consumed),
      peakTime: isoInstant(peakAt),
      crossQuotas: quotas.map(({ quota, used, limit, share, startShare, risen }) => ({
        name: quota,
        value: roundOrNull(used),
        limit: roundOrNull(limit),
        percent: toPercent(share),
        startPercent: toPercent(startShare),
        delta: toPercent(risen),
      })),
    })),
  };
}

/** The answer of `/api/logging-history`, newest first. */
export interface LoggingHistory {
  readonly provider: string;
  readonly quotaNames: readonly string[];
  readonly logs: readonly {
    readonly id: number;
    readonly capturedAt: string;
    readonly crossQuotas: readonly {
      readonly name: string;
      readonly value: number | null;
      readonly limit: number | null;
      readonly percent: number | null;
      /**
       * Consumed since the previous reading, in percentage points of
       * the limit, across resets; null for the first one.
       */
      readonly delta: number | null;
    }[];
  }[];
}

/**
 * @param samples oldest first; one more than `limit`, if available, shows what the oldest row consumed
 * @param limit maximum number of rows, the newest
 */
export function loggingHistory(
  provider: string,
  quotas: readonly string[],
  samples: readonly Sample[],
  limit: number,
): LoggingHistory {
  const seen = new Set<string>();
  const logs = samples.map(({ at, figures }) => ({
    id: at,
    capturedAt: isoInstant(at),
    crossQuotas: quotas.flatMap((name) => {
      const known = figures.get(name);
      if (!known) return [];
      const { used, limit, share, consumed } = known;
      const isFirst = !seen.has(name);
      if (share !== null) seen.add(name);
      const delta = share === null || isFirst ? null : toPercent(computeShare(consumed ?? null, limit));
      return [{
        name,
        value: roundOrNull(used),
        limit: roundOrNull(limit),
        percent: toPercent(share),
        delta,
      }];
    }),
  }));
  return { provider, quotaNames: quotas, logs: logs.slice(-limit).reverse() };
}
