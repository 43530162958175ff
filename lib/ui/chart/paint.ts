/**
 * How the parts of a drawing get their colours: by classes on a page, which follow the theme; by attributes
 * in a standalone image, which no stylesheet reaches.
 */
import { chooseDash, SERIES_COLOURS, seriesClass } from "../series.ts";

/** Parts of a drawing. */
export type Part =
  | "grid"
  | "text"
  | "strong"
  | "title"
  | "cursor"
  | "band"
  | "now"
  | "warning"
  | "critical"
  | "drag"
  | "ghost"
  | "flag"
  | "mark"
  | "unread"
  | "rest"
  | "future"
  | "note";

/** Attributes of an SVG element. */
export type StyleAttributes = Readonly<Record<string, string | number>>;

export interface Paint {
  part(part: Part): StyleAttributes;
  line(series: number): StyleAttributes;
  projection(series: number): StyleAttributes;
  /** From the end of a line to its name, level: no data. */
  leader(series: number): StyleAttributes;
  /** The stroke that joins a line and its name. */
  stub(series: number): StyleAttributes;
  /** The line of the period before. */
  earlier(series: number): StyleAttributes;
  /** The end of a projection, or the point of a crosshair. */
  dot(series: number): StyleAttributes;
  /** @param series -1 for everything without its own colour, as in a line */
  area(series: number): StyleAttributes;
}

/** Also paints calendar days. */
export interface DayMapPaint extends Paint {
  /** The level of a day, 0 to 4. */
  heat(level: number): StyleAttributes;
}

export const PAGE_PAINT: Paint = {
  part: (part) => ({ class: `chart-${part}` }),
  line: (series) => ({ class: `series-line ${series < 0 ? "series-rest" : seriesClass(series)}` }),
  projection: (series) => ({ class: `series-projection ${seriesClass(series)}` }),
  leader: (series) => ({ class: `series-leader ${seriesClass(series)}` }),
  stub: (series) => ({ class: `series-stub ${seriesClass(series)}` }),
  earlier: (series) => ({ class: `series-earlier ${seriesClass(series)}` }),
  dot: (series) => ({ class: `series-dot ${seriesClass(series)}` }),
  area: (series) => ({ class: series < 0 ? "chart-rest" : `series-area ${seriesClass(series)}` }),
};

export type ThemeName = "light" | "dark";

interface Theme {
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly sunken: string;
  readonly band: string;
  readonly warning: string;
  readonly critical: string;
  /** Areas in the colour of a status. */
  readonly fills: Readonly<Record<"healthy" | "warning" | "danger" | "critical" | "unknown", string>>;
  readonly series: readonly string[];
  readonly heat: readonly string[];
}

/** The values of `base.css` and `chart.css`; a test keeps them in sync. */
export const THEMES: Readonly<Record<ThemeName, Theme>> = {
  light: {
    surface: "#ffffff",
    ink: "#191c1f",
    muted: "#5a626b",
    line: "#dfe0dc",
    sunken: "#eeeeea",
    band: "#eef3f8",
    warning: "#8a5c00",
    critical: "#b81f2d",
    fills: {
      healthy: "#2f9e73",
      warning: "#d69a1b",
      danger: "#e0702a",
      critical: "#d4374a",
      unknown: "#9aa1a9",
    },
    series: [
      "#0d6bcc",
      "#531a79",
      "#a99300",
      "#a74658",
      "#8c88e8",
      "#1f21bd",
      "#e26c92",
      "#79110b",
      "#5a5b17",
      "#069c69",
      "#970a58",
      "#cd329b",
    ],
    heat: ["#eeeeea", "#c3ddf5", "#82b8ea", "#3a86d1", "#0f4f91"],
  },
  dark: {
    surface: "#171a1d",
    ink: "#e9ebed",
    muted: "#9ea7b0",
    line: "#2b3036",
    sunken: "#22262a",
    band: "#1e252c",
    warning: "#e2b24a",
    critical: "#ff8088",
    fills: {
      healthy: "#3aa67c",
      warning: "#d2a034",
      danger: "#e57d3c",
      critical: "#e5586a",
      unknown: "#626b74",
    },
    series: [
      "#5191fa",
      "#fcd11f",
      "#59eeff",
      "#c3367e",
      "#177701",
      "#8349c8",
      "#99b01f",
      "#e28eb5",
      "#6b8f18",
      "#3fc2ea",
      "#eb5f74",
      "#a979b6",
    ],
    heat: ["#22262a", "#1d3d5e", "#27629c", "#4592dc", "#a3d0fb"],
  },
};

const DASHES = ["", "8 5", "14 5 4 5"];

export function standalonePaint(theme: ThemeName): DayMapPaint {
  const colours = THEMES[theme];
  const parts: Readonly<Record<Part, StyleAttributes>> = {
    grid: { stroke: colours.line, "stroke-width": 1, "shape-rendering": "crispEdges" },
    text: { fill: colours.muted, "font-size": 12 },
    strong: { fill: colours.ink, "font-size": 12, "font-weight": 500 },
    title: { fill: colours.ink, "font-size": 16, "font-weight": 600 },
    cursor: { stroke: colours.muted },
    band: { fill: colours.band },
    now: { stroke: colours.muted, "stroke-width": 1 },
    warning: { stroke: colours.warning, "stroke-width": 1, "stroke-dasharray": "1 3" },
    critical: { stroke: colours.critical, "stroke-width": 1, "stroke-dasharray": "1 3" },
    drag: { fill: "none" },
    ghost: { fill: "none", stroke: colours.muted, "stroke-width": 1, "vector-effect": "non-scaling-stroke" },
    flag: { fill: colours.sunken },
    mark: { fill: "none", stroke: colours.ink, "stroke-width": 1.5 },
    unread: { fill: "none", stroke: colours.line },
    rest: { fill: colours.muted },
    future: { fill: colours.sunken, "fill-opacity": 0.6 },
    note: { stroke: colours.ink, "stroke-width": 1, fill: colours.ink },
  };
  const chooseColour = (series: number) =>
    series < 0 ? colours.muted : colours.series[series % SERIES_COLOURS]!;
  const createStroke = (series: number) => ({
    fill: "none",
    stroke: chooseColour(series),
    "stroke-linejoin": "round",
    "stroke-linecap": "round",
    "vector-effect": "non-scaling-stroke",
  });
  return {
    part: (part) => parts[part],
    line(series) {
      const dashes = series < 0 ? "" : DASHES[chooseDash(series)]!;
      return {
        ...createStroke(series),
        "stroke-width": 2,
        ...dashes !== "" && { "stroke-dasharray": dashes },
      };
    },
    projection: (series) => ({ ...createStroke(series), "stroke-width": 2.5, "stroke-dasharray": "0.1 6" }),
    leader: (series) => ({ ...createStroke(series), "stroke-width": 1, "stroke-opacity": 0.45 }),
    stub: (series) => ({ ...createStroke(series), "stroke-width": 2 }),
    earlier: (series) => ({ ...createStroke(series), "stroke-width": 1.5, "stroke-opacity": 0.45 }),
    dot: (series) => ({ fill: chooseColour(series), stroke: colours.surface, "stroke-width": 2 }),
    area: (series) => ({ fill: chooseColour(series) }),
    heat: (level) => ({ fill: colours.heat[level]! }),
  };
}
