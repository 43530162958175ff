import { computed, signal } from "@preact/signals";
import { type ComponentType, h, render } from "preact";
import { type CustomParser, parse } from "../../jsonify/parse.ts";
import { findIslands } from "./markers.ts";
import { rootBetween } from "./root_fragment.ts";

const CUSTOM: CustomParser = {
  Signal: (value) => signal(value),
  Computed: (value) => computed(() => value),
};

/**
 * Called by the inline script of a page: finds the islands in the document and lets Preact adopt their markup.
 * All props are read from one text, so a signal given to several islands is one object in all of them.
 */
export function boot(
  islands: Readonly<Record<string, ComponentType>>,
  serializedProps: string,
): void {
  const allProps = parse<readonly { readonly props: object }[]>(
    serializedProps,
    CUSTOM,
  );
  for (const { name, propsIndex, start, end } of findIslands(document.body)) {
    const island = islands[name];
    const entry = allProps[propsIndex];
    if (island === undefined || entry === undefined) continue;
    if (start.parentNode === null || start.parentNode !== end.parentNode) {
      // The HTML parser has moved its markers apart.
      console.error(`Cannot revive island ${name}: invalid nesting around it, such as <div> in <p>`);
      continue;
    }
    const root = rootBetween(start, end);
    schedule(() => render(h(island, entry.props), root));
  }
}

/** Makes each island its own task, so that a page full of them stays responsive. */
function schedule(task: () => void): void {
  const { scheduler } = globalThis as {
    scheduler?: { postTask(task: () => void): Promise<unknown> };
  };
  if (scheduler) void scheduler.postTask(task);
  else setTimeout(task, 0);
}
