/** A line chart with axes: values on the left, local times of a zone below. */
import { DAY_MS, HOUR_MS } from "../model/duration.ts";
import { type DisplayUnit, formatAmount } from "../model/view/format.ts";
import { clockText, dayStart, isoDate } from "../model/time.ts";
import type { Paint } from "./paint.ts";
import { drawBraille, drawMarks, type PlotArea, type PlotPoint } from "./plot.ts";
import { measureWidth, pad } from "./width.ts";

export interface UsageChart {
  readonly points: readonly PlotPoint[];
  /** A second line, drawn with single marks; `[]` for none. */
  readonly second: readonly PlotPoint[];
  readonly unit: DisplayUnit;
  readonly from: number;
  readonly to: number;
  /** The value of the upper edge, above 0. */
  readonly top: number;
  readonly zone: string;
  /** Total width, in characters. */
  readonly width: number;
}

const HEIGHT = 15;
const MIN_WIDTH = 20;
const MARK = "·";

export function usageChartLines(chart: UsageChart, paint: Paint): readonly string[] {
  const { points, second, unit, from, to, top } = chart;
  const labels = new Map([[0, top], [(HEIGHT - 1) / 2, top / 2], [HEIGHT - 1, 0]]);
  const labelOf = (row: number) => {
    const value = labels.get(row);
    return value === undefined ? "" : formatAmount(value, unit);
  };
  const left = Math.max(...[...labels.keys()].map((row) => measureWidth(labelOf(row))));
  const width = Math.max(MIN_WIDTH, chart.width - left - 2);
  const area: PlotArea = { width, height: HEIGHT, from, to, top };
  const first = drawBraille(points, area);
  const other = drawMarks(second, area, MARK);
  const rows = first.map((row, at) => {
    const edge = labels.has(at) ? "┤" : "│";
    return `${pad(labelOf(at), left, "right")} ${paint.dim(edge)}${overlay(row, other[at] ?? "", paint)}`;
  });
  const { axis, names } = timeAxis(area, chart.zone);
  const indent = " ".repeat(left + 1);
  return [
    ...rows.map((row) => row.trimEnd()),
    paint.dim(`${indent}└${axis}`),
    `${indent} ${names}`.trimEnd(),
  ];
}

/** Draws the first line over the second, each in its colour. */
function overlay(first: string, second: string, paint: Paint): string {
  let text = "";
  let run = "";
  let kind = 0;
  const flush = () => {
    text += kind === 1 ? paint.cyan(run) : kind === 2 ? paint.dim(run) : run;
    run = "";
  };
  for (let at = 0; at < first.length; at++) {
    const own = first[at] ?? " ";
    const next = own !== " " ? 1 : (second[at] ?? " ") !== " " ? 2 : 0;
    if (next !== kind) flush();
    kind = next;
    run += next === 2 ? second[at] : own;
  }
  flush();
  return text;
}

const STEPS = [1, 2, 3, 6, 12, 24, 48, 7 * 24, 14 * 24, 30 * 24, 60 * 24, 120 * 24].map((hours) =>
  hours * HOUR_MS
);
/** Columns a label takes, with space around it. */
const LABEL_SPACE = 10;

function timeAxis({ width, from, to }: PlotArea, zone: string): { axis: string; names: string } {
  const most = Math.max(1, Math.floor(width / LABEL_SPACE));
  const step = STEPS.find((one) => (to - from) / one <= most) ??
    Math.ceil((to - from) / most / DAY_MS) * DAY_MS;
  const axis = Array<string>(width).fill("─");
  let names = "";
  for (const at of listTicks(from, to, step, zone)) {
    const column = Math.min(width - 1, Math.floor((at - from) / (to - from) * width));
    const midnight = dayStart(at, zone) === at;
    const name = midnight ? isoDate(at, zone).slice(5) : clockText(at, zone);
    axis[column] = "┬";
    const start = Math.max(0, Math.min(width - name.length, column - 2));
    // A label that would overlap the previous one is left out; its tick stays.
    if (names.length === 0 || start > names.length) names = names.padEnd(start) + name;
  }
  return { axis: axis.join(""), names };
}

/** Returns instants at round local times of the zone, in order. */
function listTicks(from: number, to: number, step: number, zone: string): readonly number[] {
  const found: number[] = [];
  const days = Math.max(1, Math.round(step / DAY_MS));
  for (let day = 0; day <= (to - from) / DAY_MS + 1; day += days) {
    const midnight = dayStart(from, zone, day);
    const next = dayStart(from, zone, day + 1);
    for (let at = midnight; at < next; at += step) if (at >= from && at <= to) found.push(at);
  }
  return found;
}
