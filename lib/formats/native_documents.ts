/**
 * The documents of `/api/v1`: the project's own field names, instants in ISO 8601, shares with 1 for all, amounts in
 * the unit of the quota. Unknown values are null. Documents may gain fields.
 */
import { computePeakShare, type CycleFacts } from "../model/view/display_cycle.ts";
import type { Forecast } from "../model/forecast/forecast.ts";
import type { Health } from "../model/outcome.ts";
import type { Insight, InsightRange, InsightStat } from "../model/insights/insight.ts";
import type { Pace } from "../model/forecast/pace.ts";
import { type AccountKey, splitQuotaKey } from "../model/quota.ts";
import type { Session } from "../model/engine/session.ts";
import { isoInstant } from "../model/time.ts";
import type { DashboardView, QuotaView } from "../model/view/view.ts";
import { factsJson } from "./collect.ts";
import { roundOrNull } from "./quota_api_figures.ts";

/** Fields every document starts with. */
export interface Head {
  /** When the document was built, epoch milliseconds. */
  readonly now: number;
  readonly zone: string;
}

function createHead({ now, zone }: Head) {
  return { at: isoInstant(now), timeZone: zone };
}

export function snapshotDocument(view: DashboardView, zone: string) {
  return {
    ...createHead({ now: view.at, zone }),
    accounts: view.accounts.map((
      {
        key,
        provider,
        providerName,
        name,
        label,
        source,
        expiresAt,
        plan,
        facts,
        dropped,
        health,
        at,
        quotas,
      },
    ) => ({
      key,
      provider,
      providerName,
      name,
      label: label ?? null,
      source: source ?? null,
      expiresAt: isoInstant(expiresAt ?? null),
      plan,
      facts: factsJson(facts),
      dropped: (dropped ?? []).map(({ what, why }) => ({ what, why })),
      health: healthDocument(health),
      readAt: isoInstant(at),
      quotas: quotas.map(quotaDocument),
    })),
    trouble: view.trouble && {
      message: view.trouble.message,
      hint: view.trouble.hint,
      since: isoInstant(view.trouble.since),
    },
  };
}

function healthDocument({ state, failure, hint, triedAt, okAt, nextAt }: Health) {
  return {
    state,
    failure,
    hint,
    triedAt: isoInstant(triedAt),
    okAt: isoInstant(okAt),
    nextAt: isoInstant(nextAt),
  };
}

function quotaDocument(quota: QuotaView) {
  const { forecast, cycle } = quota;
  return {
    key: quota.key,
    quota: quota.quota,
    label: quota.label,
    unit: quota.unit,
    window: { kind: quota.window.kind, seconds: quota.window.seconds },
    readAt: isoInstant(quota.at),
    used: roundOrNull(quota.used),
    limit: roundOrNull(quota.limit),
    remaining: roundOrNull(quota.remaining),
    utilization: roundOrNull(quota.utilization),
    share: roundOrNull(quota.share),
    status: quota.status,
    allowed: quota.allowed ?? null,
    resetsAt: isoInstant(quota.resetsAt),
    ratePerHour: roundOrNull(quota.ratePerHour),
    rateSeconds: toSeconds(quota.rateSpanMs),
    refillPerHour: roundOrNull(quota.refillPerHour ?? null),
    cycle: {
      startedAt: isoInstant(cycle.startedAt),
      peak: roundOrNull(cycle.peak),
      consumed: roundOrNull(cycle.consumed),
      whole: cycle.whole,
    },
    forecast: forecast
      ? {
        state: forecast.state,
        reason: forecast.reason,
        confidence: forecast.confidence,
        ratePerHour: roundOrNull(forecast.ratePerHour),
        projectedUsed: roundOrNull(forecast.projectedUsed),
        projectedShare: roundOrNull(forecast.projectedShare),
        emptyAt: isoInstant(forecast.emptyAt),
        marginSeconds: toSeconds(forecast.marginMs),
        runOutProbability: roundOrNull(forecast.runOutProbability),
      }
      : null,
    gone: quota.gone,
    parts: quota.parts.map(({ name, used }) => ({ name, used })),
    currency: quota.currency ?? null,
    usedUsd: roundOrNull(quota.usd?.used ?? null),
    limitUsd: roundOrNull(quota.usd?.limit ?? null),
  };
}

/** A quota with everything concluded about it, in the names the analysis uses. */
export interface ForecastFacts {
  readonly account: AccountKey;
  readonly view: QuotaView;
  readonly forecast: Forecast;
  readonly pace: Pace | null;
}

