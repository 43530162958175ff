import { type BuildCache, EmptyBuildCache } from "./build_cache.ts";
import { type Command, notFound, withHandler } from "./commands.ts";
import { compile } from "./compile.ts";
import type { FreshConfig, ResolvedFreshConfig } from "./config.ts";
import { Context } from "./context.ts";
import { HttpError } from "./error.ts";
import type { MaybeLazyMiddleware, Middleware } from "./middlewares/mod.ts";
import { checkPrefix } from "./pattern.ts";
import type { RouteComponent } from "./render.ts";
import type { Match, Method } from "./router.ts";
import { STATUS_TEXT } from "./status.ts";
import { isLazy, type LayoutConfig, type MaybeLazy, type Route, type RouteConfig } from "./types.ts";

export type ListenOptions =
  & Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>
  & { remoteAddress?: string };

type Handler = (
  request: Request,
  info?: Deno.ServeHandlerInfo,
) => Promise<Response>;

const UNKNOWN_PEER = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 1234 },
  completed: Promise.resolve(),
} as const satisfies Deno.ServeHandlerInfo;

/** Passes a build to an app; assigned below, where the private field is accessible. */
export let setBuildCache: <State>(
  app: App<State>,
  cache: BuildCache<State>,
  mode: ResolvedFreshConfig["mode"],
) => void;

/** Collects routes and middlewares. Order is everything: a route captures what was registered before it. */
export class App<State> {
  readonly config: ResolvedFreshConfig;
  readonly #commands: Command<State>[] = [];
  #buildCache: BuildCache<State> | null = null;

  static {
    setBuildCache = (app, cache, mode) => {
      app.config.root = cache.root;
      app.config.mode = mode;
      app.#buildCache = cache;
    };
  }

  constructor(config: FreshConfig = {}) {
    const { basePath = "", mode = "production", trustProxy = false } = config;
    this.config = { root: ".", basePath, mode, trustProxy };
  }

