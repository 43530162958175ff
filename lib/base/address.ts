/**
 * Where the program's own files are. In the sources a module is in its room; in the built bundle all modules
 * are in one folder below the project root.
 */

/** True when the running code is the bundle the build made of the sources. */
export const IS_BUNDLED = !import.meta.url.endsWith("/lib/base/address.ts");

/** The root folder of the program. */
export const ROOT = new URL(IS_BUNDLED ? "../" : "../../", import.meta.url);

/** The entry module. */
export const ENTRY = normalizePath(IS_BUNDLED ? "_program/cli.js" : "cli.ts");

/** The arguments of `deno run` that start this program again. */
export const RUN_AGAIN: readonly string[] = IS_BUNDLED
  // With a config file, the runtime uses 33 MB for resolving packages, and the bundle has none.
  ? ["--no-config", "--unstable-cron", "--unstable-kv", ENTRY]
  : [`--config=${normalizePath("deno.json")}`, "--cached-only", ENTRY];

/** @param source path from the root @param bundle name of the bundle part that exports the same */
export function moduleAddress(source: string, bundle: string): string {
  return IS_BUNDLED ? new URL(`./${bundle}.js`, import.meta.url).href : new URL(source, ROOT).href;
}

function normalizePath(path: string): string {
  return decodeURIComponent(new URL(path, ROOT).pathname);
}
