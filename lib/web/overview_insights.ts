/** The most serious insights on the overview. */
import type { AppContext } from "../app/context.ts";
import { Cache } from "../base/cache.ts";
import { MINUTE_MS } from "../model/duration.ts";
import { DEFAULT_INSIGHT_RANGE, type Insight } from "../model/insights/insight.ts";
import type { AccountKey } from "../model/quota.ts";
import type { DashboardView } from "../model/view/view.ts";
import { filterAccounts, type OverviewFilter } from "../ui/overview.ts";
import { chooseTopInsights, type TopInsight } from "../ui/top_insights.ts";
import { readHiddenInsights } from "./settings.ts";

const MAX_CACHED = 32;
/** A page waits for new insights only when the known ones are older. */
const MAX_AGE_MS = 5 * MINUTE_MS;

/** One cache for the services of a server, or of users who see only some accounts. */
const known = new WeakMap<AppContext, Cache<string, readonly Insight[]>>();

/** The most serious insights of the last days about what the overview shows, without hidden ones. */
export async function readTopInsights(
  services: AppContext,
  view: DashboardView,
  filter: OverviewFilter,
): Promise<readonly TopInsight[]> {
  const accounts = filterAccounts(view, filter).map(({ key }) => key);
  if (accounts.length === 0) return [];
  return chooseTopInsights(
    await readCachedInsights(services, accounts, await readHiddenInsights(services)),
    view,
    filter,
  );
}

/**
 * Returns insights that may be some minutes old, because they are about days. Computing them takes longer than
 * the rest of the page, so a page that finds old ones is sent with them, and the next one has new ones.
 */
async function readCachedInsights(
  services: AppContext,
  accounts: readonly AccountKey[],
  hidden: readonly string[],
): Promise<readonly Insight[]> {
  let cache = known.get(services);
  if (!cache) {
    const { clock } = services;
    known.set(services, cache = new Cache({ max: MAX_CACHED, maxAgeMs: MAX_AGE_MS, now: () => clock.now() }));
  }
  const key = JSON.stringify([accounts, hidden]);
  const last = cache.last(key);
  const now = cache.load(key, Math.floor(services.clock.now() / MINUTE_MS), async () => {
    const { insights } = await services.analysis.insights({ range: DEFAULT_INSIGHT_RANGE, hidden, accounts });
    return insights;
  });
  if (last === undefined) return await now;
  // The next page tries again.
  now.catch(() => {});
  return last;
}
