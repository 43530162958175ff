/** `syntrack notes`: notes about instants, such as "changed plan". */
import { createNotes } from "../../app/notes.ts";
import { createHub } from "../../base/hub.ts";
import { plain } from "../../base/text.ts";
import { noteJson, notesJson } from "../../formats/notes.ts";
import { parseEdge } from "../../model/history/time_range.ts";
import type { Note, NoteFields, Notes } from "../../model/notes.ts";
import type { AccountKey } from "../../model/quota.ts";
import { wallText } from "../../model/time.ts";
import { formatGrid } from "../grid.ts";
import { EXIT_OK, failure, usageError } from "../io.ts";
import { checkProgram, openFor } from "../program_for.ts";
import { MAX_LISTED, readRange } from "../range.ts";
import type { NoteAction } from "../table_notes.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText, wholeNumber } from "../values.ts";

const DEFAULT_LISTED = 50;

export async function notes(tools: Tools): Promise<number> {
  const [action = "list", word] = tools.typed.operands as readonly [NoteAction?, string?];
  if (action === "list" && word !== undefined) throw usageError("`syntrack notes list` takes no text");
  if (action !== "list" && word === undefined) {
    throw usageError(
      action === "add"
        ? 'What? `syntrack notes add "changed plan"`'
        : `Name the note: \`syntrack notes ${action} ID\``,
    );
  }
  const zone = (await tools.dataLocation()).zone();
  if (action === "list") {
    list(tools, await readStoredNotes(tools), zone);
    return EXIT_OK;
  }
  const program = checkProgram(tools, { quiet: true });
  await using store = await openFor(tools, program, "write");
  const notes = createNotes({ docs: store.docs, hub: createHub(), now: () => tools.io.clock.now() });
  try {
    const known = (await store.latest()).map(({ account }) => account);
    if (action === "add") await add(tools, notes, zone, known, word!);
    else await alter(tools, notes, zone, known, action, word!);
  } catch (error) {
    throw error instanceof Error && error.name === "NoteError" ? failure(error.message) : error;
  }
  return EXIT_OK;
}

/** Reads the notes; none when there is no database yet. */
export async function readStoredNotes(tools: Tools): Promise<readonly Note[]> {
  const store = await tools.store();
  if (store === null) return [];
  return await createNotes({ docs: store.docs, hub: createHub(), now: () => tools.now }).list();
}

async function add(tools: Tools, notes: Notes, zone: string, known: readonly AccountKey[], text: string) {
  const { at = tools.now, account = null } = parseFields(tools, zone, known);
  const note = await notes.add({ at, text, account });
  tools.recordAction({ target: account, detail: {} });
  if (tools.json) tools.printJson(noteJson(note));
  else tools.print(`Noted at ${wallText(note.at, zone)}: ${plain(note.text)}`);
}

async function alter(
  tools: Tools,
  notes: Notes,
  zone: string,
  known: readonly AccountKey[],
  action: Exclude<NoteAction, "list" | "add">,
  word: string,
) {
  // The first letters of an id are enough when they are unique.
  const matches = (await notes.list()).filter(({ id }) => id.startsWith(word));
  const [note] = matches;
  if (!note) throw failure(`There is no note "${plain(word, 64)}"`, "`syntrack notes` lists them");
  if (matches.length > 1) {
    throw failure(`Several notes begin with "${plain(word, 64)}"`, "Give more letters of the id");
  }
  tools.recordAction({ target: note.account, detail: {} });
  if (action === "remove") {
    await notes.remove(note.id);
    if (tools.json) tools.printJson({ removed: note.id });
    else tools.print(`Removed: ${plain(note.text)}`);
    return;
  }
  const text = parseTypedText(tools.typed, "text");
  const fields = { ...parseFields(tools, zone, known), ...text !== undefined && { text } };
  if (Object.keys(fields).length === 0) throw usageError("Nothing to change: give --text, --at or --account");
  const changed = (await notes.change(note.id, fields))!;
  if (tools.json) tools.printJson(noteJson(changed));
  else tools.print(`Changed, at ${wallText(changed.at, zone)}: ${plain(changed.text)}`);
}

/** @throws {CliError} for an invalid instant or an unknown account */
function parseFields(
  { typed }: Tools,
  zone: string,
  known: readonly AccountKey[],
): Partial<Omit<NoteFields, "text">> {
  const [at, account] = [parseTypedText(typed, "at"), parseTypedText(typed, "about")];
  const instant = at === undefined ? undefined : parseEdge(at, zone);
  if (instant === null) {
    throw usageError(
      `--at takes a time such as 2026-11-21T12:00, of ${zone}, or 2026-11-21T12:00:00Z, got ${
        JSON.stringify(at)
      }`,
    );
  }
  const key = account === undefined ? undefined : known.find((one) => one === account);
  if (account !== undefined && account !== "all" && key === undefined) {
    throw usageError(
      `--about takes the key of an account${
        known[0] === undefined ? "" : `, such as ${known[0]}`
      }, or all; got ${JSON.stringify(account)}`,
    );
  }
  return {
    ...instant !== undefined && { at: instant },
    ...account !== undefined && { account: key ?? null },
  };
}

function list(tools: Tools, all: readonly Note[], zone: string): void {
  const range = readRange(tools.typed, tools.now, zone);
  const limit = wholeNumber(tools.typed, "limit", DEFAULT_LISTED, 0, MAX_LISTED);
  const shown = all.filter(({ at }) => at >= (range.from ?? 0) && at < (range.to ?? Infinity))
    .toReversed().slice(0, limit);
  if (tools.json) return tools.printJson(notesJson(shown));
  if (shown.length === 0) {
    return tools.print('No notes yet: `syntrack notes add "changed plan"`');
  }
  const rows = shown.map(({ id, at, text, account }) => [
    wallText(at, zone),
    plain(text),
    account === null ? "all" : plain(account),
    id,
  ]);
  tools.print(
    ...formatGrid(["WHEN", "NOTE", "ABOUT", "ID"].map((title) => ({ title })), rows, { paint: tools.paint }),
  );
}