  /** Adds middlewares for everything, or for a path and everything below it. */
  use(...middlewares: MaybeLazyMiddleware<State>[]): this;
  use(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this;
  use(
    first: string | MaybeLazyMiddleware<State>,
    ...rest: MaybeLazyMiddleware<State>[]
  ): this {
    const [pattern, fns] = typeof first === "string" ? [first, rest] : ["*", [first, ...rest]];
    checkPrefix("use", pattern);
    return this.#add({ type: "middleware", pattern, fns, includeLast: true });
  }

  get(path: string, ...fns: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("GET", path, fns);
  }
  post(path: string, ...fns: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("POST", path, fns);
  }
  patch(path: string, ...fns: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("PATCH", path, fns);
  }
  put(path: string, ...fns: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("PUT", path, fns);
  }
  delete(path: string, ...fns: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("DELETE", path, fns);
  }
  head(path: string, ...fns: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("HEAD", path, fns);
  }
  all(path: string, ...fns: MaybeLazy<Middleware<State>>[]): this {
    return this.#handler("ALL", path, fns);
  }

  /** Adds a page in code. */
  route(
    path: string,
    route: MaybeLazy<Route<State>>,
    config: RouteConfig = {},
  ): this {
    const handled = isLazy(route) ? async () => withHandler(await route()) : withHandler(route);
    return this.#add({
      type: "route",
      pattern: path,
      route: handled,
      config,
      includeLast: true,
    });
  }

  /** Wraps the pages at a path and below it. */
  layout(
    path: string,
    component: RouteComponent<State>,
    config: LayoutConfig = {},
  ): this {
    checkPrefix("layout", path);
    return this.#add({
      type: "layout",
      pattern: path,
      layout: { component, config },
      includeLast: true,
    });
  }

  /** Sets the outer shell, the one that renders `<html>`. */
  appWrapper(component: RouteComponent<State>): this {
    return this.#add({ type: "app", component });
  }

  /** Sets the error page of a path and everything below it; `"*"` for all. */
  onError(path: string, route: Route<State> | Middleware<State>): this {
    checkPrefix("onError", path);
    return this.#add({
      type: "error",
      pattern: path,
      route: withHandler(route),
      includeLast: true,
    });
  }

  /** Sets the 404 page. The one registration whose place does not matter. */
  notFound(route: Route<State> | Middleware<State>): this {
    return this.#add({ type: "notFound", route: withHandler(route) });
  }

  /** Inserts the file routes of the build here. */
  fsRoutes(pattern = "*"): this {
    const getItems = () => this.#buildCache?.getFsRoutes() ?? [];
    return this.#add({ type: "fsRoutes", pattern, items: getItems, includeLast: false });
  }

  #handler(
    method: Method | "ALL",
    pattern: string,
    fns: MaybeLazy<Middleware<State>>[],
  ): this {
    return this.#add({
      type: "handler",
      method,
      pattern,
      fns: fns as MaybeLazyMiddleware<State>[],
      includeLast: true,
    });
  }

  #add(command: Command<State>): this {
    this.#commands.push(command);
    return this;
  }

  /** Compiles the app for `Deno.serve` or for a test. What is passed as `info` arrives as `ctx.info`. */
  handler(): Handler {
    const { router, rootHandler } = compile(
      this.#commands,
      this.config.basePath,
    );
    const buildCache = this.#buildCache ?? new EmptyBuildCache<State>();
    const { config } = this;

    return async (req, info = UNKNOWN_PEER) => {
      const url = requestUrl(req, config.trustProxy);
      const method = req.method.toUpperCase() as Method;
      const match = router.match(method, url);
      const { pattern: route, params } = match;
      const next = endOfChain(match, method);
      const ctx = new Context<State>({
        req,
        url,
        info,
        route,
        params,
        config,
        next,
        buildCache,
      });
      try {
        const response: unknown = await (match.item ?? rootHandler)(ctx);
        if (!(response instanceof Response)) {
          throw new TypeError(
            `Cannot answer ${url.pathname}: the handler returned no Response`,
          );
        }
        return method === "HEAD" ? await removeBody(response) : response;
      } catch (error) {
        return plainError(error);
      }
    };
  }

  /** Serves the app. Without a port it takes the first free one from 8000 to 8019. */
  async listen(options: ListenOptions = {}): Promise<void> {
    const handler = this.handler();
    if (options.port !== undefined) {
      await Deno.serve(options, handler).finished;
      return;
    }
    for (let port = 8000;; port++) {
      try {
        await Deno.serve({ ...options, port }, handler).finished;
        return;
      } catch (error) {
        if (!(error instanceof Deno.errors.AddrInUse) || port === 8019) {
          throw error;
        }
      }
    }
  }
}

function requestUrl(req: Request, trustProxy: boolean): URL {
  const url = new URL(req.url);
  // `//host/path` would otherwise turn into a foreign address when it is echoed in a redirect.
  url.pathname = url.pathname.replaceAll(/\/+/g, "/");
  if (trustProxy) {
    const protocol = req.headers.get("x-forwarded-proto");
    const host = req.headers.get("x-forwarded-host");
    if (protocol) url.protocol = `${protocol}:`;
    if (host) url.host = host;
  }
  return url;
}

/** The end of the chain, after the last middleware. */
function endOfChain(
  match: Match<unknown>,
  method: Method,
): () => Promise<Response> {
  if (match.pattern === null || match.item !== null) {
    return () => Promise.try(notFound);
  }
  const allow = match.allowed.join(", ");
  if (method === "OPTIONS") {
    return () => Promise.resolve(new Response(null, { status: 204, headers: { allow } }));
  }
  return () => Promise.reject(new HttpError(405));
}

/** Cancels a body that nothing will read, so that a stream behind it ends. */
async function removeBody(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  await response.body?.cancel();
  return new Response(null, { status, statusText, headers });
}

function plainError(error: unknown): Response {
  if (!(error instanceof HttpError)) {
    console.error(error);
    return new Response("Internal server error", { status: 500 });
  }
  if (error.status >= 500) console.error(error);
  return new Response(error.message || STATUS_TEXT[error.status], {
    status: error.status,
  });
}
