/** Maps lines to quotas with their current value; a click hides or shows a line. */
import { formatLeft, formatShare } from "../../model/view/format.ts";
import { findProjectedShare, projectLine } from "../../model/forecast/projected_line.ts";
import { splitQuotaKey } from "../../model/quota.ts";
import type { Line } from "../../model/history/history.ts";
import type { DashboardView, QuotaView } from "../../model/view/view.ts";
import { seriesClass } from "../series.ts";
import { fullTitle, quotaTitle } from "../words.ts";
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
 * Builds one item per quota of the chart, in the order of the view. Colours follow that order, so that few lines
 * always get the most distinct ones, and hiding one recolours none.
 *
 * @param only keys of the quotas the chart shows; null for all
 */
export function buildLegend(
  view: Pick<DashboardView, "accounts">,
  lines: readonly Line[],
  only: readonly string[] | null = null,
): readonly LegendItem[] {
  const byKey = new Map(lines.map((line) => [line.key, line]));
  return view.accounts
    .flatMap((account) => account.quotas.map((quota) => ({ account, quota })))
    .filter(({ quota }) => only === null || only.includes(quota.key))
    .map(({ account, quota }, series) => ({
      name: fullTitle(account, quota),
      quota,
      line: byKey.get(quota.key),
      series,
    }));
}

/** Formats a share as used, or as left if asked to; left never goes below 0. */
export function shareLabel(share: number | null, left: boolean): string {
  return share !== null && left ? formatLeft(1 - share) : formatShare(share);
}

/**
 * Formats a quota's value at an instant, or now when `at` is null.
 *
 * @param to the end of the data; later instants are forecast
 */
export function statusText(
  { quota, line }: LegendItem,
  at: number | null,
  left: boolean,
  to: number,
): string {
  if (at === null) return shareLabel(quota.share, left);
  if (at > to) return forecastLabel(findProjectedShare(projectLine(quota), at), left);
  const share = line ? shareAt(line, at) : null;
  return share === null ? "no reading" : shareLabel(share, left);
}

/** Maximum number of quotas a screen reader announces at once. */
const MAX_SPOKEN = 8;

/** Describes these quotas to a screen reader; parameters as in {@linkcode statusText}. */
export function spokenStatus(
  items: readonly LegendItem[],
  at: number | null,
  left: boolean,
  to: number,
): string {
  const said = items.slice(0, MAX_SPOKEN).map((item) => `${item.name} ${statusText(item, at, left, to)}`);
  if (items.length > MAX_SPOKEN) said.push(`and ${items.length - MAX_SPOKEN} more in the table`);
  return said.join(", ");
}

/** Rounds to whole percent: a forecast is not precise enough for tenths. */
export function forecastLabel(share: number | null, left: boolean): string {
  return share === null ? "no forecast" : `about ${shareLabel(Math.round(share * 100) / 100, left)}`;
}

/** Gives lines their shortest distinct names: that of the quota alone when all are of one account. */
export function endNames(items: readonly LegendItem[]): readonly string[] {
  const accounts = new Set(items.map(({ quota }) => splitQuotaKey(quota.key).account));
  return items.map(({ name, quota }) => accounts.size === 1 ? quotaTitle(quota) : name);
}

export interface HistoryLegendProps {
  readonly items: readonly LegendItem[];
  readonly hidden: readonly string[];
  readonly at: number | null;
  /** The end of the data. */
  readonly to: number;
  readonly left: boolean;
  readonly onToggle: (key: string) => void;
}

export function HistoryLegend({ items, hidden, at, to, left, onToggle }: HistoryLegendProps) {
  // Numbers the visible lines, as the names at their ends do.
  let number = 0;
  return (
    <ul class="legend-items mt-1 grid gap-x-6 text-sm">
      {items.map((item) => {
        const { name, quota, series } = item;
        const off = hidden.includes(quota.key);
        if (!off && item.line) number++;
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
              <span class="legend-number" aria-hidden="true">{!off && item.line ? number : null}</span>
              <Swatch series={series} thin={off} />
              <span class="outside-text">{name}</span>
              <span class="legend-value ml-auto whitespace-nowrap font-medium">
                {statusText(item, at, left, to)}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** A sample of a line as the chart draws it; -1 stands for one without a colour of its own. */
export function Swatch({ series, thin = false }: { readonly series: number; readonly thin?: boolean }) {
  return (
    <svg
      width="22"
      height="8"
      aria-hidden="true"
      class={`shrink-0 ${series < 0 ? "series-rest" : seriesClass(series)}`}
    >
      <line class="series-swatch" x1="1" x2="21" y1="4" y2="4" stroke-width={thin ? 1 : 3} />
    </svg>
  );
}
