import { type ChunkLinks, closureOf } from "./chunk_graph.ts";

/** Chunks that are made one. */
export interface ChunkGroup {
  readonly chunks: readonly string[];
  /** Indexes of the groups it needs. */
  readonly needs: readonly number[];
}

interface Group {
  /** Indexes of the pages, and of what is loaded later, that load it. */
  readonly users: ReadonlySet<number>;
  /** These, and what is loaded later only by them. */
  readonly served: ReadonlySet<number>;
  readonly chunks: string[];
}

/** Pages that differ in nothing here. */
export interface PageKind {
  /** The chunks such a page begins with. */
  readonly entries: readonly string[];
  /** How many pages there are of the kind. */
  readonly count: number;
}

/** What this share of all pages loads, the others load as well. */
const NEARLY_ALL = 0.9;
/** Text that pages may load without need, for each group that joins another, before it is minified. */
const MAX_EXCESS = 3000;
/** A group with less text joins another one whatever that costs. */
const MIN_SIZE = 1000;

/**
 * Puts chunks together that the same pages load. The bundler splits code by the islands that share it, which are
 * many more combinations; each file of its own costs a request, and compresses worse than a part of a larger one.
 *
 * What is loaded later stays in its own chunk, and what it shares with every page that may load it belongs to them.
 */
export function planChunks(
  chunks: ReadonlyMap<string, ChunkLinks>,
  pages: readonly PageKind[],
): readonly ChunkGroup[] {
  const importsOf = (name: string) => chunks.get(name)?.imports ?? [];
  const groups = joinSmall(groupByUsers(chunks, pages, importsOf), (group, other) => {
    const size = group.chunks.reduce((sum, name) => sum + chunks.get(name)!.size, 0);
    const excess = size * (countOf(other.users, pages) - countOf(group.users, pages));
    return size <= MIN_SIZE || excess <= MAX_EXCESS;
  }, importsOf);
  const placeOf = placesOf(groups);
  return groups.map((group, i) => {
    const needed = Array.from(closureOf(group.chunks, importsOf), (name) => placeOf.get(name)!);
    return { chunks: group.chunks, needs: [...new Set(needed)].filter((j) => j !== i).sort((a, b) => a - b) };
  });
}

/** Returns the groups, those of the most pages first. Whoever loads a chunk loads what it imports: no circles. */
function groupByUsers(
  chunks: ReadonlyMap<string, ChunkLinks>,
  pages: readonly PageKind[],
  importsOf: (name: string) => readonly string[],
): Group[] {
  const later = new Set(Array.from(chunks.values(), ({ loads }) => loads).flat());
  const loaded = pages.map(({ entries }) => closureOf(entries, importsOf));
  const many = NEARLY_ALL * countOf(pages.keys(), pages);
  const roots = [...loaded, ...Array.from(later, (name) => closureOf([name], importsOf))];
  const loaders = Array.from(
    later,
    (name, i) => [pages.length + i, pagesLoading(name, loaded, chunks)] as const,
  );
  const groups = new Map<string, Group>();
  for (const name of chunks.keys()) {
    if (later.has(name)) continue;
    const users = new Set(roots.keys().filter((i) => roots[i]!.has(name)));
    if (countOf(users, pages) >= many) pages.forEach((_, i) => users.add(i));
    const served = new Set(users);
    for (const [root, from] of loaders) {
      if (from.length === 0 || !from.every((page) => users.has(page))) continue;
      users.delete(root);
      served.add(root);
    }
    const key = [...users].join();
    const group = groups.get(key) ?? { users, served, chunks: [] };
    groups.set(key, group);
    group.chunks.push(name);
  }
  return [...groups.values()].sort((a, b) => b.users.size - a.users.size);
}

function countOf(users: Iterable<number>, pages: readonly PageKind[]): number {
  return Array.from(users, (i) => pages[i]?.count ?? 0).reduce((sum, count) => sum + count, 0);
}

/**
 * Joins groups with one that more pages load, the fewest more, if it may and as long as all it needs is loaded by
 * these as well.
 */
function joinSmall(
  groups: Group[],
  mayJoin: (group: Group, other: Group) => boolean,
  importsOf: (name: string) => readonly string[],
): Group[] {
  for (const group of groups.toReversed()) {
    const placeOf = placesOf(groups);
    const needed = new Set(
      Array.from(closureOf(group.chunks, importsOf), (name) => groups[placeOf.get(name)!]!),
    );
    const other = groups.findLast((one) =>
      one !== group && group.users.isSubsetOf(one.served) &&
      [...needed].every((need) => need === group || one.users.isSubsetOf(need.served))
    );
    if (!other || !mayJoin(group, other)) continue;
    other.chunks.push(...group.chunks);
    groups = groups.filter((one) => one !== group);
  }
  return groups;
}

function placesOf(groups: readonly Group[]): ReadonlyMap<string, number> {
  return new Map(groups.flatMap(({ chunks }, i) => chunks.map((name) => [name, i] as const)));
}

/** Returns the pages from which a chunk may be loaded later, directly or from another such chunk. */
function pagesLoading(
  name: string,
  pages: readonly ReadonlySet<string>[],
  chunks: ReadonlyMap<string, ChunkLinks>,
): readonly number[] {
  return pages.flatMap((page, i) => {
    const reached = closureOf(page, (one) => {
      const links = chunks.get(one);
      return links ? [...links.imports, ...links.loads] : [];
    });
    return reached.has(name) ? [i] : [];
  });
}
