/** Which notes a chart shows. */
import { type Note, notesWithin } from "../../lib/model/notes.ts";
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
