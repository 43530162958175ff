/** The whole command line: every spelling, help, and the messages for unreadable arguments. */
import { Argument, Command, CommanderError, Option } from "commander";
import { nearest } from "../base/nearest.ts";
import { EXIT_OK, usageError } from "./io.ts";
import { withCommand } from "./default_command.ts";
import { DETAILS } from "./details.ts";
import type { Paint } from "./paint.ts";
import { wrapWords } from "./wrap.ts";
import {
  type CommandName,
  type CommandRow,
  COMMANDS,
  EXIT_CODES,
  findCommand,
  GLOBAL_OPTIONS,
  type OptionRow,
  type Parsed,
  type ProgramOptions,
  takesGlobal,
  type Typed,
} from "./table.ts";

/** Narrower terminals have no room for two columns. */
const NARROW = 72;
const UNLIMITED_WIDTH = 10_000;

/** @throws {CliError} when they cannot be parsed */
export function parseArgs(args: readonly string[], options: ProgramOptions): Parsed {
  let typed: Typed | undefined;
  let text = "";
  const program = buildProgram(
    options,
    (choice) => typed = choice,
    (part) => text += narrowHelp(part, options.columns),
  );
  if (args[0] === "version" && args.length === 1) return { text: `syntrack ${options.version}\n` };
  try {
    program.parse([...withCommand(args)], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== EXIT_OK) throw asUsageError(error, args);
  }
  return typed ? { typed } : { text };
}

function buildProgram(
  { version, columns, paint }: ProgramOptions,
  choose: (typed: Typed) => void,
  print: (text: string) => void,
): Command {
  const program = new Command("syntrack")
    .description("Tracks the quotas of AI subscriptions: what is used, what is left, and when it resets.")
    .version(`syntrack ${version}`, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help; also of one command: syntrack query --help")
    .helpCommand("help [command]", "print help of a command")
    .exitOverride()
    .configureOutput({
      writeOut: print,
      // Errors come back as exceptions and are reported in one place.
      writeErr: () => {},
      getOutHelpWidth: () => columns < NARROW ? UNLIMITED_WIDTH : columns,
      getOutHasColors: () => true,
    })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: paint.bold,
      sortOptions: false,
      visibleGlobalOptions: (command) =>
        command.parent?.options.filter((option) => takesGlobal(command.name(), option.name())) ?? [],
      // Help is wrapped between words beside long names too.
      minWidthToWrap: 10,
    })
    .addHelpText("after", () => fitText(rootNotes(paint), columns));
  for (const row of GLOBAL_OPTIONS) program.addOption(createOption(row));
  for (const row of COMMANDS) program.addCommand(createCommand(row, program, { paint, columns }, choose));
  return program;
}

function createCommand(
  row: CommandRow & { readonly name: CommandName },
  program: Command,
  { paint, columns }: Pick<ProgramOptions, "paint" | "columns">,
  choose: (typed: Typed) => void,
): Command {
  const details = DETAILS[row.name];
  const command = program.createCommand(row.name)
    .copyInheritedSettings(program)
    .summary(row.summary)
    .description([`${capitalize(row.summary)}.`, ...details === undefined ? [] : [details]].join(" "))
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", fitText(commandNotes(row, paint), columns));
  for (const { name, help, choices, optional } of row.operands ?? []) {
    const argument = new Argument(optional ? `[${name}]` : `<${name}>`, help);
    command.addArgument(choices ? argument.choices(choices) : argument);
  }
  for (const option of row.options) command.addOption(createOption(option));
  return command.action(() => {
    const options = typedOptions(command.optsWithGlobals(), [...row.options, ...GLOBAL_OPTIONS]);
    refuseUnusable(row, options);
    choose({
      command: row.name,
      operands: command.args,
      options,
    });
  });
}

/** An option that changes nothing would make the answer look like that of a selection. @throws {CliError} */
function refuseUnusable(row: CommandRow, options: Readonly<Record<string, unknown>>): void {
  const unusable = Object.keys(options).find((name) =>
    !takesGlobal(row.name, name) && !row.options.some((own) => own.name === name)
  );
  if (unusable === undefined) return;
  throw usageError(`${row.name} takes no --${unusable}`, `See syntrack ${row.name} --help`);
}

