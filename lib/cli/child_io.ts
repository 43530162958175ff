/** The command line of a server in the background: it has no terminal, and all its output goes to its log. */
import { parseChild, toLogLine } from "../daemon/child.ts";
import { openLogFile } from "../daemon/log_file.ts";
import type { Io, Sink } from "./io.ts";
import { main } from "./main.ts";

export async function runAsChild(args: readonly string[], io: Io): Promise<number> {
  const child = parseChild(io.env);
  if (child === null) return await main(args, io);
  const writeLine = openLogFile(child.log);
  const say = (text: string) => {
    for (const line of text.split("\n")) {
      if (line.trim() !== "") writeLine(toLogLine(line, io.clock.now(), child.format));
    }
  };
  const sink: Sink = { write: say, isTty: false, columns: null, rows: null };
  // An uncaught error ends the program, and without this the log would not say why.
  const logError = (error: unknown) =>
    say(`syntrack: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
  globalThis.addEventListener("error", ({ error }) => logError(error));
  globalThis.addEventListener("unhandledrejection", ({ reason }) => logError(reason));
  return await main(args, { ...io, stdout: sink, stderr: sink, child });
}
