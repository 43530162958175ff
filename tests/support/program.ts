/** The program as the system runs it: a process of its own, with a folder of the test's for home. */
import { fileURLToPath } from "node:url";
import type { Place } from "../cli/support.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** The program with its arguments, in an environment of the place's own. */
export function command(
  place: Place,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin: "null" | "piped" = "null",
  within: readonly string[] = [],
): Deno.Command {
  const [program = Deno.execPath(), ...before] = [...within, Deno.execPath()];
  return new Deno.Command(program, {
    args: [...before, "run", "-A", "--config", CONFIG, CLI, ...args],
    cwd: place.folder,
    clearEnv: true,
    env: {
      // Packages are found where they were found before; everything else is the place's own.
      DENO_DIR: denoDir(),
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

function denoDir(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"], stdout: "piped" })
    .outputSync();
  return (JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string }).denoDir;
}

export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/**
 * The first lines a running program prints, and how to stop it.
 *
 * @param within a command that starts the program in a world of its own
 */
export async function running(
  place: Place,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  count = 1,
  within: readonly string[] = [],
) {
  const child = command(place, args, env, "null", within).spawn();
  const messages = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (line.split("\n").length <= count) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`"${args.join(" ")}" ended before it printed a line: ${await messages}`);
    line += value;
  }
  return {
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
