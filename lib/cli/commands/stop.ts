/** `syntrack stop`: ends the server in the background, and reports how it went. */
import { readRun } from "../../daemon/run_file.ts";
import { stopRun } from "../../daemon/stop.ts";
import { EXIT_OK, failure } from "../io.ts";
import { chooseRun, notRunningText } from "../own_runs.ts";
import { pathsFor } from "../daemon_paths.ts";
import type { Tools } from "../tools.ts";
import { hasFlag } from "../values.ts";

const HOW = {
  asked: "",
  signal: ", by a signal: it did not respond",
  killed: ", by force: it did not stop when asked. No stored data is lost",
  "not-running": "",
} as const;

export async function stop(tools: Tools): Promise<number> {
  const paths = pathsFor(tools.io, hasFlag(tools.typed, "test"));
  const run = paths && chooseRun(tools, paths.runFolder);
  if (!paths || !run) {
    const text = paths ? notRunningText(tools, paths.runFolder) : "You have no server running";
    if (tools.json) tools.printJson({ stopped: false, reason: text });
    else tools.print(text);
    return EXIT_OK;
  }
  const how = await stopRun(paths.runFolder, run, tools.io.clock);
  if (how === "still-running") {
    throw failure(
      `Cannot stop the server on port ${run.port} (process ${run.pid}): it was left running`,
      readRun(paths.runFolder, run.port)?.run.pidSpace
        ? "It may run in a container: stop it there"
        : "End it by its process id",
    );
  }
  if (tools.json) tools.printJson({ stopped: true, pid: run.pid, port: run.port, how });
  else tools.print(`Stopped the server on port ${run.port} (process ${run.pid})${HOW[how]}`);
  return EXIT_OK;
}
