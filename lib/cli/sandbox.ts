/**
 * `syntrack serve --sandbox`: the same server started again, with only the permissions and the environment
 * that the findings of discovery need. The runtime refuses what the list does not name.
 */
import { RUN_AGAIN } from "../base/address.ts";
import { ALLOCATOR } from "../daemon/allocator.ts";
import { CHILD_VARIABLE } from "../daemon/child.ts";
import { grantedEnvironment } from "../sandbox/permissions.ts";
import { inspectToGrant, listFlags, listWarnings } from "./inspect.ts";
import { forwardOptions } from "./forward_options.ts";
import { failure } from "./io.ts";
import { replaceProcess } from "./replace_process.ts";
import { RUNTIME } from "./runtime_flags.ts";
import type { Tools } from "./tools.ts";

/** @returns the server's exit code, where this process cannot become the server. @throws {CliError} when nothing can be restricted */
export async function serveInSandbox(tools: Tools): Promise<number> {
  if (Deno.build.standalone) {
    throw failure(
      "--sandbox needs the runtime: an executable has the permissions it was compiled with, which are all",
      "Run it from a clone: `deno task start`. docs/permissions.md says what the executable may do",
    );
  }
  const inspected = await inspectToGrant(tools);
  const flags = listFlags(inspected);
  for (const warning of listWarnings(inspected)) tools.report(`syntrack: ${warning}`);
  const { args, env } = forwardOptions(tools.typed);
  const child = tools.io.env[CHILD_VARIABLE];
  const command = [
    "run",
    RUNTIME,
    ...flags,
    ...RUN_AGAIN,
    "serve",
    ...args.filter((arg) => arg !== "--sandbox"),
    ...tools.json ? ["--json"] : [],
  ];
  const granted = {
    ...ALLOCATOR,
    ...grantedEnvironment(inspected.found, inspected.program, tools.io.env),
    ...env,
    DENO_NO_UPDATE_CHECK: "1",
    // The process that started this in the background waits for the server itself.
    ...child === undefined ? {} : { [CHILD_VARIABLE]: child },
  };
  replaceProcess(Deno.execPath(), command, granted);
  const server = spawn(command, granted);
  // Ctrl-C reaches the whole group; a signal to this process alone is passed on.
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    if (Deno.build.os === "windows") break;
    Deno.addSignalListener(signal, () => server.kill(signal));
  }
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGINT", () => {});
  return (await server.status).code;
}

function spawn(args: readonly string[], env: Record<string, string>): Deno.ChildProcess {
  try {
    return new Deno.Command(Deno.execPath(), {
      args: [...args],
      clearEnv: true,
      env,
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw failure(
      "--sandbox restarts the server, and this process is not allowed to start programs",
      "Run it with --allow-run=deno, or pass the list yourself: deno run $(syntrack doctor --permissions) ...",
    );
  }
}
