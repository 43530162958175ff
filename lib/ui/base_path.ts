/**
 * The path below which browsers see the dashboard. A proxy may serve it at `/ai-usage`: the server prefixes every
 * address it sends, and this file does the same for addresses made in the browser.
 */
import { options, type VNode } from "preact";

function readBasePath(): string {
  const home = typeof document === "undefined" ? undefined : document.documentElement?.dataset?.home;
  return (home ?? "/").replace(/\/$/, "");
}

const BASE_PATH = readBasePath();

/** Turns a path of the dashboard, such as `/api/live`, into the one to request. Unchanged on the server. */
export function pathTo(path: string): string {
  return `${BASE_PATH}${path}`;
}

/** Options of a request for figures instead of a page. */
export const JSON_REQUEST: RequestInit = { headers: { accept: "application/json" } };

const ATTRIBUTES: readonly string[] = ["href", "src", "action", "formAction"];

/** Prefixes the addresses of elements that islands render. Those from the server are prefixed already. */
function prefix(vnode: VNode): void {
  if (typeof vnode.type !== "string") return;
  const props = vnode.props as Record<string, unknown>;
  for (const name of ATTRIBUTES) {
    const value = props[name];
    if (typeof value !== "string" || !/^\/(?!\/)/.test(value)) continue;
    if (value !== BASE_PATH && !value.startsWith(`${BASE_PATH}/`)) props[name] = pathTo(value);
  }
}

if (BASE_PATH !== "") {
  const before = options.vnode;
  options.vnode = (vnode) => {
    prefix(vnode);
    before?.(vnode);
  };
}
