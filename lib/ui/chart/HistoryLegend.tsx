/** Maps lines to quotas with their current value; a click hides or shows a line. */
import { formatShare } from "../../model/view/format.ts";
import type { Line } from "../../model/history/history.ts";
import type { DashboardView, QuotaView } from "../../model/view/view.ts";
import { seriesClass } from "../series.ts";
import { fullTitle } from "../words.ts";
import { shareAt } from "./live_lines.ts";

export interface LegendItem {
  readonly name: string;
  readonly quota: QuotaView;
  /** Undefined while the quota has no history in the range. */
  readonly line: Line | undefined;
  /** Index of its colour. */
  readonly series: number;
}

/**
 * Builds one item per quota of the view, in its order, so that a quota keeps its colour in every range and on
 * every page.
 *
 * @param only keys of the quotas the chart shows; null for all
 */
export function legendOf(
  view: Pick<DashboardView, "accounts">,
  lines: readonly Line[],
  only: readonly string[] | null = null,
): readonly LegendItem[] {
  const byKey = new Map(lines.map((line) => [line.key, line]));
  return view.accounts
    .flatMap((account) => account.quotas.map((quota) => ({ name: fullTitle(account, quota), quota })))
    .map((item, series) => ({ ...item, line: byKey.get(item.quota.key), series }))
    .filter(({ quota }) => only === null || only.includes(quota.key));
}

/** Formats a share as used, or as left if asked to; left never goes below 0. */
export function shareLabel(share: number | null, left: boolean): string {
  return formatShare(share !== null && left ? Math.max(0, 1 - share) : share);
}

/** Formats a quota's value at a past instant, or now when `at` is null. */
export function statusText({ quota, line }: LegendItem, at: number | null, left: boolean): string {
  if (at === null) return shareLabel(quota.share, left);
  const share = line ? shareAt(line, at) : null;
  return share === null ? "no reading" : shareLabel(share, left);
}

export interface HistoryLegendProps {
  readonly items: readonly LegendItem[];
  readonly hidden: readonly string[];
  readonly at: number | null;
  readonly left: boolean;
  readonly onToggle: (key: string) => void;
}

export function HistoryLegend({ items, hidden, at, left, onToggle }: HistoryLegendProps) {
  return (
    <ul class="mt-1 grid gap-x-6 text-sm sm:grid-cols-2 lg:grid-cols-3">
      {items.map((item) => {
        const { name, quota, series } = item;
        const off = hidden.includes(quota.key);
        return (
          <li key={quota.key} class="min-w-0">
            <button
              type="button"
              class={`legend-item touch-target flex w-full items-center gap-2 rounded py-1 text-left ${
                off ? "text-muted line-through" : ""
              }`}
              data-quota={quota.key}
              aria-pressed={off ? "false" : "true"}
              onClick={() => onToggle(quota.key)}
            >
              <Swatch series={series} thin={off} />
              <span class="outside-text">{name}</span>
              <span class="legend-value ml-auto whitespace-nowrap font-medium">
                {statusText(item, at, left)}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** A sample of a line as the chart draws it. */
export function Swatch({ series, thin = false }: { readonly series: number; readonly thin?: boolean }) {
  return (
    <svg width="22" height="8" aria-hidden="true" class={`shrink-0 ${seriesClass(series)}`}>
      <line class="series-swatch" x1="1" x2="21" y1="4" y2="4" stroke-width={thin ? 1 : 3} />
    </svg>
  );
}
