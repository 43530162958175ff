/** Lists of several owners, read page by page as one list. */
import { type ListPosition, readMergedPage } from "../../lib/read/pages.ts";
import { assert, assertEquals } from "../support/assert.ts";

/** When the items of each owner started, in any order; an owner has at most one at a time. */
type Owners = Readonly<Record<string, readonly number[]>>;

interface Item {
  readonly startedAt: number;
  readonly name: string;
}

/** Reads as a store does, and notes how many items were requested of whom. */
function readerOf(owners: Owners) {
  const asked: { readonly key: string; readonly limit: number }[] = [];
  const read = (key: string, before: number, limit: number): Promise<readonly Item[]> => {
    asked.push({ key, limit });
    const own = (owners[key] ?? []).filter((startedAt) => startedAt < before).sort((a, b) => b - a);
    return Promise.resolve(
      own.slice(0, limit).map((startedAt) => ({ startedAt, name: `${startedAt}${key}` })),
    );
  };
  return { read, asked };
}

async function pagesOf(owners: Owners, limit: number): Promise<readonly (readonly string[])[]> {
  const pages: (readonly string[])[] = [];
  let after: ListPosition | undefined;
  do {
    // The order of the keys does not matter.
    const keys = Object.keys(owners).toReversed();
    const { items, next } = await readMergedPage(keys, { limit, after }, readerOf(owners).read);
    pages.push(items.map(({ name }) => name));
    after = next ?? undefined;
    assert(pages.length < 100, "a page continues after the one before it");
  } while (after);
  return pages;
}

const OWNERS: Owners = {
  a: [1, 5, 6, 9, 12],
  b: [5, 6, 7],
  c: [6],
  d: [],
  e: [5, 6, 20, 21, 22, 23, 24, 25],
};
const ALL = "25e 24e 23e 22e 21e 20e 12a 9a 7b 6a 6b 6c 6e 5a 5b 5e 1a".split(" ");

Deno.test("pages contain every item once, newest first, and those of one instant by owner", async () => {
  for (let limit = 1; limit <= ALL.length + 1; limit++) {
    const pages = await pagesOf(OWNERS, limit);
    assertEquals(pages.flat(), ALL);
    assertEquals(
      [limit, pages.map(({ length }) => length)],
      [
        limit,
        Array.from(
          { length: Math.ceil(ALL.length / limit) },
          (_, i) => Math.min(limit, ALL.length - i * limit),
        ),
      ],
    );
  }
});

Deno.test("a page continues after its place, whether or not the owner of that still has the item", async () => {
  const after = async (at: number, key: string) => {
    const page = await readMergedPage(
      Object.keys(OWNERS),
      { limit: 3, after: { at, key } },
      readerOf(OWNERS).read,
    );
    return page.items.map(({ name }) => name);
  };
  assertEquals(await after(6, "a"), ["6b", "6c", "6e"]);
  assertEquals(await after(6, "d"), ["6e", "5a", "5b"]);
  assertEquals(await after(6, "z"), ["5a", "5b", "5e"]);
  assertEquals(await after(6, ""), ["6a", "6b", "6c"]);
  assertEquals(await after(8, "a"), ["7b", "6a", "6b"]);
});

Deno.test("a list without owners or items, and a page for no items, are empty and the last", async () => {
  const page = (owners: Owners, limit: number) =>
    readMergedPage(Object.keys(owners), { limit }, readerOf(owners).read);
  const empty = { items: [], next: null };
  assertEquals([await page({}, 5), await page({ a: [], b: [] }, 5), await page(OWNERS, 0)], [
    empty,
    empty,
    empty,
  ]);
});

Deno.test("of an owner, no more is read at once than a page can show, and of many owners less", async () => {
  const limitsOf = async (owners: Owners, limit: number) => {
    const { read, asked } = readerOf(owners);
    await readMergedPage(Object.keys(owners), { limit }, read);
    return asked.map(({ key, limit }) => `${limit}${key}`);
  };
  const many = Array.from({ length: 30 }, (_, i) => i);
  assertEquals(await limitsOf({ a: many }, 3), ["4a"]);
  // Of each of four, half of what the page could show.
  const four = { a: many, b: many, c: many, d: many };
  assertEquals((await limitsOf(four, 7)).slice(0, 4), ["4a", "4b", "4c", "4d"]);
  // An owner without more items is not asked again.
  const asked = await limitsOf({ a: [40, 41], b: many }, 9);
  assertEquals(asked.filter((one) => one.endsWith("a")).length, 2);
});
