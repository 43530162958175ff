/**
 * Builds what browsers load (islands and stylesheets) and the server's entry into `_fresh/`, and the bundle of
 * the whole program into `_program/`.
 *
 *     deno run -A dev/build.ts [--force]
 *
 * Does nothing while the sources are unchanged since the last build; `--force` builds anyway.
 */
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OUT_DIR = join(ROOT, "_fresh");
/** Where modules expect the program around them: one folder below the root, like the sources. */
const BUNDLE_DIR = join(ROOT, "_program");
/** Stores the hash of the sources a folder was built from. */
const RECORD = "sources.sha256";
/**
 * Generated static files: the stylesheets. Beside `_fresh/`,
 * because Fresh ignores static files inside its output.
 */
const GENERATED = join(ROOT, "_static");

/**
 * What the dashboard depends on. Islands may import `lib/model` and `lib/ui`, which may import
 * `lib/base/text.ts` and `lib/base/nearest.ts`.
 */
const PAGES: readonly string[] = [
  "deno.json",
  "deno.lock",
  "dev/build.ts",
  "dev/markup_classes.ts",
  "dev/styles.ts",
  "dev/used_rules.ts",
  "islands",
  "lib/fresh",
  "lib/model",
  "lib/base/nearest.ts",
  "lib/base/text.ts",
  "lib/ui",
  "main.ts",
  "routes",
  "static",
];
/** What the bundle contains in addition. */
const PROGRAM: readonly string[] = [...PAGES, "cli.ts", "dev/bundle.ts", "lib", "providers"];

/**
 * Ensures that `_fresh/` matches the sources, and returns whether it had to build. Safe to call from several
 * processes at once: one builds, the others wait.
 */
export async function ensureBuilt(options: { readonly force?: boolean } = {}): Promise<boolean> {
  return await ensure({ ...options, folder: OUT_DIR, sources: PAGES, make: build });
}

/** Does the same for the bundle of the program, which includes the dashboard. */
export async function ensureBundled(options: { readonly force?: boolean } = {}): Promise<boolean> {
  const built = await ensureBuilt(options);
  const make = async () => {
    const { bundleProgram } = await import("./bundle.ts");
    await bundleProgram(ROOT, BUNDLE_DIR);
  };
  return await ensure({ ...options, folder: BUNDLE_DIR, sources: PROGRAM, make }) || built;
}

interface Target {
  readonly folder: string;
  readonly sources: readonly string[];
  readonly force?: boolean;
  readonly make: () => Promise<void>;
}

async function ensure({ folder, sources, force = false, make }: Target): Promise<boolean> {
  const hash = await hashSources(sources);
  const record = join(folder, RECORD);
  if (!force && await readRecord(record) === hash) return false;

  await Deno.mkdir(folder, { recursive: true });
  using lock = await Deno.open(join(folder, ".lock"), { create: true, write: true });
  await lock.lock(true);
  // Another process may have built while this one waited.
  if (!force && await readRecord(record) === hash) return false;
  await make();
  await Deno.writeTextFile(record, hash);
  return true;
}

/** Imports the builder only when there is something to build, so that a check costs little. */
async function build(): Promise<void> {
  const [{ Builder }, { buildStylesheets }] = await Promise.all([import("fresh/dev"), import("./styles.ts")]);
  await Deno.mkdir(GENERATED, { recursive: true });
  for (const [name, text] of Object.entries(await buildStylesheets())) {
    await Deno.writeTextFile(join(GENERATED, name), text);
  }
  const staticDir = [GENERATED, "static"];
  await new Builder({ root: ROOT, outDir: OUT_DIR, staticDir, compress }).build();
}

/** Shortens a minified script further: the bundler renames and removes, but rewrites little. */
async function compress(code: string): Promise<string> {
  const { minify } = await import("terser");
  const { code: compressed = code } = await minify(code, {
    module: true,
    ecma: 2020,
    compress: { passes: 3 },
  });
  return compressed;
}

/**
 * Has the runtime find the imports of all modules of a folder, and keep them in its own folder. A server that is
 * the first to load them would parse them all for that, and hold the memory it took until it ends.
 *
 * @param cache the runtime's folder; its own by default
 */
export async function findImports(folder: string, cache?: string): Promise<void> {
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) =>
    name.endsWith(".js")
  );
  // Whatever fails here costs memory and nothing else.
  await new Deno.Command(Deno.execPath(), {
    // Names alone, because some systems limit the length of all arguments together.
    args: ["cache", "--quiet", "--no-config", ...names.sort().map((name) => `./${name}`)],
    cwd: folder,
    env: cache === undefined ? {} : { DENO_DIR: cache },
    stdout: "null",
    stderr: "null",
  }).output();
}

async function readRecord(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function hashSources(sources: readonly string[]): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [encode(`deno ${Deno.version.deno}`)];
  for (const source of sources) {
    for (const path of await filesAt(join(ROOT, source))) {
      parts.push(encode(`\n${relative(ROOT, path)}\n`), await Deno.readFile(path));
    }
  }
  const content = await new Blob(parts).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
}

/** Returns the file, or all files below the directory in a fixed order; empty when nothing exists there. */
async function filesAt(path: string): Promise<string[]> {
  try {
    if ((await Deno.stat(path)).isFile) return [path];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  const names = Array.from(Deno.readDirSync(path), (entry) => entry.name).sort();
  return (await Promise.all(names.map((name) => filesAt(join(path, name))))).flat();
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

if (import.meta.main) {
  const began = performance.now();
  // Importing one package makes the runtime fetch all of them. After that, commands started with --cached-only
  // need no registry.
  await import("preact");
  const built = await ensureBundled({ force: Deno.args.includes("--force") });
  if (built) await findImports(BUNDLE_DIR);
  if (built) console.log(`Built _fresh/ and _program/ in ${Math.round(performance.now() - began)} ms`);
}
