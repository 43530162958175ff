/**
 * Makes a single executable that carries the dashboard in itself.
 *
 *     deno run -A dev/compile.ts [--target x86_64-unknown-linux-gnu] [--output dist/syntrack]
 */
import { parseArgs } from "node:util";
import { ensureBundled } from "./build.ts";

/**
 * What is packed, and nothing else: the bundle, which has every package it needs in itself, and the files of the dashboard.
 * A small young generation and an old one that grows slowly keep memory down.
 */
export const COMPILE_ARGS: readonly string[] = [
  "-A",
  "--no-config",
  "--unstable-cron",
  "--include",
  "_program",
  "--include",
  "_fresh/static",
  "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=25",
];
/** What is started in it. */
export const COMPILED_ENTRY = "_program/cli.js";

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: { target: { type: "string" }, output: { type: "string", default: "dist/syntrack" } },
  });
  await ensureBundled();
  const args = ["compile", ...COMPILE_ARGS, "--output", values.output];
  if (values.target !== undefined) args.push("--target", values.target);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [...args, COMPILED_ENTRY],
    cwd: new URL("../", import.meta.url),
  }).output().then((output) => {
    Deno.stderr.writeSync(output.stderr);
    return output;
  });
  Deno.exit(code);
}
