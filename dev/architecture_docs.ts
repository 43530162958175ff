/**
 * Writes the table of rooms in docs/architecture.md, between its two marks, from `dev/rooms.ts`.
 *
 *     deno run -A dev/architecture_docs.ts
 */
import { type Room, ROOMS } from "./rooms.ts";

const FILE = new URL("../docs/architecture.md", import.meta.url);
const BEGIN = "<!-- rooms: made by dev/architecture_docs.ts -->";
const END = "<!-- /rooms -->";

/** Returns the document with a new table. @throws {Error} when it lacks the marks */
export function withRooms(text: string, rooms: readonly Room[] = ROOMS): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/architecture.md lacks ${BEGIN} or ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${formatTable(rooms)}\n\n${text.slice(end)}`;
}

function formatTable(rooms: readonly Room[]): string {
  // Parts of a room are allowed implicitly.
  const named = new Set(rooms.filter(({ about }) => about !== undefined).map(({ name }) => name));
  const isNamed = (room: string) => named.has(room.replace(/^type /, ""));
  const rows = rooms.filter(({ about }) => about !== undefined).map(({ at, about = "", may, name }) => {
    const parts = rooms.filter((room) =>
      room.about === undefined && room.at.every((path) => at.some((folder) => path.startsWith(folder)))
    );
    const own = new Set([name, ...parts.map((part) => part.name)]);
    const imports = may.includes("*")
      ? "everything"
      : may.filter((room) => !own.has(room) && isNamed(room)).join(", ") || "nothing";
    return [at.map((path) => `\`${path}\``).join(", "), about, imports];
  });
  const table = [["room", "purpose", "may import"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  const formatLine = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [formatLine(table[0]!), rule, ...table.slice(1).map(formatLine)].join("\n");
}

if (import.meta.main) await Deno.writeTextFile(FILE, withRooms(await Deno.readTextFile(FILE)));
