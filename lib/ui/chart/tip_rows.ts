/** The rows of a history's tooltip, the highest value first, as the lines lie above one another. */
import type { TipRow } from "./ChartTip.tsx";
import { forecastLabel, type LegendItem, shareLabel } from "./HistoryLegend.tsx";
import { type DrawnLine, valueAt } from "./line_paths.ts";
import { shareAt } from "./live_lines.ts";

export interface TipInput {
  /** The items with a line, and their lines in the same order. */
  readonly items: readonly LegendItem[];
  readonly lines: readonly DrawnLine[];
  readonly at: number;
  /** The end of the data. */
  readonly to: number;
  readonly left: boolean;
}

export function tipRows({ items, lines, at, to, left }: TipInput): readonly TipRow[] {
  return lines.flatMap((drawn, i) => {
    const share = valueAt(drawn, at, to);
    const before = drawn.earlier ? shareAt(drawn.earlier, at) : null;
    if (share === null && before === null) return [];
    const now = at > to
      ? forecastLabel(share, left)
      : share === null
      ? "no reading"
      : shareLabel(share, left);
    const value = before === null ? now : `${now}, before ${shareLabel(before, left)}`;
    const { name, quota, series } = items[i]!;
    return [{ key: quota.key, name, series, value, share: share ?? -1 }];
  }).sort((a, b) => (b.share - a.share) * (left ? -1 : 1))
    .map(({ share: _, ...row }) => row);
}
