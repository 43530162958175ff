import { type Command, type HandledRoute, withHandler } from "./commands.ts";
import { isHandlerByMethod } from "./handlers.ts";
import { compileMiddlewares, type MaybeLazyMiddleware, type Middleware } from "./middlewares/mod.ts";
import { mergePath } from "./pattern.ts";
import { renderRoute } from "./render_route.ts";
import { ALL_METHODS, type Method, Router } from "./router.ts";
import { newSegment, type Segment, segmentAt, segmentMiddlewares } from "./segments.ts";
import { isLazy, type Lazy } from "./types.ts";

export interface CompiledApp<State> {
  readonly router: Router<Middleware<State>>;
  /** Runs for URLs that match no route and for methods a route does not have: root middlewares only. */
  readonly rootHandler: Middleware<State>;
}

/** Turns the command list into a router. Each route gets the chain as it is at its place in the list. */
export function compile<State>(
  commands: readonly Command<State>[],
  basePath: string,
): CompiledApp<State> {
  const router = new Router<Middleware<State>>();
  const root = newSegment<State>(null);
  applyCommands(root, router, commands, basePath);
  return { router, rootHandler: compileMiddlewares(segmentMiddlewares(root)) };
}

function applyCommands<State>(
  root: Segment<State>,
  router: Router<Middleware<State>>,
  commands: readonly Command<State>[],
  basePath: string,
): void {
  function add(
    command: { readonly pattern: string; readonly includeLast: boolean },
    methods: readonly Method[],
    path: string,
    fns: readonly MaybeLazyMiddleware<State>[],
  ): void {
    const segment = segmentAt(root, command.pattern, command.includeLast);
    const compiled = compileMiddlewares([
      ...segmentMiddlewares(segment),
      ...fns,
    ]);
    const merged = mergePath(basePath, path, false);
    for (const method of methods) {
      router.add(method, merged === "" ? "*" : merged, compiled);
    }
  }

  for (const command of commands) {
    switch (command.type) {
      case "app":
        root.app = command.component;
        break;
      case "notFound":
        root.notFound = command.route;
        break;
      case "middleware":
        segmentAt(root, command.pattern, command.includeLast).middlewares.push(
          ...command.fns,
        );
        break;
      case "layout":
        segmentAt(root, command.pattern, command.includeLast).layout = command.layout;
        break;
      case "error":
        segmentAt(root, command.pattern, command.includeLast).errorRoute = command.route;
        break;
      case "handler": {
        const methods = command.method === "ALL" ? ALL_METHODS : [command.method];
        add(command, methods, command.pattern, command.fns);
        break;
      }
      case "route": {
        const { route, config, pattern } = command;
        if (isLazy(route)) {
          const { methods = "ALL", routeOverride = pattern } = config;
          add(
            command,
            methods === "ALL" ? ALL_METHODS : methods,
            routeOverride,
            [renderLazy(route)],
          );
        } else {
          const methods = isHandlerByMethod(route.handler)
            ? Object.keys(route.handler) as Method[]
            : ALL_METHODS;
          const path = config.routeOverride ?? route.config?.routeOverride ??
            pattern;
          add(command, methods, path, [(ctx) => renderRoute(ctx, route)]);
        }
        break;
      }
      case "fsRoutes":
        applyCommands(
          root,
          router,
          command.items(),
          mergePath(basePath, command.pattern, true),
        );
        break;
    }
  }
}

/** Imports a route file once, at its first request. */
function renderLazy<State>(load: Lazy<HandledRoute<State>>): Middleware<State> {
  let loaded: HandledRoute<State> | undefined;
  return async (ctx) => {
    loaded ??= withHandler(await load());
    return await renderRoute(ctx, loaded);
  };
}
