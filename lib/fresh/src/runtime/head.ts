import type { ComponentChildren } from "preact";

export interface HeadProps {
  children?: ComponentChildren;
}

/**
 * Moves its children into `<head>`. On the server the render hooks take them out of the tree; in the browser
 * it renders nothing, because the server has already placed them.
 */
export function Head(props: HeadProps): ComponentChildren {
  return typeof document === "undefined" ? props.children : null;
}
