/**
 * `syntrack serve --silent`: starts a server that outlives the command, and prints its address and process.
 */
import { startInBackground } from "./background.ts";
import { EXIT_OK, failure } from "./io.ts";
import { checkProgram } from "./program_for.ts";
import type { Tools } from "./tools.ts";

export async function serveSilently(tools: Tools): Promise<number> {
  if (Deno.pid === 1) {
    throw failure(
      "--silent would end this container, because this is its first process",
      "Leave --silent out: the server stays in the foreground",
    );
  }
  const program = checkProgram(tools, { quiet: true });
  tools.report("Starting the server and waiting until it answers");
  const { run, already } = await startInBackground(tools, program);
  if (tools.json) {
    tools.printJson({ url: run.url, port: run.port, pid: run.pid, log: run.log, already });
    return EXIT_OK;
  }
  tools.print(
    `${already ? "Already online" : "Online"}: ${run.url}`,
    `Running in the background. Stop it with \`kill ${run.pid}\` or \`syntrack stop\``,
    `PID: ${run.pid}`,
  );
  return EXIT_OK;
}
