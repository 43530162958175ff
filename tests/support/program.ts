/** The program as the system runs it: a separate process, with a folder of the test as home. */
import { fileURLToPath } from "node:url";
import { ensureBundled } from "../../dev/build.ts";
import type { CliHome } from "../cli/support.ts";

const CLI = fileURLToPath(new URL("../../_program/cli.js", import.meta.url));
/** As the tasks and installed programs start it. */
const START = ["--cached-only", "--no-config", "--unstable-cron", "--unstable-kv"];

await ensureBundled();
const DENO_DIR = await readDenoDir();

/** Returns a command that runs the program with arguments, in the environment of the place. */
export function createCommand(
  place: CliHome,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin: "null" | "piped" = "null",
  within: readonly string[] = [],
  permissions: readonly string[] = ["-A"],
): Deno.Command {
  const [program = Deno.execPath(), ...before] = [...within, Deno.execPath()];
  return new Deno.Command(program, {
    args: [...before, "run", ...permissions, ...START, CLI, ...args],
    cwd: place.folder,
    clearEnv: true,
    env: {
      // What the runtime has compiled comes from the same cache; everything else belongs to the place.
      DENO_DIR,
      PATH: Deno.env.get("PATH") ?? "",
      TMPDIR: place.folder,
      HOME: place.folder,
      SYNTRACK_DB_PATH: place.dbPath,
      ...place.env,
      ...env,
    },
    stdin,
    stdout: "piped",
    stderr: "piped",
  });
}

async function readDenoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { readonly denoDir: string }).denoDir;
}

export const decodeText = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/**
 * Returns the first lines that a running program prints, and a function that stops it.
 *
 * @param within a command that starts the program in an isolated environment
 */
export async function startProgram(
  place: CliHome,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  count = 1,
  within: readonly string[] = [],
  permissions: readonly string[] = ["-A"],
) {
  const child = createCommand(place, args, env, "null", within, permissions).spawn();
  const messages = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (line.split("\n").length <= count) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`"${args.join(" ")}" ended before it printed a line: ${await messages}`);
    line += value;
  }
  return {
    pid: child.pid,
    url: line.split("\n")[0]!.trim(),
    lines: line.trim().split("\n"),
    async stop(signal: Deno.Signal) {
      child.kill(signal);
      const { code } = await child.status;
      await reader.cancel();
      return { code, stderr: await messages };
    },
  };
}
