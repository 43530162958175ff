/**
 * `syntrack statusline install` and `uninstall`: changes the settings of Claude Code, after asking and with a
 * copy. The line itself is printed by `lib/statusline/`, which `cli.ts` calls without loading any of this.
 */
import { dirname, join } from "../../base/path.ts";
import { printDone } from "../done.ts";
import { EXIT_FAILED, EXIT_OK, failure, usageError } from "../io.ts";
import {
  addStatusline,
  commandLine,
  parseSettings,
  removeStatusline,
  type Settings,
} from "../statusline_settings.ts";
import type { StatuslineAction } from "../table_statusline.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";
import { ENTRY, ROOT } from "../../base/address.ts";
import { readFileText } from "../../config/system.ts";
import { replaceFile } from "../../base/whole_file.ts";

export async function statusline(tools: Tools): Promise<number> {
  const [action] = tools.typed.operands as readonly (StatuslineAction | undefined)[];
  if (action === undefined) throw usageError("statusline reads what Claude Code passes to it", "See --help");
  const { io } = tools;
  const folder = io.env.CLAUDE_CONFIG_DIR || (io.home === null ? null : join(io.home, ".claude"));
  if (folder === null) throw failure("There is no home folder", "Set CLAUDE_CONFIG_DIR");
  const path = join(folder, "settings.json");
  const before = readSettings(path);
  const after = action === "install"
    ? addStatusline(before.settings, ownCommand(tools))
    : removeStatusline(before.settings);
  if (after === null) {
    tools.recordAction(null);
    printDone(
      tools,
      { file: path, changed: false, before: null },
      action === "install" ? "It is installed already" : "It is not installed",
    );
    return EXIT_OK;
  }
  const what = action === "install"
    ? `Set the status line of Claude Code in ${path} to\n  ${after.statusLine?.command}\n`
    : `Put the status line of Claude Code in ${path} back to ${
      after.statusLine ? `\n  ${after.statusLine.command}\n` : "none\n"
    }`;
  if (!hasFlag(tools.typed, "yes")) {
    const answer = await io.ask(`${what}Go on? [y/N] `);
    if (answer === null) throw failure("There is no terminal to ask", "Run it again with --yes");
    if (!/^y(es)?$/i.test(answer.trim())) {
      tools.report("Nothing was changed");
      return EXIT_FAILED;
    }
  }
  const copy = before.text === null ? null : writeCopy(path, before.text, tools.now);
  writeSettings(path, after, copy);
  printDone(
    tools,
    { file: path, changed: true, before: copy },
    `${what.trim()}\n${copy === null ? "" : `The file as it was: ${copy}`}`.trim(),
  );
  return EXIT_OK;
}

/** Returns the command that runs this program with no more permissions than the line needs. */
function ownCommand({ io, typed }: Tools): string {
  const home = io.home ?? "";
  const own = join(home, ".syntrack");
  const words = Deno.build.standalone ? [Deno.execPath()] : [
    // Otherwise the runtime asks once a day whether there is a newer one. Not every shell of Windows has this form.
    ...Deno.build.os === "windows" ? [] : ["DENO_NO_UPDATE_CHECK=1"],
    Deno.execPath(),
    "run",
    "--no-prompt",
    "--allow-env",
    // Its own code too, which the runtime loads in pieces.
    `--allow-read=${
      [decodeURIComponent(ROOT.pathname), io.env.CLAUDE_CONFIG_DIR || join(home, ".claude"), own].join(",")
    }`,
    `--allow-write=${own}`,
    // Needed for the previous status line.
    `--allow-run=${Deno.build.os === "windows" ? "cmd" : "sh"}`,
    // It needs no packages, and starts sooner without looking for a config.
    "--no-config",
    ENTRY,
  ];
  const flags = ["parts", "display", "warning", "critical"].flatMap((name) => {
    const value = parseTypedText(typed, name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  return commandLine([...words, "statusline", ...flags, ...hasFlag(typed, "ascii") ? ["--ascii"] : []]);
}

function readSettings(path: string): { readonly text: string | null; readonly settings: Settings } {
  let text: string | null;
  try {
    text = readFileText(path)?.text ?? null;
  } catch {
    throw failure(`Cannot read ${path}`, "Check who may read it");
  }
  if (text === null) return { text: null, settings: {} };
  const settings = parseSettings(text);
  if (settings === null) throw failure(`${path} is not a JSON object`, "Fix it first; nothing was changed");
  return { text, settings };
}

function writeCopy(path: string, text: string, now: number): string {
  const day = new Date(now).toISOString().slice(0, 10);
  const copy = `${path}.before-syntrack-${day}-${crypto.randomUUID().slice(0, 8)}`;
  try {
    Deno.writeTextFileSync(copy, text, { mode: 0o600, createNew: true });
  } catch {
    throw failure(`Cannot write a copy beside ${path}`, "Nothing was changed: check who may write there");
  }
  return copy;
}

/** Writes atomically, so that the tool never reads half a file, and through a link into a dotfiles folder. */
function writeSettings(path: string, settings: Settings, copy: string | null): void {
  try {
    // The tool keeps its login in the same folder.
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    replaceFile(path, `${JSON.stringify(settings, null, 2)}\n`);
  } catch {
    if (copy !== null) Deno.removeSync(copy);
    throw failure(
      `Cannot write ${path}`,
      "Nothing was changed: check who may write there, and where it leads",
    );
  }
}
