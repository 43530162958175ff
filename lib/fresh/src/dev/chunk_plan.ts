import { type ChunkLinks, closureOf } from "./chunk_graph.ts";

/** Chunks that are made one. */
export interface ChunkGroup {
  readonly chunks: readonly string[];
  /** Indexes of the groups it needs. */
  readonly needs: readonly number[];
}

interface Group {
  /** Indexes of the pages, and of what is loaded later, that load it. */
  readonly users: Set<number>;
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
/** The same for what is loaded later, when a page is complete already. */
const MAX_LATER_EXCESS = 50_000;
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
  const sizeOf = (group: Group) => group.chunks.reduce((sum, name) => sum + chunks.get(name)!.size, 0);
  const later = loadersOf(chunks, pages.map(({ entries }) => closureOf(entries, importsOf)));
  const groups = joinSmall(
    groupByUsers(chunks, pages, importsOf),
    (group, other) => {
      const excess = sizeOf(group) * (countOf(other.users, pages) - countOf(group.users, pages));
      const loaders = [...group.users.difference(other.served)].map((root) =>
        later[root - pages.length]!.from
      );
      const laterExcess = sizeOf(other) * countOf(loaders.flat(), pages);
      return laterExcess <= MAX_LATER_EXCESS && (sizeOf(group) <= MIN_SIZE || excess <= MAX_EXCESS);
    },
    importsOf,
    pages.length,
  );
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
  const loaded = pages.map(({ entries }) => closureOf(entries, importsOf));
  const many = NEARLY_ALL * countOf(pages.keys(), pages);
  const later = loadersOf(chunks, loaded);
  const isLater = new Set(later.map(({ name }) => name));
  const roots = [...loaded, ...later.map(({ name }) => closureOf([name], importsOf))];
  const groups = new Map<string, Group>();
  for (const name of chunks.keys()) {
    if (isLater.has(name)) continue;
    const users = new Set(roots.keys().filter((i) => roots[i]!.has(name)));
    if (countOf(users, pages) >= many) pages.forEach((_, i) => users.add(i));
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

function countOf(users: Iterable<number>, pages: readonly PageKind[]): number {
  return Array.from(users, (i) => pages[i]?.count ?? 0).reduce((sum, count) => sum + count, 0);
}

/**
 * Joins groups with one that more pages load, the fewest more, if it may and as long as these pages load all it needs
 * as well. What is loaded later may have to load more for it.
 */
function joinSmall(
  groups: Group[],
  mayJoin: (group: Group, other: Group) => boolean,
  importsOf: (name: string) => readonly string[],
  pages: number,
): Group[] {
  for (const group of groups.toReversed()) {
    const needsOf = neededBy(groups, importsOf);
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

/** Tells which other groups a group needs, directly or through others. */
function neededBy(
  groups: readonly Group[],
  importsOf: (name: string) => readonly string[],
): (group: Group) => ReadonlySet<Group> {
  const placeOf = placesOf(groups);
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

function placesOf(groups: readonly Group[]): ReadonlyMap<string, number> {
  return new Map(groups.flatMap(({ chunks }, i) => chunks.map((name) => [name, i] as const)));
}

/** Returns what is loaded later, each with the pages that may load it. */
function loadersOf(
  chunks: ReadonlyMap<string, ChunkLinks>,
  pages: readonly ReadonlySet<string>[],
): readonly { readonly name: string; readonly from: readonly number[] }[] {
  const later = new Set(Array.from(chunks.values(), ({ loads }) => loads).flat());
  return Array.from(later, (name) => ({ name, from: pagesLoading(name, pages, chunks) }));
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
