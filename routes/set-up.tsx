import { page } from "fresh";
import { EntryField, EntryPage } from "@/lib/ui/EntryPage.tsx";
import { readForm } from "@/lib/web/form.ts";
import { welcome } from "@/lib/web/sign_in.ts";
import { define, type State } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  GET: (ctx) => show(ctx.state, { name: "", problem: "" }),
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const name = form.get("name")?.trim() ?? "";
    const { client, services: { access } } = ctx.state;
    try {
      const done = await access.setUp.register({
        code: form.get("code") ?? "",
        name,
        password: form.get("password") ?? "",
        client,
      });
      return welcome(ctx, done, "/");
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "AccessError") throw error;
      const kind: unknown = Reflect.get(error, "kind");
      return show(ctx.state, { name, problem: error.message }, kind === "invalid" ? 422 : 403);
    }
  },
});

function show(state: State, data: { readonly name: string; readonly problem: string }, status = 200) {
  state.title = "Set up - Syntrack";
  return page({ ...data, open: state.services.access.setUp.open }, { status });
}

/** The page that creates the first admin, with the code that the terminal shows. */
export default define.page<typeof handlers>(function SetUp({ data }) {
  if (!data.open) {
    return (
      <EntryPage title="Nothing to set up" problem={data.problem}>
        <p class="mt-3">
          The code was used, its 15 minutes are over, or too many wrong codes were tried. Restart the server
          for a new one, or <a class="underline" href="/login">sign in</a>.
        </p>
      </EntryPage>
    );
  }
  return (
    <EntryPage title="Create the first admin" problem={data.problem}>
      <form method="post" action="/set-up">
        <EntryField
          name="code"
          label="Code"
          autocomplete="off"
          hint="It is shown in the server's terminal."
        />
        <EntryField name="name" label="Name" autocomplete="username" value={data.name} />
        <EntryField
          name="password"
          label="Password"
          type="password"
          autocomplete="new-password"
          hint="8 to 128 characters."
        />
        <p class="mt-6">
          <button type="submit" class="button button-primary touch-target">Set up</button>
        </p>
      </form>
    </EntryPage>
  );
});
