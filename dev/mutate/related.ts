/** Finds the tests that may notice a change of a file, by their imports; the nearest first. */
import { basename, dirname, join } from "node:path/posix";
import { importsOf, type Source } from "../../tests/support/sources.ts";

export interface Related {
  /** Tests of the file: named after it or a part of its name, or importing it directly. */
  readonly near: readonly string[];
  /** Other tests of its room that load it. */
  readonly room: readonly string[];
  /** Tests of other rooms that load it; last those for which the dashboard is built. */
  readonly far: readonly string[];
}

/** Too slow to run for one mutant, or tests of whole programs in separate processes. */
const LEFT_OUT =
  /^tests\/(browser|demo|deploy|dev|fresh|renewal)\/|fuzz_test|process_test|processes_test|crash_test|fixtures_test|gathering_test|deploy_test/;
const MAX_NEAR = 6;
/** Tests of other rooms come after those of the same room that are this many imports farther away. */
const FROM_OUTSIDE = 3;
const BUILT_LAST = 1000;
/** Tests that reach this rebuild the dashboard after each change of what pages import. */
const BUILDER = "dev/build.ts";
/** These load the pages without naming them. */
const PAGE_LOADERS: readonly string[] = [BUILDER, "tests/support/web_app.ts"];
const PAGES = /^(?:routes|islands)\//;

export function relate(sources: readonly Source[]): (path: string) => Related {
  const paths = new Set(sources.map(({ path }) => path));
  const imports = new Map(sources.map((source) => [
    source.path,
    [
      ...importsOf(source).filter(({ own, typeOnly }) => own && !typeOnly).map(({ target }) => target),
      ...listLoadedByAddress(source, paths),
      ...PAGE_LOADERS.includes(source.path) ? [...paths].filter((path) => PAGES.test(path)) : [],
    ],
  ]));
  const tests = [...imports.keys()].filter((path) =>
    /^tests\/.*_test\.tsx?$/.test(path) && !LEFT_OUT.test(path)
  );
  const reached = new Map(tests.map((test) => [test, measureDistances(test, imports)]));
  return (path) => {
    const able = [...reached].flatMap(([test, from]) => {
      const distance = from.get(path);
      if (distance === undefined) return [];
      if (from.has(BUILDER)) return [{ test, distance: BUILT_LAST + distance }];
      const outside = isInRoom(test, path) ? 0 : FROM_OUTSIDE;
      return [{ test, distance: isNamed(test, path) ? 0 : distance + outside }];
    }).sort((a, b) => a.distance - b.distance || (a.test < b.test ? -1 : 1));
    // For a file without its own test, the nearest ones.
    const most = Math.max(1, able[0]?.distance ?? 0);
    const near = able.filter(({ distance }) => distance <= most).slice(0, MAX_NEAR).map(({ test }) => test);
    const others = able.slice(near.length).map(({ test }) => test);
    return {
      near,
      room: others.filter((test) => isInRoom(test, path)),
      far: others.filter((test) => !isInRoom(test, path)),
    };
  };
}

/** Returns the number of imports between a file and each one it needs. */
function measureDistances(
  from: string,
  imports: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> {
  const found = new Map([[from, 0]]);
  for (const [path, distance] of found) {
    for (const target of imports.get(path) ?? []) {
      if (!found.has(target)) found.set(target, distance + 1);
    }
  }
  return found;
}

/**
 * Returns files loaded by computed addresses: those it names in strings, relative to its own folder or the
 * root. A file that merely mentions another one counts too, which costs time and hides nothing.
 */
function listLoadedByAddress({ path, text }: Source, paths: ReadonlySet<string>): readonly string[] {
  if (path.startsWith("tests/") || path.startsWith("dev/")) return [];
  return [...text.matchAll(/"([\w./-]+\.tsx?)"/g)].flatMap(([, named = ""]) =>
    [join(dirname(path), named), named].filter((target) => target !== path && paths.has(target))
  );
}

/**
 * `tests/model/pace_test.ts` tests `lib/model/forecast/pace.ts`, and `tests/cli/guard_test.ts` also tests
 * `lib/cli/guard_args.ts`.
 */
function isNamed(test: string, path: string): boolean {
  const about = basename(test).replace(/_test\.tsx?$/, "");
  const own = basename(path).replace(/\.tsx?$/, "");
  return about === own || own.startsWith(`${about}_`) || about.startsWith(`${own}_`);
}

/** Tests of a room know it better than those that only pass through it. */
function isInRoom(test: string, path: string): boolean {
  return test.split("/")[1] === path.split("/")[1];
}
