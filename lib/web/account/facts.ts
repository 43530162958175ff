/** What the page of an account shows besides its view and its chart. */
import { earlierDisplayUnit } from "../../model/view/format.ts";
import type { Insight } from "../../model/insights/insight.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey } from "../../model/quota.ts";
import { statusBounds, statusFromShare } from "../../model/view/status.ts";
import type { AccountView, QuotaView } from "../../model/view/view.ts";
import type { AppContext } from "../../app/context.ts";
import type { ListedInsight } from "../../ui/account/InsightList.tsx";
import type { LoggedPoll } from "../../ui/account/PollLog.tsx";
import type { Lifetime } from "../../ui/account/QuotaFigures.tsx";
import type { RecentCycle } from "../../ui/account/RecentCycles.tsx";
import type { RecentSession } from "../../ui/account/RecentSessions.tsx";
import { quotaTitle } from "../../ui/words.ts";
import { readHiddenInsights } from "../settings.ts";

const MAX_CYCLES = 8;
const MAX_SESSIONS = 8;
const MAX_POLLS = 12;
const MAX_INSIGHTS = 6;

export interface AccountPageFacts {
  readonly cycles: readonly RecentCycle[];
  readonly sessions: readonly RecentSession[];
  readonly insights: readonly ListedInsight[];
  /** Not hidden and not listed. */
  readonly moreCount: number;
  readonly hiddenCount: number;
  readonly lifetime: Lifetime | null;
  readonly polls: readonly LoggedPoll[];
}

export interface AccountQuery {
  /** The first few insights, all that are not hidden, or hidden ones as well. */
  readonly insights: "first" | "more" | "all";
  /** Whether to sum up the total usage of the first quota. */
  readonly lifetime: boolean;
}

/** The URL's parameters about insights. */
export function parseInsightsQuery(word: string | null): AccountQuery["insights"] {
  return word === "more" || word === "all" ? word : "first";
}

/** @param quotas the quotas of the page */
export async function accountFacts(
  services: AppContext,
  account: AccountKey,
  quotas: readonly QuotaView[],
  query: AccountQuery,
): Promise<AccountPageFacts> {
  const keys = quotas.map(({ key }) => key);
  const [cycles, sessions, insights, polls, lifetime] = await Promise.all([
    readRecentCycles(services, quotas),
    readRecentSessions(services, account, quotas),
    readInsights(services, account, new Set(keys)),
    services.store.outcomes({ account, limit: MAX_POLLS }),
    query.lifetime ? readLifetime(services, account, keys[0]) : null,
  ]);
  const visible = insights.filter(({ hidden }) => query.insights === "all" || !hidden);
  const shown = query.insights === "first" ? visible.slice(0, MAX_INSIGHTS) : visible;
  return {
    cycles,
    sessions,
    lifetime,
    insights: shown,
    moreCount: visible.length - shown.length,
    hiddenCount: insights.length - visible.length,
    // The rest of an outcome is for the scheduler; fingerprints do not belong on a page.
    polls: polls.map(({ at, durationMs, kind, hint, nextAt }) => ({
      at,
      durationMs,
      kind,
      nextAt,
      ...hint !== undefined && { hint },
    })),
  };
}

async function readLifetime(
  { analysis }: AppContext,
  account: AccountKey,
  quota: QuotaKey | undefined,
): Promise<Lifetime | null> {
  const summary = (await analysis.summary([account])).find(({ quota: { view } }) => view.key === quota);
  if (!summary) return null;
  const { completedCycles, averagePerCycle, peak, consumed, since } = summary;
  return { completedCycles, averagePerCycle, peak, consumed, since };
}

async function readRecentCycles(
  { analysis, settings }: AppContext,
  quotas: readonly QuotaView[],
): Promise<readonly RecentCycle[]> {
  const bounds = statusBounds(settings.current.thresholds);
  const byKey = new Map(quotas.map((quota) => [quota.key, quota]));
  const { items } = await analysis.cycles({ quotas: [...byKey.keys()], limit: MAX_CYCLES });
  return items.flatMap((cycle) => {
    const quota = byKey.get(cycle.quota);
    if (!quota) return [];
    const share = cycle.peakShare;
    const { label } = quota;
    return [{
      cycle,
      quota: { label, quota: quota.quota },
      unit: earlierDisplayUnit(quota, cycle.unit),
      share,
      status: statusFromShare(share, bounds),
    }];
  });
}

async function readRecentSessions(
  { analysis, clock }: AppContext,
  account: AccountKey,
  quotas: readonly QuotaView[],
): Promise<readonly RecentSession[]> {
  const byId = new Map(quotas.map((quota) => [quota.quota, quota]));
  const { items } = await analysis.sessions({ accounts: [account], limit: MAX_SESSIONS });
  return items.map(({ startedAt, endedAt, quotas }) => ({
    startedAt,
    lengthMs: Math.max(0, (endedAt ?? clock.now()) - startedAt),
    isOpen: endedAt === null,
    used: quotas.filter(({ quota }) => byId.has(quota)).map(({ quota, consumed, unit }) => {
      const view = byId.get(quota)!;
      return { title: quotaTitle(view), consumed, unit: earlierDisplayUnit(view, unit) };
    }),
  })).filter(({ used }) => used.length > 0);
}

async function readInsights(
  services: AppContext,
  account: AccountKey,
  quotas: ReadonlySet<QuotaKey>,
): Promise<readonly ListedInsight[]> {
  const query = { range: "7d", accounts: [account] } as const;
  const hidden = await readHiddenInsights(services);
  const [all, shown] = await Promise.all([
    services.analysis.insights(query),
    services.analysis.insights({ ...query, hidden }),
  ]);
  const keys = new Set(shown.insights.map(({ key }) => key));
  return all.insights.filter((insight) => isAbout(insight, quotas))
    .map((insight) => ({ insight, hidden: !keys.has(insight.key) }));
}

/** Reports whether an insight is about the account as a whole or one of the quotas. */
function isAbout({ quota }: Insight, quotas: ReadonlySet<QuotaKey>): boolean {
  return quota === null || quotas.has(quota);
}

/** Returns the quotas of the page: the named one, or all; null when there is none of that name. */
export function selectQuotas(
  account: AccountView | undefined,
  word: string | null,
): readonly QuotaView[] | null {
  const all = account?.quotas ?? [];
  if (word === null || word === "") return all;
  const one = all.find(({ key }) => splitQuotaKey(key).quota === word);
  return one ? [one] : null;
}
