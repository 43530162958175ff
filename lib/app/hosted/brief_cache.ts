/**
 * Caches some documents for two seconds, because each read costs on a hosting platform: every provider reads the
 * stored accounts at the same moment, every login its identity, and every poll the rules of alerts. A change made
 * by this instance shows at once, one of another instance moments later, or as soon as this one learns of it.
 */
import type { Clock } from "../../base/clock.ts";
import type { Doc, DocKind, DocStore, GetOptions } from "../../store/store.ts";

const LISTS: ReadonlySet<DocKind> = new Set(["accounts", "channels"]);
/** Read one by one, but a list costs no more than one of them. */
const FROM_LIST: ReadonlySet<DocKind> = new Set(["identities"]);
const SINGLE: ReadonlySet<DocKind> = new Set(["settings"]);
const CACHE_MS = 2_000;

interface CachedRead {
  readonly at: number;
  readonly kind: DocKind;
  readonly value: Promise<unknown>;
}

export interface BriefDocs extends DocStore {
  /** Forgets everything, because another instance changed something. */
  forget(): void;
}

export function withBriefCache(docs: DocStore, clock: Pick<Clock, "now">): BriefDocs {
  const cache = new Map<string, CachedRead>();

  async function applyChange<T>(kinds: readonly DocKind[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      for (const [key, { kind }] of cache) if (kinds.includes(kind)) cache.delete(key);
    }
  }

  function readCached<T>(kind: DocKind, id: string, read: () => Promise<T>): Promise<T> {
    const at = clock.now();
    const key = `${kind} ${id}`;
    const known = cache.get(key);
    if (known && at >= known.at && at - known.at < CACHE_MS) return known.value as Promise<T>;
    const value = read();
    cache.set(key, { at, kind, value });
    value.catch(() => cache.delete(key));
    return value;
  }

  async function fromList<T>(kind: DocKind, id: string, now: number): Promise<T | null> {
    const read = async () => new Map((await docs.list<T>(kind, now)).map((one) => [one.id, one.doc]));
    return (await readCached(kind, "map", read)).get(id) ?? null;
  }

  return {
    forget: () => cache.clear(),
    get<T>(kind: DocKind, id: string, now: number, { fresh = false }: GetOptions = {}): Promise<T | null> {
      const read = () => docs.get<T>(kind, id, now);
      if (FROM_LIST.has(kind) && !fresh) return fromList<T>(kind, id, now);
      return SINGLE.has(kind) && !fresh ? readCached(kind, `one ${id}`, read) : read();
    },
    all: (kind) => docs.all(kind),
    ...docs.watch && { watch: docs.watch.bind(docs) },
    put: (kind, id, doc, now, options) => applyChange([kind], () => docs.put(kind, id, doc, now, options)),
    delete: (kind, id) => applyChange([kind], () => docs.delete(kind, id)),
    change: (changes, now) => applyChange(changes.map(({ kind }) => kind), () => docs.change(changes, now)),
    putGuarded: (guarded) =>
      applyChange(
        [guarded.guard.kind, ...guarded.added.map(({ kind }) => kind)],
        () => docs.putGuarded(guarded),
      ),
    list<T>(kind: DocKind, now: number): Promise<readonly Doc<T>[]> {
      const read = () => docs.list<T>(kind, now);
      return LISTS.has(kind) ? readCached(kind, "all", read) : read();
    },
  };
}
