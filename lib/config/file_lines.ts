/** Finds the line of an entry in a TOML text. Imports nothing. */

/** Names of tables and keys, with an index where the path leads through a list of tables. */
export type TomlPath = readonly (string | number)[];

const HEADER = /^\s*(\[\[|\[)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$/;
const ENTRY = /^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=/;

/**
 * Returns the line, counted from 1: that of the entry, or else of the innermost enclosing table that has one;
 * null when there is none. It scans lines without parsing values, so multi-line text may mislead it.
 */
export function findLine(text: string, path: TomlPath): number | null {
  const lines = indexLines(text);
  for (let length = path.length; length > 0; length--) {
    const line = lines.get(JSON.stringify(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return null;
}

/** The last text scanned: callers look up its entries one after another. */
let last: { readonly text: string; readonly lines: ReadonlyMap<string, number> } | undefined;

/** Maps each table and entry to the first line it is on. */
function indexLines(text: string): ReadonlyMap<string, number> {
  if (last?.text === text) return last.lines;
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  let table: TomlPath = [];
  const put = (path: TomlPath, index: number) => {
    const key = JSON.stringify(path);
    if (!lines.has(key)) lines.set(key, index + 1);
  };
  for (const [index, line] of text.split("\n").entries()) {
    const header = HEADER.exec(line);
    if (header) {
      const names = namesIn(header[2] ?? "");
      if (header[1] === "[[") {
        const name = names.join(".");
        const place = counts.get(name) ?? 0;
        counts.set(name, place + 1);
        table = [...names, place];
      } else table = names;
      put(table, index);
      continue;
    }
    const entry = ENTRY.exec(line);
    if (entry) put([...table, ...namesIn(entry[1] ?? "")], index);
  }
  last = { text, lines };
  return lines;
}

function namesIn(text: string): readonly string[] {
  const names = text.match(/[A-Za-z0-9_-]+|"[^"]*"|'[^']*'/g) ?? [];
  return names.map((name) => name.replace(/^["']|["']$/g, ""));
}

/** Formats the place of an entry for messages: `port in ~/.syntrack/config.toml, line 4`. */
export function placeText(text: string, label: string, path: TomlPath): string {
  const line = findLine(text, path);
  return `${pathText(path)} in ${label}${line === null ? "" : `, line ${line}`}`;
}

function pathText(path: TomlPath): string {
  const [first, second, ...rest] = path;
  // Show indexes counted from one.
  if (typeof second === "number") return [`${first} ${second + 1}`, ...rest].join(".");
  return path.join(".");
}

export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
