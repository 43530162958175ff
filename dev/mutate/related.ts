/** Which tests may notice a change of a file, by what they import; the nearest first. */
import { importsOf, type Source } from "../../tests/support/sources.ts";

export interface Related {
  /** Those that are about the file: named after it, or importing it themselves. */
  readonly near: readonly string[];
  /** Those that reach it through others, the nearest first. */
  readonly far: readonly string[];
}

/** Too slow to be asked about one change, or about whole programs in processes of their own. */
const LEFT_OUT =
  /^tests\/(browser|demo|deploy|dev|fresh|renewal)\/|fuzz_test|process_test|processes_test|crash_test|fixtures_test|gathering_test/;
const MAX_NEAR = 6;
/** Who is farther away than so many others hardly notices more. */
const MAX_FAR = 20;
/** Whoever reaches this builds the dashboard anew after each change of what pages import. */
const BUILDER = "dev/build.ts";

export function relate(sources: readonly Source[]): (path: string) => Related {
  const imports = new Map(sources.map((source) => [
    source.path,
    importsOf(source).filter(({ own, typeOnly }) => own && !typeOnly).map(({ target }) => target),
  ]));
  const tests = [...imports.keys()].filter((path) =>
    /^tests\/.*_test\.tsx?$/.test(path) && !LEFT_OUT.test(path)
  );
  const reached = new Map(tests.map((test) => [test, distances(test, imports)]));
  return (path) => {
    const able = [...reached].flatMap(([test, from]) => {
      const distance = from.get(path);
      return distance === undefined || from.has(BUILDER)
        ? []
        : [{ test, distance: isNamed(test, path) ? 0 : distance }];
    }).sort((a, b) => a.distance - b.distance || (a.test < b.test ? -1 : 1));
    const near = able.filter(({ distance }) => distance <= 1).slice(0, MAX_NEAR);
    return {
      near: near.map(({ test }) => test),
      far: able.slice(near.length, near.length + MAX_FAR).map(({ test }) => test),
    };
  };
}

/** How many imports lie between a file and each that it needs. */
function distances(
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

/** `tests/model/pace_test.ts` is about `lib/model/forecast/pace.ts`. */
function isNamed(test: string, path: string): boolean {
  return test.replace(/^tests\//, "").replace(/_test\.tsx?$/, "") ===
    path.replace(/^lib\//, "").replace(/\.tsx?$/, "");
}
