/** `syntrack logs`: the last lines of the log, and new ones as they come. */
import { followLog, lastLines } from "../../daemon/log_lines.ts";
import { plain } from "../../base/text.ts";
import { EXIT_OK, failure } from "../io.ts";
import { pathsFor } from "../daemon_paths.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, wholeNumber } from "../values.ts";

export async function logs(tools: Tools): Promise<number> {
  const count = wholeNumber(tools.typed, "lines", 200, 0, 100_000);
  const paths = pathsFor(tools.io, hasFlag(tools.typed, "test"));
  if (!paths) throw failure("There is no log: there is no home folder", "Set HOME");
  const { logFile } = paths;
  const follow = hasFlag(tools.typed, "follow");
  const lines = lastLines(logFile, count);
  if (tools.json) {
    tools.printJson({ path: logFile, lines });
    return EXIT_OK;
  }
  if (lines.length === 0 && !follow) {
    tools.report(`${logFile} does not exist yet: \`syntrack start\` creates it`);
    return EXIT_OK;
  }
  tools.print(...lines.map((line) => plain(line, Number.MAX_SAFE_INTEGER)));
  if (!follow) return EXIT_OK;
  const controller = new AbortController();
  const leave = tools.io.onStop(() => controller.abort());
  try {
    await followLog(logFile, {
      clock: tools.io.clock,
      signal: controller.signal,
      take: (text) => tools.io.stdout.write(text),
    });
  } finally {
    leave();
  }
  return EXIT_OK;
}
