import { noteJson, notesJson } from "@/lib/formats/notes.ts";
import { api, json } from "@/lib/web/answer.ts";
import { readJson } from "@/lib/web/body.ts";
import {
  addNote,
  changeNote,
  NewNoteBody,
  NoteChangeBody,
  NoteRemovalBody,
  removeNote,
} from "@/lib/web/notes.ts";
import { define } from "@/lib/web/state.ts";
import { validateBody } from "@/lib/web/validate_body.ts";

/** Notes about instants, such as "changed plan". */
export const handlers = define.handlers(api({
  async GET({ state: { services } }) {
    return json(notesJson(await services.notes.list()));
  },
  async POST(ctx) {
    const { services } = ctx.state;
    const note = await addNote(services, services.zone, validateBody(NewNoteBody, await readJson(ctx.req)));
    ctx.state.done = { action: "added a note", target: note.account };
    return json(noteJson(note));
  },
  async PUT(ctx) {
    const { services } = ctx.state;
    const { id, ...stated } = validateBody(NoteChangeBody, await readJson(ctx.req));
    const note = await changeNote(services, services.zone, id, stated);
    ctx.state.done = { action: "changed a note", target: note.account };
    return json(noteJson(note));
  },
  async DELETE(ctx) {
    const { id } = validateBody(NoteRemovalBody, await readJson(ctx.req));
    await removeNote(ctx.state.services, id);
    ctx.state.done = { action: "removed a note", target: null };
    return json({ removed: id });
  },
}));
