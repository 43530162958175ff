/** What follows only when asked for where a page has one column, and at once where it has two. Needs no script. */
import type { ComponentChildren } from "preact";

/** With fewer, what is folded would be hardly longer than the line that opens it. */
const MIN_FOLDED = 3;

interface NarrowFoldProps {
  /** What is folded, such as `5 more quotas`. */
  readonly words: string;
  readonly children: ComponentChildren;
}

export function NarrowFold({ words, children }: NarrowFoldProps) {
  return (
    <details class="narrow-fold">
      <summary class="no-print touch-target text-sm text-accent">{words}</summary>
      {children}
    </details>
  );
}

/** Splits a list into what is always shown and what is folded. */
export function splitAt<Item>(
  items: readonly Item[],
  count: number,
): readonly [readonly Item[], readonly Item[]] {
  const first = items.length < count + MIN_FOLDED ? items.length : count;
  return [items.slice(0, first), items.slice(first)];
}
