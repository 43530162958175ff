import { type Context, UI_TREE } from "../context.ts";

/** Runs before a route. Returns a response of its own, or that of `ctx.next()`. */
export type Middleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response>;

/** @deprecated Fresh's former name of {@linkcode Middleware}. */
export type MiddlewareFn<State> = Middleware<State>;

/** A middleware, or a function whose first call returns the middleware to use from then on. */
export type MaybeLazyMiddleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response | Middleware<State>>;

/**
 * Joins middlewares into one. The `ctx.next` it finds becomes the end of the chain. It restores layouts and
 * wrapper that a middleware changed on the way out, and keeps a thrown value as `ctx.error` while it travels
 * outward.
 */
export function compileMiddlewares<State>(
  middlewares: readonly MaybeLazyMiddleware<State>[],
): Middleware<State> {
  const chain = [...middlewares];

  async function step(
    ctx: Context<State>,
    index: number,
    tail: () => Promise<Response>,
  ): Promise<Response> {
    const middleware = chain[index];
    if (middleware === undefined) return await tail();
    const tree = ctx[UI_TREE];
    const { app, layouts } = tree;
    ctx.next = () => step(ctx, index + 1, tail);
    try {
      const result = await middleware(ctx);
      if (typeof result !== "function") return result;
      chain[index] = result;
      return await result(ctx);
    } catch (error) {
      ctx.error = error;
      throw error;
    } finally {
      tree.app = app;
      tree.layouts = layouts;
    }
  }

  return (ctx) => step(ctx, 0, ctx.next);
}
