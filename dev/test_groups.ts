/**
 * Puts test files that lie in one folder into groups, each of which runs as one module: to load the program takes
 * longer than most files of tests run, and tests in a browser share one.
 */

/** Files in a group; more take longer to end than what runs beside them. */
const MAX_FILES = 16;

export interface TestGroup {
  /** For example `routes` or `cli_2`: what the output calls it. */
  readonly name: string;
  /** Paths from the root of the project. */
  readonly files: readonly string[];
}

/** @param paths test files from the root of the project, with `/` between their parts */
export function groupTests(paths: readonly string[]): readonly TestGroup[] {
  const folders = Map.groupBy(paths.toSorted(), (path) => path.split("/").slice(1, -1)[0] ?? "all");
  return [...folders].flatMap(([folder, files]) => {
    const count = Math.ceil(files.length / MAX_FILES);
    return Array.from({ length: count }, (_, place): TestGroup => ({
      name: count === 1 ? folder : `${folder}_${place + 1}`,
      // Dealt like cards: neighbours are often alike, and as slow.
      files: files.filter((_file, i) => i % count === place),
    }));
  });
}

/** Finds the files of tests below `tests/`, as paths from the root; fixtures hold one that only looks like a test. */
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
 * Writes each group as a module that imports its files.
 *
 * @returns the folder they are in
 */
export async function writeGroups(root: URL, groups: readonly TestGroup[]): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-tests-" });
  for (const { name, files } of groups) {
    const lines = files.map((file) => `import ${JSON.stringify(new URL(file, root).href)};\n`);
    await Deno.writeTextFile(`${folder}/${name}_test.ts`, lines.join(""));
  }
  return folder;
}
