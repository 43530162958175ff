import { type ComponentChildren, Fragment, type FunctionComponent, h } from "preact";
import { lockImageUrls } from "../asset.ts";
import { markActiveLink } from "./active_link.ts";
import { bootScript } from "./boot_script.ts";
import { isHeadElement, placeHeadElement } from "./head_elements.ts";
import { IslandRoot } from "./island_root.ts";
import type { RenderState } from "./render_state.ts";
import { type AnyVNode, hasAncestor, hooks, type ServerVNode } from "./vnode.ts";

/** The current render. Rendering is synchronous, so two requests never meet here. */
let current: RenderState | null = null;

export function withRenderState<T>(state: RenderState, render: () => T): T {
  const outer = current;
  current = state;
  try {
    return render();
  } finally {
    current = outer;
  }
}

const createdBefore = hooks.vnode;
const diffBefore = hooks.__b;

hooks.vnode = (vnode) => {
  lockImageUrls(vnode);
  if (current !== null) {
    const { props } = vnode;
    if (vnode.type === "a") markActiveLink(props, current.url);
    // Only elements created during the render get the nonce, as in Fresh; markup assembled elsewhere gets none.
    if (vnode.type === "script" || vnode.type === "style") {
      props.nonce ||= current.nonce;
    }
  }
  createdBefore?.(vnode);
};

hooks.__b = (vnode) => {
  if (current !== null && vnode.type !== Fragment) {
    if (typeof vnode.type === "function") markIsland(vnode, current);
    else if (typeof vnode.type === "string") {
      visitElement(vnode, vnode.type, current);
    }
  }
  diffBefore?.(vnode);
};

/** Wraps an island that is not inside another one. */
function markIsland(vnode: ServerVNode, state: RenderState): void {
  const island = state.registry.get(vnode.type as never);
  if (island === undefined || hasAncestor(vnode, IslandRoot)) return;
  vnode.type = IslandRoot;
  vnode.props = { island, state, props: vnode.props, islandKey: vnode.key };
}

function visitElement(
  vnode: ServerVNode,
  type: string,
  state: RenderState,
): void {
  switch (type) {
    case "html":
      state.sawHtml = true;
      break;
    case "head":
      state.sawHead = true;
      appendChild(vnode, RemainingHead);
      break;
    case "body":
      state.sawBody = true;
      appendChild(vnode, FreshScripts);
      break;
    default:
      if (isHeadElement(type)) placeHeadElement(vnode, type, state);
  }
}

function appendChild(vnode: ServerVNode, child: FunctionComponent): void {
  const { children } = vnode.props;
  vnode.props = { ...vnode.props, children: [children, h(child, null)] };
}

/** Last child of `<head>`: what `<Head>` collected and no element replaced. */
function RemainingHead(): ComponentChildren {
  if (current === null) return null;
  const rest = [...current.headElements.values()];
  current.headElements.clear();
  return h(Fragment, null, ...rest);
}

/** Last child of `<body>`: the one inline script, on pages that have islands. */
export function FreshScripts(): AnyVNode | null {
  if (current === null || current.scriptsPlaced) return null;
  current.scriptsPlaced = true;
  return current.islands.size === 0 ? null : bootScript(current);
}
