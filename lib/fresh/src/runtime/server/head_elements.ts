import { Fragment, h } from "preact";
import { Head } from "../head.ts";
import type { RenderState } from "./render_state.ts";
import { type AnyVNode, hasAncestor, type ServerVNode } from "./vnode.ts";

const HEAD_ELEMENTS = new Set([
  "title",
  "meta",
  "link",
  "script",
  "style",
  "base",
  "noscript",
  "template",
]);

/** Elements that are already in place. */
const PLACED = new WeakSet<object>();

export function isHeadElement(type: string): boolean {
  return HEAD_ELEMENTS.has(type);
}

export function placed(vnode: AnyVNode): AnyVNode {
  PLACED.add(vnode);
  return vnode;
}

/** Takes an element of `<Head>` out of the tree; elsewhere lets a collected duplicate replace it. */
export function placeHeadElement(
  vnode: ServerVNode,
  type: string,
  state: RenderState,
): void {
  if (PLACED.has(vnode)) return;
  const identity = identifyElement(vnode, type);
  const props = vnode.key == null ? vnode.props : { ...vnode.props, "data-key": vnode.key };
  if (hasAncestor(vnode, Head)) {
    state.headElements.set(identity, placed(h(type, props)));
    vnode.type = Fragment;
    vnode.props = {};
    return;
  }
  const replacement = state.headElements.get(identity);
  state.headElements.delete(identity);
  vnode.props = replacement?.props ?? props;
}

/** Two elements with the same identity are duplicates: same key, both a title, or alike but for their value. */
function identifyElement({ key, props }: ServerVNode, type: string): string {
  if (key != null) return String(key);
  if (type === "title") return type;
  const value = type === "meta" ? "content" : type === "link" ? "href" : "";
  const names = Object.keys(props).sort().filter((name) => {
    return name !== "children" && name !== "nonce" && name !== "ref" &&
      name !== value;
  });
  return [type, ...names.map((name) => `${name}=${joinText(props[name])}`)].join(
    "::",
  );
}

function joinText(value: unknown): string {
  return typeof value === "object" && value !== null && "__html" in value
    ? String(value.__html)
    : String(value);
}
