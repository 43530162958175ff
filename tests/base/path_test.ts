import nodePath from "node:path/posix";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { loadNodePaths, posix } from "../../lib/base/path.ts";
import { assertEquals } from "../support/assert.ts";

/** Paths with all that has a meaning in them, and much that looks like it. */
const path = fc.array(
  fc.constantFrom(
    "/",
    "/",
    "//",
    ".",
    "..",
    "...",
    "a",
    "b.txt",
    ".env",
    "..c",
    "d.",
    "e\\f",
    "%2F",
    "#",
    "?",
    " ",
    "ü",
    "\n",
  ),
  { maxLength: 8 },
).map((parts) => parts.join(""));
const RUNS = { numRuns: 3000 };

for (const name of ["dirname", "isAbsolute", "basename", "resolve", "join"] as const) {
  Deno.test(`${name}() returns what Node's returns for any path`, () => {
    fc.assert(fc.property(path, (path) => assertEquals(posix[name](path), nodePath[name](path))), RUNS);
  });
}

Deno.test("join(), resolve() and relative() of several paths return what Node's return", () => {
  fc.assert(
    fc.property(path, path, path, (a, b, c) => {
      assertEquals(posix.join(a, b, c), nodePath.join(a, b, c));
      assertEquals(posix.resolve(a, b, c), nodePath.resolve(a, b, c));
      assertEquals(posix.relative(a, b), nodePath.relative(a, b));
    }),
    RUNS,
  );
});

Deno.test("basename() cuts off a suffix as Node's does", () => {
  fc.assert(
    fc.property(path, fc.constantFrom("", ".txt", ".env", "t", "b.txt", "/"), (path, suffix) => {
      // Node differs from POSIX where a path is nothing but slashes, or the suffix itself.
      fc.pre(/[^/]/.test(path) && path !== suffix);
      assertEquals(posix.basename(path, suffix), nodePath.basename(path, suffix));
    }),
    RUNS,
  );
});

Deno.test("a path becomes the URL that Node makes of it", () => {
  fc.assert(
    fc.property(path, (path) => assertEquals(posix.pathToFileURL(path).href, pathToFileURL(path).href)),
    RUNS,
  );
});

Deno.test("on Windows all functions are Node's own, by the same names", () => {
  const node = loadNodePaths();
  const path = nodePath as unknown as typeof node;
  for (const name of Object.keys(posix) as (keyof typeof posix)[]) {
    const own = name === "pathToFileURL" ? pathToFileURL : path[name];
    assertEquals<unknown>(node[name], own, name);
  }
});
