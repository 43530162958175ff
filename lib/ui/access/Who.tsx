/**
 * Who is signed in, and the link to sign in or out: a closed lock when signed out, an open one when signed in.
 */
import { ClosedLockIcon, OpenLockIcon } from "../icons.tsx";

/** The current user, as the header shows them. */
export interface WhoFacts {
  readonly name: string;
  /** True for the owner of the machine, who need not sign in. */
  readonly local: boolean;
}

export function Who({ who }: { readonly who: WhoFacts }) {
  if (who.local) {
    return (
      <a
        href="/login"
        class="icon-button touch-target px-2"
        aria-current="false"
        aria-label="Authenticate"
        title="Sign in"
      >
        <ClosedLockIcon />
        <span class="hidden 2xl:inline" aria-hidden="true">Authenticate</span>
      </a>
    );
  }
  return (
    <>
      <a
        href="/me"
        class="outside-text touch-target hidden max-w-[10rem] items-center truncate text-sm underline sm:inline-flex"
        aria-current="false"
        title="Your account"
      >
        {who.name}
      </a>
      <form method="post" action="/logout" class="inline-flex">
        <button
          type="submit"
          class="icon-button touch-target px-2"
          aria-label="Authenticated"
          title={`Sign out ${who.name}`}
        >
          <OpenLockIcon />
          <span class="hidden 2xl:inline" aria-hidden="true">Authenticated</span>
        </button>
      </form>
    </>
  );
}
