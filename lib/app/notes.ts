/** Stores people's notes as documents. */
import type { Hub } from "../base/hub.ts";
import { updateDoc } from "../base/update_doc.ts";
import {
  MAX_NOTES,
  type Note,
  type NoteFields,
  noteInstantProblem,
  type Notes,
  noteTextProblem,
} from "../model/notes.ts";
import type { DocStore } from "../store/store.ts";

/** Why a note cannot be stored; the message is for people. */
export class NoteError extends Error {
  override readonly name = "NoteError";
  /** The part of it that is wrong; empty when there are too many. */
  readonly field: "at" | "text" | "";

  constructor(field: NoteError["field"], message: string) {
    super(message);
    this.field = field;
  }
}

type NoteDoc = Omit<Note, "id">;

export interface NotesParts {
  readonly docs: DocStore;
  readonly hub: Pick<Hub, "publish">;
  readonly now: () => number;
}

export function createNotes({ docs, hub, now }: NotesParts): Notes {
  function createDoc(fields: NoteFields): NoteDoc {
    const text = fields.text.trim();
    const problem = noteTextProblem(text);
    if (problem !== null) throw new NoteError("text", problem);
    const at = now();
    const wrong = noteInstantProblem(fields.at, at);
    if (wrong !== null) throw new NoteError("at", wrong);
    return { at: fields.at, text, account: fields.account, writtenAt: at };
  }

  async function list(): Promise<readonly Note[]> {
    const all = await docs.list<NoteDoc>("notes", now());
    return all.map(({ id, doc }) => ({ id, ...doc })).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  return {
    list,
    async add(fields) {
      if ((await list()).length >= MAX_NOTES) {
        throw new NoteError("", `There are ${MAX_NOTES} notes already: remove some first`);
      }
      const [id, doc] = [crypto.randomUUID().slice(0, 13), createDoc(fields)];
      await docs.put<NoteDoc>("notes", id, doc, doc.writtenAt);
      hub.publish({ kind: "settings", account: null });
      return { id, ...doc };
    },
    async change(id, fields) {
      const doc = await updateDoc(
        { docs, clock: { now } },
        "notes",
        id,
        (before) => before === null ? null : createDoc({ ...before as NoteDoc, ...fields }),
      );
      if (doc === null) return null;
      hub.publish({ kind: "settings", account: null });
      return { id, ...doc };
    },
    async remove(id) {
      const was = await docs.delete("notes", id);
      if (was) hub.publish({ kind: "settings", account: null });
      return was;
    },
  };
}
