/**
 * Where the modules of the program lie that are loaded by computed addresses: among the sources, or in the bundle, where
 * all lie in one folder below the root of the project.
 */

/** Whether what runs is the bundle that the build made of the sources. */
export const IS_BUNDLED = !import.meta.url.endsWith("/lib/base/address.ts");

/** The folder of the whole program. */
export const ROOT = new URL(IS_BUNDLED ? "../" : "../../", import.meta.url);

/** The module that the runtime runs. */
export const ENTRY = pathOf(IS_BUNDLED ? "_program/cli.js" : "cli.ts");

/** What `deno run` is given so that it runs this program once more. */
export const RUN_AGAIN: readonly string[] = IS_BUNDLED
  // With a configuration file in force the runtime keeps 33 MB for resolving packages, of which the bundle has none.
  ? ["--no-config", "--unstable-cron", ENTRY]
  : [`--config=${pathOf("deno.json")}`, "--cached-only", ENTRY];

/** @param source from the root @param bundle name of the part of the bundle that exports what it does */
export function moduleAddress(source: string, bundle: string): string {
  return IS_BUNDLED ? new URL(`./${bundle}.js`, import.meta.url).href : new URL(source, ROOT).href;
}

function pathOf(path: string): string {
  return decodeURIComponent(new URL(path, ROOT).pathname);
}
