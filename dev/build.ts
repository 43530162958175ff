/**
 * Builds what browsers load, islands and stylesheet, and the entry of the server into `_fresh/`.
 *
 *     deno run -A dev/build.ts [--force]
 *
 * Nothing is done while the sources are those of the last build; `--force` builds anyway.
 */
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OUT_DIR = join(ROOT, "_fresh");
/** Holds the hash of the sources the build was made of. */
const RECORD = join(OUT_DIR, "sources.sha256");
/** Static files that are made, not kept: the stylesheet. */
const GENERATED = join(OUT_DIR, "generated");

/** What a build depends on. Islands may import `lib/model` and `lib/ui` and nothing else of the program. */
const SOURCES: readonly string[] = [
  "deno.json",
  "deno.lock",
  "dev/build.ts",
  "dev/styles.ts",
  "islands",
  "lib/fresh",
  "lib/model",
  "lib/ui",
  "main.ts",
  "routes",
  "static",
];

/**
 * Makes sure that `_fresh/` fits the sources, and says whether it had to build. Safe to call from several
 * processes at once: one builds, the others wait for it.
 */
export async function ensureBuilt(options: { readonly force?: boolean } = {}): Promise<boolean> {
  const sources = await hashSources();
  if (!options.force && await recorded() === sources) return false;

  await Deno.mkdir(OUT_DIR, { recursive: true });
  using lock = await Deno.open(join(OUT_DIR, ".lock"), { create: true, write: true });
  await lock.lock(true);
  // Another process may have built while this one waited.
  if (!options.force && await recorded() === sources) return false;
  await build();
  await Deno.writeTextFile(RECORD, sources);
  return true;
}

/** Imported only when there is something to build, so that asking costs little. */
async function build(): Promise<void> {
  const [{ Builder }, { buildStylesheet }] = await Promise.all([import("fresh/dev"), import("./styles.ts")]);
  await Deno.mkdir(GENERATED, { recursive: true });
  await Deno.writeTextFile(join(GENERATED, "styles.css"), await buildStylesheet());
  await new Builder({ root: ROOT, outDir: OUT_DIR, staticDir: [GENERATED, "static"] }).build();
}

async function recorded(): Promise<string | null> {
  try {
    return await Deno.readTextFile(RECORD);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function hashSources(): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [encode(`deno ${Deno.version.deno}`)];
  for (const source of SOURCES) {
    for (const path of await filesAt(join(ROOT, source))) {
      parts.push(encode(`\n${relative(ROOT, path)}\n`), await Deno.readFile(path));
    }
  }
  const content = await new Blob(parts).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
}

/** The file, or all files below the directory in a fixed order; none if nothing is there. */
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
  const built = await ensureBuilt({ force: Deno.args.includes("--force") });
  if (built) console.log(`Built _fresh/ in ${Math.round(performance.now() - began)} ms`);
}
