/** Starts a server in the background, for `start`, `restart` and `serve --silent`. */
import type { SetUp } from "../app/set_up.ts";
import { RUN_AGAIN } from "../base/address.ts";
import { allocatorBeside } from "../daemon/allocator.ts";
import { isAnswering } from "../daemon/control.ts";
import { launch, MAX_START_MS } from "../daemon/launch.ts";
import { lastLines } from "../daemon/log_lines.ts";
import type { DaemonPaths } from "../daemon/paths.ts";
import { readRun, type Run } from "../daemon/run_file.ts";
import { stopRun } from "../daemon/stop.ts";
import { wallText } from "../model/time.ts";
import { forwardOptions } from "./forward_options.ts";
import { failure, type Io } from "./io.ts";
import { pathsFor } from "./daemon_paths.ts";
import { RUNTIME } from "./runtime_flags.ts";
import type { Tools } from "./tools.ts";
import { hasFlag } from "./values.ts";

export interface StartResult {
  readonly run: Run;
  /** True when it was already running, so that nothing was started. */
  readonly already: boolean;
}

export interface StartOptions {
  /** Replaces the typed arguments. */
  readonly args?: readonly string[];
  /** True to stop a server of this user that holds the port. */
  readonly replace?: boolean;
}

/** Returns the folders of this user's server. @throws {CliError} without a home folder */
export function ownPaths(tools: Tools): DaemonPaths {
  const paths = pathsFor(tools.io, hasFlag(tools.typed, "test"));
  if (paths) return paths;
  throw failure(
    "Cannot start in the background: there is no home folder for the run file and the log",
    "Set HOME, or run `syntrack serve`, which stays in the foreground",
  );
}

/** @throws {CliError} with its last log lines when it does not come up */
export async function startInBackground(
  tools: Tools,
  { config }: Pick<SetUp, "config">,
  options: StartOptions = {},
): Promise<StartResult> {
  const { clock } = tools.io;
  const paths = ownPaths(tools);
  const before = config.port === 0 ? null : readRun(paths.runFolder, config.port);
  if (before?.alive) {
    const { run } = before;
    if (!options.replace) {
      if (await isAnswering(run)) return { run, already: true };
      throw failure(
        `Port ${run.port} is held by a server of yours that does not answer (process ${run.pid}, since ${
          wallText(run.startedAt, config.timezone)
        })`,
        "`syntrack restart` ends it and starts another",
      );
    }
    const result = await stopRun(paths.runFolder, run, clock);
    if (result === "still-running") throw cannotStop(run);
  }
  const typed = forwardOptions(tools.typed);
  const began = clock.now();
  const [program, ...words] = ownProgram(tools.io);
  const launched = await launch({
    program,
    args: [...words, "serve", ...options.args ?? typed.args],
    cwd: tools.io.cwd,
    env: {
      ...withTokens(typed.env, tools.io.env),
      ...allocatorBeside(tools.io.env),
      DENO_NO_UPDATE_CHECK: "1",
    },
    child: {
      instance: crypto.randomUUID(),
      log: paths.logFile,
      format: config.logFormat,
      test: hasFlag(tools.typed, "test"),
    },
    runFolder: paths.runFolder,
    clock,
  });
  if ("run" in launched) return { run: launched.run, already: false };
  if ("late" in launched) {
    throw failure(
      `The server was started (process ${launched.late}) and does not answer after ${MAX_START_MS / 1000} s`,
      `See \`syntrack logs\`, or ${paths.logFile}`,
    );
  }
  throw failure(lastWords(paths.logFile, began, launched.ended), `Its output is in ${paths.logFile}`);
}

export function cannotStop({ pid, port, pidSpace }: Run) {
  return failure(
    `Cannot stop the server on port ${port} (process ${pid}): it does not respond, and was left running`,
    pidSpace === null ? "End it by its process id" : "It may run in a container: stop it there",
  );
}

/** Returns the words that run this program again: its executable, or the runtime with its arguments. */
export function ownProgram({ executable }: Pick<Io, "executable">): readonly [string, ...string[]] {
  return executable === undefined ? [Deno.execPath(), "run", "-A", RUNTIME, ...RUN_AGAIN] : [executable];
}

function withTokens(
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, [env[name], value].filter(Boolean).join(",")]),
  );
}

/** Returns why it ended, from its log since it was started. */
function lastWords(logFile: string, since: number, code: number): string {
  const own = lastLines(logFile, 50).filter((line) => {
    const time = /^(?:\{"time":")?(\d{4}-\d\d-\d\dT[\d:.]+Z)/.exec(line)?.[1];
    return time !== undefined && Date.parse(time) >= since;
  });
  const errors = own.filter((line) => / error |"level":"error"/.test(line));
  const words = (errors.length > 0 ? errors : own.slice(-3)).map((line) => parseMessage(line));
  return words.length > 0
    ? ["The server did not start: " + words[0], ...words.slice(1)].join("\n  ")
    : `The server exited with code ${code} before it answered`;
}

function parseMessage(line: string): string {
  if (line.startsWith("{")) {
    try {
      return String((JSON.parse(line) as { message?: unknown }).message);
    } catch {
      return line;
    }
  }
  return line.replace(/^\S+ \w+ +/, "");
}
