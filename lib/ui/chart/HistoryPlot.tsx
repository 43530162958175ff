/**
 * The drawing of the history chart: SVG from the same code on the server and in the browser. The outer SVG
 * fits its container and never stretches, so that text stays readable; only the time-based drawing is in a
 * stretched inner SVG.
 */
import type { ComponentChildren } from "preact";
import type { ChartNote, RangeBounds } from "../../model/history/history.ts";
import type { Thresholds } from "../../model/view/status.ts";
import { AXIS_HEIGHT, formatPercent, shareTicks, type Tick, timeTicks } from "./axes.ts";
import {
  bandsPath,
  buildPath,
  chooseOrigin,
  draw,
  type DrawnLine,
  leaderPath,
  NOTHING,
  topOfLines,
  valueAt,
} from "./line_paths.ts";
import type { Paint } from "./paint.ts";

export const PLOT_HEIGHT = 260;
export const AXIS_WIDTH = 46;
const LINE_WIDTH = 2;
/** The future area is labelled when it takes at least this share of the axis. */
const MIN_FUTURE_WORD = 0.08;

export interface PlotProps {
  readonly from: number;
  /** The last instant with data. */
  readonly to: number;
  /** The end of the axis: `to`, or later when there are projections. */
  readonly end: number;
  readonly lines: readonly DrawnLine[];
  readonly zone: string;
  /** True to draw what is left instead of what is used. */
  readonly left: boolean;
  readonly thresholds: Thresholds;
  /** Time ranges with use. */
  readonly bands: readonly RangeBounds[];
  /** Notes to mark on the time axis. */
  readonly notes?: readonly ChartNote[];
  /** The instant under the pointer, or null. */
  readonly cursor: number | null;
  /** The range being selected for zooming. */
  readonly drag?: RangeBounds | null;
  readonly paint: Paint;
  readonly height?: number;
}

export function HistoryPlot(props: PlotProps) {
  const {
    from,
    to,
    end,
    lines,
    bands,
    zone,
    left,
    cursor,
    drag = null,
    notes = [],
    paint,
    height = PLOT_HEIGHT,
  } = props;
  const top = topOfLines(lines, left);
  const placeOf = (at: number) => formatPercent((at - from) / (end - from));
  return (
    <svg
      class="plot block w-full select-none overflow-visible"
      height={height + AXIS_HEIGHT}
      aria-hidden="true"
      data-from={from}
      data-end={end}
    >
      <Stretched {...props} top={top} height={height}>
        <path {...paint.part("band")} d={bandsPath(bands, from, end, top) || NOTHING} />
      </Stretched>
      {end > to && (
        <rect
          {...paint.part("future")}
          x={placeOf(to)}
          width={formatPercent((end - to) / (end - from))}
          y="0"
          height={height}
        />
      )}
      {shareTicks(top).map((tick) => (
        <line
          key={tick.text}
          {...paint.part("grid")}
          x1="0"
          x2="100%"
          y1={computeLevel(tick, height)}
          y2={computeLevel(tick, height)}
        />
      ))}
      {timeTicks(from, end, zone).map((tick) => (
        <text
          key={tick.at}
          {...paint.part("text")}
          {...tick.minor && { "data-minor": "true" }}
          x={formatPercent(tick.place)}
          y={height + 19}
          text-anchor={tick.place > 0.97 ? "end" : tick.place < 0.03 ? "start" : "middle"}
        >
          {tick.text}
        </text>
      ))}
      <ThresholdLines {...props} top={top} height={height} />
      {end > to && <line {...paint.part("now")} x1={placeOf(to)} x2={placeOf(to)} y1="0" y2={height} />}
      <Stretched {...props} top={top} height={height}>
        <g {...left && { transform: "translate(0 -1000) scale(1 -1)" }}>
          {lines.map(({ line, series, earlier }) =>
            earlier && (
              <path
                key={line.key}
                {...paint.earlier(series)}
                data-earlier={line.key}
                d={buildPath(earlier, chooseOrigin(from)) || NOTHING}
              />
            )
          )}
          {lines.map((drawn) => {
            const d = leaderPath(drawn, end, chooseOrigin(from));
            return d !== "" && <path key={drawn.line.key} {...paint.leader(drawn.series)} d={d} />;
          })}
          {lines.map(({ line, series }) => (
            <path
              key={line.key}
              {...paint.line(series)}
              data-quota={line.key}
              d={buildPath(line, chooseOrigin(from)) || NOTHING}
            />
          ))}
          {lines.map(({ line, series, projection }) =>
            projection.length > 0 && (
              <path
                key={line.key}
                {...paint.projection(series)}
                data-projection={line.key}
                d={draw(projection, chooseOrigin(from))}
              />
            )
          )}
        </g>
      </Stretched>
      {notes.filter(({ at }) => at >= from && at <= end).map(({ id, at, text }) => (
        <svg key={id} x={placeOf(at)} overflow="visible" data-note={id}>
          <title>{text}</title>
          <path {...paint.part("note")} d={`M0 ${height}V0L8 4L0 8`} />
        </svg>
      ))}
      {drag !== null && (
        <rect
          {...paint.part("drag")}
          x={placeOf(Math.min(...drag))}
          width={formatPercent(Math.abs(drag[1] - drag[0]) / (end - from))}
          y="0"
          height={height}
        />
      )}
      {cursor !== null && (
        <line {...paint.part("cursor")} x1={placeOf(cursor)} x2={placeOf(cursor)} y1="0" y2={height} />
      )}
      {(end - to) / (end - from) >= MIN_FUTURE_WORD && (
        <text
          {...paint.part("text")}
          x={formatPercent((to + (end - to) / 2 - from) / (end - from))}
          y={height - 6}
          text-anchor="middle"
          data-word="forecast"
        >
          forecast
        </text>
      )}
      {cursor !== null && lines.map((drawn) => {
        const { line, series } = drawn;
        const share = valueAt(drawn, cursor, to);
        return share !== null && (
          <circle
            key={line.key}
            {...paint.dot(series)}
            cx={placeOf(cursor)}
            cy={Math.round((1 - Math.max(0, left ? 1 - share : share) / top) * height)}
            r="4"
          />
        );
      })}
    </svg>
  );
}

