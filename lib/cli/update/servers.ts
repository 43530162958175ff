/**
 * The servers of this user that an update restarts: those in the background, and that of a service manager.
 */
import { isAnswering } from "../../daemon/control.ts";
import { launch } from "../../daemon/launch.ts";
import { listRuns, type Run } from "../../daemon/run_file.ts";
import { SYSTEM_HOME } from "../../daemon/service/service.ts";
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

/** How long a new version may take to answer. */
const MAX_HEALTHY_MS = 20_000;
const LOOK_MS = 50;

/** @param executable the file to replace */
export function findServers(tools: Tools, executable: string): readonly RunningServer[] {
  const paths = pathsFor(tools.io, false);
  if (paths === null) return [];
  const managed = findManaged(tools, paths.runFolder);
  const background = aliveIn(paths.runFolder).filter(({ log }) => log !== null)
    .map((run) => backgroundServer(tools, paths.runFolder, run, executable));
  return [...managed, ...background];
}

/** Servers in a terminal, which only the person who started them can restart. */
export function foregroundRuns(tools: Tools): readonly Run[] {
  const paths = pathsFor(tools.io, false);
  return paths === null ? [] : aliveIn(paths.runFolder).filter(({ log }) => log === null);
}

function backgroundServer(tools: Tools, runFolder: string, run: Run, executable: string): RunningServer {
  const { clock, cwd } = tools.io;
  let current = run;
  return {
    name: `the server on port ${run.port}`,
    database: run.database,
    stop: async () => await stopRun(runFolder, current, clock) !== "still-running",
    async start(version) {
      const launched = await launch({
        program: executable,
        args: ["serve", ...run.args],
        cwd,
        env: { DENO_NO_UPDATE_CHECK: "1" },
        child: {
          instance: crypto.randomUUID(),
          log: run.log ?? "",
          format: run.args.includes("--log-format=json") ? "json" : "text",
          test: false,
        },
        runFolder,
        clock,
        mostMs: MAX_HEALTHY_MS,
      });
      if ("ended" in launched) return `it ended with code ${launched.ended} before it answered`;
      if ("late" in launched) {
        // Our own child, started a moment ago.
        end(launched.late);
        return `it did not answer within ${MAX_HEALTHY_MS / 1000} s`;
      }
      current = launched.run;
      return problemOf(launched.run, version);
    },
  };
}

/** The server a service manager of ours keeps running; it restarts it in one step. */
function findManaged(tools: Tools, userRuns: string): readonly RunningServer[] {
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
    return manager === null ? [] : [managedServer(tools, manager, runFolder)];
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

function managedServer(tools: Tools, manager: Manager, runFolder: string): RunningServer {
  const { clock } = tools.io;
  const own = () => aliveIn(runFolder).filter(({ log }) => log === null);
  return {
    name: `the service (${manager.name})`,
    database: own()[0]?.database ?? null,
    stop: () => Promise.resolve(true),
    async start(version) {
      const before = new Set(own().map(({ instance }) => instance));
      try {
        manager.restart();
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
      const { signal } = new AbortController();
      for (let waited = 0; waited < MAX_HEALTHY_MS; waited += LOOK_MS) {
        for (const run of own()) {
          if (!before.has(run.instance) && await isAnswering(run)) return problemOf(run, version);
        }
        await clock.sleep(LOOK_MS, signal);
      }
      return `it did not answer within ${MAX_HEALTHY_MS / 1000} s`;
    },
  };
}

function problemOf(run: Run, version: string | null): string | null {
  return version === null || run.version === version ? null : `it says it is ${run.version}`;
}

function aliveIn(runFolder: string): readonly Run[] {
  return listRuns(runFolder).flatMap(({ run, alive }) => alive ? [run] : []);
}

function end(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
