import type { Layout } from "./commands.ts";
import type { HandledRoute } from "./commands.ts";
import { type Context, UI_TREE } from "./context.ts";
import { HttpError } from "./error.ts";
import type { MaybeLazyMiddleware } from "./middlewares/mod.ts";
import { patternToSegments } from "./pattern.ts";
import type { RouteComponent } from "./render.ts";
import { renderRoute } from "./render_route.ts";

/** One step of a path, with what applies to it and to everything below. */
export interface Segment<State> {
  readonly parent: Segment<State> | null;
  readonly children: Map<string, Segment<State>>;
  middlewares: MaybeLazyMiddleware<State>[];
  layout: Layout<State> | null;
  errorRoute: HandledRoute<State> | null;
  /** App wrapper and 404 page exist on the root only. */
  app: RouteComponent<State> | null;
  notFound: HandledRoute<State> | null;
}

export function newSegment<State>(
  parent: Segment<State> | null,
): Segment<State> {
  return {
    parent,
    children: new Map(),
    middlewares: [],
    layout: null,
    errorRoute: null,
    app: null,
    notFound: null,
  };
}

export function segmentAt<State>(
  root: Segment<State>,
  pattern: string,
  includeLast: boolean,
): Segment<State> {
  let current = root;
  for (const name of patternToSegments(pattern, includeLast)) {
    let child = current.children.get(name);
    if (child === undefined) {
      child = newSegment(current);
      current.children.set(name, child);
    }
    current = child;
  }
  return current;
}

/** Returns the chain from the root to this segment, as it is now: later registrations do not change it. */
export function segmentMiddlewares<State>(
  segment: Segment<State>,
): MaybeLazyMiddleware<State>[] {
  const outer = segment.parent === null ? [] : segmentMiddlewares(segment.parent);
  return [...outer, enter(segment), ...segment.middlewares];
}

/**
 * Applies a segment's layout and wrapper to what follows, and shows its error page for what that throws. The
 * error page is thus outside the segment's own middlewares.
 */
function enter<State>(segment: Segment<State>): MaybeLazyMiddleware<State> {
  const { app, layout, errorRoute } = segment;
  const root = findRoot(segment);
  return async function enterSegment(ctx: Context<State>): Promise<Response> {
    const tree = ctx[UI_TREE];
    if (app !== null) tree.app = app;
    if (layout !== null) {
      if (layout.config.skipAppWrapper) tree.app = null;
      const inherited = layout.config.skipInheritedLayouts ? [] : tree.layouts;
      tree.layouts = [...inherited, layout.component];
    }
    try {
      return await ctx.next();
    } catch (error) {
      const status = error instanceof HttpError ? error.status : 500;
      // Read late, because the 404 page is the one registration independent of order.
      if (root.notFound !== null && status === 404) {
        return await renderRoute(ctx, root.notFound, 404);
      }
      if (errorRoute !== null) {
        return await renderRoute(ctx, errorRoute, status);
      }
      throw error;
    }
  };
}

function findRoot<State>(segment: Segment<State>): Segment<State> {
  return segment.parent === null ? segment : findRoot(segment.parent);
}
