/**
 * Keeps `using` through the minifier of `deno bundle`, which inlines a value that is used once, even when its
 * declaration would dispose of it: `using file = open(); return file.read();` becomes `return
 * open().read();`, and nothing is closed. Seen with Deno 2.9.6. A second use of the variable keeps the
 * declaration.
 */

const DECLARATION = /^( *)(?:await )?using ([\w$]+) = /;
const DECLARATIONS = /(?<![\w$.])using [\w$]+\s*=/g;

/**
 * Adds a second use after each declaration.
 *
 * @param text a module as the bundler prints it without `--minify`: one statement per line or block of lines
 * @throws {Error} when the end of a declaration is not found
 */
export function keepUsing(text: string): string {
  const lines = text.split("\n");
  const kept: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    kept.push(line);
    const [, indent, name] = DECLARATION.exec(line) ?? [];
    if (indent === undefined || name === undefined) continue;
    // A longer initializer ends with the first line that has the indent of its beginning.
    while (!lines[at]!.endsWith(";") || !isIndentedBy(lines[at]!, indent)) {
      if (++at >= lines.length) throw new Error(`Cannot find the end of "using ${name}"`);
      kept.push(lines[at]!);
    }
    // Reading a member may have side effects, so the minifier leaves it.
    kept.push(`${indent}${name}?.constructor;`);
  }
  return kept.join("\n");
}

function isIndentedBy(line: string, indent: string): boolean {
  return line.startsWith(indent) && line[indent.length] !== " ";
}

export function countUsing(text: string): number {
  return text.match(DECLARATIONS)?.length ?? 0;
}
