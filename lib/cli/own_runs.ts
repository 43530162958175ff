/** Selects one of this user's servers. */
import type { FoundRun } from "../daemon/run_file.ts";
import { listRuns } from "../daemon/run_file.ts";
import { failure } from "./io.ts";
import type { Tools } from "./tools.ts";
import { parseTypedText } from "./values.ts";

/**
 * Returns the running server, on the typed port if there is one; null when none runs.
 *
 * @throws {CliError} when several run and none was named
 */
export function chooseRun(tools: Tools, folder: string): FoundRun["run"] | null {
  const alive = listRuns(folder).flatMap(({ run, alive }) => alive ? [run] : []);
  const port = parseTypedText(tools.typed, "port");
  if (port !== undefined) return alive.find((run) => String(run.port) === port.trim()) ?? null;
  const [first, second] = alive;
  if (second === undefined) return first ?? null;
  throw failure(
    `You have several servers running: ${alive.map(({ url, pid }) => `${url} (process ${pid})`).join(", ")}`,
    "Name one with --port",
  );
}

/** Explains that nothing runs, and on which ports others do, if a port was named. */
export function notRunningText(tools: Tools, folder: string): string {
  const port = parseTypedText(tools.typed, "port");
  const others = listRuns(folder).filter(({ alive }) => alive).map(({ run }) => run.port);
  if (port === undefined || others.length === 0) return "You have no server running";
  return `You have no server running on port ${port}; there is one on ${others.join(", ")}`;
}