function createOption(row: OptionRow): Option {
  const flags = `${row.short ? `-${row.short}, ` : ""}--${row.name}${row.value ? ` <${row.value}>` : ""}`;
  const byDefault = row.byDefault === undefined ? "" : ` (default: ${row.byDefault})`;
  const option = new Option(flags, row.help + byDefault);
  if (row.repeated) {
    option.argParser((value: string, before: unknown) =>
      typeof before === "string" ? `${before}\n${value}` : value
    );
  }
  // Help shows the choices; a wrong one is reported like every other invalid value.
  return row.choices ? option.choices(row.choices) : option;
}

/** Converts Commander's values, where `--no-x` is `x: false`, to the table's names. */
function typedOptions(
  values: Readonly<Record<string, unknown>>,
  rows: readonly OptionRow[],
): Readonly<Record<string, string | true>> {
  const options: Record<string, string | true> = {};
  for (const { name, value } of rows) {
    const negated = name.startsWith("no-");
    const found = values[camelCase(negated ? name.slice(3) : name)];
    if (negated ? found === false : value === undefined && found === true) options[name] = true;
    else if (value !== undefined && typeof found === "string") options[name] = found;
  }
  return options;
}

/** Suggests a choice; Commander suggests commands and options, but not values. */
function describeChoice(message: string): string {
  const [, got = "", allowed = ""] =
    /'([^']*)' is invalid[^.]*\. Allowed choices are (.*)\.$/.exec(message) ?? [];
  const suggestion = nearest(got, allowed.split(", "));
  return got === "" || suggestion === null ? "" : ` (did you mean ${suggestion}?)`;
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function asUsageError(error: CommanderError, args: readonly string[]): Error {
  const row = findCommand(args);
  const [first] = row?.operands ?? [];
  if (row && first?.choices && error.code === "commander.missingArgument") {
    return usageError(
      `syntrack ${row.name} needs an argument, ${first.help}: ${first.choices.join(", ")}`,
      `See syntrack ${row.name} --help`,
    );
  }
  const [what = "", guess] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = guess ? ` ${guess.replace("(Did", "(did")}` : describeChoice(what);
  const command = findCommand(args);
  const where = command ? `syntrack ${command.name} --help` : "syntrack --help";
  return usageError(`${capitalize(what).replace(/\.$/, "")}${suggestion}`, `See ${where}`);
}

/** When two columns of help do not fit side by side, the description goes below its term. */
function narrowHelp(text: string, columns: number): string {
  if (columns >= NARROW) return text;
  return text.split("\n").flatMap((line) => {
    const [, indent = "", name = "", about = ""] = /^( +)(\S.*?) {2,}(\S.*)$/.exec(line) ?? [];
    if (about === "") return wrapWords(line, columns, "  ");
    return [
      ...wrapWords(`${indent}${name}`, columns, `${indent}  `),
      ...wrapWords(`${indent}    ${about}`, columns, `${indent}    `),
    ];
  }).join("\n");
}

/** Wraps notes between words; continuation lines are indented further than first lines. */
function fitText(text: string, columns: number): string {
  return text.split("\n").flatMap((line) => wrapWords(line, columns, "      ")).join("\n");
}

function rootNotes(paint: Paint): string {
  return [
    "",
    paint.bold("Exit codes:"),
    `  ${EXIT_CODES}`,
    "",
    paint.bold("Environment:"),
    "  Keys and settings come from the environment, ./.env or ~/.syntrack/.env.",
    "  `syntrack providers` names the variable of each key, `syntrack config` every setting.",
    "  NO_COLOR, FORCE_COLOR and COLUMNS are honoured.",
    "",
    paint.bold("Start with:"),
    "  syntrack demo       look around, no key needed",
    "  syntrack providers  which variable takes your key; then",
    "  syntrack collect    and syntrack status, or syntrack serve for the dashboard",
    "  syntrack version    print the version",
  ].join("\n");
}

function commandNotes(row: CommandRow, paint: Paint): string {
  return [
    "",
    paint.bold("Exit codes:"),
    `  ${row.exitCodes ?? EXIT_CODES}`,
    "",
    paint.bold("Examples:"),
    examplesText(row),
  ].join("\n");
}

function examplesText(row: CommandRow): string {
  const width = Math.max(...row.examples.map(([command]) => command.length));
  return row.examples.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`).join("\n");
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
