import { type AnyComponent, type FunctionComponent, h, type RenderableProps, type VNode } from "preact";
import type { Context } from "./context.ts";

/** A component written as `async function`. It runs before rendering and may answer with a `Response`. */
export interface AsyncAnyComponent<P> {
  // Same parameters as a plain component, or TypeScript could not tell the type of `props` from the place of use.
  // deno-lint-ignore no-explicit-any
  (props: RenderableProps<P>, context?: any): Promise<VNode | Response | null>;
  displayName?: string;
  defaultProps?: Partial<P>;
}

/** The props of pages, layouts and the app wrapper. It is not the {@linkcode Context}. */
export type PageProps<Data = unknown, T = unknown> =
  & Pick<
    Context<T>,
    | "config"
    | "url"
    | "req"
    | "params"
    | "info"
    | "state"
    | "isPartial"
    | "Component"
    | "error"
    | "route"
  >
  & { data: Data };

export type RouteComponent<State> =
  | AsyncAnyComponent<PageProps<unknown, State>>
  | AnyComponent<PageProps<unknown, State>>;

/** Literally `async function`: a plain function that returns a promise would render as nothing. */
export function isAsyncComponent<P>(
  component: AsyncAnyComponent<P> | AnyComponent<P>,
): component is AsyncAnyComponent<P> {
  return component.constructor.name === "AsyncFunction";
}

export function pageProps<Data, State>(
  ctx: Context<State>,
  data: Data,
  Component: FunctionComponent,
): PageProps<Data, State> {
  const { config, error, info, isPartial, params, req, route, state, url } = ctx;
  return {
    Component,
    config,
    data,
    error,
    info,
    isPartial,
    params,
    req,
    route,
    state,
    url,
  };
}

/** Returns the vnode of a page or layout; awaits async components, which may end the request. */
export async function renderComponent<State>(
  component: RouteComponent<State>,
  props: PageProps<unknown, State>,
): Promise<VNode | Response | null> {
  if (isAsyncComponent(component)) return await component(props);
  return h(
    component as FunctionComponent<PageProps<unknown, State>>,
    props,
  ) as VNode;
}
