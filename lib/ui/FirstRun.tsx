/** What a new user sees before any account is configured: where discovery looked and what to set. */

/** A provider and the sentence that says what to set for it. */
export interface Setup {
  readonly id: string;
  readonly name: string;
  readonly setup: string;
  /** Why discovery failed, or null. */
  readonly problem: string | null;
}

export function FirstRun({ providers }: { readonly providers: readonly Setup[] }) {
  return (
    <section class="first-run card-shadow mt-8 rounded-xl border border-line bg-surface p-4 sm:p-6">
      <h2 class="text-lg font-semibold">Tell Syntrack what to watch</h2>
      <p class="mt-2 max-w-2xl text-muted">
        No credential was found in the environment, in ./.env or in ~/.syntrack/.env, and no login of a
        vendor's own tool. Set one of these; it is picked up within a minute, without a restart.
      </p>
      <p class="notice mt-4">
        To look around first, start{" "}
        <code>syntrack demo</code>: a fake vendor with a month of history, apart from anything of yours.
      </p>
      <ul class="mt-4 divide-y divide-line">
        {providers.map((provider) => <ProviderLine key={provider.id} {...provider} />)}
      </ul>
    </section>
  );
}

function ProviderLine({ name, setup, problem }: Setup) {
  const line = lineOf(setup);
  return (
    <li class="grid gap-x-6 gap-y-1 py-3 sm:grid-cols-[10rem_1fr]">
      <span class="outside-text font-medium">{name}</span>
      <div class="min-w-0">
        <p class="outside-text text-sm text-muted">{setup}</p>
        {line !== null && (
          <p class="mt-1">
            <code class="copy-line">{line}</code>
          </p>
        )}
        {problem !== null && <p class="outside-text text-sm text-danger">{problem}</p>}
      </div>
    </li>
  );
}

/** Returns the line to add to a settings file, or null when the sentence names no variable. */
export function lineOf(setup: string): string | null {
  const [name] = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/.exec(setup) ?? [];
  return name === undefined ? null : `${name}=`;
}
