/** A stretch of a list that comes in pages. */
import type { Page, Place } from "./analysis.ts";

/** Holds `from` and excludes `to`, epoch milliseconds; without them there is no bound. */
export interface OpenRange {
  readonly from?: number;
  readonly to?: number;
}

/** What is taken out of pages. */
export interface Wanted<T> extends OpenRange {
  readonly limit: number;
  readonly accept: (item: T) => boolean;
}

export interface Taken<T> {
  readonly items: readonly T[];
  /** Whether there are more than were wanted. */
  readonly more: boolean;
}

/** Items that started in a range, newest first, page after page until there are enough. */
export async function takePages<T extends { readonly startedAt: number }>(
  { from = Number.NEGATIVE_INFINITY, to, limit, accept }: Wanted<T>,
  read: (after: Place | undefined) => Promise<Page<T>>,
): Promise<Taken<T>> {
  const items: T[] = [];
  // No key comes before the empty one, so this is the place before all that started earlier than `to`.
  let after: Place | undefined = to === undefined ? undefined : { at: to - 1, key: "" };
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
