/** What the chunks of a bundle import from one another, read from the text the bundler wrote. */

/** Files are those of one folder. */
export interface ChunkLinks {
  readonly imports: readonly string[];
  /** Chunks it loads later, by calling `import()`. */
  readonly loads: readonly string[];
  /** Its exports by name; for a re-export, the other chunk's file and the name there. */
  readonly exports: ReadonlyMap<string, Exported | null>;
  /** Length of its text, in every folder the same. */
  readonly size: number;
}

export interface Exported {
  readonly file: string;
  readonly name: string;
}

// The bundler writes each of these in one way only, minified or not, so that no parser is needed.
const IMPORT = /(?:^|;)import\s*(?:\{([^}]*)\}\s*from\s*)?"\.\/([^"/]+\.js)"/gm;
const LOAD = /\bimport\("\.\/([^"/]+\.js)"\)/g;
const EXPORTS = /(?:^|;)export\s*\{([^}]*)\}/gm;

/** Comments contain paths of the folder, and names of chunks hashes of them. */
const OF_FOLDER = /^\s*\/\/.*\n|\bchunk-[A-Z0-9]+\.js/gm;

/** Returns the text of a chunk as it is whatever folder the project is in. */
export function normalizeChunk(code: string): string {
  return code.replaceAll(OF_FOLDER, "");
}

export function parseLinks(code: string): ChunkLinks {
  const imports = [...code.matchAll(IMPORT)];
  const imported = new Map(
    imports.flatMap(([, names, file]) =>
      parsePairs(names).map(([name, local]) => [local, { file: file!, name }] as const)
    ),
  );
  const exported = [...code.matchAll(EXPORTS)].flatMap(([, names]) => parsePairs(names));
  return {
    imports: imports.map(([, , file]) => file!),
    loads: Array.from(code.matchAll(LOAD), ([, file]) => file!),
    exports: new Map(exported.map(([local, name]) => [name, imported.get(local) ?? null])),
    size: normalizeChunk(code).length,
  };
}

/** Reads `a as b, c`. */
function parsePairs(names = ""): readonly (readonly [string, string])[] {
  return names.split(",").map((one) => one.trim()).filter((one) => one !== "").map((one) => {
    const [name, other = name] = one.split(/\s+as\s+/);
    return [name!, other!];
  });
}

/** Returns these chunks, and those that must be loaded before they can run. */
export function findClosure(
  names: Iterable<string>,
  importsOf: (name: string) => readonly string[],
): ReadonlySet<string> {
  const found = new Set(names);
  for (const name of found) for (const imported of importsOf(name)) found.add(imported);
  return found;
}
