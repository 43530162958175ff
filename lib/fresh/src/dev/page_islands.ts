import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findClosure } from "./chunk_graph.ts";

interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
  }[];
}

/**
 * Returns for each route file the islands, as `file:` URLs, that its page may have.
 *
 * @param dir a folder with the `deno.json` that resolves the imports; a file is written to it
 */
export async function islandsOfPages(
  dir: string,
  routes: readonly string[],
  islands: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const urls = routes.map((route) => pathToFileURL(route).href);
  const all = join(dir, "all_routes.js");
  await Deno.writeTextFile(all, urls.map((url) => `import ${JSON.stringify(url)};\n`).join(""));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--quiet", `--config=${join(dir, "deno.json")}`, all],
    cwd: dir,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`Cannot read the routes: ${new TextDecoder().decode(stderr).trim()}`);
  const { modules }: Info = JSON.parse(new TextDecoder().decode(stdout));
  const imports = new Map(modules.map(({ specifier, dependencies = [] }) => {
    return [specifier, dependencies.flatMap(({ code }) => code?.specifier ?? [])];
  }));
  return urls.map((url) => {
    const reached = findClosure([url], (name) => imports.get(name) ?? []);
    return islands.filter((island) => reached.has(island));
  });
}
