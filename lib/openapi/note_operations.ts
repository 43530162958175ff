/** The operations about what people noted. */
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
    summary: "What people noted at instants, oldest first; without an account it is about all",
    answer: v.strictObject({ schemaVersion: v.number(), notes: v.array(Note) }),
    failures: [],
  },
  {
    path: "/api/v1/notes",
    method: "post",
    group: "Native API",
    summary: "Adds a note; it is about now and about all accounts unless it says otherwise",
    body: NewNoteBody,
    answer: Note,
    failures: FAILURES,
  },
  {
    path: "/api/v1/notes",
    method: "put",
    group: "Native API",
    summary: "Changes a note; what is absent stays",
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