export function forecastsDocument(head: Head, quotas: readonly ForecastFacts[]) {
  return {
    ...createHead(head),
    forecasts: quotas.map(({ account, view, forecast, pace }) => ({
      quota: view.key,
      account,
      label: view.label,
      unit: view.unit,
      currency: view.currency ?? null,
      readAt: isoInstant(view.at),
      used: roundOrNull(view.used),
      limit: roundOrNull(view.limit),
      resetsAt: isoInstant(view.resetsAt),
      state: forecast.state,
      reason: forecast.reason,
      confidence: forecast.confidence,
      cyclePerHour: roundOrNull(forecast.cyclePerHour),
      recentPerHour: roundOrNull(forecast.recentPerHour),
      ratePerHour: roundOrNull(forecast.ratePerHour),
      basis: forecast.basis && {
        cycle: roundOrNull(forecast.basis.cycle),
        recent: roundOrNull(forecast.basis.recent),
        past: roundOrNull(forecast.basis.past),
      },
      projectedUsed: roundOrNull(forecast.projectedUsed),
      projectedShare: roundOrNull(forecast.projectedShare),
      emptyAt: isoInstant(forecast.emptyAt),
      marginSeconds: toSeconds(forecast.marginMs),
      runOutProbability: roundOrNull(forecast.runOutProbability),
      pastCycles: forecast.pastCycles,
      pace: pace && {
        expected: roundOrNull(pace.expected),
        delta: roundOrNull(pace.delta),
        stage: pace.stage,
        lasts: pace.lasts,
        emptyInSeconds: toSeconds(pace.emptyInMs),
        multiplier: roundOrNull(pace.multiplier),
        workDays: pace.workDays,
      },
    })),
  };
}

/** @param next where the next page starts, or null */
export function cyclesDocument(head: Head, cycles: readonly CycleFacts[], next: string | null) {
  return {
    ...createHead(head),
    cycles: cycles.map((cycle) => ({
      quota: cycle.quota,
      account: splitQuotaKey(cycle.quota).account,
      startedAt: isoInstant(cycle.startedAt),
      endedAt: isoInstant(cycle.endedAt),
      resetsAt: isoInstant(cycle.resetsAt),
      peak: roundOrNull(cycle.peak),
      peakShare: roundOrNull(computePeakShare(cycle)),
      limit: roundOrNull(cycle.limit),
      consumed: roundOrNull(cycle.consumed),
      readings: cycle.count,
      lastAt: isoInstant(cycle.lastAt),
      whole: cycle.whole,
      endedBy: cycle.endedBy,
    })),
    next,
  };
}

export function sessionsDocument(head: Head, sessions: readonly Session[], next: string | null) {
  return {
    ...createHead(head),
    sessions: sessions.map(({ account, startedAt, endedAt, lastRiseAt, readings, quotas }) => ({
      account,
      startedAt: isoInstant(startedAt),
      endedAt: isoInstant(endedAt),
      lastRiseAt: isoInstant(lastRiseAt),
      readings,
      quotas: quotas.map((sessionQuota) => ({
        quota: sessionQuota.quota,
        startedAt: isoInstant(sessionQuota.startedAt),
        lastRiseAt: isoInstant(sessionQuota.lastRiseAt),
        start: roundOrNull(sessionQuota.start),
        end: roundOrNull(sessionQuota.end),
        leftStart: roundOrNull(sessionQuota.leftStart),
        leftEnd: roundOrNull(sessionQuota.leftEnd),
        consumed: roundOrNull(sessionQuota.consumed),
      })),
    })),
    next,
  };
}

export function insightsDocument(
  head: Head,
  range: InsightRange,
  stats: readonly InsightStat[],
  insights: readonly Insight[],
) {
  return {
    ...createHead(head),
    range,
    stats: stats.map(({ value, label, sublabel }) => ({ value, label, sublabel: sublabel ?? null })),
    insights: insights.map((insight) => ({
      key: insight.key,
      type: insight.type,
      account: insight.account,
      quota: insight.quota,
      severity: insight.severity,
      title: insight.title,
      metric: insight.metric,
      figure: { value: roundOrNull(insight.figure.value), unit: insight.figure.unit },
      sublabel: insight.sublabel,
      description: insight.description,
      evidence: insight.evidence.map(({ label, value, from, to, count }) => ({
        label,
        value,
        from: isoInstant(from ?? null),
        to: isoInstant(to ?? null),
        count: count ?? null,
      })),
    })),
  };
}

function toSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 1000);
}
