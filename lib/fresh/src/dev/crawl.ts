import { relative } from "node:path";
import type { FsRouteType } from "../fs_routes.ts";
import { pathToPattern } from "../pattern.ts";
import { toPosix, walk } from "./files.ts";
import type { FoundRoute } from "./model.ts";
import { compareRoutes } from "./route_order.ts";

const SOURCE = /\.[tj]sx?$/;
/** A folder such as `(_components)` is ignored; `(_islands)` holds islands. */
const PRIVATE_FOLDER = /\/\((_[^/]+)\)\//;

const SPECIAL_FILES = new Map<string, FsRouteType>([
  ["_app", "app"],
  ["_error", "error"],
  ["_layout", "layout"],
  ["_middleware", "middleware"],
]);

/** Finds the island modules and the route files of a project. */
export async function crawl(
  islandDir: string,
  routeDir: string,
  ignore: readonly RegExp[],
): Promise<{ readonly islands: string[]; readonly routes: FoundRoute[] }> {
  function isSource(path: string): boolean {
    return SOURCE.test(path) && !ignore.some((pattern) => pattern.test(path));
  }

  const islands = (await walk(islandDir)).filter(isSource);
  const routes: FoundRoute[] = [];
  for (const path of (await walk(routeDir)).filter(isSource)) {
    const id = `/${toPosix(relative(routeDir, path)).replace(SOURCE, "")}`;
    const folder = PRIVATE_FOLDER.exec(id)?.[1];
    if (folder === undefined) routes.push(await describe(id, path));
    else if (folder === "_islands") islands.push(path);
  }
  routes.sort((a, b) => compareRoutes(a.id, b.id));
  return { islands, routes };
}

async function describe(id: string, filePath: string): Promise<FoundRoute> {
  const folder = id.slice(1, Math.max(1, id.lastIndexOf("/")));
  const name = id.slice(id.lastIndexOf("/") + 1);
  const type = SPECIAL_FILES.get(name);
  if (type !== undefined) {
    const pattern = type === "app" ? "*" : pathToPattern(folder, { keepGroups: true });
    return { id, filePath, type, pattern, routePattern: pattern, lazy: false };
  }
  if (name === "_404" || name === "_500") {
    throw new TypeError(
      `Cannot use route file "${id}": show errors with "_error", which keeps their status`,
    );
  }
  const pattern = pathToPattern(id.slice(1), { keepGroups: true });
  return {
    id,
    filePath,
    type: "route",
    pattern: name === "index" && !pattern.endsWith("/") ? `${pattern}/` : pattern,
    routePattern: pathToPattern(id.slice(1)),
    // Only importing it reveals the pattern of a route with an override.
    lazy: !(await Deno.readTextFile(filePath)).includes("routeOverride"),
  };
}
