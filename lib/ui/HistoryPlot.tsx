/**
 * The drawing of the history chart: SVG made by the same code on the server and in the
 * browser. The outer SVG is as wide as the page and is never stretched, so that text stays
 * readable; only the lines live in a stretched inner one.
 */
import type { HistoryView, Line, Point } from "../model/history.ts";
import { shareTicks, type Tick, timeTicks, topOf } from "./chart_axes.ts";
import { shareAt } from "./live_lines.ts";
import { seriesClass } from "./series.ts";

export const PLOT_HEIGHT = 260;
const AXIS_HEIGHT = 26;
const AXIS_WIDTH = 46;
const LINE_WIDTH = 2;
const DAY_MS = 86_400_000;

export interface PlotProps {
  readonly history: HistoryView;
  /** Lines to draw, with the number of their colour. */
  readonly lines: readonly { readonly line: Line; readonly series: number }[];
  readonly zone: string;
  /** The instant under the pointer, or null. */
  readonly cursor: number | null;
}

export function HistoryPlot({ history, lines, zone, cursor }: PlotProps) {
  const { from, to } = history;
  const top = topOfLines(lines);
  const cursorX = cursor === null ? "" : percent((cursor - from) / (to - from));
  // Paths are drawn from a fixed origin, so that they stay the same while the range moves on.
  const origin = Math.floor(from / DAY_MS) * DAY_MS;
  // A little more than the axis, so that a line along its end is not cut in half.
  const margin = top * 1000 * LINE_WIDTH / PLOT_HEIGHT;
  const viewBox = `${(from - origin) / 1000} ${-top * 1000 - margin} ${(to - from) / 1000} ${
    top * 1000 + 2 * margin
  }`;
  return (
    <svg
      class="plot block min-w-0 flex-1 select-none overflow-visible"
      height={PLOT_HEIGHT + AXIS_HEIGHT}
      aria-hidden="true"
    >
      {shareTicks(top).map((tick) => (
        <line key={tick.text} class="chart-grid" x1="0" x2="100%" y1={levelOf(tick)} y2={levelOf(tick)} />
      ))}
      {timeTicks(from, to, zone).map((tick) => (
        <text
          key={`${tick.place}`}
          class={`chart-text ${tick.minor ? "tick-minor" : ""}`}
          x={percent(tick.place)}
          y={PLOT_HEIGHT + 19}
          text-anchor={tick.place > 0.98 ? "end" : "middle"}
        >
          {tick.text}
        </text>
      ))}
      <svg
        x="0"
        y={-LINE_WIDTH}
        width="100%"
        height={PLOT_HEIGHT + 2 * LINE_WIDTH}
        viewBox={viewBox}
        preserveAspectRatio="none"
      >
        {lines.map(({ line, series }) => (
          <path
            key={line.key}
            class={`series-line ${seriesClass(series)}`}
            data-quota={line.key}
            d={pathOf(line, origin)}
          />
        ))}
      </svg>
      {cursor !== null && <line class="chart-cursor" x1={cursorX} x2={cursorX} y1="0" y2={PLOT_HEIGHT} />}
      {cursor !== null && lines.map(({ line, series }) => {
        const share = shareAt(line, cursor);
        return share !== null && (
          <circle
            key={line.key}
            class={`series-dot ${seriesClass(series)}`}
            cx={cursorX}
            cy={Math.round((1 - share / top) * PLOT_HEIGHT)}
            r="4"
          />
        );
      })}
    </svg>
  );
}

/** The marks of the axis of shares, in a strip of their own beside the plot. */
export function ShareAxis({ lines }: Pick<PlotProps, "lines">) {
  return (
    <svg width={AXIS_WIDTH} height={PLOT_HEIGHT + AXIS_HEIGHT} class="shrink-0" aria-hidden="true">
      {shareTicks(topOfLines(lines)).map((tick) => (
        <text
          key={tick.text}
          class="chart-text"
          x={AXIS_WIDTH - 8}
          y={Math.min(PLOT_HEIGHT, Math.max(11, levelOf(tick) + 4))}
          text-anchor="end"
        >
          {tick.text}
        </text>
      ))}
    </svg>
  );
}

function levelOf(tick: Tick): number {
  return Math.round(tick.place * (PLOT_HEIGHT - 1)) + 0.5;
}

function topOfLines(lines: PlotProps["lines"]): number {
  return topOf(lines.reduce((most, { line }) => Math.max(most, highestOf(line)), 0));
}

/** Lines do not change once made, so what was drawn of them is kept as long as they live. */
const drawn = new WeakMap<Line, { readonly origin: number; readonly d: string }>();

function pathOf(line: Line, origin: number): string {
  const known = drawn.get(line);
  if (known?.origin === origin) return known.d;
  const d = draw(line.points, origin);
  drawn.set(line, { origin, d });
  return d;
}

/**
 * Path commands: seconds from `origin` to the right, thousandths of the limit upwards; a gap lifts the pen.
 * Rounded so that a line draws the same before and after it was packed.
 */
function draw(points: readonly Point[], origin: number): string {
  let d = "";
  let down = false;
  for (const [at, share] of points) {
    if (share === null) {
      down = false;
      continue;
    }
    d += `${down ? "L" : "M"}${Math.ceil((at - origin) / 1000)} ${-Math.round(
      Math.round(share * 10_000) / 10,
    )}`;
    down = true;
  }
  return d;
}

const highs = new WeakMap<Line, number>();

function highestOf(line: Line): number {
  let highest = highs.get(line);
  if (highest === undefined) {
    highest = line.points.reduce((most, [, share]) => Math.max(most, share ?? 0), 0);
    highs.set(line, highest);
  }
  return highest;
}

function percent(place: number): string {
  return `${Math.round(place * 10_000) / 100}%`;
}
