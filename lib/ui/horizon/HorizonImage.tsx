/** The Horizon as a self-contained image, drawn by the same lanes as on the page. */
import type { Horizon } from "../../model/horizon/horizon.ts";
import type { Lane } from "../../model/horizon/lane.ts";
import { laneNote, laneSentence, moreSentence } from "../../model/horizon/words.ts";
import { timeTicks } from "../chart/axes.ts";
import type { ImageFrame } from "../chart/Standalone.tsx";
import { standalonePaint, THEMES } from "../chart/paint.ts";
import { cutText } from "../cut_text.ts";
import { instantText } from "../dates.ts";
import { fullTitle } from "../words.ts";
import { LaneDrawing, LaneGround } from "./LaneDrawing.tsx";
import { standaloneHorizon } from "./paint.ts";

const EDGE = 20;
const HEAD = 66;
const PLAN = 20;
const AXIS = 20;
const ROW = 52;
const DRAWING = 26;
/** Estimated width of a letter: the server cannot measure text. */
const LETTER = 6.6;
const MAX_TITLE = 80;

/** Returns how many lanes fit into an image of a height. */
export function countLanes(height: number): number {
  return Math.max(1, Math.floor((height - HEAD - PLAN - AXIS - 2 * EDGE) / ROW));
}

/** Returns the height of a number of lanes. */
export function computeHeight(lanes: number): number {
  return HEAD + PLAN + AXIS + Math.max(1, lanes) * ROW + 2 * EDGE;
}

export interface HorizonImageProps {
  readonly frame: ImageFrame;
  readonly horizon: Horizon;
  readonly zone: string;
  /** Which account to work with, as a sentence. */
  readonly plan: string;
}

export function HorizonImage({ frame, horizon, zone, plan }: HorizonImageProps) {
  const { width, height, title, subtitle, theme } = frame;
  const paint = standaloneHorizon(theme);
  const { part } = standalonePaint(theme);
  const inner = width - 2 * EDGE;
  const formatWhen = (at: number) => instantText(at, horizon.from, zone);
  const nameOf = ({ account, quota }: Lane) => fullTitle(account, quota);
  const more = moreSentence(horizon);
  const letters = Math.floor(inner / LETTER);
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
      <desc>
        {[
          plan,
          ...horizon.lanes.map((lane) => `${nameOf(lane)}: ${laneSentence(lane, horizon.from, formatWhen)}`),
          more,
        ]
          .filter((text) => text !== "").join(" ")}
      </desc>
      <rect width={width} height={height} rx="12" fill={THEMES[theme].surface} />
      <text {...part("title")} x={EDGE} y="30">
        {cutText(title, Math.min(MAX_TITLE, Math.floor(letters * 0.8)))}
      </text>
      <text {...part("text")} x={EDGE} y="48">{cutText(subtitle, letters)}</text>
      <text {...part("strong")} x={EDGE} y={HEAD + 6}>{cutText(plan, letters)}</text>
      <svg x={EDGE} y={HEAD + PLAN} width={inner} height={AXIS} overflow="visible">
        <text {...part("strong")} x="0" y="12">Now</text>
        {placeTicks(horizon, zone, inner).map((tick) => (
          <text key={tick.place} {...part("text")} x={inner * tick.place} y="12" text-anchor="middle">
            {tick.text}
          </text>
        ))}
      </svg>
      {horizon.lanes.map((lane, place) => {
        const note = laneNote(lane, horizon.from, formatWhen);
        return (
          <svg
            key={lane.quota.key}
            x={EDGE}
            y={HEAD + PLAN + AXIS + place * ROW}
            width={inner}
            height={ROW}
            overflow="visible"
          >
            <text {...part("text")} x="0" y="14">
              {cutText(nameOf(lane), Math.max(8, letters - note.length - 3))}
            </text>
            <text {...part("strong")} x={inner} y="14" text-anchor="end">{note}</text>
            <svg y="20" width={inner} height={DRAWING} overflow="visible">
              <LaneGround horizon={horizon} zone={zone} paint={paint} height={DRAWING} />
              <LaneDrawing lane={lane} horizon={horizon} paint={paint} height={DRAWING} />
            </svg>
          </svg>
        );
      })}
      <text {...part("text")} x={EDGE} y={height - 14}>
        {cutText(more === "" ? "Dotted: forecast. Line: reset. Cross: runs out." : more, letters)}
      </text>
    </svg>
  );
}

/** Narrow images omit every second mark. */
function placeTicks({ from, to }: Horizon, zone: string, inner: number) {
  return timeTicks(from, to, zone).filter(({ place, minor }) =>
    place > 0.09 && place < 0.96 && (inner >= 500 || !minor)
  );
}
