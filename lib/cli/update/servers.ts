/**
 * The servers that an update restarts: those of the executable it replaces, in the background or of a service
 * manager. It leaves those of a clone or of another installation alone.
 */
import { explainError } from "../../base/text.ts";
import type { Clock } from "../../base/clock.ts";
import { allocatorBeside } from "../../daemon/allocator.ts";
import { isAnswering } from "../../daemon/control.ts";
import { launch, MAX_START_MS } from "../../daemon/launch.ts";
import { listRuns, readRun, type Run } from "../../daemon/run_file.ts";
import { serverArgs, SYSTEM_HOME, xmlEscaped } from "../../daemon/service/service.ts";
import { daemonPaths } from "../../daemon/paths.ts";
import { stopRun } from "../../daemon/stop.ts";
import { pathsFor } from "../daemon_paths.ts";
import { fileStates } from "../service/install.ts";
import { type Manager, managerFor } from "../service/managers.ts";
import { createRunner } from "../service/runner.ts";
import type { Tools } from "../tools.ts";

export interface RunningServer {
  /** `the server on port 9211`. */
  readonly name: string;
  readonly database: string | null;
  /** Ends it. @returns whether it has ended */
  stop(): Promise<boolean>;
  /** Starts it by the executable in place now. @returns what is wrong with it, or null once it answers */
  start(version: string | null): Promise<string | null>;
}

/** How long a new version may take to answer, on a slow machine too: its manager does not tell when it keeps exiting. */
const MAX_HEALTHY_MS = 30_000;
/** Managers kill what has not ended after 15 or 20 s. */
const MAX_STOP_MS = 25_000;
const LOOK_MS = 50;

/** @param executable the file to replace */
export function findServers(tools: Tools, executable: string): readonly RunningServer[] {
  const paths = pathsFor(tools.io, false);
  if (paths === null) return [];
  const managed = findManaged(tools, paths.runFolder, executable);
  const background = ownRuns(paths.runFolder, executable).filter(({ log }) => log !== null)
    .map((run) => backgroundServer(tools, paths.runFolder, run, executable));
  return [...managed, ...background];
}

/** Servers in a terminal, which only the person who started them can restart. */
export function foregroundRuns(tools: Tools, executable: string): readonly Run[] {
  const paths = pathsFor(tools.io, false);
  return paths === null ? [] : listForegroundRuns(paths.runFolder, executable);
}

function backgroundServer(tools: Tools, runFolder: string, run: Run, executable: string): RunningServer {
  const { clock, cwd, env } = tools.io;
  let current = run;
  return {
    name: `the server on port ${run.port}`,
    database: run.database,
    stop: async () => await stopRun(runFolder, current, clock) !== "still-running",
    async start(version) {
      if (isAlive(runFolder, current)) return "the previous version still runs";
      const launched = await launch({
        program: executable,
        args: ["serve", ...run.args],
        cwd,
        env: { ...allocatorBeside(env), DENO_NO_UPDATE_CHECK: "1" },
        child: {
          instance: crypto.randomUUID(),
          log: run.log ?? "",
          format: run.args.includes("--log-format=json") ? "json" : "text",
          test: false,
        },
        runFolder,
        clock,
      });
      if ("ended" in launched) return `it exited with code ${launched.ended} before it answered`;
      if ("late" in launched) {
        // It is our own child, started a moment ago.
        end(launched.late);
        return `it did not answer within ${MAX_START_MS / 1000} s`;
      }
      current = launched.run;
      return findProblem(launched.run, version);
    },
  };
}

