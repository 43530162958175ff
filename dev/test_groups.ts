/**
 * Puts the test files of a folder into groups that each run as one module: loading the program takes longer than most
 * test files, and browser tests share a browser.
 */
import { join } from "node:path";

/** Files in a group, each of which loads the program once; larger groups would end later than everything else. */
const MAX_FILES = 32;
/** Browser tests take ten times as long as others. */
const MAX_BROWSER_FILES = 16;

/** Folders whose groups take longest, and so begin first: the last ones to end should be short. */
const LONGEST = [
  "all",
  "on_kv",
  "browser",
  "alerts",
  "app",
  "release",
  "cli",
  "store",
  "containers",
  "routes",
  "daemon",
  "providers",
  "demo",
  "access",
  "dev",
];

export interface TestGroup {
  /** The name in the output, for example `routes` or `cli_2`. */
  readonly name: string;
  /** Paths from the root of the project. */
  readonly files: readonly string[];
}

/**
 * Returns the groups in the order in which they should begin.
 *
 * @param paths test files relative to the root of the project, with `/` as separator
 */
export function groupTests(paths: readonly string[]): readonly TestGroup[] {
  const folders = Map.groupBy(paths.toSorted(), (path) => path.split("/").slice(1, -1)[0] ?? "all");
  const placeOf = (folder: string) => LONGEST.includes(folder) ? LONGEST.indexOf(folder) : LONGEST.length;
  return [...folders].toSorted(([a], [b]) => placeOf(a) - placeOf(b)).flatMap(([folder, files]) => {
    const count = Math.ceil(files.length / (folder === "browser" ? MAX_BROWSER_FILES : MAX_FILES));
    return Array.from({ length: count }, (_, place): TestGroup => ({
      name: count === 1 ? folder : `${folder}_${place + 1}`,
      // Dealt like cards: neighbours are often similar, and equally slow.
      files: files.filter((_file, i) => i % count === place),
    }));
  });
}

/** Finds the test files below `tests/`, as paths from the root. A fixture that only looks like a test is ignored. */
export async function findTests(root: URL, folder = "tests"): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, root))) {
    const path = `${folder}/${name}`;
    if (isDirectory && name !== "fixtures") found.push(...await findTests(root, path));
    else if (/_test\.tsx?$/.test(name)) found.push(path);
  }
  return found.sort();
}

/**
 * Writes each group to a folder, as a module that imports its files.
 *
 * @returns the modules, in the order of the groups
 */
export async function writeGroups(
  root: URL,
  folder: string,
  groups: readonly TestGroup[],
): Promise<readonly string[]> {
  return await Promise.all(groups.map(async ({ name, files }) => {
    const lines = files.map((file) => `import ${JSON.stringify(new URL(file, root).href)};\n`);
    const path = join(folder, `${name}_test.ts`);
    await Deno.writeTextFile(path, lines.join(""));
    return path;
  }));
}
