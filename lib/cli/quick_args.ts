/**
 * Parses plain, correct arguments without loading a parser, because start-up time is part of the product. It
 * decides nothing else: for anything unusual (an error, a request for help, an odd spelling) it returns null,
 * and the parser in `program.ts` takes over. When this answers, that parser gives the same result.
 */
import { type CommandRow, commandRow, globalOptions, type OptionRow, type Typed } from "./table.ts";

export function quickArgs(args: readonly string[]): Typed | null {
  const options: Record<string, string | true> = {};
  const positional: string[] = [];
  // The command comes first, because it determines the options.
  const command = commandRow(args[0] ?? "");
  if (!command) return null;
  for (let at = 1; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (!arg.startsWith("-")) {
      positional.push(arg);
      continue;
    }
    const equals = arg.startsWith("--") ? arg.indexOf("=") : -1;
    const option = findOption(command, equals < 0 ? arg : arg.slice(0, equals));
    // Repeated, or combined with its opposite: rare enough for the parser.
    if (!option || option.name in options || isColour(option) && hasColour(options)) return null;
    if (option.value === undefined) {
      if (equals >= 0) return null;
      options[option.name] = true;
      continue;
    }
    const value = equals < 0 ? args[++at] : arg.slice(equals + 1);
    if (!value || value.startsWith("-") || (option.choices && !option.choices.includes(value))) return null;
    options[option.name] = value;
  }
  const operands = command.operands ?? [];
  if (positional.length > operands.length) return null;
  for (const [at, { choices, optional }] of operands.entries()) {
    const given = positional[at];
    if (given === undefined ? !optional : choices && !choices.includes(given)) return null;
  }
  return { command: command.name, operands: positional, options };
}

function findOption(command: CommandRow, typed: string): OptionRow | undefined {
  return [...command.options, ...globalOptions(command.name)].find(({ name, short }) =>
    typed === `--${name}` || (short !== undefined && typed === `-${short}`)
  );
}

function isColour(option: OptionRow): boolean {
  return option.name === "color" || option.name === "no-color";
}

function hasColour(options: Readonly<Record<string, unknown>>): boolean {
  return "color" in options || "no-color" in options;
}
