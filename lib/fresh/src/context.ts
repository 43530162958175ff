import { type ComponentType, type FunctionComponent, isValidElement, type VNode } from "preact";
import type { BuildCache } from "./build_cache.ts";
import type { ResolvedFreshConfig } from "./config.ts";
import { renderPage } from "./render_page.ts";
import type { RouteComponent } from "./render.ts";
import type { LayoutConfig } from "./types.ts";

/** A component the browser revives, as the build registered it. */
export interface Island {
  /** URL of its chunk, without the base path. */
  readonly file: string;
  /** Name in the markers and in the boot script, unique in the app. */
  readonly name: string;
  readonly exportName: string;
  readonly fn: ComponentType;
  readonly css: readonly string[];
}

export type ServerIslandRegistry = Map<ComponentType, Island>;

/** App wrapper and layouts that apply at this point of the chain, outermost first. */
export interface UiTree<State> {
  app: RouteComponent<State> | null;
  layouts: readonly RouteComponent<State>[];
}

/** Keys of fields only the framework reads, so that they do not appear on a context. */
export const UI_TREE: unique symbol = Symbol("ui tree");
export const BUILD_CACHE: unique symbol = Symbol("build cache");

/** @deprecated Fresh's former name of {@linkcode Context}. */
export type FreshContext<State = unknown> = Context<State>;

export interface ContextInit<State> {
  readonly req: Request;
  readonly url: URL;
  readonly info: Deno.ServeHandlerInfo;
  readonly route: string | null;
  readonly params: Record<string, string>;
  readonly config: ResolvedFreshConfig;
  readonly next: () => Promise<Response>;
  readonly buildCache: BuildCache<State>;
}

/** One request, passed through all middlewares to the handler. */
export class Context<State> {
  readonly config: ResolvedFreshConfig;
  /** The request URL with repeated slashes collapsed. */
  readonly url: URL;
  req: Request;
  /** The pattern that matched, or `null` for an unknown URL. */
  readonly route: string | null;
  readonly params: Record<string, string>;
  /** Data that middlewares pass on. A new object for each request. */
  readonly state: State = {} as State;
  data: unknown = undefined;
  /** The thrown value, in error pages; otherwise `null`. */
  error: unknown | null = null;
  /** The second argument the handler was called with, unchanged. */
  readonly info: Deno.ServeHandlerInfo;
  /** Always false here: partials are not part of the subset. */
  readonly isPartial: boolean = false;
  /** Continues with the next middleware or the handler. */
  next: () => Promise<Response>;
  /** The child to show; set for async layouts and wrappers only. */
  Component!: FunctionComponent;

  readonly [UI_TREE]: UiTree<State> = { app: null, layouts: [] };
  readonly [BUILD_CACHE]: BuildCache<State>;

  constructor(init: ContextInit<State>) {
    this.req = init.req;
    this.url = init.url;
    this.info = init.info;
    this.route = init.route;
    this.params = init.params;
    this.config = init.config;
    this.next = init.next;
    this[BUILD_CACHE] = init.buildCache;
  }

  /** Repeated slashes in the path are collapsed, so `//host` cannot leave the site. */
  redirect(pathOrUrl: string, status = 302): Response {
    const location = pathOrUrl.startsWith("/")
      ? pathOrUrl.replace(/^[^?#]*/, (path) => path.replaceAll(/\/+/g, "/"))
      : pathOrUrl;
    return new Response(null, { status, headers: { location } });
  }

  /** Renders JSX through the layouts and the app wrapper. */
  async render(
    // deno-lint-ignore no-explicit-any -- any element may be rendered
    vnode: VNode<any> | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) {
      throw new TypeError(
        "Cannot render: ctx.render() needs a JSX element or null",
      );
    }
    return await renderPage(this, vnode, init, config);
  }

  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  html(content: string, init: ResponseInit = {}): Response {
    const headers = new Headers(init.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  // deno-lint-ignore no-explicit-any -- whatever JSON.stringify takes
  json(content: any, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /** Sends the items as they come. Sets no content type. */
  stream<U extends string | Uint8Array>(
    source:
      | Iterable<U>
      | AsyncIterable<U>
      | (() => Iterable<U> | AsyncIterable<U>),
    init?: ResponseInit,
  ): Response {
    const encoder = new TextEncoder();
    const items = typeof source === "function" ? source() : source;
    const body = ReadableStream.from<string | Uint8Array>(items).pipeThrough(
      new TransformStream<string | Uint8Array, Uint8Array>({
        transform(item, controller) {
          controller.enqueue(
            item instanceof Uint8Array ? item : encoder.encode(String(item)),
          );
        },
      }),
    );
    return new Response(body, init);
  }
}
