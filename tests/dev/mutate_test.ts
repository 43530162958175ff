/** The mutation tool, which checks whether tests notice changes of sources. */
import { join } from "node:path";
import { EQUIVALENT, whyEquivalent } from "../../dev/mutate/equivalent.ts";
import { applyMutant, findMutants, type Mutant } from "../../dev/mutate/mutants.ts";
import { relate } from "../../dev/mutate/related.ts";
import { identifyResult, openResults } from "../../dev/mutate/results.ts";
import { drawSample } from "../../dev/mutate/sample.ts";
import { openWorkshop } from "../../dev/mutate/workshop.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { readProjectFile } from "../support/sources.ts";
import { withFolder } from "../store/folder.ts";

/** Each mutant of one line of code, as its resulting code. */
function changes(code: string): readonly string[] {
  return findMutants("lib/model/made_up.ts", code).map((mutant) => applyMutant(code, mutant));
}

Deno.test("each operator is changed to its neighbour, one at a time", () => {
  assertEquals(changes("const a = b + c * d;"), ["const a = b - c * d;", "const a = b + c / d;"]);
  assertEquals(changes("if (a <= b && !c) f();"), [
    "if (a < b && !c) f();",
    "if (a > b && !c) f();",
    "if (a <= b || !c) f();",
    "if (a <= b && c) f();",
  ]);
  assertEquals(changes("const x = a !== b || d.every(f);"), [
    "const x = a === b || d.every(f);",
    "const x = a !== b && d.every(f);",
    "const x = a !== b || d.some(f);",
  ]);
  assertEquals(changes("const m = Math.min(a, -b);"), [
    "const m = Math.max(a, -b);",
    "const m = Math.min(a, b);",
  ]);
  assertEquals(changes("n += 1;"), ["n -= 1;", "n += 2;"]);
});

Deno.test("each constant is changed, with its separators and its share", () => {
  assertEquals(changes("const DAY_MS = 86_400_000;"), ["const DAY_MS = 86400001;"]);
  assertEquals(changes("const HALF = 0.5;"), ["const HALF = 0.25;"]);
  assertEquals(changes("const on = true;"), ["const on = false;"]);
});

Deno.test("types, comments, strings, patterns and names are left alone", () => {
  assertEquals(changes("interface A { readonly n: 1 | 2; readonly yes: true }\n"), []);
  assertEquals(changes("let a: Map<string, 1>; // a + b, 3\n/* a < b */\n"), []);
  assertEquals(changes('const a = "b + 1", c = `d - 2`, e = /f{3} + g/;'), []);
  assertEquals(changes("const a1 = b2.c3!;"), []);
  assertEquals(changes("const a = `${b + c}`;"), ["const a = `${b - c}`;"]);
});

Deno.test("changes that are not valid programs are not mutants", () => {
  // Nullish coalescing may not be mixed with the other two without parentheses.
  assertEquals(changes("const a = (b ?? c) && d;"), ["const a = (b ?? c) || d;"]);
  for (const text of changes("const f = (a: number) => a ** -1 < 2 ? -a : +a;")) {
    assert(!text.includes("** 1 ** "), text);
  }
});

Deno.test("a mutant is found by its line and column", () => {
  const [mutant] = findMutants("a.ts", "const a = b;\n  const c = a - b;\n");
  assertEquals([mutant?.line, mutant?.column, mutant?.from], [2, 15, "-"]);
});

Deno.test("a sample is the same for the same seed, and a larger one contains the smaller", () => {
  const text = Array.from({ length: 50 }, (_, i) => `const a${i} = b + c;`).join("\n");
  const all = findMutants("a.ts", text);
  const small = drawSample(all, 10, 7);
  assertEquals(drawSample(all.toReversed(), 10, 7), small);
  assertEquals(drawSample(all, 20, 7).slice(0, 10), small);
  assert(JSON.stringify(drawSample(all, 10, 8)) !== JSON.stringify(small));
  assertEquals(drawSample(all, 1000, 7).length, all.length);
});

Deno.test("the tests of a file come first, then those of its room, then others that load it, those that build last", () => {
  const source = (path: string, ...imports: readonly string[]) => ({
    path,
    text: imports.map((from) => `import { x } from "${from}";\n`).join(""),
  });
  const related = relate([
    source("lib/model/a.ts"),
    source("lib/model/b.ts", "./a.ts"),
    source("dev/build.ts"),
    source("tests/model/a_test.ts", "../../lib/model/a.ts"),
    source("tests/model/b_test.ts", "../../lib/model/b.ts"),
    source("islands/Chart.tsx", "../lib/model/b.ts"),
    source("tests/support/web_app.ts"),
    source("tests/app/built_test.ts", "../../dev/build.ts"),
    source("tests/poll/far_test.ts", "../../lib/model/b.ts"),
    source("tests/routes/page_test.ts", "../support/web_app.ts"),
    source("tests/other_test.ts"),
    { path: "tests/type_test.ts", text: 'import type { x } from "../lib/model/a.ts";\n' },
  ])("lib/model/a.ts");
  assertEquals(related, {
    near: ["tests/model/a_test.ts"],
    room: ["tests/model/b_test.ts"],
    far: ["tests/poll/far_test.ts", "tests/routes/page_test.ts", "tests/app/built_test.ts"],
  });
});

