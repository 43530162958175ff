/** The past in the shapes of the quota API: cycles, sessions, and what was ever used. */
import { type CycleFacts } from "../model/view/shown_cycle.ts";
import type { Session, SessionQuota } from "../model/engine/session.ts";
import type { Unit } from "../model/quota.ts";
import { isoInstant } from "../model/time.ts";
import type { AccountView, QuotaView } from "../model/view/view.ts";
import { percentOf, rounded, timeUntil } from "./quota_api_figures.ts";
import { furtherMembers, type Member, shapeOf } from "./quota_api_shapes.ts";

/** A row of `/api/cycles`. */
export interface CycleRow {
  /** Of the quota: no two of its cycles share one. */
  readonly id: number;
  readonly quotaType: string;
  readonly cycleStart: string;
  readonly cycleEnd: string | null;
  readonly renewsAt: string | null;
  /** The highest that was used, whatever the unit; the name says requests, as it always did. */
  readonly peakRequests: number | null;
  readonly totalDelta: number | null;
}

/** A quota that cycles can be asked for, and the word it is asked for with. */
export interface CycleType {
  readonly type: string;
  readonly quota: string;
}

/**
 * What `type` may be for a provider, the default first: the promised words, those of quotas that the account
 * has before the others, then the ids of its quotas.
 *
 * @param quotas ids of the account's quotas
 */
export function cycleTypes(provider: string, quotas: readonly string[]): readonly CycleType[] {
  const promised = (shapeOf(provider)?.members ?? []).flatMap(({ type, quota }) =>
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
    peakRequests: rounded(peak),
    totalDelta: rounded(consumed),
  }));
}

/** A row of `/api/sessions`. A quota that was not used in the session is null in it. */
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
 * The three columns are those promised for the provider, else its first three quotas.
 *
 * @param quotas ids of the account's quotas, in the order in which they are shown
 */
export function sessionRows(
  provider: string,
  quotas: readonly string[],
  sessions: readonly Session[],
  intervalMs: number,
): readonly SessionRow[] {
  const [sub, search, tool] = shapeOf(provider)?.session ?? quotas;
  return sessions.map((session) => {
    const of = (id: string | null | undefined) => session.quotas.find(({ quota }) => quota === id);
    return {
      id: `${session.account}/${session.startedAt}`,
      startedAt: isoInstant(session.startedAt),
      endedAt: isoInstant(session.endedAt),
      pollInterval: intervalMs,
      maxSubRequests: highest(of(sub)),
      maxSearchRequests: highest(of(search)),
      maxToolRequests: highest(of(tool)),
      startSubRequests: rounded(of(sub)?.start ?? null),
      startSearchRequests: rounded(of(search)?.start ?? null),
      startToolRequests: rounded(of(tool)?.start ?? null),
      snapshotCount: session.readings,
    };
  });
}

function highest(strand: SessionQuota | undefined): number | null {
  const known = [strand?.start, strand?.end].filter((value) => typeof value === "number");
  return known.length === 0 ? null : rounded(Math.max(...known));
}

/** What the summary of a quota is made of; the words are those of the analysis. */
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
  /** Of every amount and of the rate per hour. */
  readonly unit: Unit;
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

/** Quotas under their promised names, or as a list; a promised one the account does not have is null. */
export function summaryJson(
  provider: string,
  account: AccountView | null,
  facts: readonly SummaryFacts[],
  now: number,
): Readonly<Record<string, unknown>> {
  const shape = shapeOf(provider);
  const shown = (account?.quotas ?? []).filter(({ gone }) => !gone);
  const of = (quota: string) => facts.find((one) => one.quota.view.quota === quota);
  if (!shape) {
    return { quotas: shown.flatMap(({ quota }) => summaryOf(quota, quota, shown, of(quota), now) ?? []) };
  }
  const members: readonly Member[] = [
    ...shape.members.filter(({ details }) => !details),
    ...furtherMembers(shape, shown.map(({ quota }) => quota)),
  ];
  return Object.fromEntries(
    members.map(({ name, quota, type }) => [name, summaryOf(quota, type ?? quota, shown, of(quota), now)]),
  );
}

function summaryOf(
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
    unit: view.unit,
    currentUsage: rounded(view.used),
    currentLimit: rounded(view.limit),
    usagePercent: percentOf(view.share),
    renewsAt: isoInstant(view.resetsAt),
    timeUntilReset: timeUntil(view.resetsAt, now).timeUntilReset,
    currentRate: rounded(view.ratePerHour),
    projectedUsage: rounded(view.forecast?.projectedUsed ?? null),
    completedCycles: facts?.completedCycles ?? 0,
    avgPerCycle: rounded(facts?.averagePerCycle ?? null),
    peakCycle: rounded(facts?.peak ?? null),
    totalTracked: rounded(facts?.consumed ?? 0),
    trackingSince: isoInstant(facts?.since ?? null),
  };
}
