/** Ends one of our servers: by request, then by a signal, and finally by force. Never by process name. */
import type { Clock } from "../base/clock.ts";
import { askToStop } from "./control.ts";
import { readPidSpace, readRun, type Run } from "./run_file.ts";

/** `asked`: it stopped on request; `signal`: it needed a signal; `killed`: it ignored that too. */
export type StopResult = "asked" | "signal" | "killed" | "not-running" | "still-running";

/** A server allows itself ten seconds; this allows a little more. */
const MAX_STOP_MS = 12_000;
const MAX_SIGNAL_MS = 3_000;
const LOOK_MS = 25;

export async function stopRun(folder: string, run: Run, clock: Pick<Clock, "sleep">): Promise<StopResult> {
  const isAlive = () => {
    const found = readRun(folder, run.port);
    return found?.alive === true && found.run.instance === run.instance;
  };
  const isOver = async (maxMs: number) => {
    const { signal } = new AbortController();
    for (let waited = 0; waited < maxMs; waited += LOOK_MS) {
      if (!isAlive()) return true;
      await clock.sleep(LOOK_MS, signal);
    }
    return !isAlive();
  };
  if (!isAlive()) return "not-running";
  const isConfirmed = await askToStop(run);
  if (isConfirmed && await isOver(MAX_STOP_MS)) return "asked";
  // The lock shows that the process which wrote its id lives; the namespace shows that the id is valid here.
  if (run.pidSpace !== readPidSpace()) return isAlive() ? "still-running" : "asked";
  if (!isConfirmed && signal(run.pid, "SIGTERM") && await isOver(MAX_STOP_MS)) return "signal";
  if (!isAlive()) return "signal";
  signal(run.pid, "SIGKILL");
  return await isOver(MAX_SIGNAL_MS) ? "killed" : "still-running";
}

function signal(pid: number, name: Deno.Signal): boolean {
  try {
    Deno.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
