import fc from "fast-check";
import { groupRowsBy, type SortKey, sortRows, takePage } from "../../lib/model/view/table.ts";
import { assert, assertEquals } from "../support/assert.ts";

const keys = fc.array(fc.option(fc.oneof(fc.integer(), fc.double({ noNaN: true })), { nil: null }));

Deno.test("sorted rows are the same rows, equal ones in their previous order, unknown ones last", () => {
  fc.assert(fc.property(keys, fc.boolean(), (values, descending) => {
    const rows = values.map((key, place) => ({ key, place }));
    const sorted = sortRows(rows, ({ key }) => key, descending);
    assertEquals(sorted.toSorted((a, b) => a.place - b.place), rows);
    for (const [index, row] of sorted.entries()) {
      const next = sorted[index + 1];
      if (!next) continue;
      if (next.key === null) continue;
      assert(row.key !== null);
      assert(descending ? row.key >= next.key : row.key <= next.key);
      if (row.key === next.key) assert(row.place < next.place);
    }
  }));
});

Deno.test("rows are sorted by a name as names are, with numbers by their value", () => {
  const sorted = sortRows(["team-10", "team-2", "Team-1"], (name) => name, false);
  assertEquals(sorted, ["Team-1", "team-2", "team-10"]);
  assertEquals(sortRows(sorted, (name) => name, true), sorted.toReversed());
});

Deno.test("pages of any size contain every row once, and a page beyond the last is the last", () => {
  const size = fc.integer({ min: 1, max: 30 });
  fc.assert(fc.property(fc.array(fc.integer(), { maxLength: 200 }), size, (rows, size) => {
    const { pages } = takePage(rows, 1, size);
    const all = Array.from({ length: pages }, (_, page) => takePage(rows, page + 1, size));
    assertEquals(all.flatMap((page) => page.rows), rows);
    for (const { rows: shown, first, last, total } of all) {
      assertEquals([total, shown.length], [rows.length, first === 0 ? 0 : last - first + 1]);
      assert(shown.length <= size);
    }
    assertEquals(takePage(rows, pages + 7, size), all.at(-1)!);
  }));
});

Deno.test("groups contain every row once, in order of first occurrence", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (rows) => {
    const groups = groupRowsBy(rows, String);
    assertEquals(groups.map(({ key }) => key), [...new Set(rows.map(String))]);
    assertEquals(groups.flatMap(({ rows }) => rows).toSorted(), rows.toSorted());
    for (const { key, rows } of groups) assert(rows.every((row) => String(row) === key));
  }));
});

Deno.test("rows with equal keys keep their order in both directions", () => {
  const rows = [["a", 2], ["b", 1], ["c", 2], ["d", null], ["e", 1], ["f", null]] as const;
  const names = (descending: boolean) =>
    sortRows(rows, ([, key]) => key, descending).map(([name]) => name).join("");
  assertEquals([names(false), names(true)], ["beacdf", "acbedf"]);
});

Deno.test("a number among names is sorted as a name", () => {
  const rows: readonly SortKey[] = ["b", 10, "a", 9];
  assertEquals(sortRows(rows, (row) => row, false), [9, 10, "a", "b"]);
});

Deno.test("a page states which of all rows it shows", () => {
  const rows = Array.from({ length: 25 }, (_, place) => place);
  const place = (length: number, requested: number) => {
    const { page, pages, first, last, total } = takePage(rows.slice(0, length), requested, 10);
    return [page, pages, first, last, total];
  };
  assertEquals(place(25, 1), [1, 3, 1, 10, 25]);
  assertEquals(place(25, 3), [3, 3, 21, 25, 25]);
  assertEquals([place(20, 3), place(20, 0), place(21, 3)], [
    [2, 2, 11, 20, 20],
    [1, 2, 1, 10, 20],
    [3, 3, 21, 21, 21],
  ]);
  // Without rows there is one page, with nothing on it.
  assertEquals([place(0, 1), place(0, 2)], [[1, 1, 0, 0, 0], [1, 1, 0, 0, 0]]);
});

Deno.test("text is sorted alphabetically", () => {
  const rows: readonly SortKey[] = ["b", null, "a"];
  assertEquals(sortRows(rows, (row) => row, false), ["a", "b", null]);
  assertEquals(sortRows(rows, (row) => row, true), ["b", "a", null]);
});
