/** The tooltip beside the cursor. Only scripts render it: the content policy lets no markup position it. */
import { Swatch } from "./HistoryLegend.tsx";
import { PAGE_PAINT } from "./paint.ts";

export interface TipRow {
  readonly key: string;
  readonly name: string;
  /** Index of its colour, -1 for the rest together; null without a sample. */
  readonly series: number | null;
  /** True when it is drawn as an area. */
  readonly area?: boolean;
  readonly value: string;
}

export interface ChartTipProps {
  /** Position of the cursor, 0 to 1 of the plot. */
  readonly place: number;
  readonly moment: string;
  readonly rows: readonly TipRow[];
  /** Texts of the notes at this instant. */
  readonly notes?: readonly string[];
}

const MAX_ROWS = 9;

/** Hidden from screen readers, which hear the same from the chart itself. */
export function ChartTip({ place, moment, rows, notes = [] }: ChartTipProps) {
  const side = place < 0.5
    ? { left: `calc(${place * 100}% + 12px)` }
    : { right: `calc(${(1 - place) * 100}% + 12px)` };
  return (
    <div class="chart-tip card-shadow" style={side} aria-hidden="true">
      <p class="font-medium">{moment}</p>
      {notes.map((text) => <p key={text} class="chart-tip-note outside-text">{text}</p>)}
      <ul>
        {rows.slice(0, MAX_ROWS).map(({ key, name, series, area = false, value }) => (
          <li key={key}>
            {series === null ? <span /> : area
              ? (
                <svg width="10" height="10" aria-hidden="true" class="shrink-0">
                  <rect {...PAGE_PAINT.area(series)} width="10" height="10" rx="2" />
                </svg>
              )
              : <Swatch series={series} />}
            <span>{name}</span>
            <span class="ml-auto whitespace-nowrap pl-2 font-medium">{value}</span>
          </li>
        ))}
      </ul>
      {rows.length > MAX_ROWS && <p class="text-muted">{`and ${rows.length - MAX_ROWS} more below`}</p>}
    </div>
  );
}
