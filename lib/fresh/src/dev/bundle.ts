import { join } from "node:path";
import { bundleConfig, configDir } from "./bundle_config.ts";
import { type ChunkLinks, findClosure, normalizeChunk, parseLinks } from "./chunk_graph.ts";
import { type ChunkGroup, type PageKind, planChunks } from "./chunk_plan.ts";
import { walk } from "./files.ts";
import type { ModulePlace } from "./model.ts";
import { islandsOfPages } from "./page_islands.ts";

interface BundleOptions {
  readonly root: string;
  readonly minify: boolean;
  /** Makes a minified chunk smaller still. */
  readonly compress?: ((code: string) => Promise<string>) | undefined;
  readonly modules: readonly EntryModule[];
  /** Paths of the route files. */
  readonly routes: readonly string[];
}

interface EntryModule {
  readonly name: string;
  readonly specifier: string;
}

export interface Chunk {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

export interface Bundle {
  readonly chunks: readonly Chunk[];
  /** Where the exports of each module are, and those of the runtime, by the module's name. */
  readonly places: ReadonlyMap<string, ModulePlace>;
}

export const RUNTIME = {
  name: "fresh-runtime",
  specifier: new URL("../runtime/client/mod.ts", import.meta.url).href,
};

/**
 * Bundles the client runtime and the island modules with `deno bundle`, twice: first each module by itself with
 * shared code split out, so that a page loads one copy of Preact whatever islands it has; then together what the
 * same pages load. Without islands there is nothing to load.
 */
export async function bundleIslands(
  { root, minify, compress, modules, routes }: BundleOptions,
): Promise<Bundle> {
  if (modules.length === 0) return { chunks: [], places: new Map() };
  const project = await configDir(root);
  const work = await Deno.makeTempDir({ prefix: "fresh-bundle-" });
  try {
    const [entries, split, groups, output] = ["entries", "split", "groups", "output"].map((dir) =>
      join(work, dir)
    );
    await Deno.mkdir(entries!);
    await Deno.writeTextFile(join(entries!, "deno.json"), JSON.stringify(await bundleConfig(project)));
    await copyLock(project, entries!);
    const all = [RUNTIME, ...modules];
    const files = all.map(({ name }) => `${name}.js`);
    for (const { name, specifier } of all) {
      await Deno.writeTextFile(join(entries!, `${name}.js`), entryModule(specifier));
    }
    await run({ from: entries!, to: split!, files });
    const links = await readLinks(split!);
    const plan = planChunks(links, await findPages(entries!, routes, modules));
    const groupOf = await writeGroups({ plan, links, from: split!, to: groups!, entries: files });
    await run({ from: groups!, to: output!, files: [...new Set(groupOf.values())], minify });
    const made = await readLinks(output!);
    const places = new Map(all.map(({ name }) => {
      const exports = [...links.get(`${name}.js`)!.exports.keys()];
      return [name, findPlace(name, exports, groupOf.get(`${name}.js`)!, made)];
    }));
    // A chunk that only re-exports another one is not needed.
    const used = findClosure(Array.from(places.values(), ({ file }) => file), (name) => {
      return [...made.get(name)!.imports, ...made.get(name)!.loads];
    });
    const chunks = Array.from(used, async (name) => {
      const code = await Deno.readTextFile(join(output!, name));
      return { name, content: new TextEncoder().encode(minify && compress ? await compress(code) : code) };
    });
    return { chunks: await Promise.all(chunks), places };
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Returns where the exports of a module are, given those it has and the file of its group. */
function findPlace(
  module: string,
  exports: readonly string[],
  group: string,
  made: ReadonlyMap<string, ChunkLinks>,
): ModulePlace {
  const found = exports.map((name) => {
    const own = formatExports(module, name);
    return [name, made.get(group)!.exports.get(own) ?? { file: group, name: own }] as const;
  });
  const file = found[0]?.[1].file ?? group;
  if (found.some(([, place]) => place.file !== file)) {
    throw new Error(`Cannot bundle the islands: ${module} lies in several chunks`);
  }
  return { file, exports: Object.fromEntries(found.map(([name, place]) => [name, place.name])) };
}

/**
 * Returns the name under which a group exports a part of a module, since a group may hold several modules.
 */
function formatExports(module: string, name: string): string {
  return name === "default"
    ? `${module.replaceAll(/\W/g, "_")}_`
    : `${module.replaceAll(/\W/g, "_")}_${name}`;
}

/** Returns the kinds of pages by the islands they may have; an island of no route file has a page of its own. */
async function findPages(
  dir: string,
  routes: readonly string[],
  modules: readonly EntryModule[],
): Promise<readonly PageKind[]> {
  const specifiers = modules.map(({ specifier }) => specifier);
  const pages = (await islandsOfPages(dir, routes, specifiers)).filter((islands) => islands.length > 0);
  const alone = specifiers.filter((one) => !pages.some((page) => page.includes(one))).map((one) => [one]);
  const nameOf = new Map(modules.map(({ name, specifier }) => [specifier, `${name}.js`]));
  const kinds = Map.groupBy([...pages, ...alone], (page) => page.join("\n"));
  return Array.from(kinds.values(), (same) => {
    const entries = [`${RUNTIME.name}.js`, ...same[0]!.map((one) => nameOf.get(one)!)];
    return { entries, count: same.length };
  });
}

async function readLinks(dir: string): Promise<ReadonlyMap<string, ChunkLinks>> {
  const read = (await walk(dir)).map(async (path) => {
    const code = await Deno.readTextFile(path);
    return { name: path.slice(dir.length + 1), code, order: normalizeChunk(code) };
  });
  // By their content: their names, and so their order, are others in each folder, and with it what is merged.
  const chunks = (await Promise.all(read)).toSorted((a, b) =>
    a.order < b.order ? -1 : a.order > b.order ? 1 : 0
  );
  return new Map(chunks.map(({ name, code }) => [name, parseLinks(code)]));
}

interface Groups {
  readonly plan: readonly ChunkGroup[];
  readonly links: ReadonlyMap<string, ChunkLinks>;
  readonly from: string;
  readonly to: string;
  /** Chunks whose exports are used by name. */
  readonly entries: readonly string[];
}

/**
 * Writes the input of the second run: an entry for each group, which imports the groups it needs as a whole, so
 * that the same entries need all chunks of a group. Returns the file of each chunk's group.
 */
async function writeGroups({ plan, links, from, to, entries }: Groups): Promise<ReadonlyMap<string, string>> {
  await Deno.mkdir(join(to, "chunks"), { recursive: true });
  await Deno.writeTextFile(join(to, "deno.json"), "{}");
  const files = plan.map(({ chunks }, i) => {
    const entry = entries.find((name) => chunks.includes(name));
    return entry ?? `shared-${i}.js`;
  });
  const groupOf = new Map(plan.flatMap(({ chunks }, i) => chunks.map((name) => [name, files[i]!] as const)));
  for (const [i, { chunks, needs }] of plan.entries()) {
    const lines = [
      ...needs.map((j) => `import "./${files[j]}";`),
      ...chunks.map((name) => `import "./chunks/${name}";`),
      ...chunks.filter((name) => entries.includes(name)).map((name) => {
        const names = Array.from(links.get(name)!.exports.keys(), (exported) => {
          return `${exported} as ${formatExports(name.slice(0, -".js".length), exported)}`;
        });
        return `export { ${names.join(", ")} } from "./chunks/${name}";`;
      }),
    ];
    await Deno.writeTextFile(join(to, files[i]!), `${lines.join("\n")}\n`);
  }
  for (const [name, { imports }] of links) {
    const code = await Deno.readTextFile(join(from, name));
    const needed = groupOf.has(name) ? [] : new Set(imports.map((imported) => groupOf.get(imported)!));
    const lines = Array.from(needed, (file) => `import "../${file}";\n`);
    await Deno.writeTextFile(join(to, "chunks", name), lines.join("") + code);
  }
  return groupOf;
}

interface Run {
  readonly from: string;
  readonly to: string;
  readonly files: readonly string[];
  readonly minify?: boolean;
}

async function run({ from, to, files, minify = false }: Run): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      `--config=${join(from, "deno.json")}`,
      "--platform=browser",
      "--code-splitting",
      ...(minify ? ["--minify"] : []),
      `--outdir=${to}`,
      ...files.map((name) => join(from, name)),
    ],
    cwd: from,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`Cannot bundle the islands: ${new TextDecoder().decode(stderr).trim()}`);
  }
}

/**
 * Returns a module that re-exports everything. A module without a default export yields `undefined` for it, which
 * is harmless.
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
