/**
 * Older runtimes that hosts still use, fetched from npm by `.ci/run`. If one is missing, its tests are reported as
 * ignored, with the reason in their name.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUILT_VARIABLE, ensureBuiltOnce } from "./build_once.ts";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The one that Deno Deploy states, and the newest one between it and ours that npm has. */
export const OLDEST = "2.5.0";
export const BETWEEN = "2.6.8";

const FOLDER = Deno.env.get("SYNTRACK_OLD_RUNTIMES") ??
  join(
    Deno.env.get("XDG_CACHE_HOME") ||
      join(Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? ".", ".cache"),
    "syntrack-runtimes",
  );

/** Returns the path of a runtime, or null if it was not fetched. */
export function findRuntime(version: string): string | null {
  const packages = join(FOLDER, version, "node_modules", "@deno");
  try {
    for (const { name } of Deno.readDirSync(packages)) {
      const path = join(packages, name, Deno.build.os === "windows" ? "deno.exe" : "deno");
      if (Deno.statSync(path).isFile) return path;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return null;
}

/** Registers a test that needs an older runtime. */
export function runtimeTest(version: string, name: string, run: (path: string) => Promise<void>): void {
  const path = findRuntime(version);
  Deno.test({
    name: path === null ? `${name} (ignored: no Deno ${version} in ${FOLDER}, see .ci/run)` : name,
    ignore: path === null,
    fn: () => run(path!),
  });
}

export interface Ended {
  readonly code: number;
  readonly text: string;
}

/**
 * Returns the cache of a runtime: its own, with the packages of ours. In one cache each version discards what the other one
 * has stored, so that both would transpile every source again and again.
 */
export async function cacheOf(runtime: string): Promise<string> {
  const cache = join(runtime, "../../../..", "cache");
  await Deno.mkdir(cache, { recursive: true });
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout)) as { readonly denoDir: string };
  for (const name of ["npm", "remote"]) {
    const [from, to] = [join(denoDir, name), join(cache, name)];
    await Deno.mkdir(from, { recursive: true });
    if (await Deno.readLink(to).catch(() => null) === from) continue;
    await Deno.remove(to).catch(() => {});
    // Another run may be making it, too.
    await Deno.symlink(from, to, { type: "junction" }).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    });
  }
  return cache;
}

/** Runs a runtime in the project until it exits. */
export async function runOld(
  path: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  await ensureBuiltOnce();
  const { code, stdout, stderr } = await new Deno.Command(path, {
    args: [...args],
    cwd: ROOT,
    // The registry may use a certificate that only this machine trusts.
    env: {
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
      DENO_TLS_CA_STORE: "mozilla,system",
      DENO_DIR: await cacheOf(path),
      [BUILT_VARIABLE]: "1",
      ...env,
    },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  return { code, text: text.decode(stdout) + text.decode(stderr) };
}
