import type { RouteHandler } from "./handlers.ts";
import type { RouteComponent } from "./render.ts";
import type { Method } from "./router.ts";

/** `export const config` of a route file, or the `config` of `app.route()`. */
export interface RouteConfig {
  /** Replaces the URL pattern that the file name gives. */
  routeOverride?: string;
  skipInheritedLayouts?: boolean;
  skipAppWrapper?: boolean;
  /** Methods a lazily loaded route is registered for. */
  methods?: "ALL" | Method[];
}

/** `export const config` of a layout file, or the third argument of `app.layout()`. */
export interface LayoutConfig {
  skipInheritedLayouts?: boolean;
  skipAppWrapper?: boolean;
}

/** A page: a handler that produces data, a component that shows it, or both. */
export interface Route<State> {
  component?: RouteComponent<State>;
  config?: RouteConfig;
  handler?: RouteHandler<unknown, State>;
}

export type Lazy<T> = () => Promise<T>;
export type MaybeLazy<T> = T | Lazy<T>;

export function isLazy<T>(value: MaybeLazy<T>): value is Lazy<T> {
  return typeof value === "function";
}
