/**
 * Values by slot: stacked bars where values add up, steps where they do not. The same code draws on the
 * server, in the browser and in images.
 */
import { isSum } from "../../model/history/usage_groups.ts";
import { AXIS_HEIGHT, chooseTop, formatPercent, timeTicks } from "./axes.ts";
import { NOTHING } from "./line_paths.ts";
import type { Paint } from "./paint.ts";
import { type UseData, type UseRow, valueText } from "./use_kinds.ts";

export const BAR_HEIGHT = 220;
/** Wide enough for the longest formatted figure. */
export const VALUE_WIDTH = 58;
/** Fraction of a slot a bar leaves free on either side. */
const FREE = 0.1;
const UNITS = 1000;

export interface BarPlotProps {
  readonly data: Pick<UseData, "edges" | "measure" | "unit" | "before" | "isAdded">;
  readonly rows: readonly UseRow[];
  readonly zone: string;
  /** The slot under the pointer, or null. */
  readonly cursor: number | null;
  readonly paint: Paint;
  readonly height?: number;
}

export function BarPlot({ data, rows, zone, cursor, paint, height = BAR_HEIGHT }: BarPlotProps) {
  const { edges, isAdded, before } = data;
  const count = edges.length - 1;
  const top = topOfRows(data, rows);
  const [from, to] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  return (
    <svg
      class="plot block w-full select-none overflow-visible"
      height={height + AXIS_HEIGHT}
      aria-hidden="true"
    >
      {cursor !== null && (
        <rect
          {...paint.part("flag")}
          x={formatPercent(cursor / count)}
          width={formatPercent(1 / count)}
          y="0"
          height={height}
        />
      )}
      {listLevels(top).map((level) => (
        <line
          key={level}
          {...paint.part("grid")}
          x1="0"
          x2="100%"
          y1={levelY(level / top, height)}
          y2={levelY(level / top, height)}
        />
      ))}
      {timeTicks(from, to, zone).map((tick) => (
        <text
          key={`${tick.place}`}
          {...paint.part("text")}
          {...tick.minor && { "data-minor": "true" }}
          x={formatPercent(tick.place)}
          y={height + 19}
          text-anchor={tick.place > 0.97 ? "end" : tick.place < 0.03 ? "start" : "middle"}
        >
          {tick.text}
        </text>
      ))}
      <svg
        x="0"
        y="0"
        width="100%"
        height={height}
        viewBox={`0 0 ${count} ${UNITS}`}
        preserveAspectRatio="none"
      >
        {isAdded
          ? buildStackedPaths(rows, top).map(({ row, d }) => (
            <path key={row.name} {...paint.area(row.series)} data-group={row.name} d={d || NOTHING} />
          ))
          : rows.map((row) => (
            <path
              key={row.name}
              {...paint.line(row.series)}
              data-group={row.name}
              d={stepsPath(row.values, top) || NOTHING}
            />
          ))}
        {before !== null && (
          <path {...paint.part("ghost")} data-before="true" d={stepsPath(before, top) || NOTHING} />
        )}
      </svg>
    </svg>
  );
}

/** The labels of the value axis, in their own strip beside the plot. */
export function ValueAxis({ data, rows, paint, height = BAR_HEIGHT }: Omit<BarPlotProps, "zone" | "cursor">) {
  const top = topOfRows(data, rows);
  return (
    <svg width={VALUE_WIDTH} height={height + AXIS_HEIGHT} class="shrink-0" aria-hidden="true">
      {listLevels(top).map((level) => (
        <text
          key={level}
          {...paint.part("text")}
          x={VALUE_WIDTH - 8}
          y={Math.min(height, Math.max(11, levelY(level / top, height) + 4))}
          text-anchor="end"
        >
          {valueText(level, data)}
        </text>
      ))}
    </svg>
  );
}

function levelY(part: number, height: number): number {
  return Math.round((1 - part) * (height - 1)) + 0.5;
}

/** Lists the tick values from a round top down to 0, both included, at round distances. */
export function listLevels(top: number): readonly number[] {
  const size = 10 ** Math.floor(Math.log10(top) + 1e-9);
  const parts = [5, 4, 3].find((count) => {
    const step = top / size / count * 10;
    return [1, 2, 2.5, 4, 5, 10, 20, 25].some((round) => Math.abs(step - round) < 1e-6);
  }) ?? 4;
  return Array.from({ length: parts + 1 }, (_, i) => top * ((parts - i) / parts));
}

const TOPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Rounds up to a round number. */
export function roundTop(highest: number): number {
  if (!(highest > 0)) return 1;
  const size = 10 ** Math.floor(Math.log10(highest));
  return (TOPS.find((top) => top * size >= highest * (1 - 1e-9)) ?? 10) * size;
}

function topOfRows({ measure, isAdded, before }: BarPlotProps["data"], rows: readonly UseRow[]): number {
  const highestOf = (values: readonly (number | null)[]) =>
    values.reduce<number>((m, v) => Math.max(m, v ?? 0), 0);
  if (!isAdded) {
    const highest = rows.reduce((most, { values }) => Math.max(most, highestOf(values)), 0);
    return isSum(measure) ? roundTop(highest) : chooseTop(highest);
  }
  const sums = (rows[0]?.values ?? []).map((_, slot) =>
    rows.reduce((sum, { values }) => sum + (values[slot] ?? 0), 0)
  );
  return roundTop(Math.max(highestOf(sums), highestOf(before ?? [])));
}

interface StackedPath {
  readonly row: UseRow;
  readonly d: string;
}

/** Builds each row's bars as one path, stacked on the rows before it. */
function buildStackedPaths(rows: readonly UseRow[], top: number): readonly StackedPath[] {
  const base = new Array<number>(rows[0]?.values.length ?? 0).fill(0);
  const width = 1 - 2 * FREE;
  return rows.map((row) => {
    let d = "";
    row.values.forEach((value, slot) => {
      if (value === null || value <= 0) return;
      const from = Math.round(base[slot]! / top * UNITS);
      base[slot]! += value;
      // A value above zero always gets a visible bar.
      const height = Math.max(2, Math.round(base[slot]! / top * UNITS) - from);
      d += `M${slot + FREE} ${UNITS - from - height}h${width}v${height}h-${width}z`;
    });
    return { row, d };
  });
}

/** Builds a step line: level over each slot, upright between two, with gaps where the value is unknown. */
function stepsPath(values: readonly (number | null)[], top: number): string {
  let d = "";
  let down = false;
  values.forEach((value, slot) => {
    if (value === null) {
      down = false;
      return;
    }
    const y = UNITS - Math.round(Math.min(value, top) / top * UNITS);
    d += down ? `V${y}H${slot + 1}` : `M${slot} ${y}H${slot + 1}`;
    down = true;
  });
  return d;
}
