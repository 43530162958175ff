/**
 * Generates the man page from the table of commands, so that it cannot drift from `--help`. Packages include
 * it.
 *
 *     deno run -A dev/man.ts [FILE]     dist/man/syntrack.1 unless named
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { VERSION } from "../lib/base/version.ts";
import { DETAILS } from "../lib/cli/details.ts";
import {
  type CommandName,
  type CommandRow,
  COMMANDS,
  EXIT_CODES,
  GLOBAL_OPTIONS,
  type OptionRow,
} from "../lib/cli/table.ts";

/** Returns the page in roff with the macros of man(7). */
export function manPage(): string {
  return [
    `.TH SYNTRACK 1 "" "syntrack ${escapeRoff(VERSION)}" "User Commands"`,
    ".SH NAME",
    "syntrack \\- watch the quotas of AI subscriptions",
    ".SH SYNOPSIS",
    ".B syntrack",
    "[\\fICOMMAND\\fR] [\\fIOPTIONS\\fR]",
    ".SH DESCRIPTION",
    "Tracks the quotas of AI subscriptions: what is used, what is left, and when it resets. Without a command it starts",
    "a server in the background.",
    ".SH COMMANDS",
    ...COMMANDS.flatMap(commandLines),
    ".SH OPTIONS OF EVERY COMMAND",
    ...GLOBAL_OPTIONS.flatMap(optionLines),
    ".SH EXIT STATUS",
    escapeRoff(EXIT_CODES),
    ".SH ENVIRONMENT",
    ".TP",
    ".B NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, TERM",
    "Whether colour is used.",
    ".TP",
    ".B COLUMNS",
    "The width of tables and charts.",
    ".TP",
    ".B PAGER, LESS",
    "What shows answers that are longer than the terminal; less with FRX unless set.",
    ".TP",
    ".B SYNTRACK_*",
    "Settings, which \\fBsyntrack config\\fR names with where each came from.",
    ".SH FILES",
    ".TP",
    ".I ~/.syntrack/config.toml",
    "Settings.",
    ".TP",
    ".I ~/.syntrack/data/syntrack.db",
    "The database.",
    "",
  ].join("\n");
}

function commandLines(row: CommandRow & { readonly name: CommandName }): readonly string[] {
  const details = DETAILS[row.name];
  const operands = (row.operands ?? []).map(({ name, optional }) => optional ? `[${name}]` : name).join(" ");
  return [
    `.SS syntrack ${escapeRoff(`${row.name} ${operands}`.trim())}`,
    `${escapeRoff(capitalize(row.summary))}.`,
    ...details === undefined ? [] : [escapeRoff(details)],
    ...(row.operands ?? []).filter(({ choices }) => choices).flatMap(({ name, choices = [] }) => [
      ".TP",
      `\\fI${escapeRoff(name)}\\fR`,
      escapeRoff(choices.join(", ")),
    ]),
    ...row.options.flatMap(optionLines),
    ...row.exitCodes === undefined ? [] : [".TP", "Exit status", escapeRoff(row.exitCodes)],
    ...row.examples.flatMap(([command, what]) => [".TP", `\\fB${escapeRoff(command)}\\fR`, escapeRoff(what)]),
  ];
}

function optionLines({ name, short, value, help, choices, byDefault }: OptionRow): readonly string[] {
  const flags = [...short ? [`-${short}`] : [], `--${name}`].map((flag) => `\\fB${escapeRoff(flag)}\\fR`)
    .join(
      ", ",
    );
  const more = [...choices ? [choices.join(", ")] : [], ...byDefault ? [`default: ${byDefault}`] : []].join(
    "; ",
  );
  return [
    ".TP",
    `${flags}${value === undefined ? "" : ` \\fI${escapeRoff(value)}\\fR`}`,
    escapeRoff(`${help}${more === "" ? "" : ` (${more})`}`),
  ];
}

/** Escapes text for roff: no escape, no request at the beginning of a line, and dashes that can be copied. */
function escapeRoff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/, "\\&$1");
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

if (import.meta.main) {
  const file = Deno.args[0] ?? fileURLToPath(new URL("../dist/man/syntrack.1", import.meta.url));
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeTextFile(file, manPage());
  console.log(`Wrote ${file}`);
}
