import { join } from "node:path";
import { bundleConfig, configDir } from "./bundle_config.ts";
import { walk } from "./files.ts";

interface BundleOptions {
  readonly root: string;
  readonly minify: boolean;
  readonly modules: readonly {
    readonly name: string;
    readonly specifier: string;
  }[];
}

export interface Chunk {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

const RUNTIME = new URL("../runtime/client/mod.ts", import.meta.url).href;

/**
 * Bundles the client runtime and each island module with `deno bundle`, one entry each, with shared code split
 * out, so that a page loads one copy of Preact whatever islands it has. Without islands there is nothing to load.
 */
export async function bundleIslands(
  { root, minify, modules }: BundleOptions,
): Promise<Chunk[]> {
  if (modules.length === 0) return [];
  const project = await configDir(root);
  const work = await Deno.makeTempDir({ prefix: "fresh-bundle-" });
  try {
    const entries = join(work, "entries");
    const output = join(work, "output");
    await Deno.mkdir(entries);
    await Deno.writeTextFile(
      join(entries, "deno.json"),
      JSON.stringify(await bundleConfig(project)),
    );
    await copyLock(project, entries);
    const all = [{ name: "fresh-runtime", specifier: RUNTIME }, ...modules];
    for (const { name, specifier } of all) {
      await Deno.writeTextFile(
        join(entries, `${name}.js`),
        entryModule(specifier),
      );
    }
    await run(
      entries,
      output,
      minify,
      all.map(({ name }) => join(entries, `${name}.js`)),
    );
    const paths = await walk(output);
    return await Promise.all(paths.map(async (path) => {
      return {
        name: path.slice(output.length + 1),
        content: await Deno.readFile(path),
      };
    }));
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function run(
  entries: string,
  output: string,
  minify: boolean,
  files: readonly string[],
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      `--config=${join(entries, "deno.json")}`,
      "--platform=browser",
      "--code-splitting",
      ...(minify ? ["--minify"] : []),
      `--outdir=${output}`,
      ...files,
    ],
    cwd: entries,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(
      `Cannot bundle the islands: ${new TextDecoder().decode(stderr).trim()}`,
    );
  }
}

/**
 * Returns a module that re-exports everything. A module without a
 * default export yields `undefined` for it, which is harmless.
 */
function entryModule(specifier: string): string {
  const from = JSON.stringify(specifier);
  return `export * from ${from};\nimport * as all from ${from};\nexport default all.default;\n`;
}

/** Copies the lock file, so that the bundle uses the project's versions and cannot change the original. */
async function copyLock(project: string, target: string): Promise<void> {
  try {
    await Deno.copyFile(join(project, "deno.lock"), join(target, "deno.lock"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
