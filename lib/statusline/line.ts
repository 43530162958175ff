/** Formats one line of text. Pure. */
import type { SessionFeed } from "./feed.ts";
import type { LimitWindow, StatusInput } from "./input.ts";

export const PARTS = ["model", "five-hour", "seven-day", "folder"] as const;
export type Part = typeof PARTS[number];

export interface LineOptions {
  readonly parts: readonly Part[];
  /** Whether shares show what is used or what is left. */
  readonly display: "used" | "left";
  readonly ascii: boolean;
  readonly colour: boolean;
  /** From this share on it is coloured, in percent used. */
  readonly warning: number;
  readonly critical: number;
  /** Parts that do not fit are dropped from the end. */
  readonly columns: number | null;
}

export const DEFAULT_LINE: LineOptions = {
  parts: ["model", "five-hour", "seven-day"],
  display: "used",
  ascii: false,
  colour: true,
  warning: 80,
  critical: 95,
  columns: null,
};

/** Older figures are marked with their age. */
const OLD_MS = 5 * 60_000;
const WINDOWS: Readonly<Partial<Record<Part, readonly [name: string, label: string]>>> = {
  "five-hour": ["five_hour", "5h"],
  "seven-day": ["seven_day", "7d"],
};

/** @param feed the known limits, from now or earlier */
export function statusLine(
  input: StatusInput,
  feed: SessionFeed | null,
  now: number,
  options: LineOptions,
): string {
  const separator = options.ascii ? " | " : " \u00b7 ";
  const texts = options.parts.map((part) => partText(part, input, feed, now, options)).filter((text) =>
    text !== null
  );
  const old = feed !== null && now - feed.at > OLD_MS ? `${spanText(now - feed.at)} ago` : null;
  const all = old === null ? texts : [...texts, old];
  if (all.length === 0) return "syntrack: no limits yet";
  let fitting = all;
  // deno-lint-ignore no-control-regex -- colours take no room
  const measureWidth = (parts: readonly string[]) => parts.join(separator).replace(/\x1b\[\d+m/g, "").length;
  while (options.columns !== null && fitting.length > 1 && measureWidth(fitting) > options.columns) {
    fitting = fitting.slice(0, -1);
  }
  return fitting.join(separator);
}

function partText(
  part: Part,
  input: StatusInput,
  feed: SessionFeed | null,
  now: number,
  options: LineOptions,
): string | null {
  if (part === "model") return input.model;
  if (part === "folder") return input.folder?.split(/[/\\]/).filter((name) => name !== "").at(-1) ?? null;
  const [name, label] = WINDOWS[part] ?? ["", ""];
  const window = feed?.windows[name];
  return window ? `${label} ${windowText(window, now, options)}` : null;
}

function windowText({ usedPercent, resetsAt }: LimitWindow, now: number, options: LineOptions): string {
  const { display, ascii, colour, warning, critical } = options;
  // A reading from a finished window says nothing about the current one.
  if (resetsAt !== null && resetsAt <= now) return "? since its reset";
  const shown = display === "used" ? shareFigure(usedPercent) : leftFigure(usedPercent);
  const level = usedPercent >= critical ? 2 : usedPercent >= warning ? 1 : 0;
  // The sign repeats what the colour says.
  const sign = ["", ascii ? "!" : "\u25b2", ascii ? "!!" : "\u2715"][level] ?? "";
  const share = `${sign}${shown}% ${display}`;
  const painted = colour ? `\x1b[${[32, 33, 31][level]}m${share}\x1b[39m` : share;
  if (resetsAt === null) return painted;
  return `${painted} ${ascii ? "resets in" : "\u21bb"} ${spanText(resetsAt - now)}`;
}

/**
 * Rounds a percentage as pages and commands do: to a tenth below ten and near 100, and never up to 100.
 * Duplicated here, because this program loads nothing else.
 */
export function shareFigure(percent: number): string {
  if (percent > 99.9 && percent < 100) return "99.9";
  return percent.toFixed(percent < 10 || percent > 99 && percent < 101 ? 1 : 0).replace(/\.0$/, "");
}

/** Rounds what is left in the same way: it completes what is shown as used to 100, and is 0 only when nothing is left. */
export function leftFigure(usedPercent: number): string {
  const left = Number((100 - usedPercent).toFixed(9));
  if (left <= 0) return "0";
  if (left < 10) return left < 0.1 ? "0.1" : shareFigure(left);
  return String(Number((100 - Number(shareFigure(usedPercent))).toFixed(1)));
}

/** Formats `2h 59m`, `3d 4h`, `12m`: the two largest units. */
function spanText(ms: number): string {
  const minutes = Math.max(0, Math.ceil(ms / 60_000));
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes % 1440 / 60);
  if (days > 0) return `${days}d ${hours}h`;
  return hours > 0 ? `${hours}h ${minutes % 60}m` : `${minutes}m`;
}
