import { type Context, page } from "fresh";
import PasskeySignIn from "@/islands/PasskeySignIn.tsx";
import { passkeySite } from "@/lib/access/passkeys/ceremony.ts";
import { returnPath } from "@/lib/access/routes.ts";
import { EntryField, EntryPage } from "@/lib/ui/EntryPage.tsx";
import { readForm } from "@/lib/web/form.ts";
import { refusalWords, tooMany, welcome } from "@/lib/web/sign_in.ts";
import { define, type State } from "@/lib/web/state.ts";

interface LoginData {
  readonly name: string;
  readonly next: string;
  readonly problem: string;
  readonly note: string;
  readonly byToken: boolean;
  /** Reports whether any user has a passkey that works at this address. */
  readonly hasPasskeys: boolean;
}

export const handlers = define.handlers({
  GET(ctx) {
    const { searchParams } = ctx.url;
    const note = searchParams.get("done") === "signed-out" ? "You have signed out." : "";
    const next = returnPath(searchParams.get("next"));
    return show(ctx, { name: "", next, problem: "", note, byToken: false });
  },
  async POST(ctx) {
    const form = await readForm(ctx.req);
    const next = returnPath(form.get("next"));
    const { client, services: { access } } = ctx.state;
    const token = form.get("token")?.trim();
    const answer = form.get("passkey");
    const site = passkeySite(ctx.url);
    const name = (form.get("username") ?? form.get("name"))?.trim() ?? "";
    const done = token
      ? await access.exchange(token, client)
      : answer !== null && site !== null
      ? await access.signInByPasskey({ site, client, answer })
      : await access.signIn({ name, password: form.get("password") ?? "", client });
    if ("secret" in done) return welcome(ctx, done, next);
    // In a flood, no page is rendered for each request.
    if (done.refused === "limited") return tooMany(done.retryAfterMs);
    const problem = token
      ? "That token is not valid"
      : refusalWords(done, answer === null ? undefined : "That passkey is not valid here");
    return await show(ctx, { name, next, problem, note: "", byToken: Boolean(token) }, 401);
  },
});

async function show({ url, state }: Context<State>, data: Omit<LoginData, "hasPasskeys">, status = 200) {
  state.title = "Sign in - Syntrack";
  const site = passkeySite(url);
  const hasPasskeys = site !== null && await state.services.access.passkeys.existAt(site);
  return page({ ...data, hasPasskeys }, { status });
}

export default define.page<typeof handlers>(function Login({ data }) {
  return (
    <EntryPage title="Sign in" problem={data.problem} note={data.note}>
      <form method="post" action="/login">
        <input type="hidden" name="next" value={data.next} />
        <EntryField name="username" label="Name" autocomplete="username" value={data.name} />
        <EntryField name="password" label="Password" type="password" autocomplete="current-password" />
        <p class="mt-6">
          <button type="submit" class="button button-primary touch-target">Sign in</button>
        </p>
      </form>
      {data.hasPasskeys && <PasskeySignIn next={data.next} />}
      <details class="mt-6" open={data.byToken}>
        <summary class="summary text-sm">With a token</summary>
        <form method="post" action="/login">
          <input type="hidden" name="next" value={data.next} />
          <EntryField name="token" label="Token" type="password" autocomplete="off" />
          <p class="mt-4">
            <button type="submit" class="button touch-target">Authenticate</button>
          </p>
        </form>
      </details>
    </EntryPage>
  );
});
