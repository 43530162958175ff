/** `syntrack health`: whether the server answers and can read its data, for containers and other supervisors. */
import { askHealth, type HealthAnswer } from "../../daemon/health.ts";
import { pathsFor } from "../daemon_paths.ts";
import { EXIT_FAILED, EXIT_OK, failure } from "../io.ts";
import { chooseRun, notRunningText } from "../own_runs.ts";
import type { Tools } from "../tools.ts";
import { hasFlag } from "../values.ts";

/** A container that waits longer for its check counts it as failed anyway. */
const ASK_MS = 5_000;

const PROBLEMS: Readonly<Record<Exclude<HealthAnswer, "ok">, string>> = {
  failing: "answers that it cannot read its data",
  stranger: "does not answer: another program does in its place",
  silent: "does not answer",
};

export async function health(tools: Tools): Promise<number> {
  const paths = pathsFor(tools.io, hasFlag(tools.typed, "test"));
  const run = paths && chooseRun(tools, paths.runFolder);
  if (!paths || !run) {
    const reason = paths ? notRunningText(tools, paths.runFolder) : "You have no server running";
    if (!tools.json) throw failure(reason, "`syntrack start` starts one");
    tools.printJson({ healthy: false, reason });
    return EXIT_FAILED;
  }
  const { port, pid, url } = run;
  const answered = await askHealth(run, ASK_MS);
  const healthy = answered === "ok";
  if (tools.json) {
    tools.printJson({ healthy, port, pid, url, ...!healthy && { reason: PROBLEMS[answered] } });
    return healthy ? EXIT_OK : EXIT_FAILED;
  }
  if (!healthy) {
    throw failure(`The server on port ${port} (process ${pid}) ${PROBLEMS[answered]}`, "See `syntrack logs`");
  }
  tools.print(`The server on port ${port} is healthy`);
  return EXIT_OK;
}
