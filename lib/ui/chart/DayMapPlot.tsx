/** A calendar whose days get darker with consumption: a column for each week, Monday at the top. */
import { heatLevel } from "../../model/history/usage_groups.ts";
import { weekStart } from "../../model/time.ts";
import { monthText } from "../dates.ts";
import { NOTHING } from "./line_paths.ts";
import type { DayMapPaint } from "./paint.ts";

export interface DayMapData {
  /** Starts of the days, in time order; epoch milliseconds. */
  readonly days: readonly number[];
  /** Limits consumed on each day, 1 being a whole one; null without readings. */
  readonly values: readonly (number | null)[];
}

const GAP = 3;
export const LEFT = 34;
export const ABOVE = 20;
const LEVELS = [0, 1, 2, 3, 4];
/** Minimum room for a label, in pixels. */
const LABEL_WIDTH = 72;

/** The column and row of a day, both from 0. */
export interface DayPlace {
  readonly column: number;
  readonly row: number;
}

export function dayPlaces(days: readonly number[], zone: string): readonly DayPlace[] {
  const first = days[0];
  if (first === undefined) return [];
  const monday = weekStart(first, zone);
  const offset = Math.round((first - monday) / 86_400_000);
  return days.map((_, i) => ({ column: Math.floor((offset + i) / 7), row: (offset + i) % 7 }));
}

export interface DayMapPlotProps {
  readonly data: DayMapData;
  readonly zone: string;
  /** The day under the pointer, or null. */
  readonly cursor: number | null;
  readonly paint: DayMapPaint;
}

export interface DayMapSize {
  readonly width: number;
  readonly height: number;
  /** Side of a day's cell, and the distance from one day to the next. */
  readonly cell: number;
  readonly step: number;
}

/** Computes the size; a short calendar gets larger cells. */
export function dayMapSize(days: readonly number[], zone: string): DayMapSize {
  const columns = (dayPlaces(days, zone).at(-1)?.column ?? 0) + 1;
  const cell = columns <= 8 ? 26 : columns <= 20 ? 20 : 15;
  const step = cell + GAP;
  return { width: LEFT + columns * step, height: ABOVE + 7 * step, cell, step };
}

export function DayMapPlot({ data, zone, cursor, paint }: DayMapPlotProps) {
  const { days, values } = data;
  const places = dayPlaces(days, zone);
  const { width, height, cell, step } = dayMapSize(days, zone);
  const greatest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const paths = LEVELS.map(() => "");
  let unread = "";
  places.forEach(({ column, row }, i) => {
    const value = values[i] ?? null;
    const at = `M${LEFT + column * step} ${ABOVE + row * step}h${cell}v${cell}h-${cell}z`;
    // Unused and unknown look different.
    if (value === null) unread += at;
    else paths[heatLevel(value, greatest)] += at;
  });
  /** Reports whether a month's name would run past the edge. */
  const isLate = (column: number) => column > 0 && LEFT + column * step + LABEL_WIDTH > width;
  const marked = cursor === null ? undefined : places[cursor];
  return (
    <svg class="plot day-map block shrink-0" width={width} height={height} aria-hidden="true">
      {["Mon", "Wed", "Fri"].map((name, i) => (
        <text
          key={name}
          {...paint.part("text")}
          x={LEFT - 6}
          y={ABOVE + 2 * i * step + cell / 2 + 4}
          text-anchor="end"
        >
          {name}
        </text>
      ))}
      {monthLabels(days, places, step, zone).map(({ column, text }) => (
        <text
          key={column}
          {...paint.part("text")}
          x={isLate(column) ? width : LEFT + column * step}
          text-anchor={isLate(column) ? "end" : "start"}
          y={ABOVE - 7}
        >
          {text}
        </text>
      ))}
      <path {...paint.part("unread")} d={unread || NOTHING} />
      {paths.map((d, level) => (
        <path
          key={level}
          {...paint.heat(level)}
          data-level={level}
          d={d || NOTHING}
        />
      ))}
      {marked && (
        <rect
          {...paint.part("mark")}
          x={LEFT + marked.column * step - 1}
          y={ABOVE + marked.row * step - 1}
          width={cell + 2}
          height={cell + 2}
        />
      )}
    </svg>
  );
}

function monthLabels(days: readonly number[], places: readonly DayPlace[], step: number, zone: string) {
  const labels: { readonly column: number; readonly text: string }[] = [];
  let before = "";
  days.forEach((at, i) => {
    const { column, row } = places[i]!;
    // Label the first week of the calendar, and each week in which a month begins.
    if (i > 0 && row !== 0) return;
    const text = monthText(at, zone);
    const last = labels.at(-1);
    if (text !== before && (!last || (column - last.column) * step >= LABEL_WIDTH)) {
      labels.push({ column, text });
    }
    before = text;
  });
  return labels;
}
