/** The data of the page of notes. */
import type { Note } from "../../model/notes.ts";

/** The content of the form: a note to change, or a new one. */
export interface NoteForm {
  /** Empty for a new note. */
  readonly id: string;
  /** Local time of the zone. */
  readonly at: string;
  readonly text: string;
  /** Key of the account; empty for all. */
  readonly account: string;
  /** Problems by field name. */
  readonly problems: Readonly<Record<string, string>>;
}

export interface ListedNote extends Note {
  /** Title of its account; empty for all. */
  readonly title: string;
  /** Its date in the zone. */
  readonly day: string;
}

export interface NotesPageView {
  readonly form: NoteForm;
  readonly accounts: readonly { readonly key: string; readonly title: string }[];
  /** Newest first. */
  readonly notes: readonly ListedNote[];
  readonly mayWrite: boolean;
  readonly zone: string;
}
