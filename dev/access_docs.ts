/**
 * Writes the table of routes in docs/access.md, between its two marks, from `lib/access/routes.ts`.
 *
 *     deno run -A dev/access_docs.ts
 */
import { ROUTES } from "../lib/access/routes.ts";

const FILE = new URL("../docs/access.md", import.meta.url);
const BEGIN = "<!-- routes: made by dev/access_docs.ts -->";
const END = "<!-- /routes -->";

/** Returns the document with a new table. @throws {Error} when it lacks the marks */
export function withRoutes(text: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/access.md lacks ${BEGIN} or ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${formatTable()}\n\n${text.slice(end)}`;
}

function formatTable(): string {
  const rows = ROUTES.flatMap(({ path, methods, note = "" }) =>
    Object.entries(methods).map(([method, permission], place) => [
      `\`${path}\``,
      method,
      `\`${permission}\``,
      place === 0 ? note : "",
    ])
  );
  const all = [["address", "method", "asks for", "and"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]!.length), 3));
  const formatLine = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [formatLine(all[0]!), rule, ...rows.map(formatLine)].join("\n");
}

if (import.meta.main) await Deno.writeTextFile(FILE, withRoutes(await Deno.readTextFile(FILE)));
