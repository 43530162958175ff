import { page } from "fresh";
import { EntryPage } from "@/lib/ui/EntryPage.tsx";
import { signOut } from "@/lib/web/sign_in.ts";
import { define } from "@/lib/web/state.ts";

interface LogoutData {
  /** Null when not signed in. */
  readonly name: string | null;
}

export const handlers = define.handlers({
  /** Ends nothing: another site's link may lead here. */
  GET({ state }) {
    state.title = "Sign out - Syntrack";
    const { principal } = state;
    return page<LogoutData>({ name: principal && principal.kind !== "local" ? principal.name : null });
  },
  POST: signOut,
});

export default define.page<typeof handlers>(function Logout({ data }) {
  if (data.name === null) {
    return (
      <EntryPage title="You are not signed in">
        <p class="mt-3">
          <a class="underline" href="/login">Sign in</a> or go to the{" "}
          <a class="underline" href="/">overview</a>.
        </p>
      </EntryPage>
    );
  }
  return (
    <EntryPage title="Sign out">
      <p class="outside-text mt-3">
        You are signed in as <strong>{data.name}</strong>.
      </p>
      <form method="post" action="/logout" class="mt-6 flex flex-wrap gap-3">
        <button type="submit" class="button button-primary touch-target">Sign out</button>
        <a class="button touch-target" href="/">Stay</a>
      </form>
    </EntryPage>
  );
});
