import { type Command, withHandler } from "./commands.ts";
import type { HandlerFn, RouteHandler } from "./handlers.ts";
import type { Middleware } from "./middlewares/mod.ts";
import type { RouteComponent } from "./render.ts";
import { isLazy, type MaybeLazy, type Route, type RouteConfig } from "./types.ts";

export type FsRouteType = "app" | "layout" | "middleware" | "error" | "route";

/** What a file below `routes/` may export. */
export interface FreshFsMod<State> {
  readonly config?: RouteConfig;
  readonly handler?: RouteHandler<unknown, State>;
  readonly handlers?:
    | RouteHandler<unknown, State>
    | readonly Middleware<State>[];
  readonly default?:
    | RouteComponent<State>
    | Middleware<State>
    | readonly Middleware<State>[];
}

/** A route file as the build lists it. Groups such as `(admin)` are part of `pattern`, not of `routePattern`. */
export interface FsRouteFile<State> {
  readonly id: string;
  readonly mod: MaybeLazy<FreshFsMod<State>>;
  readonly type: FsRouteType;
  readonly pattern: string;
  readonly routePattern: string;
}

/** Returns the commands of a set of route files, in the given order. */
export function fsItemsToCommands<State>(
  files: readonly FsRouteFile<State>[],
): Command<State>[] {
  return files.map((file) => {
    if (file.type === "route") return routeCommand(file);
    if (isLazy(file.mod)) {
      throw new TypeError(`Cannot load ${file.id}: only routes may be lazy`);
    }
    return specialCommand(file, file.mod);
  });
}

function routeCommand<State>(file: FsRouteFile<State>): Command<State> {
  const { id, mod, pattern, routePattern } = file;
  const path = { type: "route", pattern, includeLast: false } as const;
  if (isLazy(mod)) {
    const loadRoute = async () => withHandler(createRoute(id, await mod()));
    return {
      ...path,
      route: loadRoute,
      config: { methods: "ALL", routeOverride: routePattern },
    };
  }
  const config = {
    ...mod.config,
    routeOverride: mod.config?.routeOverride ?? routePattern,
  };
  return { ...path, route: withHandler(createRoute(id, mod)), config };
}

function specialCommand<State>(
  file: FsRouteFile<State>,
  mod: FreshFsMod<State>,
): Command<State> {
  const { id, pattern } = file;
  switch (file.type) {
    case "app":
      return { type: "app", component: findComponent(id, mod) };
    case "layout":
      return {
        type: "layout",
        pattern,
        includeLast: true,
        layout: { component: findComponent(id, mod), config: mod.config ?? {} },
      };
    case "error":
      return {
        type: "error",
        pattern,
        includeLast: true,
        route: withHandler(createRoute(id, mod)),
      };
    default:
      return {
        type: "middleware",
        pattern,
        includeLast: true,
        fns: listMiddlewares(id, mod),
      };
  }
}

function createRoute<State>(id: string, mod: FreshFsMod<State>): Route<State> {
  const handler = mod.handlers ?? mod.handler;
  if (handler === undefined && mod.default === undefined) {
    throw new TypeError(
      `Cannot use route ${id}: it exports neither a component nor "handlers"`,
    );
  }
  if (typeof handler === "function" && handler.length > 1) {
    throw new TypeError(
      `Cannot use route ${id}: a handler takes one argument, got ${handler.length}`,
    );
  }
  return {
    ...(mod.config && { config: mod.config }),
    ...(handler && { handler: handler as RouteHandler<unknown, State> }),
    ...(mod.default && { component: findComponent(id, mod) }),
  };
}

function findComponent<State>(
  id: string,
  mod: FreshFsMod<State>,
): RouteComponent<State> {
  if (typeof mod.default !== "function") {
    throw new TypeError(
      `Cannot use ${id}: its default export is not a component`,
    );
  }
  return mod.default as RouteComponent<State>;
}

function listMiddlewares<State>(
  id: string,
  mod: FreshFsMod<State>,
): readonly Middleware<State>[] {
  const exported: unknown = mod.handlers ?? mod.handler ?? mod.default;
  const fns: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  if (fns.some((fn) => typeof fn !== "function")) {
    throw new TypeError(
      `Cannot use ${id}: a middleware file exports a function or an array of functions`,
    );
  }
  return fns as readonly (Middleware<State> & HandlerFn<unknown, State>)[];
}
