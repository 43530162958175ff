/** The Horizon drawn with characters. Pure: the same Horizon at the same width gives the same lines. */
import { type Horizon, type HorizonSpan } from "../model/horizon/horizon.ts";
import { isEmptyAt, type Lane, type LaneState, leftAt } from "../model/horizon/lane.ts";
import { bestSentence, laneNote, laneSentence, moreSentence, type When } from "../model/horizon/words.ts";
import { DAY_MS, HOUR_MS } from "../model/duration.ts";
import type { AccountKey } from "../model/quota.ts";
import { clockText, dayStart, isoDate, isoInstant, wallText } from "../model/time.ts";
import { tabLines } from "./grid.ts";
import type { Paint } from "./paint.ts";
import { accountTitle, quotaName } from "./titles.ts";
import { cutToWidth, measureWidth, pad } from "./width.ts";
import { wrapWords } from "./wrap.ts";

export interface HorizonPlace {
  readonly paint: Paint;
  /** Infinity without a terminal. */
  readonly width: number;
  readonly zone: string;
  readonly nameOf: (account: AccountKey) => string;
  /** Tab-separated rows for programs. */
  readonly isPlain: boolean;
  readonly isQuiet: boolean;
}

const MAX_WIDTH = 160;
const MIN_TRACK = 20;
const MAX_TRACK = 72;
/** At this width and above, name, drawing and note share one line. */
const ONE_LINE = 100;
const MAX_NAME = 30;
const LEVELS = "▁▂▃▄▅▆▇█";
const RESET = "│";
const OUT = "✕";
const EMPTY = "╌";
const UNKNOWN = " ";

/** `15:20` on the same day, else with the ISO date. */
export function whenIn(now: number, zone: string): When {
  return (at) => dayStart(at, zone) === dayStart(now, zone) ? clockText(at, zone) : wallText(at, zone);
}

export function horizonLines(horizon: Horizon, place: HorizonPlace): readonly string[] {
  const { lanes, from, to, best } = horizon;
  const { paint, zone, isPlain, isQuiet, nameOf } = place;
  const when = whenIn(from, zone);
  if (isPlain) return tabLines(lanes.map(plainRow));
  const width = Math.min(place.width, MAX_WIDTH);
  const plan = bestSentence(best, to, nameOf, when);
  const more = moreSentence(horizon);
  const head = isQuiet || plan === "" ? [] : [...wrapWords(paint.bold(plan), width), ""];
  const foot = isQuiet ? [] : [
    "",
    ...wrapWords(paint.dim(describeLegend(horizon)), width),
    ...more === "" ? [] : wrapWords(paint.dim(more), width),
  ];
  return [
    ...head,
    ...width >= ONE_LINE ? drawWide(horizon, place, width, when) : drawNarrow(horizon, place, width, when),
    ...foot,
  ];
}

function describeLegend({ idle }: Horizon): string {
  const signs =
    `Height: forecast of what is left. ${OUT} runs out, ${EMPTY} nothing left, ${RESET} reset, blank where it is unknown.`;
  if (idle === null) return `${signs} Idle hours are still unknown: learning them takes a week of history.`;
  return idle.length === 0
    ? signs
    : `${signs} The line below the times marks hours in which you usually do not work.`;
}

/** One line for each lane: its name, its drawing, its note. */
function drawWide(
  horizon: Horizon,
  { paint, zone }: HorizonPlace,
  width: number,
  when: When,
): readonly string[] {
  const { lanes, from } = horizon;
  const nameWidth = Math.min(MAX_NAME, Math.max(4, ...lanes.map((lane) => measureWidth(formatName(lane)))));
  const noteWidth = Math.max(4, ...lanes.map((lane) => measureWidth(laneNote(lane, from, when))));
  const track = Math.max(MIN_TRACK, Math.min(MAX_TRACK, width - nameWidth - noteWidth - 4));
  const indent = " ".repeat(nameWidth + 2);
  return [
    ...drawAxis(horizon, track, zone).map((line) => paint.dim(`${indent}${line}`.trimEnd())),
    ...lanes.map((lane) =>
      `${pad(cutToWidth(formatName(lane), nameWidth), nameWidth)}  ${
        drawLane(lane, horizon, track, paint)
      }  ${paintState(paint, lane.state, laneNote(lane, from, when))}`.trimEnd()
    ),
  ];
}

