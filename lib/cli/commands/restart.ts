/**
 * `syntrack restart`: restarts the server in the background, with its previous options unless others are
 * given.
 */
import { stopRun } from "../../daemon/stop.ts";
import { cannotStop, ownPaths, startInBackground } from "../background.ts";
import { printBanner } from "../banner.ts";
import { forwardOptions } from "../forward_options.ts";
import { EXIT_OK, usageError } from "../io.ts";
import { chooseRun } from "../own_runs.ts";
import { checkProgram } from "../program_for.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText } from "../values.ts";

export async function restart(tools: Tools): Promise<number> {
  if (parseTypedText(tools.typed, "now") !== undefined) {
    throw usageError("--now is for commands that answer once; a server follows the clock");
  }
  const paths = ownPaths(tools);
  const before = chooseRun(tools, paths.runFolder);
  // Invalid settings are reported while the old server still runs.
  const own = before ? withArgs(tools, before.args) : tools;
  const program = checkProgram(own, { quiet: true });
  if (before) {
    const how = await stopRun(paths.runFolder, before, tools.io.clock);
    if (how === "still-running") throw cannotStop(before);
    if (how === "killed") tools.report("The server did not stop, so it was killed");
  }
  await printBanner(own, program, startInBackground(own, program, { args: forwardOptions(own.typed).args }));
  return EXIT_OK;
}

/** Returns the arguments as if the old server's options had been typed; those typed now take precedence. */
function withArgs(tools: Tools, args: readonly string[]): Tools {
  const options: Record<string, string | true> = {};
  for (const arg of args) {
    const [, name = "", value] = /^--([\w-]+)(?:=([^]*))?$/.exec(arg) ?? [];
    const before = options[name];
    if (name === "") continue;
    options[name] = value === undefined ? true : typeof before === "string" ? `${before}\n${value}` : value;
  }
  return { ...tools, typed: { ...tools.typed, options: { ...options, ...tools.typed.options } } };
}
