/** The index of files in docs/files.md: by folder, what each file says of itself in its first sentence. */

export interface IndexedFile {
  readonly path: string;
  readonly text: string;
}

const INDEXED = /^(lib|providers|islands|dev)\/.+\.tsx?$/;
/** A separate package, whose README describes it. Declarations for the compiler are no part of the program. */
const LEFT_OUT = /^lib\/fresh\/|\.d\.ts$/;

/** Returns the index as Markdown: a line for each folder, and below it one for each file. */
export function formatFileIndex(files: readonly IndexedFile[]): string {
  const folders = new Map<string, string[]>();
  for (const { path, text } of files) {
    if (!INDEXED.test(path) || LEFT_OUT.test(path)) continue;
    const [, folder = "", name = ""] = /^(.*\/)([^/]+)$/.exec(path) ?? [];
    const lines = folders.get(folder) ?? [];
    lines.push(`- \`${name}\`: ${describeFile(path, text)}`);
    folders.set(folder, lines);
  }
  return [...folders].toSorted(([a], [b]) => a < b ? -1 : 1)
    .map(([folder, lines]) => `**\`${folder}\`**\n\n${lines.toSorted().join("\n")}`).join("\n\n");
}

/** Returns the first sentence of a file's description. @throws {Error} when it has none */
export function describeFile(path: string, text: string): string {
  const [, command] = /^lib\/cli\/commands\/(.+)\.ts$/.exec(path) ?? [];
  if (command !== undefined) return `the command \`${command}\``;
  // An island is described where it is defined: nothing may precede its imports in some of them.
  const [, comment] = /^\/\/ [^\n]*\n\/\/ ([^\n]*)/.exec(text) ?? /^\s*\/\*\*?(.*?)\*\//s.exec(text) ??
    /\/\*\*((?:(?!\*\/).)*)\*\/\s*export (?:default|const|function|interface|type)/s.exec(text) ?? [];
  if (comment === undefined) throw new Error(`${path} does not say what it is for`);
  const [paragraph = ""] = comment.replaceAll(/^[ \t]*\*[ \t]?/gm, "").trim().split(
    /\n[ \t]*\n|:\n- |\n {4}/,
  );
  const words = paragraph.replaceAll(/\s+/g, " ").trim();
  const [, sentence = words] = /^(.+?)\.(?=\s[A-Z@*]|$)/.exec(words) ?? [];
  return sentence;
}
