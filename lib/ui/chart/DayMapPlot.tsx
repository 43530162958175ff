/** A calendar whose days are the darker the more was consumed: a column for each week, Monday at the top. */
import { heatLevel } from "../../model/usage_groups.ts";
import { weekStart } from "../../model/time.ts";
import { monthText } from "../dates.ts";
import type { Paint } from "./paint.ts";

export interface DayMapData {
  /** Beginnings of the days, in order of time; epoch milliseconds. */
  readonly days: readonly number[];
  /** Limits consumed on each of them, 1 is one whole; null where nothing was read. */
  readonly values: readonly (number | null)[];
}

export const CELL = 15;
const GAP = 3;
export const LEFT = 34;
export const ABOVE = 20;
const LEVELS = [0, 1, 2, 3, 4];
/** A label needs the room of so many columns. */
const LABEL_COLUMNS = 5;

/** Where a day stands: its column and its row, both from 0. */
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
  readonly paint: Paint;
}

export function dayMapSize(days: readonly number[], zone: string): readonly [width: number, height: number] {
  const last = dayPlaces(days, zone).at(-1)?.column ?? 0;
  return [LEFT + (last + 1) * (CELL + GAP), ABOVE + 7 * (CELL + GAP)];
}

export function DayMapPlot({ data, zone, cursor, paint }: DayMapPlotProps) {
  const { days, values } = data;
  const places = dayPlaces(days, zone);
  const [width, height] = dayMapSize(days, zone);
  const greatest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const paths = LEVELS.map(() => "");
  places.forEach(({ column, row }, i) => {
    paths[heatLevel(values[i] ?? null, greatest)] += `M${LEFT + column * (CELL + GAP)} ${
      ABOVE + row * (CELL + GAP)
    }h${CELL}v${CELL}h-${CELL}z`;
  });
  const marked = cursor === null ? undefined : places[cursor];
  return (
    <svg class="plot day-map block shrink-0" width={width} height={height} aria-hidden="true">
      {["Mon", "Wed", "Fri"].map((name, i) => (
        <text
          key={name}
          {...paint.part("text")}
          x={LEFT - 6}
          y={ABOVE + 2 * i * (CELL + GAP) + CELL - 3}
          text-anchor="end"
        >
          {name}
        </text>
      ))}
      {monthLabels(days, places, zone).map(({ column, text }) => (
        <text key={column} {...paint.part("text")} x={LEFT + column * (CELL + GAP)} y={ABOVE - 7}>
          {text}
        </text>
      ))}
      {paths.map((d, level) => <path key={level} {...paint.heat(level)} data-level={level} d={d} />)}
      {marked && (
        <rect
          {...paint.part("mark")}
          x={LEFT + marked.column * (CELL + GAP) - 1}
          y={ABOVE + marked.row * (CELL + GAP) - 1}
          width={CELL + 2}
          height={CELL + 2}
        />
      )}
    </svg>
  );
}

function monthLabels(days: readonly number[], places: readonly DayPlace[], zone: string) {
  const labels: { readonly column: number; readonly text: string }[] = [];
  let before = "";
  days.forEach((at, i) => {
    const { column, row } = places[i]!;
    // The first of a month, or where the calendar begins; looked at once a week.
    if (i > 0 && row !== 0) return;
    const text = monthText(at, zone);
    const last = labels.at(-1);
    if (text !== before && (!last || column - last.column >= LABEL_COLUMNS)) labels.push({ column, text });
    before = text;
  });
  return labels;
}
