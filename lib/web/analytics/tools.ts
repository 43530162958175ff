/** The filters above the analytics page, as links and one form. */
import { isoDate } from "../../model/time.ts";
import { INTERVALS } from "../../model/history/usage.ts";
import { GROUPINGS, type Measure, MEASURES } from "../../model/history/usage_groups.ts";
import type { AmountKind } from "./counted.ts";
import type { Filter, TableTools } from "../../ui/table/kinds.ts";
import { changedQuery } from "../tables/query_reader.ts";
import { createFilter, wordFilter } from "../tables/common.ts";
import { type AnalyticsQuery, COMPARISONS, DAY_CHOICES } from "./query.ts";

export const MEASURE_WORDS: Readonly<Record<Measure, string>> = {
  share: "percent of limits",
  amount: "amounts used",
  used: "highest percent used",
  left: "lowest percent left",
};
const INTERVAL_WORDS = {
  auto: "auto",
  "5m": "5 minutes",
  "30m": "30 minutes",
  "1h": "hour",
  "1d": "day",
  "1w": "week",
  "1mo": "month",
};
const COMPARISON_WORDS = { none: "nothing", previous: "the days before", year: "a year before" };

/** `credits (amp)`, `CNY`: amounts of one kind may be added up, those of two never. */
function kindText({ kind, unit }: AmountKind): string {
  return unit === "credits" ? `${unit} (${kind.slice(unit.length + 1)})` : unit;
}

export function analyticsTools(
  query: URLSearchParams,
  selection: AnalyticsQuery,
  { providers, units, unit, zone }: {
    readonly providers: readonly { readonly id: string; readonly name: string }[];
    readonly units: readonly AmountKind[];
    /** The kind shown, if amounts are. */
    readonly unit: string | null;
    readonly zone: string;
  },
): TableTools {
  const { days, from, to, interval, isChosen, group, measure, compare, provider } = selection;
  const filters: readonly Filter[] = [
    wordFilter(
      "interval",
      "Interval",
      ["auto", ...INTERVALS],
      isChosen ? interval : "auto",
      (word) => INTERVAL_WORDS[word],
    ),
    wordFilter("group", "Group by", GROUPINGS, group, (word) => word),
    wordFilter("measure", "Show", MEASURES, measure, (word) => MEASURE_WORDS[word]),
    ...unit === null || units.length < 2 ? [] : [
      {
        name: "unit",
        label: "Unit",
        choices: units.map((one) => ({ value: one.kind, text: kindText(one), selected: one.kind === unit })),
      },
    ],
    wordFilter("compare", "Compare with", COMPARISONS, compare, (word) => COMPARISON_WORDS[word]),
    createFilter(
      "provider",
      "Vendor",
      "all",
      providers.map(({ id, name }) => ({ value: id, text: name, selected: id === provider })),
    ),
  ].filter(({ choices }) => choices.length > 1);
  const own = new Set([...filters.map(({ name }) => name), "from", "to", "page", "unit"]);
  const kept = [...query].filter(([name, value]) => !own.has(name) && value !== "");
  return {
    ranges: DAY_CHOICES.map((count) => ({
      text: count === 1 ? "1 day" : `${count} days`,
      href: changedQuery(query, { days: count, from: null, to: null, page: null }),
      chosen: count === days,
    })),
    filters,
    kept,
    from: days === null ? isoDate(from, zone) : "",
    to: days === null ? isoDate(to - 1, zone) : "",
    reset: [...query].some(([name, value]) => own.has(name) && value !== "") ? "?" : null,
    exports: [],
  };
}
