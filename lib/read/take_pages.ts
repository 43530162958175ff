/** Takes a time range out of a paged list. */
import type { ListPosition, Page } from "./analysis.ts";

/** Includes `from` and excludes `to`, epoch milliseconds; unbounded where absent. */
export interface OpenRange {
  readonly from?: number;
  readonly to?: number;
}

/** What to take from the pages. */
export interface PageFilter<T> extends OpenRange {
  readonly limit: number;
  readonly accept: (item: T) => boolean;
}

export interface TakenRows<T> {
  readonly items: readonly T[];
  /** True when there are more matches than the limit. */
  readonly more: boolean;
}

/** Takes items that started in a range, newest first, page after page until there are enough. */
export async function takePages<T extends { readonly startedAt: number }>(
  { from = Number.NEGATIVE_INFINITY, to, limit, accept }: PageFilter<T>,
  read: (after: ListPosition | undefined) => Promise<Page<T>>,
): Promise<TakenRows<T>> {
  const items: T[] = [];
  // No key sorts before the empty one, so this is the position
  // before everything that started earlier than `to`.
  let after: ListPosition | undefined = to === undefined ? undefined : { at: to - 1, key: "" };
  while (true) {
    const page = await read(after);
    for (const item of page.items) {
      if (item.startedAt < from) return { items, more: false };
      if (!accept(item)) continue;
      if (items.length >= limit) return { items, more: true };
      items.push(item);
    }
    if (page.next === null) return { items, more: false };
    after = page.next;
  }
}
