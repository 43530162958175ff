/** The user's own commands that alerts may run, which only `[hooks.<name>]` of the config file can define. */
import { CHANNEL_ID, hookProblem, type HookSettings, MAX_HOOKS } from "../alerts/hook_settings.ts";
import type { Environment } from "../config/environment.ts";
import { isTable, placeText } from "../config/file_lines.ts";
import type { Problem } from "../config/problem.ts";

const ENTRIES = ["command", "args", "timeout"];

export interface Hooks {
  readonly hooks: ReadonlyMap<string, HookSettings>;
  /** Commands that cannot be run, with their lines. */
  readonly problems: readonly Problem[];
}

/** Reads the commands in the config file now. */
export function readHooks(environment: Pick<Environment, "configFile">): Hooks {
  const state = environment.configFile();
  const tables = state?.file?.document.hooks;
  const hooks = new Map<string, HookSettings>();
  const problems: Problem[] = [];
  if (!state || tables === undefined) return { hooks, problems };
  const addProblem = (path: readonly string[], problem: string, wanted?: string) =>
    problems.push({
      level: "error",
      field: placeText(state.text ?? "", state.label, path),
      problem,
      ...wanted !== undefined && { wanted },
    });
  if (!isTable(tables)) addProblem(["hooks"], "not a table", "[hooks.<name>]");
  for (const [id, table] of Object.entries(isTable(tables) ? tables : {})) {
    const path = ["hooks", id];
    if (!CHANNEL_ID.test(id)) {
      addProblem(path, "not a valid channel name", "at most 32 lower-case letters, digits and -");
    } else if (!isTable(table)) addProblem(path, "not a table", `[hooks.${id}]`);
    else {
      const stranger = Object.keys(table).find((key) => !ENTRIES.includes(key));
      const { command, args, timeout } = table;
      const settings: HookSettings = {
        ...typeof command === "string" && { command },
        ...args !== undefined && { args: JSON.stringify(args) },
        ...timeout !== undefined && { timeout: String(timeout) },
      };
      const problem = hookProblem(settings);
      if (stranger !== undefined) {
        addProblem([...path, stranger], "no such entry", `one of ${ENTRIES.join(", ")}`);
      } else if (problem !== null) addProblem(path, problem);
      else if (hooks.size === MAX_HOOKS) addProblem(path, `more than ${MAX_HOOKS} commands`);
      else hooks.set(id, settings);
    }
  }
  return { hooks, problems };
}
