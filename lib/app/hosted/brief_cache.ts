/**
 * Reads some lists once for many callers: every provider asks for the stored accounts at the same moment, and each read
 * costs on a host. A change made here is seen at once, one of another instance moments later.
 */
import type { Clock } from "../../base/clock.ts";
import type { Doc, DocKind, DocStore } from "../../store/store.ts";

const KINDS: ReadonlySet<DocKind> = new Set(["accounts"]);
const KEPT_MS = 2_000;

export function withBriefCache(docs: DocStore, clock: Pick<Clock, "now">): DocStore {
  const kept = new Map<DocKind, { readonly at: number; readonly list: Promise<readonly Doc<unknown>[]> }>();

  async function changing<T>(kinds: readonly DocKind[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      for (const kind of kinds) kept.delete(kind);
    }
  }

  return {
    get: (kind, id, now) => docs.get(kind, id, now),
    all: (kind) => docs.all(kind),
    put: (kind, id, doc, now, options) => changing([kind], () => docs.put(kind, id, doc, now, options)),
    delete: (kind, id) => changing([kind], () => docs.delete(kind, id)),
    change: (changes, now) => changing(changes.map(({ kind }) => kind), () => docs.change(changes, now)),
    list<T>(kind: DocKind, now: number): Promise<readonly Doc<T>[]> {
      if (!KINDS.has(kind)) return docs.list<T>(kind, now);
      const at = clock.now();
      const known = kept.get(kind);
      if (known && at >= known.at && at - known.at < KEPT_MS) return known.list as Promise<readonly Doc<T>[]>;
      const list = docs.list<T>(kind, now);
      kept.set(kind, { at, list });
      list.catch(() => kept.delete(kind));
      return list;
    },
  };
}
