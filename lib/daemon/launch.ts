/** Starts a server that outlives this process, and waits until exactly that server answers. */
import type { Clock } from "../base/clock.ts";
import { type Child, CHILD_VARIABLE } from "./child.ts";
import { isAnswering } from "./control.ts";
import { listRuns, type Run } from "./run_file.ts";

export interface LaunchOptions {
  /** The runtime or the executable. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  readonly child: Child;
  readonly runFolder: string;
  readonly clock: Clock;
  /**
   * How long it may take to answer.
   * @default {60 s}
   */
  readonly maxMs?: number;
}

export type LaunchResult =
  | { readonly run: Run }
  /** It exited before it answered. */
  | { readonly ended: number }
  /** It runs but does not answer yet. */
  | { readonly late: number };

/** A small or busy machine takes long to load the program; one that cannot start exits, which ends the wait at once. */
export const MAX_START_MS = 60_000;
const LOOK_MS = 20;

export async function launch(options: LaunchOptions): Promise<LaunchResult> {
  const { child, clock, runFolder, maxMs = MAX_START_MS } = options;
  const process = new Deno.Command(options.program, {
    args: [...options.args],
    cwd: options.cwd,
    env: { ...options.env, [CHILD_VARIABLE]: JSON.stringify(child) },
    // Its own session: no terminal, and no signals sent to this process's group.
    detached: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  // An object, since the callback sets it while this function waits.
  const end: { code: number | null } = { code: null };
  void process.status.then(({ code }) => end.code = code);
  process.unref();
  const { signal } = new AbortController();
  // A server that accepts connections but answers none uses up the time as well.
  const until = performance.now() + maxMs;
  for (let rest = maxMs; rest > 0; rest = until - performance.now()) {
    const run = listRuns(runFolder).find((one) => one.alive && one.run.instance === child.instance)?.run;
    if (run && await isAnswering(run, rest)) return { run };
    if (end.code !== null) return { ended: end.code };
    await clock.sleep(LOOK_MS, signal);
  }
  return { late: process.pid };
}
