import type { ComponentType } from "preact";
import type { Command } from "./commands.ts";
import type { ServerIslandRegistry } from "./context.ts";
import { fsItemsToCommands, type FsRouteFile } from "./fs_routes.ts";
import { IslandNamer } from "./island_namer.ts";
import { joinPath } from "./paths.ts";
import { setBuildId } from "./runtime/build_id.ts";

/** A file as the build lists it. `filePath` is relative to the root of the project. */
export interface FileSnapshot {
  readonly name: string;
  readonly filePath: string;
  readonly hash: string;
  readonly size: number;
  readonly contentType: string;
}

/** The exports of `_fresh/snapshot.js`. */
export interface BuildSnapshot<State> {
  readonly version: string;
  readonly clientEntry: string;
  /** The name of the runtime's `boot` there; itself by default. */
  readonly clientBoot?: string;
  readonly fsRoutes: readonly FsRouteFile<State>[];
  readonly staticFiles: ReadonlyMap<string, FileSnapshot>;
  readonly islands: ServerIslandRegistry;
}

export interface StaticFile {
  readonly hash: string;
  readonly size: number;
  readonly contentType: string;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What an app needs from a build. */
export interface BuildCache<State> {
  readonly root: string;
  readonly islandRegistry: ServerIslandRegistry;
  readonly clientEntry: string;
  readonly clientBoot?: string;
  getFsRoutes(): Command<State>[];
  findFile(pathname: string): StaticFile | null;
}

/** A build on disk, or inside a compiled executable. */
export class ProdBuildCache<State> implements BuildCache<State> {
  readonly root: string;
  readonly islandRegistry: ServerIslandRegistry;
  readonly clientEntry: string;
  readonly clientBoot: string;
  readonly #snapshot: BuildSnapshot<State>;

  constructor(root: string, snapshot: BuildSnapshot<State>) {
    setBuildId(snapshot.version);
    this.root = root;
    this.islandRegistry = snapshot.islands;
    this.clientEntry = snapshot.clientEntry;
    this.clientBoot = snapshot.clientBoot ?? "boot";
    this.#snapshot = snapshot;
  }

  getFsRoutes(): Command<State>[] {
    return fsItemsToCommands(this.#snapshot.fsRoutes);
  }

  findFile(pathname: string): StaticFile | null {
    const file = this.#snapshot.staticFiles.get(pathname);
    if (file === undefined) return null;
    return {
      ...file,
      read: () => Deno.readFile(joinPath(this.root, file.filePath)),
    };
  }
}

/** Used before the first build: an app without file routes, islands and static files. */
export class EmptyBuildCache<State> implements BuildCache<State> {
  readonly root = ".";
  readonly islandRegistry: ServerIslandRegistry = new Map();
  readonly clientEntry = "";

  getFsRoutes(): Command<State>[] {
    return [];
  }

  findFile(): StaticFile | null {
    return null;
  }
}

/** Registers every exported function of an island module; called by the generated snapshot. */
export class IslandPreparer {
  readonly #namer = new IslandNamer();

  prepare(
    registry: ServerIslandRegistry,
    module: Readonly<Record<string, unknown>>,
    chunkName: string,
    moduleName: string,
    css: readonly string[],
    exports: Readonly<Record<string, string>> = {},
  ): void {
    for (const [exportName, value] of Object.entries(module)) {
      if (typeof value !== "function") continue;
      const fn = value as ComponentType;
      const name = this.#namer.unique(
        exportName === "default" ? moduleName : exportName,
      );
      registry.set(fn, { exportName: exports[exportName] ?? exportName, file: chunkName, fn, name, css });
    }
  }
}
