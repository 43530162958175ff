/**
 * The path of a figure in a document: `budget.spent`, `windows[0].left`, `["any text"]`. No wildcards, no
 * filters, no scripts. Pure.
 */

export type PathPart = string | number;
export type Path = readonly PathPart[];

const MAX_BYTES = 256;
const MAX_PARTS = 32;
const MAX_INDEX = 4095;
/** Names that lead from data into the internals of the language. */
const NEVER = new Set(["__proto__", "constructor", "prototype"]);

const PART = /\.?([A-Za-z0-9_-]+)|\[(\d{1,4})\]|\[("(?:[^"\\\p{Cc}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")\]/yu;

/** Parses a path into its parts, or returns what is wrong with it. */
export function parsePath(text: string): Path | { readonly problem: string } {
  if (text === "") return { problem: "is empty" };
  if (new TextEncoder().encode(text).length > MAX_BYTES) {
    return { problem: `is longer than ${MAX_BYTES} bytes` };
  }
  const parts: PathPart[] = [];
  PART.lastIndex = 0;
  for (let at = 0; at < text.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    // A dot separates parts: none may lead, and a name needs one after another part.
    const dotted = match?.[0].startsWith(".") ?? false;
    const isName = match?.[1] !== undefined;
    if (!match || (isName && dotted === (at === 0))) {
      return { problem: `cannot be read from "${text.slice(at, at + 20)}" on` };
    }
    const [, name, index, quoted] = match;
    const part = name ?? (index === undefined ? JSON.parse(quoted ?? '""') as string : Number(index));
    if (typeof part === "number" && part > MAX_INDEX) return { problem: `has an index above ${MAX_INDEX}` };
    if (typeof part === "string" && NEVER.has(part)) return { problem: `may not name "${part}"` };
    parts.push(part);
    if (parts.length > MAX_PARTS) return { problem: `has more than ${MAX_PARTS} parts` };
  }
  return parts;
}

/**
 * Returns the value at a path; undefined when there is none.
 * Looks at own properties only, never at inherited ones.
 */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const part of path) {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value) !== (typeof part === "number") || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}
