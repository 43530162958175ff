/** What the chart of the overview is about. Pure, so that server and browser agree. */
import { type DashboardView, sortByTightness } from "../../model/view/view.ts";
import { filterAccounts, type OverviewFilter } from "../overview.ts";
import type { QueryParameters } from "./address.ts";

/** More lines would only hide each other; the rest are on their accounts' pages. */
const MAX_LINES = 8;

export interface ChartSubject {
  /** Quota keys; null for all. */
  readonly quotas: readonly string[] | null;
  readonly title: string;
}

/** Picks what the overview's chart shows: the tightest of the visible quotas. */
export function chartSubject(
  view: Pick<DashboardView, "accounts">,
  filter: OverviewFilter,
): ChartSubject {
  const accounts = filterAccounts(view, filter);
  const tightest = sortByTightness({ accounts }).map(({ key }) => key);
  const isAll = filter.provider === "" && filter.words.trim() === "";
  const of = isAll
    ? ""
    : filter.words.trim() === ""
    ? ` of ${accounts[0]?.providerName ?? filter.provider}`
    : " of what is shown";
  return {
    quotas: isAll && tightest.length <= MAX_LINES ? null : tightest.slice(0, MAX_LINES),
    title: tightest.length > MAX_LINES ? `History of the ${MAX_LINES} tightest quotas${of}` : `History${of}`,
  };
}

/** Returns the parameters that do not belong to the chart, updated to the current selection. */
export function withRemembered(kept: QueryParameters, { provider, words }: OverviewFilter): QueryParameters {
  const chosen = [["provider", provider], ["q", words.trim()]] as const;
  return [
    ...kept.filter(([name]) => name !== "provider" && name !== "q"),
    ...chosen.filter(([, value]) => value !== ""),
  ];
}
