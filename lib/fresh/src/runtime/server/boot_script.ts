import { h } from "preact";
import type { Island } from "../../context.ts";
import { type Stringifiers, stringify } from "../../jsonify/stringify.ts";
import { placed } from "./head_elements.ts";
import type { RenderState } from "./render_state.ts";
import { type AnyVNode, isVNode } from "./vnode.ts";

interface SignalLike {
  peek(): unknown;
}

/** Tags the browser turns back into live objects. Computed before Signal: it is a kind of signal. */
const STRINGIFIERS: Stringifiers = {
  Computed: (value) => isSignal(value) && isComputed(value) ? { value: value.peek() } : undefined,
  Signal: (value) => isSignal(value) ? { value: value.peek() } : undefined,
  Slot: (value) => {
    if (isVNode(value)) {
      throw new TypeError("Cannot serialize JSX: props of an island are data");
    }
    return undefined;
  },
};

/** Imports the runtime and every island of the page, and revives them with their rendered props. */
export function bootScript(state: RenderState): AnyVNode {
  const { islands, islandProps, basePath, clientEntry, clientBoot, nonce } = state;
  const imports = Array.from(islands, (island) => {
    return `import ${importClause(island)} from ${quote(basePath + island.file)};`;
  });
  const names = Array.from(islands, (island) => island.name).join(",");
  const props = quote(stringify(islandProps, STRINGIFIERS));
  const code = `import ${importClause({ exportName: clientBoot, name: "boot" })} from ${
    quote(basePath + clientEntry)
  };${imports.join("")}boot({${names}},${props});`;
  return placed(
    h("script", {
      type: "module",
      nonce,
      dangerouslySetInnerHTML: { __html: code },
    }),
  );
}

function importClause({ exportName, name }: Pick<Island, "exportName" | "name">): string {
  if (exportName === "default") return name;
  return exportName === name ? `{ ${name} }` : `{ ${exportName} as ${name} }`;
}

/** Quotes a JavaScript string literal that can neither end the script element nor put it into a comment. */
function quote(text: string): string {
  return JSON.stringify(text)
    .replaceAll(/<\/(style|script)/gi, "<\\/$1")
    .replaceAll("<!--", "\\u003C!--");
}

function isSignal(value: object): value is SignalLike {
  return "peek" in value && typeof value.peek === "function" &&
    "value" in value;
}

/** Computed signals keep their function in a field whose name depends on the build of the library. */
function isComputed(value: object): boolean {
  return ("x" in value && typeof value.x === "function") ||
    ("_fn" in value && typeof value._fn === "function");
}
