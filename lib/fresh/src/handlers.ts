import type { Context } from "./context.ts";
import type { Method } from "./router.ts";

/** Data for the route's component, with the status and headers of the page. */
export interface PageResponse<T> {
  data: T;
  headers?: HeadersInit;
  status?: number;
}

interface PageOptions {
  headers?: HeadersInit;
  status?: number;
}

/** Answers with the route's component, rendered with `data`. */
export function page<T>(data: T, options?: PageOptions): PageResponse<T>;
export function page(): PageResponse<undefined>;
export function page<T>(data?: T, options: PageOptions = {}): PageResponse<T> {
  return { data: data as T, ...options };
}

/** One handler: a `Response` ends the request, a {@linkcode PageResponse} renders the component. */
export interface HandlerFn<Data, State> {
  (
    ctx: Context<State>,
  ): Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;
}

/** A handler for each method. HEAD falls back to GET. */
export type HandlerByMethod<Data, State> = {
  [M in Method]?: HandlerFn<Data, State>;
};

/** What a route exports as `handlers`: one function for every method, or one for each. */
export type RouteHandler<Data, State> =
  | HandlerFn<Data, State>
  | HandlerByMethod<Data, State>;

/** The data type a handler passes to its page. */
export type RouteData<Handler extends RouteHandler<unknown, unknown>> = Handler extends
  RouteHandler<infer Data, unknown> ? Data : never;

export function isHandlerByMethod<Data, State>(
  handler: RouteHandler<Data, State>,
): handler is HandlerByMethod<Data, State> {
  return typeof handler === "object";
}
