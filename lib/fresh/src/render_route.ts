import type { HandledRoute } from "./commands.ts";
import { type Context, UI_TREE } from "./context.ts";
import { isHandlerByMethod } from "./handlers.ts";
import { pageProps, renderComponent } from "./render.ts";
import type { Method } from "./router.ts";

/** Runs the handler of a route and, if it answers with data, renders the route's component. */
export async function renderRoute<State>(
  ctx: Context<State>,
  route: HandledRoute<State>,
  status = 200,
): Promise<Response> {
  const tree = ctx[UI_TREE];
  if (route.config?.skipAppWrapper) tree.app = null;
  if (route.config?.skipInheritedLayouts) tree.layouts = [];

  const handle = handlerFor(route, ctx.req.method.toUpperCase() as Method);
  if (handle === undefined) return await ctx.next();
  const answer = await handle(ctx);
  if (answer instanceof Response) return answer;

  const { component } = route;
  const vnode = component === undefined
    ? null
    : await renderComponent(component, pageProps(ctx, answer.data, () => null));
  if (vnode instanceof Response) return vnode;
  return await ctx.render(vnode, {
    status: answer.status ?? status,
    headers: new Headers(answer.headers),
  });
}

function handlerFor<State>({ handler }: HandledRoute<State>, method: Method) {
  if (!isHandlerByMethod(handler)) return handler;
  return handler[method] ?? (method === "HEAD" ? handler.GET : undefined);
}
