/** The names of lines at their ends: in full beside a wide plot, as the legend's numbers beside a narrow one. */
import { shareAt } from "./live_lines.ts";
import { cutText } from "../cut_text.ts";
import { spreadLabels } from "./spread_labels.ts";
import { AXIS_HEIGHT } from "./axes.ts";
import { PLOT_HEIGHT, type PlotProps } from "./HistoryPlot.tsx";
import { type DrawnLine, topOfLines } from "./line_paths.ts";
import type { Paint } from "./paint.ts";

export const NAMES_WIDTH = 150;
const NUMBERS_WIDTH = 26;
const MAX_LETTERS = 20;
/** Minimum distance between two names, in pixels. */
const NAME_DISTANCE = 15;
/** Half the height of a name, kept free above the first and below the last. */
const HALF = 5;
/** Where a name begins, after the stroke that leads to it. */
const STROKE = 14;

export interface EndNamesProps extends Pick<PlotProps, "lines" | "left" | "paint"> {
  /** A name for each line. */
  readonly names: readonly string[];
  /** The end of the data. */
  readonly to: number;
  readonly height?: number;
}

/** Renders both forms; the stylesheet shows the one that fits. */
export function EndNames(props: EndNamesProps) {
  return (
    <>
      <EndStrip
        {...props}
        kind="line-names"
        width={NAMES_WIDTH}
      />
      <EndStrip
        {...props}
        kind="line-numbers"
        width={NUMBERS_WIDTH}
        names={props.names.map((_, i) => String(i + 1))}
      />
    </>
  );
}

interface EndStripProps extends EndNamesProps {
  readonly kind: "line-names" | "line-numbers";
  readonly width: number;
}

export function EndStrip(
  { lines, names, left, to, paint, kind, width, height = PLOT_HEIGHT }: EndStripProps,
) {
  const top = topOfLines(lines, left);
  const ended = lines.flatMap((line, i) => {
    const share = findEndShare(line, to);
    if (share === null) return [];
    return [{ line, name: names[i]!, level: Math.round(computeLevel(share, left, top) * height) }];
  });
  const places = spreadLabels(ended.map(({ level }) => level - HALF), NAME_DISTANCE, height - 2 * HALF);
  return (
    <svg class={`${kind} shrink-0`} width={width} height={height + AXIS_HEIGHT} aria-hidden="true">
      {ended.map(({ line, name, level }, i) => {
        const free = places[i]!;
        if (free === null) return null;
        const place = free + HALF;
        return (
          <g key={line.line.key}>
            <path {...paint.stub(line.series)} d={`M1 ${level}L8 ${place}H${STROKE - 2}`} />
            <text {...chooseText(paint, kind)} x={STROKE} y={place + 4}>
              {cutText(name, MAX_LETTERS)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function chooseText(paint: Paint, kind: EndStripProps["kind"]) {
  const { class: own, ...rest } = paint.part("text") as { class?: string };
  return own === undefined ? rest : { class: kind === "line-names" ? "line-name" : "line-number" };
}

/** Returns the share a line ends at: that of its forecast, else that of its last reading; null without any. */
export function findEndShare({ line, projection }: DrawnLine, to: number): number | null {
  return projection.at(-1)?.[1] ?? shareAt(line, to) ??
    line.points.findLast(([, share]) => share !== null)?.[1] ??
    null;
}

/** Returns the place of a share, from 0 at the top to 1 at the bottom. */
export function computeLevel(share: number, left: boolean, top: number): number {
  return 1 - Math.min(1, Math.max(0, left ? 1 - share : share) / top);
}