interface StretchedProps extends PlotProps {
  readonly top: number;
  readonly height: number;
  readonly children?: ComponentChildren;
}

/** Maps seconds from a fixed origin to the x axis, thousandths of the limit to the y axis. */
function Stretched({ from, end, top, height, children }: StretchedProps) {
  // Slightly more than the axis, so that a line along its edge is not cut in half.
  const margin = top * 1000 * LINE_WIDTH / height;
  const viewBox = `${(from - chooseOrigin(from)) / 1000} ${-top * 1000 - margin} ${(end - from) / 1000} ${
    top * 1000 + 2 * margin
  }`;
  return (
    <svg
      x="0"
      y={-LINE_WIDTH}
      width="100%"
      height={height + 2 * LINE_WIDTH}
      viewBox={viewBox}
      preserveAspectRatio="none"
    >
      {children}
    </svg>
  );
}

function ThresholdLines({ thresholds, left, top, height, paint }: StretchedProps) {
  return (["warning", "critical"] as const).map((word) => {
    const share = left ? 1 - thresholds[word] : thresholds[word];
    if (share > top || share <= 0) return null;
    const level = Math.round((1 - share / top) * (height - 1)) + 0.5;
    return (
      <line key={word} {...paint.part(word)} data-threshold={word} x1="0" x2="100%" y1={level} y2={level} />
    );
  });
}

export interface ShareAxisProps extends Pick<PlotProps, "lines" | "left" | "paint"> {
  readonly height?: number;
}

/** The labels of the share axis, in their own strip beside the plot. */
export function ShareAxis({ lines, left, paint, height = PLOT_HEIGHT }: ShareAxisProps) {
  return (
    <svg width={AXIS_WIDTH} height={height + AXIS_HEIGHT} class="shrink-0" aria-hidden="true">
      {shareTicks(topOfLines(lines, left)).map((tick) => (
        <text
          key={tick.text}
          {...paint.part("text")}
          x={AXIS_WIDTH - 8}
          y={Math.min(height, Math.max(11, computeLevel(tick, height) + 4))}
          text-anchor="end"
        >
          {tick.text}
        </text>
      ))}
    </svg>
  );
}

function computeLevel(tick: Tick, height: number): number {
  return Math.round(tick.place * (height - 1)) + 0.5;
}
