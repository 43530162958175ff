import { mergeStretches } from "../../lib/model/history/stretches.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("ranges that overlap or touch become one, whatever their order, and others stay apart", () => {
  assertEquals(mergeStretches([[6, 9], [0, 5]]), [[0, 5], [6, 9]]);
  assertEquals(mergeStretches([[5, 9], [0, 5]]), [[0, 9]]);
  assertEquals(mergeStretches([[0, 9], [2, 3], [8, 12]]), [[0, 12]]);
  assertEquals(mergeStretches([]), []);
});

Deno.test("ranges no further apart than the shortest gap become one", () => {
  assertEquals(mergeStretches([[0, 5], [8, 9], [13, 14]], 3), [[0, 9], [13, 14]]);
});
