import { page } from "fresh";
import { NotesPage } from "@/lib/ui/notes/NotesPage.tsx";
import { FieldsError } from "@/lib/web/failure.ts";
import { readForm } from "@/lib/web/form.ts";
import { applyNoteForm, notesPage } from "@/lib/web/notes.ts";
import { pageZone } from "@/lib/web/preferences.ts";
import { define } from "@/lib/web/state.ts";
import { FormFrame } from "./(_components)/FormFrame.tsx";

/** Notes about instants: the list, and the form that adds, changes and removes one. */
export const handlers = define.handlers({
  async GET(ctx) {
    return page(await notesPage(ctx.state, ctx.url.searchParams));
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    try {
      const { done, account } = await applyNoteForm(ctx.state.services, pageZone(ctx.state), form);
      ctx.state.done = { action: `${done} a note`, target: account };
      return ctx.redirect(`/notes?done=${done}`, 303);
    } catch (error) {
      if (!(error instanceof FieldsError)) throw error;
      const readField = (name: string) => form.get(name) ?? "";
      const problems = Object.fromEntries(error.errors.map(({ field, message }) => [field, message]));
      const typed = {
        id: readField("id"),
        at: readField("at"),
        text: readField("text"),
        account: readField("account"),
        problems,
      };
      return page(await notesPage(ctx.state, new URLSearchParams(), typed), { status: 422 });
    }
  },
});

export default define.page<typeof handlers>(function Notes({ data }) {
  return (
    <FormFrame facts={data.facts} page="history" title="Notes" note={data.note}>
      <NotesPage view={data.view} />
    </FormFrame>
  );
});
