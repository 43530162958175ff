/** Which notes a chart shows. */
import {
  MAX_NOTE_AHEAD_MS,
  MAX_NOTE_LETTERS,
  type Note,
  noteInstantProblem,
  notesWithin,
  noteTextProblem,
} from "../../lib/model/notes.ts";
import { assertEquals } from "../support/assert.ts";

const note = (at: number, account: Note["account"] = null): Note => ({
  id: `${at}`,
  at,
  text: "changed plan",
  account,
  writtenAt: 0,
});

Deno.test("a time range includes the notes at both of its ends, oldest first", () => {
  const notes = [note(21), note(20), note(15), note(10), note(9)];
  assertEquals(notesWithin(notes, 10, 20, new Set()).map(({ at }) => at), [10, 15, 20]);
});

Deno.test("notes about an account are shown with it, those about none with any", () => {
  const notes = [note(1, "acme/work"), note(2, "acme/home"), note(3)];
  assertEquals(notesWithin(notes, 0, 9, new Set(["acme/work"])).map(({ at }) => at), [1, 3]);
  assertEquals(notesWithin(notes, 0, 9, new Set()).map(({ at }) => at), [3]);
});

Deno.test("a note has an instant from 1970 to a year ahead, and a text of up to 200 characters on one line", () => {
  const at = [0, 5 + MAX_NOTE_AHEAD_MS, -1, 5 + MAX_NOTE_AHEAD_MS + 1, 0.5, NaN];
  assertEquals(at.map((at) => noteInstantProblem(at, 5) === null), [true, true, false, false, false, false]);
  // Characters, not code units.
  const text = ["x", "\u{1f600}".repeat(MAX_NOTE_LETTERS), "x".repeat(MAX_NOTE_LETTERS + 1), "  ", "a\nb"];
  assertEquals(text.map((text) => noteTextProblem(text) === null), [true, true, false, false, false]);
});
