/** The most important insights about what the overview shows. Pure, so that server and browser choose alike. */
import { harmless } from "../base/text.ts";
import type { Insight } from "../model/insights/insight.ts";
import type { AccountView, DashboardView } from "../model/view/view.ts";
import { filterAccounts, type OverviewFilter } from "./overview.ts";
import { accountTitle } from "./words.ts";

/** What the overview shows of an insight. */
export type TopInsight = Pick<Insight, "key" | "account" | "severity" | "title" | "metric" | "description">;

const MAX_TOP = 3;
/** Every quota shows these facts already. */
const COVERED_TYPES: readonly Insight["type"][] = ["forecast", "usage", "coverage"];

/**
 * Picks up to three insights that need attention, about different accounts or quotas where possible.
 *
 * @param insights the most important first
 */
export function chooseTopInsights(
  insights: readonly Pick<Insight, keyof TopInsight | "type" | "quota">[],
  view: Pick<DashboardView, "accounts">,
  filter: OverviewFilter,
): readonly TopInsight[] {
  const accounts = filterAccounts(view, filter);
  const quotas = new Set<string>(accounts.flatMap((account) => account.quotas.map(({ key }) => key)));
  const shown = new Set<string>(accounts.map(({ key }) => key));
  const important = insights.filter(({ account, quota, severity, type }) =>
    (severity === "negative" || severity === "warning") && !COVERED_TYPES.includes(type) &&
    (quota === null ? shown.has(account) : quotas.has(quota))
  );
  const subjects = new Set<string>();
  const others = important.filter(({ account, quota }) => {
    const subject = quota ?? account;
    return !subjects.has(subject) && subjects.add(subject);
  });
  return (others.length >= MAX_TOP ? others : important).slice(0, MAX_TOP)
    .map(({ key, account, severity, title, metric, description }) => {
      // These sentences contain labels from vendors.
      return {
        key,
        account,
        severity,
        title: harmless(title),
        metric: harmless(metric),
        description: harmless(description),
      };
    });
}

/** Names the account of an insight. */
export function describeSubject({ account }: TopInsight, accounts: readonly AccountView[]): string {
  const view = accounts.find(({ key }) => key === account);
  return view ? accountTitle(view) : account;
}
