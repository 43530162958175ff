import type { FsRouteType } from "../fs_routes.ts";

/** Everything a build has produced, before it is written or loaded. */
export interface Build {
  readonly root: string;
  /** Hash of all content: the same sources give the same version. */
  readonly version: string;
  readonly clientEntry: string;
  /** The name of the runtime's `boot` there. */
  readonly clientBoot: string;
  readonly files: readonly BuiltFile[];
  readonly islands: readonly IslandModule[];
  readonly routes: readonly FoundRoute[];
}

/** A file to serve. `name` is its URL path, encoded segment by segment. */
export interface BuiltFile {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly hash: string;
}

export interface IslandModule {
  readonly name: string;
  /** A `file:` URL, or a specifier for the import map. */
  readonly specifier: string;
  /** URL path of its chunk. */
  readonly chunk: string;
  /** The names its exports have there. */
  readonly exports: Readonly<Record<string, string>>;
}

export interface FoundRoute {
  readonly id: string;
  readonly filePath: string;
  readonly type: FsRouteType;
  readonly pattern: string;
  readonly routePattern: string;
  /** Imported on its first request. */
  readonly lazy: boolean;
}

/** Where a module is in a bundle. */
export interface ModulePlace {
  readonly file: string;
  /** By name, the name an export has there. */
  readonly exports: Readonly<Record<string, string>>;
}
