/**
 * Writes the generated parts of two documents, each between two marks: the rooms in docs/architecture.md from
 * `dev/rooms.ts`, and the index in docs/files.md from what the files say of themselves.
 *
 *     deno run -A dev/architecture_docs.ts
 */
import { projectSources } from "../tests/support/sources.ts";
import { formatFileIndex, type IndexedFile } from "./file_index.ts";
import { type Room, ROOMS } from "./rooms.ts";

const DOCS = new URL("../docs/", import.meta.url);
/** Returns docs/architecture.md with the rooms as they are. @throws {Error} when it lacks their marks */
export function withRooms(text: string, rooms: readonly Room[] = ROOMS): string {
  return replacePart(text, "rooms", formatRooms(rooms));
}

/** Returns docs/files.md with the files as they are. @throws {Error} when it lacks their marks */
export function withFiles(text: string, files: readonly IndexedFile[]): string {
  return replacePart(text, "files", formatFileIndex(files));
}

function replacePart(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: made by dev/architecture_docs.ts -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document lacks ${begin} or ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

function formatRooms(rooms: readonly Room[]): string {
  // Parts of a room are allowed implicitly.
  const named = new Set(rooms.filter(({ about }) => about !== undefined).map(({ name }) => name));
  const isNamed = (room: string) => named.has(room.replace(/^type /, ""));
  return rooms.filter(({ about }) => about !== undefined).map(({ at, about = "", may, name }) => {
    const parts = rooms.filter((room) =>
      room.about === undefined && room.at.every((path) => at.some((folder) => path.startsWith(folder)))
    );
    const own = new Set([name, ...parts.map((part) => part.name)]);
    const imports = may.includes("*")
      ? "everything"
      : may.filter((room) => !own.has(room) && isNamed(room)).join(", ") || "nothing";
    return `- ${at.map((path) => `\`${path}\``).join(", ")} (${name}): ${about}. Imports ${imports}.`;
  }).join("\n");
}

if (import.meta.main) {
  await rewrite("architecture.md", withRooms);
  const sources = await projectSources();
  await rewrite("files.md", (text) => withFiles(text, sources));
}

async function rewrite(name: string, change: (text: string) => string): Promise<void> {
  const file = new URL(name, DOCS);
  await Deno.writeTextFile(file, change(await Deno.readTextFile(file)));
}
