/**
 * Makes a single executable that carries the dashboard in itself.
 *
 *     deno run -A dev/compile.ts [--target x86_64-unknown-linux-gnu] [--output dist/syntrack]
 */
import { parseArgs } from "node:util";
import { ensureBuilt } from "./build.ts";

/**
 * Leaves out the packages that only tests and the build import. `deno compile` would pack all that the lock names: a
 * browser driver and its like, 24 MB that never run. Older versions of Deno do not know it.
 */
export const LEAN_ARGS: readonly string[] = ["--exclude-unused-npm"];

/** What is packed besides the modules that the entry imports: the built dashboard, and with it every command. A small young generation keeps memory down. */
export const COMPILE_ARGS: readonly string[] = [
  "-A",
  "--include",
  "_fresh",
  "--v8-flags=--max-semi-space-size=4",
];

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { target: { type: "string" }, output: { type: "string", default: "dist/syntrack" } },
  });
  await ensureBuilt();
  const args = ["compile", ...LEAN_ARGS, ...COMPILE_ARGS, "--output", values.output];
  if (values.target !== undefined) args.push("--target", values.target);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "cli.ts"],
    cwd: new URL("../", import.meta.url),
  }).output().then((output) => {
    Deno.stderr.writeSync(output.stderr);
    return output;
  });
  Deno.exit(code);
}
