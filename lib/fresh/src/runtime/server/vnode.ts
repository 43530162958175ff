import { isValidElement, options, type VNode } from "preact";

/** A vnode while it is rendered: its public fields, and the link to its parent that rendering adds. */
export interface ServerVNode {
  type: unknown;
  key: unknown;
  props: Record<string, unknown>;
  __?: ServerVNode | null;
}

/** Any element, whatever its props. */
// deno-lint-ignore no-explicit-any -- Preact's element types are invariant in their props
export type AnyVNode = VNode<any>;

/** Preact's option hooks, under the names its published build gives them. */
export interface Hooks {
  vnode?: (vnode: ServerVNode) => void;
  __b?: (vnode: ServerVNode) => void;
}

export const hooks = options as unknown as Hooks;

export function hasAncestor(vnode: ServerVNode, type: unknown): boolean {
  for (let parent = vnode.__; parent != null; parent = parent.__) {
    if (parent.type === type) return true;
  }
  return false;
}

/** A real element. Signals pose as elements too, so that they can be written as text in JSX. */
export function isVNode(value: unknown): boolean {
  return typeof value === "object" && value !== null && !("peek" in value) &&
    isValidElement(value);
}