/** The server a service manager of ours keeps running. */
function findManaged(tools: Tools, userRuns: string, executable: string): readonly RunningServer[] {
  const { io } = tools;
  const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;
  const scopes = [
    { scope: "user", home: io.home ?? "", runFolder: userRuns },
    ...isRoot
      ? [{
        scope: "system",
        home: SYSTEM_HOME,
        runFolder: daemonPaths(SYSTEM_HOME, false).runFolder,
      }] as const
      : [],
  ] as const;
  return scopes.flatMap(({ scope, home, runFolder }) => {
    const manager = readManager(tools, scope, home);
    const runs = listForegroundRuns(runFolder, executable);
    const run = manager && runs.find(isManagedBy(manager, executable));
    if (!manager || !run) return [];
    // Runs in a terminal, which are not the manager's.
    const others = new Set(runs.filter((one) => one !== run).map(({ instance }) => instance));
    const own = () =>
      listForegroundRuns(runFolder, executable).filter(({ instance }) => !others.has(instance));
    return [managedServer(tools, manager, run, own)];
  });
}

function readManager(tools: Tools, scope: "user" | "system", home: string): Manager | null {
  try {
    const manager = managerFor({
      io: tools.io,
      runner: createRunner(tools.io),
      spec: { program: [], scope, tailscale: false, home, collectTimer: false },
    });
    const isOurs = manager.files.length > 0 &&
      fileStates(manager).every(([, state]) => state !== "not there" && state !== "not made by syntrack");
    return isOurs && manager.obstacle() === null && manager.isRunning() ? manager : null;
  } catch {
    // There is none this program knows, or it has no such scope.
    return null;
  }
}

/** Reports whether a run is the manager's: by its process id, or else by what the manager's file starts. */
export function isManagedBy(
  manager: Pick<Manager, "pid" | "files">,
  executable: string,
): (run: Pick<Run, "pid" | "args">) => boolean {
  const pid = manager.pid();
  if (pid !== null) return (run) => run.pid === pid;
  const text = manager.files.map(({ path }) => Deno.readTextFileSync(path)).join("\n");
  if (!text.includes(executable) && !text.includes(xmlEscaped(executable))) return () => false;
  const [, ...args] = serverArgs({ tailscale: text.includes("--tailscale") });
  return (run) => run.args.join("\n") === args.join("\n");
}

/** @param own live runs of this executable */
function managedServer(
  tools: Tools,
  manager: Manager,
  { database }: Run,
  own: () => readonly Run[],
): RunningServer {
  const { clock } = tools.io;
  return {
    name: `the service (${manager.name})`,
    database,
    async stop() {
      manager.stop();
      const hasEnded = () => own().length === 0 && manager.hasStopped();
      return await waitFor(() => Promise.resolve(hasEnded() || null), clock, MAX_STOP_MS) ?? false;
    },
    async start(version) {
      const before = new Set(own().map(({ instance }) => instance));
      try {
        manager.restart();
      } catch (error) {
        return explainError(error);
      }
      const started = await waitFor(
        async () => {
          for (const run of own()) if (!before.has(run.instance) && await isAnswering(run)) return run;
          return null;
        },
        clock,
        MAX_HEALTHY_MS,
      );
      return started === null
        ? `it did not answer within ${MAX_HEALTHY_MS / 1000} s`
        : findProblem(started, version);
    },
  };
}

/** Checks until there is an answer; null when the time is over. A slow check uses up time as well. */
async function waitFor<T>(
  look: () => Promise<T | null>,
  clock: Pick<Clock, "sleep">,
  maxMs: number,
): Promise<T | null> {
  const { signal } = new AbortController();
  const until = performance.now() + maxMs;
  while (performance.now() < until) {
    const found = await look();
    if (found !== null) return found;
    await clock.sleep(LOOK_MS, signal);
  }
  return null;
}

function findProblem(run: Run, version: string | null): string | null {
  return version === null || run.version === version ? null : `it says it is ${run.version}`;
}

function listForegroundRuns(runFolder: string, executable: string): readonly Run[] {
  return ownRuns(runFolder, executable).filter(({ log }) => log === null);
}

/** The live runs of this executable. */
function ownRuns(runFolder: string, executable: string): readonly Run[] {
  return listRuns(runFolder).flatMap(({ run, alive }) =>
    alive && run.program !== undefined && realPath(run.program) === executable ? [run] : []
  );
}

function isAlive(runFolder: string, { port, instance }: Run): boolean {
  const found = readRun(runFolder, port);
  return found?.alive === true && found.run.instance === instance;
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

function end(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
