/** The files in `changes/`: one for each unreleased change. */
import { join } from "node:path";

export interface Fragment {
  readonly path: string;
  readonly text: string;
}

export async function readFragments(root: string): Promise<readonly Fragment[]> {
  const folder = join(root, "changes");
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".md") && name !== "README.md").toSorted();
  return await Promise.all(names.map(async (name) => {
    const path = join(folder, name);
    return { path, text: await Deno.readTextFile(path) };
  }));
}
