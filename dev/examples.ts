/** The examples of CONTRIBUTING.md, as files that can be checked and run. */
import { join } from "node:path";

const ROOT = new URL("../", import.meta.url);

/** Fenced examples that name their file, by that name. */
export const examples: ReadonlyMap<string, string> = examplesIn(
  await Deno.readTextFile(new URL("CONTRIBUTING.md", ROOT)),
);

function examplesIn(markdown: string): ReadonlyMap<string, string> {
  const blocks = markdown.matchAll(/^```(?:tsx?|json) (\S+)\n([\s\S]*?)^```$/gm);
  return new Map([...blocks].map(([, path = "", code = ""]) => [path, code]));
}

/** Returns where `writeExamples` puts the example of a path. */
export function exampleFile(folder: string, path: string): string {
  return join(folder, path.replaceAll("/", "-"));
}

/**
 * Writes the examples that are code to a folder, with absolute URLs for their imports from the project.
 *
 * @returns the files
 */
export async function writeExamples(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const [path, text] of examples) {
    if (path.endsWith(".json")) continue;
    const addressed = text.replaceAll(
      /(from ")((?:\.\.?|@)\/[^"]+)"/g,
      (_, from, to) =>
        `${from}${to.startsWith("@/") ? new URL(to.slice(2), ROOT) : new URL(to, new URL(path, ROOT))}"`,
    );
    files.push(exampleFile(folder, path));
    await Deno.writeTextFile(files.at(-1)!, addressed);
  }
  return files;
}
