/** `syntrack start`, and `syntrack` alone: starts a server in the background, and prints what it watches. */
import { containerAround } from "../../daemon/container.ts";
import { startInBackground } from "../background.ts";
import { printBanner } from "../banner.ts";
import { EXIT_OK, usageError } from "../io.ts";
import { checkProgram } from "../program_for.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";

export async function start(tools: Tools): Promise<number> {
  if (parseTypedText(tools.typed, "now") !== undefined) {
    throw usageError("--now is for commands that answer once; a server follows the clock");
  }
  if (hasFlag(tools.typed, "debug")) {
    const { serveHere } = await import("./serve.ts");
    return await serveHere(tools, { level: "debug", logLine: (line) => tools.print(line) });
  }
  const sign = containerAround(tools.io.env);
  if (sign !== null) {
    tools.report(
      `This is a container (${sign}), so the server stays in the foreground. ` +
        "To run in the background anyway, use `syntrack serve --silent` or set DOCKER_CONTAINER=0",
    );
    const { serveHere } = await import("./serve.ts");
    return await serveHere(tools);
  }
  const program = checkProgram(tools, { quiet: true });
  const starting = startInBackground(tools, program, { replace: hasFlag(tools.typed, "replace") });
  await printBanner(tools, program, starting);
  return EXIT_OK;
}
