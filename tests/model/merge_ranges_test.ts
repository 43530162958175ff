import { mergeRanges } from "../../lib/model/history/merge_ranges.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("ranges that overlap or touch become one, whatever their order, and others stay apart", () => {
  assertEquals(mergeRanges([[6, 9], [0, 5]]), [[0, 5], [6, 9]]);
  assertEquals(mergeRanges([[5, 9], [0, 5]]), [[0, 9]]);
  assertEquals(mergeRanges([[0, 9], [2, 3], [8, 12]]), [[0, 12]]);
  assertEquals(mergeRanges([]), []);
});

Deno.test("ranges no further apart than the shortest gap become one", () => {
  assertEquals(mergeRanges([[0, 5], [8, 9], [13, 14]], 3), [[0, 9], [13, 14]]);
});
