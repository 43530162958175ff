/** How chunks of a bundle are merged. */
import fc from "fast-check";
import { parseLinks } from "../../lib/fresh/src/dev/chunk_graph.ts";
import { planChunks } from "../../lib/fresh/src/dev/chunk_plan.ts";
import { assert, assertEquals } from "../support/assert.ts";

/** A chunk with its imports, and its lazy imports. */
function chunk(imports: readonly string[], loads: readonly string[] = [], size = 9000) {
  return { imports, loads, exports: new Map(), size };
}

function groupsOf(plan: ReturnType<typeof planChunks>): readonly string[] {
  return plan.map(({ chunks }) => chunks.toSorted().join(" ")).sort();
}

Deno.test("imports, later loads and exports are read from the bundler's text, minified or not", () => {
  const plain = 'import {\n  a,\n  b as c\n} from "./one.js";\nimport "./two.js";\n' +
    'const later = () => import("./three.js");\nexport {\n  a as default,\n  c,\n  later\n};\n';
  const minified = 'import{a as t,b as o}from"./one.js";import"./two.js";var n=()=>import("./three.js");' +
    "export{t as default,o as c,n as later};";
  for (const code of [plain, minified]) {
    const { imports, loads, exports } = parseLinks(code);
    assertEquals([imports, loads], [["one.js", "two.js"], ["three.js"]]);
    assertEquals([...exports], [
      ["default", { file: "one.js", name: "a" }],
      ["c", { file: "one.js", name: "b" }],
      ["later", null],
    ]);
  }
});

Deno.test("modules for the same pages are one chunk, and lazy modules stay apart", () => {
  const chunks = new Map([
    ["one.js", chunk(["base.js", "shared.js"], ["later.js"])],
    ["two.js", chunk(["base.js", "shared.js", "also.js"])],
    ["other.js", chunk(["base.js"])],
    ["base.js", chunk([])],
    ["shared.js", chunk([])],
    ["also.js", chunk([])],
    ["later.js", chunk(["also.js"])],
  ]);
  const kind = (entries: readonly string[]) => ({ entries, count: 1 });
  const plan = planChunks(chunks, [kind(["one.js", "two.js"]), kind(["other.js"])]);
  assertEquals(groupsOf(plan), ["also.js one.js shared.js two.js", "base.js", "other.js"]);
});

Deno.test("modules for nearly all pages are loaded by all, and a small chunk joins a larger one", () => {
  const chunks = new Map([
    ["frame.js", chunk(["base.js"])],
    ["page.js", chunk(["frame.js", "tiny.js"])],
    ["other.js", chunk(["frame.js"])],
    ["alone.js", chunk(["base.js", "tiny.js"])],
    ["base.js", chunk([])],
    ["tiny.js", chunk([], [], 100)],
  ]);
  const plan = planChunks(chunks, [
    { entries: ["page.js"], count: 2 },
    { entries: ["other.js"], count: 17 },
    { entries: ["alone.js"], count: 1 },
  ]);
  assertEquals(groupsOf(plan), ["alone.js", "base.js frame.js tiny.js", "other.js", "page.js"]);
});

Deno.test("for any imports: each chunk is in one group, and no group depends on itself through others", () => {
  const anyGraph = fc.integer({ min: 1, max: 12 }).chain((count) =>
    fc.record({
      imports: fc.array(fc.subarray([...Array(count).keys()]), { minLength: count, maxLength: count }),
      loads: fc.array(fc.subarray([...Array(count).keys()], { maxLength: 1 }), {
        minLength: count,
        maxLength: count,
      }),
      sizes: fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: count, maxLength: count }),
      pages: fc.array(
        fc.record({ entries: fc.subarray([...Array(count).keys()]), count: fc.integer({ min: 1, max: 20 }) }),
        {
          minLength: 1,
          maxLength: 5,
        },
      ),
    })
  );
  fc.assert(fc.property(anyGraph, ({ imports, loads, sizes, pages }) => {
    const name = (i: number) => `${i}.js`;
    const later = new Set(loads.flat().map(name));
    // Imports lead to later chunks, so that chunks have no cycle, and never to a lazy one.
    const chunks = new Map(imports.map((list, i) => {
      const imported = list.filter((j) => j > i).map(name).filter((one) => !later.has(one));
      return [name(i), chunk(imported, loads[i]!.map(name), sizes[i]!)] as const;
    }));
    const plan = planChunks(
      chunks,
      pages.map(({ entries, count }) => ({ entries: entries.map(name), count })),
    );
    assertEquals(
      plan.flatMap((group) => group.chunks).toSorted(),
      [...chunks.keys()].filter((one) => !later.has(one)).toSorted(),
    );
    for (const [i, { needs }] of plan.entries()) {
      const reached = new Set(needs);
      for (const j of reached) for (const k of plan[j]!.needs) reached.add(k);
      assert(!reached.has(i), JSON.stringify(plan));
    }
  }));
});
