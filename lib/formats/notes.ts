/** Notes in stable formats. */
import type { Note } from "../model/notes.ts";
import { isoInstant } from "../model/time.ts";
import { SCHEMA_VERSION } from "./version.ts";

export function noteJson({ id, at, text, account, writtenAt }: Note) {
  return { id, at: isoInstant(at), text, account, writtenAt: isoInstant(writtenAt) };
}

export function notesJson(notes: readonly Note[]) {
  return { schemaVersion: SCHEMA_VERSION, notes: notes.map(noteJson) };
}
