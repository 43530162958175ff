/** Charts as self-contained images: title, axes, legend and zone in one SVG, colours as attributes. */
import type { ComponentChildren } from "preact";
import { formatLimits } from "../../model/view/format.ts";
import { cutText } from "../cut_text.ts";
import type { BreakdownRow } from "../analytics/kinds.ts";
import { EndStrip, NAMES_WIDTH } from "./EndNames.tsx";
import { AXIS_HEIGHT } from "./axes.ts";
import { AXIS_WIDTH, HistoryPlot, type PlotProps, ShareAxis } from "./HistoryPlot.tsx";
import { BarPlot, VALUE_WIDTH, ValueAxis } from "./BarPlot.tsx";
import { type DayMapData, DayMapPlot, dayMapSize } from "./DayMapPlot.tsx";
import { type DayMapPaint, standalonePaint, type ThemeName, THEMES } from "./paint.ts";
import type { UseData } from "./use_kinds.ts";

const EDGE = 20;
const HEAD = 62;
const LEGEND_ROW = 22;
const LEGEND_COLUMN = 270;
/** Estimated width of a letter: the server cannot measure text. */
const LETTER = 6.6;
/** Width of a legend column besides the name. */
const BESIDE_NAME = 100;
const MAX_TITLE = 80;

export interface ImageFrame {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** The subject, time range and zone. */
  readonly subtitle: string;
  readonly theme: ThemeName;
}

export interface ImageLegendItem {
  readonly name: string;
  readonly series: number;
  readonly value: string;
}

interface ImageProps {
  readonly frame: ImageFrame;
  readonly legend: readonly ImageLegendItem[];
  /** True when the legend shows areas instead of lines. */
  readonly areas?: boolean;
  /** Draws the part between title and legend. */
  readonly draw: (paint: DayMapPaint, width: number, height: number) => ComponentChildren;
}

function Image({ frame, legend, areas = false, draw }: ImageProps) {
  const { width, height, title, subtitle, theme } = frame;
  const paint = standalonePaint(theme);
  const inner = width - 2 * EDGE;
  const columns = Math.max(1, Math.floor(inner / LEGEND_COLUMN));
  const longest = Math.floor((inner / columns - BESIDE_NAME) / LETTER);
  const rows = Math.ceil(legend.length / columns);
  const plotHeight = Math.max(60, height - HEAD - rows * LEGEND_ROW - EDGE - (rows > 0 ? 10 : 0));
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${title}. ${subtitle}`}
      font-family="system-ui, sans-serif"
    >
      <title>{title}</title>
      <rect width={width} height={height} rx="12" fill={THEMES[theme].surface} />
      <text {...paint.part("title")} x={EDGE} y="30">{cutText(title, MAX_TITLE)}</text>
      <text {...paint.part("text")} x={EDGE} y="48">{subtitle}</text>
      <svg x={EDGE} y={HEAD} width={inner} height={plotHeight} overflow="visible">
        {draw(paint, inner, plotHeight)}
      </svg>
      {legend.map(({ name, series, value }, i) => {
        const x = EDGE + (i % columns) * (inner / columns);
        const y = HEAD + plotHeight + 10 + Math.floor(i / columns) * LEGEND_ROW;
        return (
          <g key={name}>
            {areas
              ? <rect {...paint.area(series)} x={x} y={y + 3} width="12" height="12" rx="3" />
              : <line {...paint.line(series)} x1={x} x2={x + 22} y1={y + 9} y2={y + 9} />}
            <text {...paint.part("text")} x={x + 30} y={y + 13}>{cutText(name, longest)}</text>
            <text {...paint.part("strong")} x={x + inner / columns - 16} y={y + 13} text-anchor="end">
              {value}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

export interface HistoryImageProps extends Omit<PlotProps, "paint" | "cursor" | "height"> {
  readonly frame: ImageFrame;
  readonly legend: readonly ImageLegendItem[];
  /** A name for each line, for its end. */
  readonly names: readonly string[];
}

/** Narrower images show the names in the legend only. */
const MIN_WIDTH_OF_NAMES = 640;

export function HistoryImage({ frame, legend, names, ...plot }: HistoryImageProps) {
  const beside = frame.width >= MIN_WIDTH_OF_NAMES ? NAMES_WIDTH : 0;
  return (
    <Image
      frame={frame}
      legend={legend}
      draw={(paint, width, height) => (
        <>
          <ShareAxis {...plot} paint={paint} height={height - AXIS_HEIGHT} />
          <svg x={AXIS_WIDTH} width={width - AXIS_WIDTH - beside} height={height} overflow="visible">
            <HistoryPlot {...plot} cursor={null} paint={paint} height={height - AXIS_HEIGHT} />
          </svg>
          {beside > 0 && (
            <svg x={width - beside} width={beside} height={height}>
              <EndStrip
                {...plot}
                kind="line-names"
                names={names}
                paint={paint}
                width={beside}
                height={height - AXIS_HEIGHT}
              />
            </svg>
          )}
        </>
      )}
    />
  );
}

export interface UseImageProps {
  readonly frame: ImageFrame;
  readonly data: UseData;
  readonly zone: string;
  readonly legend: readonly ImageLegendItem[];
  readonly areas: boolean;
}

export function UseImage({ frame, data, zone, legend, areas }: UseImageProps) {
  return (
    <Image
      frame={frame}
      legend={legend}
      areas={areas}
      draw={(paint, width, height) => (
        <>
          <ValueAxis data={data} rows={data.rows} paint={paint} height={height - AXIS_HEIGHT} />
          <svg x={VALUE_WIDTH} width={width - VALUE_WIDTH} height={height} overflow="visible">
            <BarPlot
              data={data}
              rows={data.rows}
              zone={zone}
              cursor={null}
              paint={paint}
              height={height - AXIS_HEIGHT}
            />
          </svg>
        </>
      )}
    />
  );
}

export function CalendarImage({ frame, data, zone }: {
  readonly frame: ImageFrame;
  readonly data: DayMapData;
  readonly zone: string;
}) {
  const size = dayMapSize(data.days, zone);
  return (
    <Image
      frame={frame}
      legend={[]}
      draw={(paint, width, height) => (
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${size.width} ${size.height}`}
          preserveAspectRatio="xMinYMin meet"
        >
          <DayMapPlot data={data} zone={zone} cursor={null} paint={paint} />
        </svg>
      )}
    />
  );
}

export function BreakdownImage({ frame, rows }: {
  readonly frame: ImageFrame;
  readonly rows: readonly BreakdownRow[];
}) {
  const most = rows.reduce((top, { total }) => Math.max(top, total ?? 0), 0);
  return (
    <Image
      frame={frame}
      legend={[]}
      draw={(paint, width, height) => {
        const step = Math.min(44, height / Math.max(1, rows.length));
        return rows.map(({ name, series, total }, i) => {
          const y = i * step;
          const room = width - 240;
          return (
            <g key={name}>
              <text {...paint.part("text")} x="0" y={y + 17}>{cutText(name, 25)}</text>
              <rect {...paint.part("flag")} x="180" y={y + 5} width={room} height="16" rx="3" />
              {total !== null && total > 0 && (
                <rect
                  {...paint.area(series)}
                  x="180"
                  y={y + 5}
                  width={room * total / most}
                  height="16"
                  rx="3"
                />
              )}
              <text {...paint.part("strong")} x={width} y={y + 17} text-anchor="end">
                {formatLimits(total)}
              </text>
            </g>
          );
        });
      }}
    />
  );
}
