/**
 * Reads the text of a `.env` file: `NAME=value` lines, `#` comments, single, double and back quotes that may
 * span lines. Behaves like `parseEnv` of `node:util`, which some supported Deno versions lack and which costs
 * start-up time. Pure.
 */

/** Matches a name, a value that is quoted or extends to the end of the line, and the rest after a quote. */
const ENTRY_REGEXP =
  /^[ \t]*(?:export[ \t]+)?([^\s=#][^\s=]*)[ \t]*=[ \t]*(?:"([^"]*)"|'([^']*)'|`([^`]*)`|([^\n#]*))?/gm;

/** Parses into values by name; the last of several entries with one name wins. */
export function parseEnvText(text: string): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  for (const match of text.replaceAll("\r\n", "\n").matchAll(ENTRY_REGEXP)) {
    const [, name = "", double, single, back, bare = ""] = match;
    values.set(name, double?.replaceAll("\\n", "\n") ?? single ?? back ?? bare.trim());
  }
  return Object.fromEntries(values);
}
