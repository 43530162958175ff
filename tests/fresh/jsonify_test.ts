import { signal } from "@preact/signals";
import fc from "fast-check";
import { parse } from "../../lib/fresh/src/jsonify/parse.ts";
import { stringify } from "../../lib/fresh/src/jsonify/stringify.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";

Deno.test("jsonify writes Fresh's wire format", () => {
  const examples: [unknown, string][] = [
    [undefined, "-1"],
    [null, "-2"],
    [NaN, "-3"],
    [Infinity, "-4"],
    [-Infinity, "-5"],
    [-0, "-6"],
    [0, "[0]"],
    ["a", '["a"]'],
    [true, "[true]"],
    [12n, '[["BigInt","12"]]'],
    [[1, null, 1], "[[1,-2,1],1]"],
    // deno-lint-ignore no-sparse-arrays
    [[1, , 3], "[[1,-7,2],1,3]"],
    [{ a: "x", b: "x" }, '[{"a":1,"b":1},"x"]'],
    [new Date(0), '[["Date","1970-01-01T00:00:00.000Z"]]'],
    [new URL("https://a.example/b"), '[["URL","https://a.example/b"]]'],
    [/a"b/gi, '[["RegExp","a\\"b","gi"]]'],
    [new Uint8Array([1, 2, 255]), '[["Uint8Array","AQL/"]]'],
    [new Set(["a"]), '[["Set",[1]],"a"]'],
    [new Map([["k", 1]]), '[["Map",[1,2]],"k",1]'],
    [["Signal"], '[[1],"Signal"]'],
  ];
  for (const [value, text] of examples) {
    assertEquals(stringify(value), text);
    assertEquals(parse(text), value);
  }
});

Deno.test("jsonify gives back any value it takes", () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.bigInt(),
    fc.constant(null),
    fc.constant(undefined),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array(),
    fc.webUrl().map((url) => new URL(url)),
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("tree"), { maxLength: 5 }),
      fc.sparseArray(tie("tree"), { maxLength: 8 }),
      fc.dictionary(fc.string(), tie("tree"), { noNullPrototype: true, maxKeys: 5 }),
      fc.array(tie("tree"), { maxLength: 5 }).map((items) => new Set(items)),
      fc.array(fc.tuple(fc.string(), tie("tree")), { maxLength: 5 }).map((entries) => new Map(entries)),
    ),
  }));
  fc.assert(fc.property(tree, (value) => {
    assertEquals(parse(stringify(value)), value);
  }));
});

Deno.test("jsonify keeps repeated references and cycles", () => {
  const shared = { name: "shared" };
  const ring: Record<string, unknown> = { one: shared, two: shared, map: new Map(), set: new Set() };
  ring.self = ring;
  (ring.map as Map<string, unknown>).set("ring", ring);
  (ring.set as Set<unknown>).add(ring);
  const back = parse<typeof ring>(stringify(ring));
  assert(back.one === back.two);
  assert(back.self === back);
  assert((back.map as Map<string, unknown>).get("ring") === back);
  assert((back.set as Set<unknown>).has(back));
});

Deno.test("jsonify adds a key named __proto__ without touching the prototype", () => {
  const back = parse<object>(stringify(JSON.parse('{"__proto__":{"admin":true}}')));
  assert(Object.hasOwn(back, "__proto__"));
  assertEquals((back as { admin?: boolean }).admin, undefined);
  assertEquals(Object.getPrototypeOf(back), Object.prototype);
});

Deno.test("jsonify writes only the bytes a view shows", () => {
  const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  assertEquals(parse(stringify(view)), new Uint8Array([2, 3]));
});

Deno.test("jsonify hands objects to the stringifier that knows them, once for each object", () => {
  const count = signal(1);
  const text = stringify([count, count], {
    Signal: (value) => value === count ? { value: count.peek() } : undefined,
  });
  assertEquals(text, '[[1,1],["Signal",2],1]');
  const [a, b] = parse<[{ value: number }, { value: number }]>(text, { Signal: (value) => signal(value) });
  assert(a === b);
  assertEquals(a.value, 1);
});

Deno.test("jsonify refuses what has no meaning on the other side", () => {
  assertThrows(() => stringify({ run() {} }), /Cannot serialize a function/);
  assertThrows(() => stringify([Symbol("x")]), /Cannot serialize a symbol/);
  const self = signal<unknown>(null);
  self.value = { self };
  const known = { Signal: (value: object) => value === self ? { value: self.peek() } : undefined };
  assertThrows(() => stringify(self, known), /contains itself/);
  assertThrows(() => parse('[["Unknown",1],2]'), /tagged "Unknown"/);
});
