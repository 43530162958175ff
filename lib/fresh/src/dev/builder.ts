import { basename, extname, isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { App, type ListenOptions, setBuildCache } from "../app.ts";
import { IslandNamer } from "../island_namer.ts";
import { type Bundle, bundleIslands, RUNTIME } from "./bundle.ts";
import { crawl } from "./crawl.ts";
import { findContentType, hashFiles, hashOfAll } from "./files.ts";
import { loadIntoMemory } from "./memory_build_cache.ts";
import type { Build, BuiltFile, IslandModule } from "./model.ts";
import { type OnTransformOptions, StaticTree, type TransformFn } from "./static_tree.ts";
import { writeBuild } from "./write_build.ts";

export interface BuildOptions {
  /** Accepted for compatibility with Fresh: islands are always built for browsers with ES modules. */
  readonly target?: string | string[];
  /** Directory of the project; the other paths are relative to it. Default: the working directory. */
  readonly root?: string;
  /** Default: `_fresh`. */
  readonly outDir?: string;
  /** Searched in order, the first file of a name wins. Default: `static`. */
  readonly staticDir?: string | string[];
  /** Default: `islands`. */
  readonly islandDir?: string;
  /** Default: `routes`. */
  readonly routeDir?: string;
  /** The module that exports `app`. Default: `main.ts`. */
  readonly serverEntry?: string;
  /** Files to leave out. Default: tests. */
  readonly ignore?: RegExp[];
  /** Shrinks a minified chunk further. Fresh has no such option. */
  readonly compress?: (code: string) => Promise<string>;
  /** Returns the bundle of an earlier build of the same sources, or calls `make`. Fresh has no such option. */
  readonly keepBundle?: (make: () => Promise<Bundle>) => Promise<Bundle>;
}

export interface ResolvedBuildConfig {
  target: string | string[];
  root: string;
  outDir: string;
  staticDir: string[];
  islandDir: string;
  routeDir: string;
  serverEntry: string;
  ignore: RegExp[];
  mode: "development" | "production";
}

const TEST_FILE = /[._]test\.(?:[tj]sx?|[mc][tj]s)$/;

/**
 * Finds routes, islands and static files, bundles the islands, and passes the result to an app or writes it to
 * disk.
 */
// deno-lint-ignore no-explicit-any -- Fresh's default: any state
export class Builder<State = any> {
  readonly config: ResolvedBuildConfig;
  readonly #static = new StaticTree();
  readonly #islands = new Set<string>();
  readonly #compress: BuildOptions["compress"];
  readonly #keepBundle: NonNullable<BuildOptions["keepBundle"]>;

  constructor(options: BuildOptions = {}) {
    const root = resolvePath(options.root ?? ".", Deno.cwd());
    const staticDir = options.staticDir ?? "static";
    this.#compress = options.compress;
    this.#keepBundle = options.keepBundle ?? ((make) => make());
    this.config = {
      target: options.target ?? "es2022",
      root,
      outDir: resolvePath(options.outDir ?? "_fresh", root),
      staticDir: [staticDir].flat().map((dir) => resolvePath(dir, root)),
      islandDir: resolvePath(options.islandDir ?? "islands", root),
      routeDir: resolvePath(options.routeDir ?? "routes", root),
      serverEntry: resolvePath(options.serverEntry ?? "main.ts", root),
      ignore: options.ignore ?? [TEST_FILE],
      mode: "production",
    };
  }

  /** Adds an island module outside the island directory: a path, or a specifier the import map knows. */
  registerIsland(specifier: string): void {
    this.#islands.add(specifier);
  }

  /** Lets a callback rewrite static files whose path matches `filter`. */
  onTransformStaticFile(
    options: OnTransformOptions,
    callback: TransformFn,
  ): void {
    this.#static.onTransform(options, callback);
  }

  /**
   * Builds, by default to `outDir`. With `snapshot: "memory"` it writes nothing, and the returned function
   * passes the build to an app, as tests need.
   */
  async build(
    options: {
      mode?: ResolvedBuildConfig["mode"];
      snapshot?: "disk" | "memory";
    } = {},
  ): Promise<(app: App<State>) => void> {
    this.config.mode = options.mode ?? "production";
    const build = await this.#assemble();
    if (options.snapshot === "memory") {
      const cache = await loadIntoMemory<State>(build);
      return (app) => setBuildCache(app, cache, app.config.mode);
    }
    await writeBuild(build, this.config);
    return () => {
      throw new TypeError(
        "Cannot apply a build that was written to disk: import its server.js",
      );
    };
  }

  /** Builds for development and serves the app that `importApp` returns. */
  async listen(
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    options: ListenOptions = {},
  ): Promise<void> {
    const imported = await importApp();
    const app = imported instanceof App ? imported : imported.app;
    app.config.mode = "development";
    const apply = await this.build({ mode: "development", snapshot: "memory" });
    apply(app);
    await app.listen(options);
  }

  async #assemble(): Promise<Build> {
    const { root, ignore, islandDir, routeDir, outDir, staticDir, mode } = this.config;
    const found = await crawl(islandDir, routeDir, ignore);
    const namer = new IslandNamer();
    const modules = [...found.islands, ...this.#islands].map((specifier) => ({
      name: namer.unique(basename(specifier, extname(specifier))),
      specifier: isAbsolute(specifier) ? pathToFileURL(specifier).href : specifier,
    }));

    const files: BuiltFile[] = await this.#static.read({
      dirs: staticDir,
      outDir,
      root,
      mode,
    });
    const { chunks, places } = await this.#keepBundle(() =>
      bundleIslands({
        root,
        minify: mode === "production",
        compress: this.#compress,
        modules,
        routes: found.routes.map(({ filePath }) => filePath),
      })
    );
    const version = await hashOfAll([...files, ...chunks]);
    const prefix = `/_fresh/js/${version}/`;
    for (const { name, content } of chunks) {
      const contentType = findContentType(name);
      files.push({
        name: prefix + name,
        content,
        contentType,
        hash: await hashFiles(content),
      });
    }
    const islands: IslandModule[] = modules.map(({ name, specifier }) => {
      const { file, exports } = places.get(name)!;
      return { name, specifier, chunk: prefix + file, exports };
    });
    const runtime = places.get(RUNTIME.name);
    return {
      root,
      version,
      files,
      islands,
      routes: found.routes,
      clientEntry: prefix + (runtime?.file ?? "fresh-runtime.js"),
      clientBoot: runtime?.exports["boot"] ?? "boot",
    };
  }
}

function resolvePath(path: string, root: string): string {
  if (path.startsWith("file://")) return fileURLToPath(path);
  return isAbsolute(path) ? path : join(root, path);
}
