/** The packages of the project: which are packed into the program, and where their files are. */
import { join } from "node:path";
import { entriesFrom } from "../bundle.ts";

export interface Package {
  readonly name: string;
  readonly version: string;
  /** Keys of its dependencies. */
  readonly dependencies: readonly string[];
  /** Its folder in the runtime's cache. */
  readonly localPath: string;
  /** Whether the program contains it; the others are for the build and for tests. */
  readonly packed: boolean;
}

interface Graph {
  readonly modules: readonly { readonly npmPackage?: string; readonly error?: string }[];
  readonly npmPackages: Readonly<
    Record<string, Omit<Package, "packed" | "localPath"> & { readonly localPath?: string }>
  >;
}

/**
 * Returns every package of deno.lock by its key there. @throws {Error} when the sources cannot be resolved
 */
export async function listPackages(root: string): Promise<ReadonlyMap<string, Package>> {
  const graph = await graphOfProgram(root);
  const broken = graph.modules.find(({ error }) => error !== undefined);
  if (broken) throw new Error(`Cannot tell which packages are used: ${broken.error}`);
  const packed = new Set<string>();
  const reach = (key: string) => {
    if (packed.has(key)) return;
    packed.add(key);
    for (const one of graph.npmPackages[key]?.dependencies ?? []) reach(one);
  };
  for (const { npmPackage } of graph.modules) if (npmPackage !== undefined) reach(npmPackage);
  return new Map(
    Object.entries(graph.npmPackages).map(([key, one]) => {
      if (one.localPath === undefined) throw new Error(`${key} is not in the cache: run deno ci`);
      return [key, { ...one, localPath: one.localPath, packed: packed.has(key) }];
    }),
  );
}

/** Returns all modules in the bundle. */
async function graphOfProgram(root: string): Promise<Graph> {
  // Within the project, so that its import map applies.
  const folder = await Deno.makeTempDir({ dir: join(root, "_program"), prefix: "making-" });
  try {
    const paths = Object.entries(entriesFrom("../..")).map(([name, text]) => {
      const path = join(folder, `${name}.ts`);
      Deno.writeTextFileSync(path, text);
      return `./${name}.ts`;
    });
    const all = join(folder, "all.ts");
    await Deno.writeTextFile(
      all,
      paths.map((path) => `import * as _ from "${path}";`)
        .map((line, at) => line.replace("_", `part${at}`)).join("\n"),
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", all],
      cwd: root,
      stdout: "piped",
      stderr: "piped",
    }).output();
    const text = new TextDecoder();
    if (!success) throw new Error(text.decode(stderr).trim());
    return JSON.parse(text.decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
