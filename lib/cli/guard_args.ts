/** Parses and checks the arguments of `syntrack guard`. */
import type { Window } from "../model/quota.ts";
import { nearest } from "../base/nearest.ts";
import { usageError } from "./io.ts";
import type { Tools } from "./tools.ts";
import { hasFlag, parseTypedText } from "./values.ts";

export interface GuardArguments {
  /** The share of the limit that must be left, 0..1. */
  readonly minLeft: number;
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
/** Names of window lengths, shortest first, each with the length in seconds that it ends before. */
const LENGTHS: readonly (readonly [name: string, below: number])[] = [
  ["hours", DAY_SECONDS],
  ["day", 3 * DAY_SECONDS],
  ["week", 14 * DAY_SECONDS],
  ["month", Infinity],
];

/** @throws {CliError} */
export function parseGuardArguments({ typed }: Tools): GuardArguments {
  const wait = hasFlag(typed, "wait");
  if (wait && parseTypedText(typed, "now") !== undefined) {
    throw usageError("--wait needs a running clock, and --now stops it: use only one of them");
  }
  const age = parseTypedText(typed, "max-age");
  return {
    minLeft: parseMinimum(parseTypedText(typed, "min-remaining") ?? "10%"),
    maxAgeMs: age === undefined ? null : parseAge(age),
    fits: parseWindow(parseTypedText(typed, "window")),
    failOpen: hasFlag(typed, "fail-open"),
    wait,
  };
}

function parseMinimum(text: string): number {
  const percent = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : NaN;
  if (percent <= 100) return percent / 100;
  throw usageError(`--min-remaining takes a percentage from 0% to 100%, got ${JSON.stringify(text)}`);
}

function parseAge(text: string): number {
  const seconds = parseSeconds(text);
  if (seconds > 0) return seconds * 1000;
  throw usageError(`--max-age takes a time such as 90s, 30m, 2h or 1d, got ${JSON.stringify(text)}`);
}

function parseWindow(text: string | undefined): GuardArguments["fits"] {
  if (text === undefined) return () => true;
  const names = LENGTHS.map(([name]) => name);
  if (names.includes(text)) return (window) => nameLength(window) === text;
  const wanted = parseSeconds(text);
  if (wanted > 0) return ({ seconds }) => seconds === wanted;
  const suggestion = nearest(text, names);
  const guess = suggestion === null ? "" : ` (did you mean ${suggestion}?)`;
  const allowed = `${names.join(", ")}, or a length such as 5h or 7d`;
  throw usageError(`--window takes ${allowed}, got ${JSON.stringify(text)}${guess}`);
}

/** Calendar windows count as months. */
function nameLength({ kind, seconds }: Window): string | undefined {
  if (seconds === null) return kind === "calendar" ? "month" : undefined;
  return LENGTHS.find(([, below]) => seconds < below)?.[0];
}

/** Returns NaN for any other text. */
function parseSeconds(text: string): number {
  const [, digits, unit = ""] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  return Number(digits) * (SECONDS[unit] ?? NaN);
}
