/** The operations about notes. */
import * as v from "valibot";
import { NewNoteBody, NoteChangeBody, NoteRemovalBody } from "../web/notes.ts";
import type { Operation } from "./operation.ts";
import { Instant, MaybeText } from "./parts.ts";

const Note = v.strictObject({
  id: v.string(),
  at: Instant,
  text: v.string(),
  account: MaybeText,
  writtenAt: Instant,
});
const FAILURES = [400, 413, 415, 422];

export const NOTE_OPERATIONS: readonly Operation[] = [
  {
    path: "/api/v1/notes",
    method: "get",
    group: "Native API",
    summary: "Notes of people on instants, oldest first; one without an account is about all accounts",
    answer: v.strictObject({ schemaVersion: v.number(), notes: v.array(Note) }),
    failures: [],
  },
  {
    path: "/api/v1/notes",
    method: "post",
    group: "Native API",
    summary: "Adds a note; by default it is about now and all accounts",
    body: NewNoteBody,
    answer: Note,
    failures: FAILURES,
  },
  {
    path: "/api/v1/notes",
    method: "put",
    group: "Native API",
    summary: "Changes a note; an absent field stays",
    body: NoteChangeBody,
    answer: Note,
    failures: [...FAILURES, 404],
  },
  {
    path: "/api/v1/notes",
    method: "delete",
    group: "Native API",
    summary: "Removes a note",
    body: NoteRemovalBody,
    answer: v.strictObject({ removed: v.string() }),
    failures: [...FAILURES, 404],
  },
];
