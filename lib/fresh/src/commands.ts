import { HttpError } from "./error.ts";
import { isHandlerByMethod, type PageResponse } from "./handlers.ts";
import type { MaybeLazyMiddleware, Middleware } from "./middlewares/mod.ts";
import type { RouteComponent } from "./render.ts";
import type { Method } from "./router.ts";
import type { LayoutConfig, MaybeLazy, Route, RouteConfig } from "./types.ts";

/**
 * The registrations of an app, in order. Nothing is compiled before `handler()`, and order matters: a route
 * sees only what was registered before it.
 */
export type Command<State> =
  | PathCommand<
    "middleware",
    { readonly fns: readonly MaybeLazyMiddleware<State>[] }
  >
  | PathCommand<"layout", { readonly layout: Layout<State> }>
  | PathCommand<"error", { readonly route: HandledRoute<State> }>
  | PathCommand<
    "route",
    {
      readonly route: MaybeLazy<HandledRoute<State>>;
      readonly config: RouteConfig;
    }
  >
  | PathCommand<"handler", {
    readonly method: Method | "ALL";
    readonly fns: readonly MaybeLazyMiddleware<State>[];
  }>
  | PathCommand<"fsRoutes", { readonly items: () => readonly Command<State>[] }>
  | { readonly type: "app"; readonly component: RouteComponent<State> }
  | { readonly type: "notFound"; readonly route: HandledRoute<State> };

type PathCommand<Type extends string, Fields> = Fields & {
  readonly type: Type;
  readonly pattern: string;
  /** Whether the last part of the pattern is a segment itself: yes in code, no for route files. */
  readonly includeLast: boolean;
};

export interface Layout<State> {
  readonly component: RouteComponent<State>;
  readonly config: LayoutConfig;
}

/** A route with its final handler. */
export type HandledRoute<State> = Route<State> & {
  readonly handler: NonNullable<Route<State>["handler"]>;
};

/** A page without a handler renders with empty data; a route with neither does not exist. */
export function withHandler<State>(
  route: Route<State> | Middleware<State>,
): HandledRoute<State> {
  if (typeof route === "function") return { handler: route };
  const { handler, component } = route;
  if (handler === undefined) {
    return {
      ...route,
      handler: component === undefined ? notFound : renderWithoutData,
    };
  }
  if (
    component !== undefined && isHandlerByMethod(handler) &&
    handler.GET === undefined
  ) {
    return { ...route, handler: { ...handler, GET: renderWithoutData } };
  }
  return { ...route, handler };
}

export function notFound(): never {
  throw new HttpError(404);
}

function renderWithoutData(): PageResponse<unknown> {
  return { data: {} };
}
