/** Compiles one executable for one target, or returns the reason why it cannot. */
import { join } from "node:path";
import { VERSION } from "../../lib/base/version.ts";
import { COMPILE_ARGS, COMPILED_ENTRY } from "../compile.ts";
import { platformOfExecutable, type Target } from "./targets.ts";

export interface CompileOptions {
  readonly root: string;
  readonly folder: string;
  /** The compiler. @default {the running runtime} */
  readonly compiler?: string;
}

export type Compiled = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly missing: string };

/** Besides itself, `deno compile` needs a runtime for the target, which it downloads once unless cached. */
export async function compileTarget(target: Target, options: CompileOptions): Promise<Compiled> {
  const { root, folder, compiler = Deno.execPath() } = options;
  const output = join(folder, target.executable);
  const isOwn = target.triple === Deno.build.target;
  // A given runtime is for this machine, and would be used for any target.
  const runtime = Deno.env.get("DENORT_BIN");
  if (runtime && !isOwn) {
    return { missing: "DENORT_BIN names a runtime of this machine, which cannot be used for another system" };
  }
  const { success, stderr } = await new Deno.Command(compiler, {
    args: ["compile", ...COMPILE_ARGS, "--target", target.triple, "--output", output, COMPILED_ENTRY],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) return { missing: reasonIn(new TextDecoder().decode(stderr)) };
  const bytes = await Deno.readFile(output);
  const found = platformOfExecutable(bytes);
  if (found !== target.platform) {
    return { missing: `the compiler made an executable for ${found ?? "an unknown system"}` };
  }
  if (isOwn) {
    const problem = await tryOut(output);
    if (problem !== null) return { missing: problem };
  }
  await Deno.remove(output);
  return { bytes };
}

/** Runs an executable of this machine. Returns null when it is as expected. */
async function tryOut(path: string): Promise<string | null> {
  const { success, stdout, stderr } = await new Deno.Command(path, { args: ["--version"] }).output();
  const text = new TextDecoder();
  const said = text.decode(stdout).trim();
  if (success && said === `syntrack ${VERSION}`) return null;
  return `the executable answers --version with "${said || text.decode(stderr).trim()}"`;
}

/**
 * Returns the first sentence and the last cause, which is the useful one: an unreachable host, a full disk.
 */
function reasonIn(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const error = lines.find((line) => line.startsWith("error"));
  const causes = lines.slice(lines.findIndex((line) => line.startsWith("Caused by")) + 1);
  return [...new Set([error, causes.at(-1)])].filter((line) => line !== undefined).join(" - ") ||
    "the compiler said nothing";
}
