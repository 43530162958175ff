/**
 * Builds a single executable that includes the dashboard.
 *
 *     deno run -A dev/compile.ts [--target x86_64-unknown-linux-gnu] [--output dist/syntrack]
 */
import { parseArgs } from "node:util";
import { ensureBundled } from "./build.ts";

/**
 * What to pack, and nothing else: the bundle, which contains every package it needs, and the dashboard's
 * files. A small young generation and a slowly growing old one keep memory low.
 */
export const COMPILE_ARGS: readonly string[] = [
  "-A",
  "--no-config",
  "--unstable-cron",
  "--unstable-kv",
  "--include",
  "_program",
  "--include",
  "_fresh/static",
  "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=25",
];
/** Its entry module. */
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
