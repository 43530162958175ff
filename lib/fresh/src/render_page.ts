import { Fragment, h, type VNode } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { BUILD_CACHE, type Context, UI_TREE } from "./context.ts";
import { setResponseNonce } from "./nonce.ts";
import { isAsyncComponent, pageProps, renderComponent } from "./render.ts";
import { FreshScripts, withRenderState } from "./runtime/server/preact_hooks.ts";
import { RenderState } from "./runtime/server/render_state.ts";
import type { LayoutConfig } from "./types.ts";

/** Renders a page through the current layouts and app wrapper, and adds what the browser needs. */
export async function renderPage<State>(
  ctx: Context<State>,
  page: VNode | null,
  init: ResponseInit,
  config: LayoutConfig,
): Promise<Response> {
  const tree = ctx[UI_TREE];
  const layouts = config.skipInheritedLayouts ? [] : tree.layouts;
  const app = config.skipAppWrapper ? null : tree.app;

  let content = page;
  for (const layout of layouts.toReversed()) {
    const child = content;
    ctx.Component = () => child;
    const wrapped = await renderComponent(
      layout,
      pageProps(ctx, null, ctx.Component),
    );
    if (wrapped instanceof Response) return wrapped;
    content = wrapped;
  }

  // Renders the shell after its content, so that it knows what the content put into <Head>.
  let inner: VNode | null = content;
  const Content = () => inner;
  let shell: VNode | null = null;
  if (app !== null) {
    if (isAsyncComponent(app)) ctx.Component = Content;
    const props = isAsyncComponent(app) ? ctx : pageProps(ctx, null, Content);
    const wrapped = await renderComponent(app, props);
    if (wrapped instanceof Response) return wrapped;
    shell = wrapped;
  }

  const { islandRegistry, clientEntry, clientBoot } = ctx[BUILD_CACHE];
  const state = new RenderState(
    ctx.url,
    ctx.config.basePath,
    islandRegistry,
    clientEntry,
    clientBoot,
  );
  const html = withRenderState(state, () => {
    let text = renderToString(content ?? h(Fragment, null));
    if (app !== null) {
      inner = jsxTemplate([text]);
      text = renderToString(shell ?? h(Fragment, null));
    }
    return state.isDocument ? text : renderToString(completeDocument(text, state));
  });

  const headers = new Headers(init.headers);
  headers.set("Content-Type", "text/html; charset=utf-8");
  const preload = preloadLinks(state);
  if (preload !== "") headers.append("Link", preload);
  const response = new Response(`<!DOCTYPE html>${html}`, { ...init, headers });
  setResponseNonce(response, state.nonce);
  return response;
}

/** Adds `<html>`, `<head>` and `<body>` if nothing rendered them. */
function completeDocument(text: string, state: RenderState): VNode {
  let document: VNode = jsxTemplate([text]);
  if (!state.sawBody) {
    document = h("body", null, document, h(FreshScripts, null)) as VNode;
  }
  if (!state.sawHead) {
    document = h(
      Fragment,
      null,
      h("head", null, h("meta", { charset: "utf-8" })),
      document,
    ) as VNode;
  }
  return state.sawHtml ? document : h("html", null, document) as VNode;
}

/** Lets the browser fetch the chunks while it parses the page. Empty on pages without islands. */
function preloadLinks({ islands, basePath, clientEntry }: RenderState): string {
  if (islands.size === 0) return "";
  const files = new Set([
    clientEntry,
    ...Array.from(islands, (island) => island.file),
  ]);
  return Array.from(
    files,
    (file) => `<${encodeURI(basePath + file)}>; rel="modulepreload"; as="script"`,
  )
    .join(", ");
}
