import { pathToFileURL } from "node:url";
import { type BuildCache, IslandPreparer, type StaticFile } from "../build_cache.ts";
import type { ServerIslandRegistry } from "../context.ts";
import { type FreshFsMod, fsItemsToCommands, type FsRouteFile } from "../fs_routes.ts";
import { setBuildId } from "../runtime/build_id.ts";
import type { Build, FoundRoute } from "./model.ts";

/** Makes a build usable in this process without writing it. */
export async function loadIntoMemory<State>(
  build: Build,
): Promise<BuildCache<State>> {
  setBuildId(build.version);
  const islandRegistry: ServerIslandRegistry = new Map();
  const preparer = new IslandPreparer();
  for (const { specifier, chunk, name, exports } of build.islands) {
    preparer.prepare(islandRegistry, await import(specifier), chunk, name, [], exports);
  }
  const routes = await Promise.all(
    build.routes.map((route) => load<State>(route)),
  );
  const files = new Map<string, StaticFile>();
  for (const { name, content, contentType, hash } of build.files) {
    const size = content.byteLength;
    files.set(name, {
      contentType,
      hash,
      size,
      read: () => Promise.resolve(content),
    });
  }
  return {
    root: build.root,
    clientEntry: build.clientEntry,
    clientBoot: build.clientBoot,
    islandRegistry,
    getFsRoutes: () => fsItemsToCommands(routes),
    findFile: (pathname) => files.get(pathname) ?? null,
  };
}

async function load<State>(route: FoundRoute): Promise<FsRouteFile<State>> {
  const { id, type, pattern, routePattern, filePath, lazy } = route;
  const url = pathToFileURL(filePath).href;
  const importModule = (): Promise<FreshFsMod<State>> => import(url);
  return {
    id,
    type,
    pattern,
    routePattern,
    mod: lazy ? importModule : await importModule(),
  };
}
