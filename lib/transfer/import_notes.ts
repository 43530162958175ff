/**
 * Compares the notes of a file with stored ones. A note is identified by its id: a stored one stays as it is, so
 * importing the same file twice changes nothing and no written text is lost.
 */
import type { ImportedNote } from "../formats/import_note.ts";
import { MAX_NOTES, type Note, noteInstantProblem } from "../model/notes.ts";
import type { DocStore } from "../store/store.ts";

export interface NoteCounts {
  /** Will be added. */
  readonly missing: readonly Note[];
  /** Stored as in the file. */
  readonly same: number;
  /** Stored with another text, instant or account: the stored ones stay. */
  readonly different: number;
}

export interface NoteCheck {
  /** Returns why a row cannot be imported, or null. */
  problemOf(row: ImportedNote): string | null;
  counts(): NoteCounts;
}

type NoteDoc = Omit<Note, "id">;

/**
 * @param docs null when there is no database yet
 * @param now epoch milliseconds; a note may be at most a year ahead of it
 */
export async function createNoteCheck(docs: Pick<DocStore, "list"> | null, now: number): Promise<NoteCheck> {
  const stored = new Map((await docs?.list<NoteDoc>("notes", now))?.map(({ id, doc }) => [id, doc]));
  const seen = new Set<string>();
  const missing: Note[] = [];
  let [same, different] = [0, 0];
  return {
    problemOf({ note }) {
      const { id, at, text, account } = note;
      if (seen.has(id)) return `repeats the note "${id}"`;
      seen.add(id);
      const own = stored.get(id);
      if (own !== undefined) {
        if (own.at === at && own.text === text && own.account === account) same++;
        else different++;
        return null;
      }
      const problem = noteInstantProblem(at, now);
      if (problem !== null) return `has an invalid "at": ${problem}`;
      missing.push(note);
      return stored.size + missing.length > MAX_NOTES
        ? `is one note too many: the limit is ${MAX_NOTES}, and ${stored.size} are already stored`
        : null;
    },
    counts: () => ({ missing, same, different }),
  };
}

/** Stores all of them or none. Returns false, and stores none, when one of them was stored in the meantime. */
export async function storeNotes(
  docs: Pick<DocStore, "list" | "change">,
  notes: readonly Note[],
  now: number,
): Promise<boolean> {
  const stored = await docs.list<NoteDoc>("notes", now);
  const ids = new Set(stored.map(({ id }) => id));
  if (stored.length + notes.length > MAX_NOTES || notes.some(({ id }) => ids.has(id))) return false;
  await docs.change(notes.map(({ id, ...doc }) => ({ kind: "notes", id, doc })), now);
  return true;
}
