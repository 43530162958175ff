/** Composes the line of `status --brief` and `--format`, with all that a cache of it has to know. */
import type { ComputedLine } from "../status_cache/cache.ts";
import { inAscii } from "./ascii.ts";
import { createHeadline, type Headline } from "./headline.ts";
import { EXIT_FAILED, EXIT_OK, EXIT_UNKNOWN, usageError } from "./io.ts";
import type { Present } from "./present.ts";
import { barText, STATUS_FORMATS, type StatusFormat } from "./status_bar.ts";
import type { Typed } from "./table.ts";
import { hasFlag, parseTypedText } from "./values.ts";
import { cutToWidth } from "./width.ts";

/** The options that decide what a line shows; the others say where the data is, or do not concern a line. */
const SHOWN = ["brief", "format", "template", "check", "provider", "account", "quota"] as const;

export interface LineOptions {
  readonly now: number;
  readonly typed: Typed;
  /** Null for people. */
  readonly format: StatusFormat | null;
  /** Columns to fit; Infinity for any number. */
  readonly width: number;
  readonly isAscii: boolean;
}

/** Returns the program a line is made for, or null. @throws {CliError} for options that cannot be combined */
export function readFormat(typed: Typed): StatusFormat | null {
  const text = parseTypedText(typed, "format");
  const isTemplate = parseTypedText(typed, "template") !== undefined;
  if (isTemplate && text !== undefined && text !== "template") {
    throw usageError("--template is for --format template", "Give one of them");
  }
  if (text === undefined) return isTemplate ? "template" : null;
  const format = STATUS_FORMATS.find((one) => one === text);
  if (!format) throw usageError(`--format takes ${STATUS_FORMATS.join(", ")}, got ${JSON.stringify(text)}`);
  if (format === "template" && !isTemplate) {
    throw usageError(
      "--format template needs --template",
      "Such as: syntrack status --template '{account} {used} {resets}'",
    );
  }
  return format;
}

/** @throws {CliError} for a template with an unknown name */
export function composeLine(
  present: Present,
  { now, typed, format, width, isAscii }: LineOptions,
): ComputedLine & { readonly headline: Headline } {
  const headline = createHeadline(present.accounts, now, present.zone);
  const facts = { ...present, headline, now, template: parseTypedText(typed, "template") };
  const line = format === null
    ? `${cutToWidth(barText("text", facts).trimEnd(), width)}\n`
    : barText(format, facts);
  return {
    headline,
    text: isAscii ? inAscii(line) : line,
    code: hasFlag(typed, "check") ? checkCode(headline) : EXIT_OK,
    changesAt: nextChange(present, now),
  };
}

export function checkCode({ state }: Headline): number {
  return state === "unknown" ? EXIT_UNKNOWN : state === "out" ? EXIT_FAILED : EXIT_OK;
}

/** Returns the options that decide what a line shows. */
export function shownOptions({ options }: Pick<Typed, "options">): Readonly<Record<string, string | true>> {
  return Object.fromEntries(
    SHOWN.flatMap((name) => {
      const value = options[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Returns the next instant at which a quota resets or runs out. */
function nextChange({ accounts }: Present, now: number): number | null {
  const instants = accounts.flatMap(({ quotas }) =>
    quotas.flatMap(({ resetsAt, forecast }) => [resetsAt ?? 0, forecast?.emptyAt ?? 0])
  ).filter((at) => at > now);
  return instants.length === 0 ? null : Math.min(...instants);
}
