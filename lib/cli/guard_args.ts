/** Parses and checks the arguments of `syntrack guard`. */
import type { Window } from "../model/quota.ts";
import { nearest } from "../base/nearest.ts";
import { usageError } from "./io.ts";
import type { Tools } from "./tools.ts";
import { hasFlag, parseTypedText } from "./values.ts";

export interface GuardArguments {
  /** The share of the limit that must be left, 0..1. */
  readonly least: number;
  /** Milliseconds, or null for the default. */
  readonly maxAgeMs: number | null;
  readonly fits: (window: Window) => boolean;
  readonly failOpen: boolean;
  readonly wait: boolean;
}

const DAY_SECONDS = 86_400;
const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: DAY_SECONDS,
  w: 7 * DAY_SECONDS,
};
/** Windows by length in seconds; calendar windows count as months. */
const LENGTHS: Readonly<Record<string, readonly [least: number, below: number]>> = {
  hours: [0, DAY_SECONDS],
  day: [DAY_SECONDS, 3 * DAY_SECONDS],
  week: [3 * DAY_SECONDS, 14 * DAY_SECONDS],
  month: [14 * DAY_SECONDS, Number.POSITIVE_INFINITY],
};

/** @throws {CliError} */
export function parseGuardArguments({ typed }: Tools): GuardArguments {
  const wait = hasFlag(typed, "wait");
  if (wait && parseTypedText(typed, "now") !== undefined) {
    throw usageError("--wait needs a running clock, and --now stops it: use only one of them");
  }
  const age = parseTypedText(typed, "max-age");
  return {
    least: parseMinimum(parseTypedText(typed, "min-remaining") ?? "10%"),
    maxAgeMs: age === undefined ? null : parseAge(age),
    fits: parseWindow(parseTypedText(typed, "window")),
    failOpen: hasFlag(typed, "fail-open"),
    wait,
  };
}

function parseMinimum(text: string): number {
  const percent = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : NaN;
  if (percent >= 0 && percent <= 100) return percent / 100;
  throw usageError(`--min-remaining takes a percentage from 0% to 100%, got ${JSON.stringify(text)}`);
}

function parseAge(text: string): number {
  const seconds = parseSeconds(text);
  if (seconds !== null && seconds > 0) return seconds * 1000;
  throw usageError(`--max-age takes a time such as 90s, 30m, 2h or 1d, got ${JSON.stringify(text)}`);
}

function parseWindow(text: string | undefined): GuardArguments["fits"] {
  if (text === undefined) return () => true;
  const bounds = Object.hasOwn(LENGTHS, text) ? LENGTHS[text] : undefined;
  if (bounds) {
    const [least, below] = bounds;
    return ({ kind, seconds }) =>
      seconds === null ? kind === "calendar" && text === "month" : seconds >= least && seconds < below;
  }
  const wanted = parseSeconds(text);
  if (wanted !== null && wanted > 0) return ({ seconds }) => seconds === wanted;
  const suggestion = nearest(text, Object.keys(LENGTHS));
  const guess = suggestion === null ? "" : ` (did you mean ${suggestion}?)`;
  const allowed = `${Object.keys(LENGTHS).join(", ")}, or a length such as 5h or 7d`;
  throw usageError(`--window takes ${allowed}, got ${JSON.stringify(text)}${guess}`);
}

function parseSeconds(text: string): number | null {
  const [, digits = "", unit = ""] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  return digits === "" ? null : Number(digits) * (SECONDS[unit] ?? NaN);
}
