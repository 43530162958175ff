/** Finds the line on which an entry of a TOML text stands. Imports nothing. */

/** Names of tables and keys, and the place in a list where one leads through a list of tables. */
export type TomlPath = readonly (string | number)[];

const HEADER = /^\s*(\[\[|\[)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$/;
const ENTRY = /^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=/;

/**
 * The line, counted from 1: that of the entry, else that of the last table on the way to it that has
 * one. null when there is none. It reads lines and no values, so text over several lines may mislead it.
 */
export function lineOf(text: string, path: TomlPath): number | null {
  const counts = new Map<string, number>();
  let table: TomlPath = [];
  let best: number | null = null;
  let depth = 0;
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
      if (table.length > depth && startsWith(path, table)) {
        best = index + 1;
        depth = table.length;
      }
      continue;
    }
    const entry = ENTRY.exec(line);
    if (!entry) continue;
    const whole = [...table, ...namesIn(entry[1] ?? "")];
    if (startsWith(path, whole) && whole.length > depth) {
      best = index + 1;
      depth = whole.length;
    }
  }
  return best;
}

function namesIn(text: string): readonly string[] {
  const names = text.match(/[A-Za-z0-9_-]+|"[^"]*"|'[^']*'/g) ?? [];
  return names.map((name) => name.replace(/^["']|["']$/g, ""));
}

function startsWith(path: TomlPath, start: TomlPath): boolean {
  return start.length <= path.length && start.every((step, index) => step === path[index]);
}
