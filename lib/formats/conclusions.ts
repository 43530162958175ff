/**
 * The JSON of `syntrack forecast`, `insights`, `cycles` and `sessions`, in camelCase. Instants are ISO 8601
 * in UTC, shares are 1 for the whole limit, amounts are in the unit of their quota, and unknown values are
 * null. Pure functions; a `schemaVersion` may gain fields.
 */
import type { Evidence } from "../model/engine/cycle.ts";
import { computePeakShare, type CycleFacts } from "../model/view/display_cycle.ts";
import type { Insight } from "../model/insights/insight.ts";
import type { Pace, PaceStage } from "../model/forecast/pace.ts";
import { splitAccountKey, splitQuotaKey, type Unit } from "../model/quota.ts";
import type { DisplaySession } from "../model/view/display_session.ts";
import { isoInstant } from "../model/time.ts";
import { SCHEMA_VERSION } from "./version.ts";
import { roundAmount } from "../base/text.ts";

/** Fields every answer starts with. */
export interface AnswerHead {
  readonly schemaVersion: number;
  readonly at: string;
  /** Time zone of days and weeks; instants are always UTC. */
  readonly zone: string;
}

export function answerHead(now: number, zone: string): AnswerHead {
  return { schemaVersion: SCHEMA_VERSION, at: isoInstant(now), zone };
}

export interface PaceJson {
  readonly stage: PaceStage;
  /** The share of the window that has passed, and the used share minus it. */
  readonly expected: number;
  readonly delta: number;
  readonly lasts: boolean;
  /** The factor that makes the current speed end with exactly nothing left. */
  readonly multiplier: number | null;
}

export function paceJson(pace: Pace | null): PaceJson | null {
  if (!pace) return null;
  const { stage, expected, delta, lasts, multiplier } = pace;
  return { stage, expected, delta, lasts, multiplier };
}

export interface CycleJson {
  readonly provider: string;
  readonly account: string;
  readonly key: string;
  readonly startedAt: string;
  /** Null while it is open. */
  readonly endedAt: string | null;
  readonly resetsAt: string | null;
  readonly peak: number | null;
  /** Share of the limit, not capped. */
  readonly peakShare: number | null;
  /** The unit of its amounts; absent when it never changed. */
  readonly unit?: Unit;
  /** Null when the quota has no consumption to count. */
  readonly consumed: number | null;
  readonly limit: number | null;
  readonly readings: number;
  readonly lastAt: string;
  /** False when the cycle was already under way at its first reading, so that `consumed` is a lower bound. */
  readonly whole: boolean;
  readonly endedBy: readonly Evidence[];
}

export function cycleJson(cycle: CycleFacts): CycleJson {
  const { account, quota } = splitQuotaKey(cycle.quota);
  const { provider, name } = splitAccountKey(account);
  const { peak, limit, consumed, count, whole, endedBy } = cycle;
  return {
    provider,
    account: name,
    key: quota,
    startedAt: isoInstant(cycle.startedAt),
    endedAt: isoInstant(cycle.endedAt),
    resetsAt: isoInstant(cycle.resetsAt),
    peak,
    peakShare: computePeakShare(cycle),
    consumed: consumed === null ? null : roundAmount(consumed),
    limit,
    readings: count,
    lastAt: isoInstant(cycle.lastAt),
    whole,
    endedBy,
    ...cycle.unit && { unit: cycle.unit },
  };
}

export interface SessionJson {
  readonly provider: string;
  readonly account: string;
  readonly startedAt: string;
  /** Null while it may continue. */
  readonly endedAt: string | null;
  readonly lastUseAt: string;
  /** From the start to the last use. */
  readonly seconds: number;
  readonly readings: number;
  readonly quotas: readonly {
    readonly key: string;
    readonly start: number | null;
    readonly end: number | null;
    readonly consumed: number;
    /** As for cycles. */
    readonly unit?: Unit;
  }[];
}

export function sessionJson(session: DisplaySession): SessionJson {
  const { provider, name } = splitAccountKey(session.account);
  const { startedAt, endedAt, lastRiseAt, readings, quotas } = session;
  return {
    provider,
    account: name,
    startedAt: isoInstant(startedAt),
    endedAt: isoInstant(endedAt),
    lastUseAt: isoInstant(lastRiseAt),
    seconds: Math.round((lastRiseAt - startedAt) / 1000),
    readings,
    quotas: quotas.map(({ quota, start, end, consumed, unit }) => ({
      key: quota,
      start,
      end,
      consumed: roundAmount(consumed),
      ...unit && { unit },
    })),
  };
}

export interface InsightJson extends Omit<Insight, "account" | "quota" | "evidence"> {
  readonly provider: string;
  readonly account: string;
  /** Null when it concerns the whole account. */
  readonly quota: string | null;
  readonly evidence: readonly {
    readonly label: string;
    readonly value: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly count: number | null;
  }[];
}

export function insightJson(insight: Insight): InsightJson {
  const { account, quota, evidence, advice: _, ...rest } = insight;
  const { provider, name } = splitAccountKey(account);
  return {
    ...rest,
    provider,
    account: name,
    quota: quota === null ? null : splitQuotaKey(quota).quota,
    evidence: evidence.map(({ label, value, from, to, count }) => ({
      label,
      value,
      from: isoInstant(from ?? null),
      to: isoInstant(to ?? null),
      count: count ?? null,
    })),
  };
}
