import fc from "fast-check";
import { scriptValues } from "../../lib/provider_kit/script_values.ts";
import { assertEquals } from "../support/assert.ts";

const page = (...scripts: readonly string[]) =>
  `<html><p>Don't</p>${scripts.map((one) => `<script>${one}</script>`).join("")}</html>`;
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? "null");

Deno.test("literals are read after a name, with or without an assignment", () => {
  const html = page(
    'f($R[12]={balance:1234500000,reload:!0,auto:!1,at:$R[13]=new Date("2026-11-20T18:00:00.000Z"),n:null,' +
      's:$R[14]={plan:"100",list:[1,-2.5e3,"x"]},gone:void 0})',
  );
  assertEquals(scriptValues(html, "balance"), [1234500000]);
  assertEquals(scriptValues(html, "reload"), [true]);
  assertEquals(scriptValues(html, "auto"), [false]);
  assertEquals(scriptValues(html, "at"), ["2026-11-20T18:00:00.000Z"]);
  assertEquals(scriptValues(html, "n"), [null]);
  assertEquals(scriptValues(html, "gone"), [undefined]);
  assertEquals(plain(scriptValues(html, "s")), [{ plan: "100", list: [1, -2500, "x"] }]);
});

Deno.test("the order of members and the text between them do not matter", () => {
  const html = page("a({x:g(1,{usage:9}),usage:{b:{c:[1,{d:2}]},a:1},y:function(){return {usage:3}}})");
  assertEquals(plain(scriptValues(html, "usage")), [9, { b: { c: [1, { d: 2 }] }, a: 1 }, 3]);
});

Deno.test("names inside strings and outside scripts do not count", () => {
  const html = '<p>usage:1</p><script>a="usage:2";b=\'x usage:3\';c={"usage":4}</script><b>usage:5</b>';
  assertEquals(scriptValues(html, "usage"), [4]);
});

Deno.test("an unclosed quote hides nothing after it", () => {
  assertEquals(scriptValues(page("a=/don't/;\nb={usage:7}"), "usage"), [7]);
});

Deno.test("endlessly nested text is given up", () => {
  const deep = `{usage:${"{a:".repeat(5000)}1${"}".repeat(5000)}}`;
  assertEquals(scriptValues(page(deep), "usage").length, 1);
});

Deno.test("many quotes do not make it slow", () => {
  const hostile = page(`a="${'\\"'.repeat(200_000)};usage:1`);
  assertEquals(scriptValues(hostile, "usage"), [1]);
});

Deno.test("JSON in a script is read as it is", () => {
  const names = fc.stringMatching(/^[a-z]{1,6}$/);
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      names,
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(names, tie("tree"), { maxKeys: 3 }),
    ),
  }));
  fc.assert(fc.property(tree, (value) => {
    assertEquals(plain(scriptValues(page(`f({USAGE:${JSON.stringify(value)}})`), "USAGE")[0]), plain(value));
  }));
});

Deno.test("no page makes it fail", () => {
  const piece = fc.constantFrom(
    "usage",
    ":",
    "{",
    "}",
    "[",
    "]",
    "$R[1]=",
    '"',
    "'",
    "`",
    "\\",
    ",",
    "1",
    " ",
    "(",
    ")",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
    scriptValues(page(pieces.join("")), "usage");
  }));
});
