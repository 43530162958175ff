/** The past in the shapes of the quota API: cycles, sessions, and all-time usage. */
import { type CycleFacts } from "../model/view/display_cycle.ts";
import type { Session, SessionQuota } from "../model/engine/session.ts";
import type { Unit } from "../model/quota.ts";
import { isoInstant } from "../model/time.ts";
import type { AccountView, QuotaView } from "../model/view/view.ts";
import { roundOrNull, timeUntil, toPercent, unitOf } from "./quota_api_figures.ts";
import { findShape, furtherMembers, type Member } from "./quota_api_shapes.ts";

/** A row of `/api/cycles`. */
export interface CycleRow {
  /** Unique among the cycles of its quota. */
  readonly id: number;
  readonly quotaType: string;
  readonly cycleStart: string;
  readonly cycleEnd: string | null;
  readonly renewsAt: string | null;
  /** The highest usage, whatever the unit; the name says requests for compatibility. */
  readonly peakRequests: number | null;
  readonly totalDelta: number | null;
}

/** A quota whose cycles can be requested, and the word that requests it. */
export interface CycleType {
  readonly type: string;
  readonly quota: string;
}

/**
 * Lists the values of `type` for a provider, the default first: the documented words, those of the account's
 * own quotas first, then the ids of its quotas.
 *
 * @param quotas ids of the account's quotas
 */
export function cycleTypes(provider: string, quotas: readonly string[]): readonly CycleType[] {
  const promised = (findShape(provider)?.members ?? []).flatMap(({ type, quota }) =>
    type ? [{ type, quota }] : []
  );
  const words = new Set(promised.map(({ type }) => type));
  const ids = [...new Set([...promised.map(({ quota }) => quota), ...quotas])]
    .filter((quota) => !words.has(quota))
    .map((quota) => ({ type: quota, quota }));
  const isThere = ({ quota }: CycleType) => quotas.includes(quota);
  const all = [...promised, ...ids];
  return [...all.filter(isThere), ...all.filter((one) => !isThere(one))];
}

export function cycleRows(type: string, cycles: readonly CycleFacts[]): readonly CycleRow[] {
  return cycles.map(({ startedAt, endedAt, resetsAt, peak, consumed }) => ({
    id: startedAt,
    quotaType: type,
    cycleStart: isoInstant(startedAt),
    cycleEnd: isoInstant(endedAt),
    renewsAt: isoInstant(resetsAt),
    peakRequests: roundOrNull(peak),
    totalDelta: roundOrNull(consumed),
  }));
}

/** A row of `/api/sessions`. Quotas the session did not use are null. */
export interface SessionRow {
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Milliseconds. */
  readonly pollInterval: number;
  readonly maxSubRequests: number | null;
  readonly maxSearchRequests: number | null;
  readonly maxToolRequests: number | null;
  readonly startSubRequests: number | null;
  readonly startSearchRequests: number | null;
  readonly startToolRequests: number | null;
  readonly snapshotCount: number;
}

/**
 * Fills the three columns with the quotas documented for the provider, or with its first three.
 *
 * @param quotas ids of the account's quotas, in display order
 */
export function sessionRows(
  provider: string,
  quotas: readonly string[],
  sessions: readonly Session[],
  intervalMs: number,
): readonly SessionRow[] {
  const [sub, search, tool] = findShape(provider)?.session ?? quotas;
  return sessions.map((session) => {
    const of = (id: string | null | undefined) => session.quotas.find(({ quota }) => quota === id);
    return {
      id: `${session.account}/${session.startedAt}`,
      startedAt: isoInstant(session.startedAt),
      endedAt: isoInstant(session.endedAt),
      pollInterval: intervalMs,
      maxSubRequests: findHighest(of(sub)),
      maxSearchRequests: findHighest(of(search)),
      maxToolRequests: findHighest(of(tool)),
      startSubRequests: roundOrNull(of(sub)?.start ?? null),
      startSearchRequests: roundOrNull(of(search)?.start ?? null),
      startToolRequests: roundOrNull(of(tool)?.start ?? null),
      snapshotCount: session.readings,
    };
  });
}

function findHighest(sessionQuota: SessionQuota | undefined): number | null {
  const known = [sessionQuota?.start, sessionQuota?.end].filter((value) => typeof value === "number");
  return known.length === 0 ? null : roundOrNull(Math.max(...known));
}

/** What the summary of a quota is built from, in the names the analysis uses. */
export interface SummaryFacts {
  readonly quota: { readonly view: QuotaView };
  readonly completedCycles: number;
  readonly averagePerCycle: number | null;
  readonly peak: number | null;
  readonly consumed: number;
  readonly since: number | null;
}

/** A quota in `/api/summary`. */
export interface QuotaSummaryJson {
  readonly quotaType: string;
  /** Unit of every amount and of the rate per hour. */
  readonly unit: Unit;
  readonly currency?: string;
  readonly currentUsage: number | null;
  readonly currentLimit: number | null;
  readonly usagePercent: number | null;
  readonly renewsAt: string | null;
  readonly timeUntilReset: string;
  readonly currentRate: number | null;
  readonly projectedUsage: number | null;
  readonly completedCycles: number;
  readonly avgPerCycle: number | null;
  readonly peakCycle: number | null;
  readonly totalTracked: number;
  readonly trackingSince: string | null;
}

/** Lists quotas under their documented names, or as a list; a documented quota the account lacks is null. */
export function summaryJson(
  provider: string,
  account: AccountView | null,
  facts: readonly SummaryFacts[],
  now: number,
): Readonly<Record<string, unknown>> {
  const shape = findShape(provider);
  const shown = (account?.quotas ?? []).filter(({ gone }) => !gone);
  const of = (quota: string) => facts.find((one) => one.quota.view.quota === quota);
  if (!shape) {
    return { quotas: shown.flatMap(({ quota }) => toSummary(quota, quota, shown, of(quota), now) ?? []) };
  }
  const members: readonly Member[] = [
    ...shape.members.filter(({ details }) => !details),
    ...furtherMembers(shape, shown.map(({ quota }) => quota)),
  ];
  return Object.fromEntries(
    members.map(({ name, quota, type }) => [name, toSummary(quota, type ?? quota, shown, of(quota), now)]),
  );
}

function toSummary(
  id: string,
  type: string,
  views: readonly QuotaView[],
  facts: SummaryFacts | undefined,
  now: number,
): QuotaSummaryJson | null {
  const view = views.find(({ quota }) => quota === id);
  if (!view) return null;
  return {
    quotaType: type,
    ...unitOf(view),
    currentUsage: roundOrNull(view.used),
    currentLimit: roundOrNull(view.limit),
    usagePercent: toPercent(view.share),
    renewsAt: isoInstant(view.resetsAt),
    timeUntilReset: timeUntil(view.resetsAt, now).timeUntilReset,
    currentRate: roundOrNull(view.ratePerHour),
    projectedUsage: roundOrNull(view.forecast?.projectedUsed ?? null),
    completedCycles: facts?.completedCycles ?? 0,
    avgPerCycle: roundOrNull(facts?.averagePerCycle ?? null),
    peakCycle: roundOrNull(facts?.peak ?? null),
    totalTracked: roundOrNull(facts?.consumed ?? 0),
    trackingSince: isoInstant(facts?.since ?? null),
  };
}
