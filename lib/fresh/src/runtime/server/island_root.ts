import { type ComponentType, Fragment, h } from "preact";
import type { Island } from "../../context.ts";
import type { RenderState } from "./render_state.ts";
import { type AnyVNode, isVNode } from "./vnode.ts";

export interface IslandRootProps {
  readonly island: Island;
  readonly state: RenderState;
  readonly props: object;
  readonly islandKey: unknown;
}

/** Renders an island between the two comments that mark it for the browser. */
export function IslandRoot(
  { island, state, props, islandKey }: IslandRootProps,
): AnyVNode {
  for (const [name, value] of Object.entries(props)) {
    if (isVNode(value)) {
      throw new TypeError(
        `Cannot pass JSX to island ${island.name} as "${name}": props of an island are data`,
      );
    }
  }
  state.islands.add(island);
  const index = state.islandProps.push({ slots: [], props }) - 1;
  return h(
    Fragment,
    null,
    createComment(`frsh:island:${island.name}:${index}:${markerKey(islandKey)}`),
    h(island.fn as ComponentType<object>, props),
    createComment("/frsh:island"),
  );
}

/** Removes the separator of markers from a key, and anything that would end the comment. */
function markerKey(key: unknown): string {
  return key == null ? "" : String(key).replaceAll(/[:>]/g, "_");
}

function createComment(text: string): AnyVNode {
  // preact-render-to-string supports it, although Fragment's public type lacks it.
  return h(Fragment as ComponentType<{ UNSTABLE_comment: string }>, {
    UNSTABLE_comment: text,
  });
}