Deno.test("files loaded by a URL in a string are found, and tests named after a part of a file are near", () => {
  const related = relate([
    { path: "lib/cli/lazy.ts", text: 'export const GROUPS = { guard: "commands/guard.ts" };\n' },
    { path: "lib/cli/commands/guard.ts", text: 'import { read } from "../guard_args.ts";\n' },
    { path: "lib/cli/guard_args.ts", text: "export const read = 1;\n" },
    { path: "tests/cli/guard_test.ts", text: 'import { GROUPS } from "../../lib/cli/lazy.ts";\n' },
    { path: "tests/cli/query_test.ts", text: 'import { GROUPS } from "../../lib/cli/lazy.ts";\n' },
    { path: "tests/words_test.ts", text: 'const text = "lib/cli/guard_args.ts";\n' },
  ]);
  const expected = { near: ["tests/cli/guard_test.ts"], room: ["tests/cli/query_test.ts"], far: [] };
  assertEquals(related("lib/cli/commands/guard.ts"), expected);
  assertEquals(related("lib/cli/guard_args.ts"), expected);
});

Deno.test("an equivalent change is recognized by its line, wherever that moves, and every listed line exists", async () => {
  const known = [{
    path: "a.ts",
    code: "f(a + b, c + d);",
    from: "+",
    place: 1,
    to: "-",
    why: "Nobody reads it",
  }];
  const of = (text: string) => findMutants("a.ts", text).map((mutant) => whyEquivalent(mutant, text, known));
  assertEquals(of("f(a + b, c + d);"), [null, "Nobody reads it"]);
  assertEquals(of("\n\n  f(a + b, c + d);"), [null, "Nobody reads it"]);
  assertEquals(of("f(a + b, c + e);"), [null, null]);
  const line = [{ path: "a.ts", code: "g(a + 1);", why: "A bound on work" }];
  const text = "g(a + 1);\ng(a + 2);";
  assertEquals(findMutants("a.ts", text).map((mutant) => whyEquivalent(mutant, text, line)), [
    "A bound on work",
    "A bound on work",
    null,
    null,
  ]);
  for (const one of EQUIVALENT) {
    const text = await readProjectFile(one.path);
    const found = findMutants(one.path, text).filter((mutant) => whyEquivalent(mutant, text, [one]) !== null);
    assert(found.length > 0, `${one.path} has no such change any more: ${one.code} ${one.from} -> ${one.to}`);
  }
});

const MUTANT: Mutant = { path: "a.ts", at: 1, line: 1, column: 2, from: "+", to: "-" };

Deno.test("known results are reused by the next run, until the source or its tests change", () =>
  withFolder((folder) => {
    const path = join(folder, "below", "mutants.ndjson");
    const id = identifyResult(MUTANT, "source", ["test"]);
    openResults(path).add(id, MUTANT, "survived");
    // A run interrupted in the middle of a line.
    Deno.writeTextFileSync(path, '{"id":"cut', { append: true });
    const again = openResults(path);
    assertEquals(again.get(id), "survived");
    again.add("next", MUTANT, "killed");
    assertEquals([openResults(path).get(id), openResults(path).get("next")], ["survived", "killed"]);
    assertEquals(again.get(identifyResult(MUTANT, "source", ["another test"])), undefined);
    assertEquals(again.get(identifyResult(MUTANT, "another source", ["test"])), undefined);
  }));

Deno.test("a change is killed, survives, or times out, and the project stays unchanged", () =>
  withFolder(async (folder) => {
    const source = "export const twice = (n: number) => n * 2;\n" +
      "export const unseen = (n: number) => n * 3;\n" +
      "export function count(to: number) {\n  let at = 0;\n  while (at < to) at += 1;\n  return at;\n}\n";
    const test = 'import { count, twice } from "./a.ts";\n' +
      'Deno.test("a", () => { if (twice(2) !== 4 || count(3) !== 3) throw new Error(); });\n';
    Deno.writeTextFileSync(join(folder, "a.ts"), source);
    Deno.writeTextFileSync(join(folder, "a_test.ts"), test);
    Deno.writeTextFileSync(join(folder, "broken_test.ts"), 'Deno.test("b", () => { throw new Error(); });\n');
    Deno.writeTextFileSync(join(folder, "b.ts"), "export const b = 1;\n");
    const both = 'import { unseen } from "./a.ts";\nimport { b } from "./b.ts";\n' +
      'Deno.test("c", () => { if (unseen(1) > 3 !== b > 1) throw new Error(); });\n';
    Deno.writeTextFileSync(join(folder, "both_test.ts"), both);
    await using workshop = await openWorkshop(folder);
    const outcome = (line: number, to: string, limitMs = 120_000) => {
      const mutant = findMutants("a.ts", source).find((one) => one.line === line && one.to === to);
      assert(mutant, `${line} ${to}`);
      return workshop.try([mutant], ["a_test.ts"], limitMs);
    };
    assertEquals((await workshop.measure("a_test.ts", 120_000)).passes, true);
    assertEquals((await workshop.measure("a_test.ts", 1)).passes, false, "It is ended when it is slow");
    assertEquals((await workshop.measure("broken_test.ts", 120_000)).passes, false);
    assertEquals(await outcome(1, "3"), "killed");
    assertEquals(await outcome(2, "/"), "survived");
    assertEquals(await outcome(5, "-=", 1500), "late");
    await assertRejects(() => workshop.measure("missing_test.ts", 120_000));
    const two = findMutants("a.ts", source).filter(({ line, to }) => line === 2 || to === "3");
    await assertRejects(() => workshop.try(two, ["a_test.ts"], 120_000), /Two changes of one file/);
    assertEquals(Deno.readTextFileSync(join(folder, "a.ts")), source);
    const [other] = findMutants("b.ts", "export const b = 1;\n");
    assertEquals(
      await workshop.try([two.find(({ to }) => to === "4")!, other!], ["both_test.ts"], 120_000),
      "survived",
    );
    assertEquals(await workshop.try([other!], ["both_test.ts"], 120_000), "killed");
  }));
