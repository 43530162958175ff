import { useSignal } from "@preact/signals";
import { combineValues, isSum } from "../lib/model/history/usage_groups.ts";
import { BarPlot, ValueAxis } from "../lib/ui/chart/BarPlot.tsx";
import { ChartTip, type TipRow } from "../lib/ui/chart/ChartTip.tsx";
import { Swatch } from "../lib/ui/chart/HistoryLegend.tsx";
import { PAGE_PAINT } from "../lib/ui/chart/paint.ts";
import { slotText } from "../lib/ui/chart/slot_text.ts";
import { intervalWord, type UseData, type UseRow, valueText } from "../lib/ui/chart/use_kinds.ts";
import { countSteps, Walker } from "../lib/ui/chart/Walker.tsx";

interface UseChartProps {
  readonly data: UseData;
  readonly zone: string;
  /** Describes the chart to screen readers. */
  readonly label: string;
}

/** Number of slots that the keys for a page move the cursor by. */
const PAGE_STEPS = 7;

/** Consumption by slot as bars, with the figures of the slot under the pointer. */
export default function UseChart({ data, zone, label }: UseChartProps) {
  const hidden = useSignal<readonly string[]>([]);
  const cursor = useSignal<number | null>(null);
  const { edges, interval, measure, before } = data;
  const count = edges.length - 1;
  const rows = data.rows.filter(({ name }) => !hidden.value.includes(name));
  const slot = cursor.value;
  const moment = slot === null
    ? isSum(measure) ? "Whole period" : measure === "used" ? "At most" : "At least"
    : slotText(edges[slot]!, interval, zone);
  const valueOf = (values: readonly (number | null)[]) =>
    slot === null ? combineValues(values, measure) : values[slot] ?? null;

  function press(key: string): boolean {
    const steps = countSteps(key, PAGE_STEPS);
    if (key === "Escape") cursor.value = null;
    else if (steps !== null) cursor.value = Math.min(count - 1, Math.max(0, (cursor.value ?? count) + steps));
    else return false;
    return true;
  }

  function toggle(name: string) {
    const { value } = hidden;
    hidden.value = value.includes(name) ? value.filter((other) => other !== name) : [...value, name];
  }

  const announcements = rows.map(({ name, values }) => `${name} ${valueText(valueOf(values), data)}`);
  if (before !== null) announcements.push(`before ${valueText(valueOf(before), data)}`);
  return (
    <figure class="use-chart">
      <Walker
        label={`${label}. Left and right arrow keys move from ${intervalWord(interval)} to ${
          intervalWord(interval)
        }.`}
        said={`${moment}: ${announcements.join(", ")}`}
        onPoint={(x) => cursor.value = Math.min(count - 1, Math.floor(x * count))}
        onLeave={() => cursor.value = null}
        onKey={press}
      >
        <ValueAxis data={data} rows={rows} paint={PAGE_PAINT} />
        <div class="relative min-w-0 flex-1">
          <BarPlot data={data} rows={rows} zone={zone} cursor={slot} paint={PAGE_PAINT} />
          {slot !== null && (
            <ChartTip place={(slot + 0.5) / count} moment={moment} rows={slotRows(rows, slot, data)} />
          )}
        </div>
      </Walker>
      <figcaption class="mt-3">
        <p class="chart-moment text-xs text-muted" aria-hidden="true">{moment}</p>
        <ul class="legend-items mt-1 grid gap-x-6 text-sm">
          {data.rows.map(({ name, series, values }) => (
            <li key={name} class="min-w-0">
              <button
                type="button"
                class={`legend-item touch-target flex w-full items-center gap-2 rounded py-1 text-left ${
                  hidden.value.includes(name) ? "text-muted line-through" : ""
                }`}
                data-group={name}
                aria-pressed={hidden.value.includes(name) ? "false" : "true"}
                onClick={() => toggle(name)}
              >
                {data.isAdded
                  ? (
                    <svg width="14" height="14" aria-hidden="true" class="shrink-0">
                      <rect {...PAGE_PAINT.area(series)} width="14" height="14" rx="3" />
                    </svg>
                  )
                  : <Swatch series={series} />}
                <span class="outside-text">{name}</span>
                <span class="legend-value ml-auto whitespace-nowrap font-medium">
                  {valueText(valueOf(values), data)}
                </span>
              </button>
            </li>
          ))}
          {before !== null && (
            <li class="flex items-center gap-2 py-1">
              <svg width="14" height="14" aria-hidden="true" class="shrink-0">
                <path class="chart-ghost" d="M0 9H7V4H14" />
              </svg>
              <span>Previous period, total</span>
              <span class="legend-value ml-auto whitespace-nowrap font-medium">
                {valueText(valueOf(before), data)}
              </span>
            </li>
          )}
        </ul>
      </figcaption>
    </figure>
  );
}

/** The rows of the tooltip, in the order of the stack, the highest first where nothing is stacked. */
function slotRows(rows: readonly UseRow[], slot: number, data: UseData): readonly TipRow[] {
  const known = rows.filter(({ values }) => (values[slot] ?? 0) > 0 || !data.isAdded && values[slot] === 0);
  const ordered = data.isAdded
    ? known.toReversed()
    : known.toSorted((a, b) => (b.values[slot] ?? 0) - (a.values[slot] ?? 0));
  const drawn = ordered.map(({ name, series, values }) => ({
    key: name,
    name,
    series,
    area: data.isAdded,
    value: valueText(values[slot] ?? null, data),
  }));
  const before = data.before?.[slot] ?? null;
  return before === null
    ? drawn
    : [...drawn, { key: "", name: "Previous period, total", series: null, value: valueText(before, data) }];
}