/** Two lines for each lane: its name with its note, then its drawing. */
function drawNarrow(
  horizon: Horizon,
  { paint, zone }: HorizonPlace,
  width: number,
  when: When,
): readonly string[] {
  const { lanes, from } = horizon;
  const track = Math.max(MIN_TRACK, Math.min(MAX_TRACK, width - 1));
  return [
    ...drawAxis(horizon, track, zone).map((line) => paint.dim(line.trimEnd())),
    ...lanes.flatMap((lane) => {
      const name = cutToWidth(formatName(lane), width);
      const note = laneNote(lane, from, when);
      const gap = track - measureWidth(name) - measureWidth(note);
      const tint = (text: string) => paintState(paint, lane.state, text);
      const title = gap >= 2
        ? [`${name}${" ".repeat(gap)}${tint(note)}`]
        : [name, ...wrapWords(note, width - 2).map((line) => `  ${tint(line)}`)];
      return [...title, drawLane(lane, horizon, track, paint).trimEnd()];
    }),
  ];
}

function formatName({ account, quota }: Lane): string {
  return `${accountTitle(account)} ${quotaName(quota, account)}`;
}

/** Draws one character for each step of time: the level at its middle, or the event in it. */
function drawLane(lane: Lane, { from, to }: Horizon, width: number, paint: Paint): string {
  const step = (to - from) / width;
  const signs = Array.from({ length: width }, (_, place) => {
    const [begin, end] = [from + place * step, from + (place + 1) * step];
    const isIn = (at: number | null) => at !== null && at >= begin && at < end;
    if (isIn(lane.resetsAt)) return RESET;
    if (isIn(lane.emptyAt)) return OUT;
    if (isEmptyAt(lane, begin)) return EMPTY;
    // The first shows the reading, the others the forecast.
    const left = place === 0 ? lane.left[0]?.[1] ?? null : leftAt(lane, (begin + end) / 2);
    if (left === null) return UNKNOWN;
    return LEVELS[Math.max(0, Math.min(LEVELS.length - 1, Math.ceil(left * LEVELS.length) - 1))]!;
  });
  const cutAt = signs.indexOf(RESET);
  const known = cutAt === -1 ? signs.join("") : signs.slice(0, cutAt).join("");
  const rest = cutAt === -1 ? "" : signs.slice(cutAt).join("");
  return paintState(paint, lane.state, known) + paint.dim(rest);
}

function paintState(paint: Paint, state: LaneState, text: string): string {
  switch (state) {
    case "blocked":
    case "used-up":
    case "runs-out":
      return paint.red(text);
    case "may-run-out":
    case "tight":
      return paint.yellow(text);
    case "lasts":
      return paint.green(text);
    default:
      return paint.dim(text);
  }
}

const STEPS: Readonly<Record<HorizonSpan, number>> = { "24h": 6 * HOUR_MS, "7d": DAY_MS };

/** The times, and a mark below for each idle hour. */
function drawAxis({ from, to, span, idle }: Horizon, width: number, zone: string): readonly string[] {
  const step = STEPS[span];
  const placeOf = (at: number) => Math.floor((at - from) / (to - from) * width);
  let names = "now";
  const midnight = dayStart(from, zone);
  for (let at = midnight + Math.ceil((from - midnight) / step) * step; at < to; at += step) {
    const name = span === "7d" || dayStart(at, zone) === at
      ? isoDate(at, zone).slice(5)
      : clockText(at, zone);
    const place = placeOf(at);
    if (place >= names.length + 2 && place + name.length <= width) names = names.padEnd(place) + name;
  }
  if (!idle || idle.length === 0) return [names];
  const marks = Array.from({ length: width }, (_, place) => {
    const at = from + (place + 0.5) * (to - from) / width;
    return idle.some((timeRange) => at >= timeRange.from && at < timeRange.to) ? "─" : " ";
  }).join("");
  return [names, marks];
}

/** State, key, share left, run-out, reset, sentence: instants in UTC, nothing rounded. */
function plainRow(lane: Lane): readonly string[] {
  const { quota, state, left, emptyAt, resetsAt } = lane;
  return [
    state,
    quota.key,
    left[0] === undefined || lane.isRelative ? "" : String(left[0][1]),
    isoInstant(emptyAt) ?? "",
    isoInstant(resetsAt) ?? "",
    laneSentence(lane, left[0]?.[0] ?? 0, (at) => isoInstant(at)),
  ];
}
