import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

interface DenoConfig {
  readonly name?: string;
  readonly exports?: string | Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, string>>;
  readonly links?: readonly string[];
  readonly nodeModulesDir?: string;
}

/** Returns the nearest directory with a `deno.json`, from the app's root upwards. */
export async function configDir(root: string): Promise<string> {
  for (let dir = root;; dir = dirname(dir)) {
    try {
      await Deno.stat(join(dir, "deno.json"));
      return dir;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      if (dirname(dir) === dir) throw new Error(`Cannot bundle islands: no deno.json in ${root} or above it`);
    }
  }
}

/**
 * Returns the project's import map for the bundler. Relative targets become absolute, and linked packages
 * become their files, because the bundler runs elsewhere. JSX compiles to calls: the server's precompiled
 * templates do not work in a browser.
 */
export async function bundleConfig(dir: string): Promise<unknown> {
  const { imports = {}, links = [], nodeModulesDir = "none" } = await readConfig(dir);
  const linked = await Promise.all(links.map((link) => linkFiles(join(dir, link))));
  const files = new Map(linked.flat());
  const targets = Object.entries(imports).map(([name, target]) => {
    const file = files.get(target.replace(/^jsr:\/?(@[^/]+\/[^@/]+)(@[^/]*)?/, "$1"));
    return [name, file ?? (/^\.\.?\//.test(target) ? fileUrl(dir, target) : target)];
  });
  return {
    nodeModulesDir,
    imports: Object.fromEntries(targets),
    compilerOptions: { jsx: "react-jsx", jsxImportSource: "preact" },
  };
}

/** Returns the file behind each name a linked package exports, as `@scope/name/sub` to file. */
async function linkFiles(dir: string): Promise<[string, string][]> {
  const { name, exports = {} } = await readConfig(dir);
  if (name === undefined) {
    throw new TypeError(`Cannot link ${dir}: its deno.json has no name`);
  }
  const map = typeof exports === "string" ? { ".": exports } : exports;
  return Object.entries(map).map((
    [path, file],
  ) => [name + path.slice(1), fileUrl(dir, file)]);
}

async function readConfig(dir: string): Promise<DenoConfig> {
  return JSON.parse(await Deno.readTextFile(join(dir, "deno.json")));
}

function fileUrl(dir: string, path: string): string {
  return pathToFileURL(`${dir}/`).href + path.replace(/^\.\//, "");
}
