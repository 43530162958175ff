/** Content that pages of one column fold, and pages of two show at once. Works without JavaScript. */
import type { ComponentChildren } from "preact";

/** Fewer items take hardly more room than the line that would fold them. */
const MIN_FOLDED = 3;

interface NarrowFoldProps {
  /** Names the folded items: `5 more quotas`. */
  readonly words: string;
  /** True when a reader came for it. */
  readonly open?: boolean;
  readonly children: ComponentChildren;
}

export function NarrowFold({ words, open, children }: NarrowFoldProps) {
  return (
    <details class="narrow-fold" open={open}>
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
