/** The settings of a user's own command, as in the config file. Imports nothing, to keep the start fast. */

const MAX_ARGUMENTS = 32;
const MAX_ARGUMENT = 4096;
const MAX_COMMAND = 4096;
const MAX_TIMEOUT_S = 300;
const MIN_TIMEOUT_S = 0.1;
/** The names of channels. */
export const CHANNEL_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** A larger number of commands is a mistake. */
export const MAX_HOOKS = 32;

/** `command`, and optionally `args` as a JSON list and `timeout` in seconds. */
export type HookSettings = Readonly<Record<string, string>>;

/** Returns what is wrong with the settings of a command, or null. */
export function hookProblem({ command = "", args = "[]", timeout = "30" }: HookSettings): string | null {
  if (!/^(\/|[A-Za-z]:\\)/.test(command)) return "command is not an absolute path";
  if (command.length > MAX_COMMAND) return `command is longer than ${MAX_COMMAND} characters`;
  if (parseHookArgs(args) === null) {
    return `args is not a list of at most ${MAX_ARGUMENTS} texts of at most ${MAX_ARGUMENT} characters`;
  }
  const seconds = Number(timeout);
  return seconds >= MIN_TIMEOUT_S && seconds <= MAX_TIMEOUT_S
    ? null
    : `timeout is not between ${MIN_TIMEOUT_S} and ${MAX_TIMEOUT_S} seconds`;
}

/** Returns null for text that is no list of arguments. */
export function parseHookArgs(text: string): readonly string[] | null {
  try {
    const list: unknown = JSON.parse(text);
    const isList = Array.isArray(list) && list.length <= MAX_ARGUMENTS &&
      list.every((one) => typeof one === "string" && one.length <= MAX_ARGUMENT);
    return isList ? list : null;
  } catch {
    return null;
  }
}

/** Explains where to define a command, with the lines to write. */
export function hookAdvice(name: string): string {
  return `Your own command can only be set in the config file: add [hooks.${name}], and on the next line command = "/absolute/path"`;
}
