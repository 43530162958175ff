/**
 * `syntrack serve --sandbox`: the same server in a process of its own with no more permissions, and no more of the
 * environment, than what was found needs. What the list does not name, the runtime refuses.
 */
import { RUN_AGAIN } from "../base/address.ts";
import { grantedEnvironment } from "../sandbox/permissions.ts";
import { flagsOf, inspectToGrant, warningsOf } from "./inspect.ts";
import { failure } from "./io.ts";
import { LISTENING } from "./options.ts";
import type { Tools } from "./tools.ts";
import { hasFlag, textOf } from "./values.ts";

/** A small young generation keeps the memory of an idle server down, and an old one that grows slowly that of a busy one. */
const RUNTIME = "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=25";
/** Options of `serve` that are handed on. */
const HANDED_ON = ["interval", "db", "config", "timezone", ...LISTENING.map(({ name }) => name)];

/** @returns the code the server ended with. @throws {CliError} where nothing can be narrowed */
export async function serveInSandbox(tools: Tools): Promise<number> {
  if (Deno.build.standalone) {
    throw failure(
      "--sandbox needs the runtime: an executable has the permissions it was compiled with, which are all",
      "Run it from a clone: `deno task start`. docs/permissions.md says what the executable may do",
    );
  }
  const inspected = await inspectToGrant(tools);
  const flags = flagsOf(inspected);
  for (const warning of warningsOf(inspected)) tools.tell(`syntrack: ${warning}`);
  const args = HANDED_ON.flatMap((name) => {
    const value = textOf(tools.typed, name);
    if (value !== undefined) return value.split("\n").map((one) => `--${name}=${one}`);
    return hasFlag(tools.typed, name) ? [`--${name}`] : [];
  });
  const child = spawn(
    [...flags, ...RUN_AGAIN, "serve", ...args, ...tools.json ? ["--json"] : []],
    {
      ...grantedEnvironment(inspected.found, inspected.program, tools.io.env),
      DENO_NO_UPDATE_CHECK: "1",
    },
  );
  // Ctrl-C reaches the whole group; a signal to this process alone is passed on.
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    if (Deno.build.os === "windows") break;
    Deno.addSignalListener(signal, () => child.kill(signal));
  }
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGINT", () => {});
  return (await child.status).code;
}

function spawn(args: readonly string[], env: Record<string, string>): Deno.ChildProcess {
  try {
    return new Deno.Command(Deno.execPath(), {
      args: ["run", RUNTIME, ...args],
      clearEnv: true,
      env,
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw failure(
      "--sandbox starts the server anew, and this process may start nothing",
      "Run it with --allow-run=deno, or hand the list over yourself: deno run $(syntrack doctor --permissions) ...",
    );
  }
}
