/** Pages through the lists of several quotas or accounts as one list, newest first. */

/** A position in such a list: the owner's item that started at that time. The page continues after it. */
export interface ListPosition {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The key of the quota or account. */
  readonly key: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins, or null on the last page. */
  readonly next: ListPosition | null;
}

export interface PageQuery {
  readonly limit: number;
  readonly after?: ListPosition | undefined;
}

interface Started {
  readonly startedAt: number;
}

/** Reads one owner's items that started before an instant, newest first, up to a limit. */
export type ReadBefore<T> = (key: string, before: number, limit: number) => Promise<readonly T[]>;

interface Source<T> {
  readonly key: string;
  waiting: readonly T[];
  before: number;
  isOver: boolean;
}

/** Minimum number of items read from an owner at once. */
const MIN_CHUNK = 2;

/**
 * Merges the lists of all owners; items that started at the
 * same instant are in the order of their owners' keys.
 */
export async function readMergedPage<T extends Started>(
  keys: readonly string[],
  { limit, after }: PageQuery,
  read: ReadBefore<T>,
): Promise<Page<T>> {
  const chunk = Math.max(MIN_CHUNK, Math.ceil(2 * (limit + 1) / Math.max(1, keys.length)));
  const sources: Source<T>[] = [...keys].sort().map((key) => ({
    key,
    waiting: [],
    before: after === undefined
      ? Number.MAX_SAFE_INTEGER
      // Owners later in the order may still have items at the same instant.
      : key > after.key
      ? after.at + 1
      : after.at,
    isOver: false,
  }));
  const items: { readonly item: T; readonly key: string }[] = [];
  while (items.length <= limit) {
    let newest: Source<T> | undefined;
    for (const source of sources) {
      // Awaiting items that are already here would cost more than reading them.
      if (!source.isOver && source.waiting.length === 0) await fill(source, Math.min(chunk, limit + 1), read);
      const first = source.waiting[0];
      if (first && (!newest || first.startedAt > newest.waiting[0]!.startedAt)) newest = source;
    }
    if (!newest) break;
    items.push({ item: newest.waiting[0]!, key: newest.key });
    newest.waiting = newest.waiting.slice(1);
  }
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    next: items.length > limit && last ? { at: last.item.startedAt, key: last.key } : null,
  };
}

async function fill<T extends Started>(source: Source<T>, limit: number, read: ReadBefore<T>): Promise<void> {
  source.waiting = await read(source.key, source.before, limit);
  source.before = source.waiting.at(-1)?.startedAt ?? source.before;
  source.isOver = source.waiting.length === 0;
}
