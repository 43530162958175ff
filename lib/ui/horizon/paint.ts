/**
 * How the parts of the Horizon get their colours: by classes on a page, by attributes in a standalone image.
 */
import type { LaneState } from "../../model/horizon/lane.ts";
import { type StyleAttributes, type ThemeName, THEMES } from "../chart/paint.ts";

/** Facts are solid, forecasts dotted or pale. */
export type HorizonPart =
  | "idle"
  | "grid"
  | "base"
  | "text"
  | "strong"
  | "reset"
  | "unknown";

export interface HorizonPaint {
  part(part: HorizonPart): StyleAttributes;
  /** What is left now, as read. */
  level(state: LaneState): StyleAttributes;
  /** What is left later, as forecast: its area and its upper edge. */
  area(state: LaneState): StyleAttributes;
  edge(state: LaneState): StyleAttributes;
  /** Where it runs out. */
  out(state: LaneState): StyleAttributes;
  /** While nothing is left: as a forecast, or as a fact when it is empty already. */
  empty(isFact: boolean): StyleAttributes;
}

type Tone = "healthy" | "warning" | "danger" | "critical" | "unknown";

export const LANE_TONES: Readonly<Record<LaneState, Tone>> = {
  blocked: "critical",
  "used-up": "critical",
  "runs-out": "danger",
  "may-run-out": "warning",
  tight: "warning",
  lasts: "healthy",
  unknown: "unknown",
  old: "unknown",
};

export const PAGE_HORIZON: HorizonPaint = {
  part: (part) => ({ class: `horizon-${part}` }),
  level: (state) => ({ class: `fill-status-${LANE_TONES[state]}` }),
  area: (state) => ({ class: `horizon-area fill-status-${LANE_TONES[state]}` }),
  edge: (state) => ({ class: `horizon-edge horizon-edge-${LANE_TONES[state]}` }),
  out: (state) => ({ class: `horizon-out horizon-edge-${LANE_TONES[state]}` }),
  empty: (isFact) => ({ class: isFact ? "horizon-empty" : "horizon-empty horizon-empty-forecast" }),
};

const STRETCHED = { "vector-effect": "non-scaling-stroke" } as const;

export function standaloneHorizon(theme: ThemeName): HorizonPaint {
  const { fills, muted, line, ink, sunken } = THEMES[theme];
  const parts: Readonly<Record<HorizonPart, StyleAttributes>> = {
    idle: { fill: sunken },
    grid: { stroke: line, "stroke-width": 1 },
    base: { stroke: line, "stroke-width": 1 },
    text: { fill: muted, "font-size": 12 },
    strong: { fill: ink, "font-size": 12, "font-weight": 500 },
    reset: { stroke: ink, "stroke-width": 1.5 },
    unknown: { stroke: muted, "stroke-width": 1.5, "stroke-dasharray": "1 5", "stroke-linecap": "round" },
  };
  const createStroke = (state: LaneState) => ({
    fill: "none",
    stroke: fills[LANE_TONES[state]],
    ...STRETCHED,
  });
  return {
    part: (part) => parts[part],
    level: (state) => ({ fill: fills[LANE_TONES[state]] }),
    area: (state) => ({ fill: fills[LANE_TONES[state]], "fill-opacity": 0.22 }),
    edge: (state) => ({
      ...createStroke(state),
      "stroke-width": 2.5,
      "stroke-linecap": "round",
      "stroke-dasharray": "0.1 5",
    }),
    out: (state) => ({ ...createStroke(state), "stroke-width": 2 }),
    empty: (isFact) => ({ fill: fills.critical, "fill-opacity": isFact ? 0.55 : 0.16 }),
  };
}
