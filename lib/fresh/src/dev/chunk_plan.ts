import { type ChunkLinks, findClosure } from "./chunk_graph.ts";

/** Chunks to merge into one. */
export interface ChunkGroup {
  readonly chunks: readonly string[];
  /** Indexes of the groups it needs. */
  readonly needs: readonly number[];
}

interface Group {
  /** Indexes of the users, pages and chunks loaded later, that load it. */
  readonly users: Set<number>;
  /** The same, and chunks that only they load later. */
  readonly served: ReadonlySet<number>;
  readonly chunks: string[];
}

/** Pages that start with the same chunks. */
export interface PageKind {
  /** The chunks with which such a page starts. */
  readonly entries: readonly string[];
  /** Number of pages of this kind. */
  readonly count: number;
}

/** A chunk that this share of all pages loads counts as loaded by all of them. */
const NEARLY_ALL = 0.9;
/** Maximum size of unneeded text that pages may load for each merged group, before it is minified. */
const MAX_EXCESS = 3000;
/** The same for chunks loaded later, when the page is complete already. */
const MAX_LATER_EXCESS = 50_000;
/** A smaller group is merged whatever that costs. */
const MIN_SIZE = 1000;

/**
 * Merges chunks that the same pages load. The bundler splits code by the islands that share it, which gives many
 * more combinations; each file costs a request, and compresses worse than as a part of a larger one.
 *
 * A chunk loaded later stays separate, and what it shares with all pages that may load it belongs to those pages.
 */
export function planChunks(
  chunks: ReadonlyMap<string, ChunkLinks>,
  pages: readonly PageKind[],
): readonly ChunkGroup[] {
  const importsOf = (name: string) => chunks.get(name)?.imports ?? [];
  const sizeOf = (group: Group) => group.chunks.reduce((sum, name) => sum + chunks.get(name)!.size, 0);
  const later = findLoaders(chunks, pages.map(({ entries }) => findClosure(entries, importsOf)));
  const groups = joinSmall(
    groupByUsers(chunks, pages, importsOf),
    (group, other) => {
      const excess = sizeOf(group) * (countPages(other.users, pages) - countPages(group.users, pages));
      const loaders = [...group.users.difference(other.served)].map((root) =>
        later[root - pages.length]!.from
      );
      const laterExcess = sizeOf(other) * countPages(loaders.flat(), pages);
      return laterExcess <= MAX_LATER_EXCESS && (sizeOf(group) <= MIN_SIZE || excess <= MAX_EXCESS);
    },
    importsOf,
    pages.length,
  );
  const placeOf = indexChunks(groups);
  return groups.map((group, i) => {
    const needed = Array.from(findClosure(group.chunks, importsOf), (name) => placeOf.get(name)!);
    return { chunks: group.chunks, needs: [...new Set(needed)].filter((j) => j !== i).sort((a, b) => a - b) };
  });
}

/**
 * Groups chunks by their users, most pages first. A user of a chunk also loads its imports, so groups have no
 * cycles.
 */
function groupByUsers(
  chunks: ReadonlyMap<string, ChunkLinks>,
  pages: readonly PageKind[],
  importsOf: (name: string) => readonly string[],
): Group[] {
  const loaded = pages.map(({ entries }) => findClosure(entries, importsOf));
  const many = NEARLY_ALL * countPages(pages.keys(), pages);
  const later = findLoaders(chunks, loaded);
  const isLater = new Set(later.map(({ name }) => name));
  const roots = [...loaded, ...later.map(({ name }) => findClosure([name], importsOf))];
  const groups = new Map<string, Group>();
  for (const name of chunks.keys()) {
    if (isLater.has(name)) continue;
    const users = new Set(roots.keys().filter((i) => roots[i]!.has(name)));
    if (countPages(users, pages) >= many) pages.forEach((_, i) => users.add(i));
    const served = new Set(users);
    for (const [i, { from }] of later.entries()) {
      if (from.length === 0 || !from.every((page) => users.has(page))) continue;
      users.delete(pages.length + i);
      served.add(pages.length + i);
    }
    const key = [...users].join();
    const group = groups.get(key) ?? { users, served, chunks: [] };
    groups.set(key, group);
    group.chunks.push(name);
  }
  return [...groups.values()].sort((a, b) => b.users.size - a.users.size);
}

function countPages(users: Iterable<number>, pages: readonly PageKind[]): number {
  return Array.from(users, (i) => pages[i]?.count ?? 0).reduce((sum, count) => sum + count, 0);
}

/**
 * Merges groups into ones that more pages load, as few more as possible, if `mayJoin` allows it and these pages
 * also load everything the group needs. Chunks loaded later may have to load more for it.
 */
function joinSmall(
  groups: Group[],
  mayJoin: (group: Group, other: Group) => boolean,
  importsOf: (name: string) => readonly string[],
  pages: number,
): Group[] {
  for (const group of groups.toReversed()) {
    const needsOf = findNeeded(groups, importsOf);
    const other = groups.findLast((one) => {
      const isLoaded = [...group.users].every((user) => user >= pages || one.served.has(user));
      if (one === group || !isLoaded || needsOf(one).has(group) || !mayJoin(group, one)) return false;
      const users = new Set([...one.users].filter((user) => user < pages));
      return [...needsOf(group)].every((need) =>
        need === one || users.isSubsetOf(need.served) && !needsOf(need).has(one)
      );
    });
    if (!other) continue;
    other.chunks.push(...group.chunks);
    for (const user of group.users) other.users.add(user);
    groups = groups.filter((one) => one !== group);
  }
  return groups;
}

/** Returns a function that lists the groups a group needs, directly or through others. */
function findNeeded(
  groups: readonly Group[],
  importsOf: (name: string) => readonly string[],
): (group: Group) => ReadonlySet<Group> {
  const placeOf = indexChunks(groups);
  const direct = new Map(groups.map((group) => {
    const needed = group.chunks.flatMap(importsOf).map((name) => groups[placeOf.get(name)!]!);
    return [group, needed.filter((one) => one !== group)] as const;
  }));
  return (group) => {
    const found = new Set(direct.get(group)!);
    for (const one of found) for (const needed of direct.get(one)!) found.add(needed);
    return found;
  };
}

function indexChunks(groups: readonly Group[]): ReadonlyMap<string, number> {
  return new Map(groups.flatMap(({ chunks }, i) => chunks.map((name) => [name, i] as const)));
}

/** Lists the chunks loaded later, each with the pages that may load it. */
function findLoaders(
  chunks: ReadonlyMap<string, ChunkLinks>,
  pages: readonly ReadonlySet<string>[],
): readonly { readonly name: string; readonly from: readonly number[] }[] {
  const later = new Set(Array.from(chunks.values(), ({ loads }) => loads).flat());
  return Array.from(later, (name) => ({ name, from: pagesLoading(name, pages, chunks) }));
}

/** Lists the pages from which a chunk may be loaded later, directly or through another such chunk. */
function pagesLoading(
  name: string,
  pages: readonly ReadonlySet<string>[],
  chunks: ReadonlyMap<string, ChunkLinks>,
): readonly number[] {
  return pages.flatMap((page, i) => {
    const reached = findClosure(page, (one) => {
      const links = chunks.get(one);
      return links ? [...links.imports, ...links.loads] : [];
    });
    return reached.has(name) ? [i] : [];
  });
}
