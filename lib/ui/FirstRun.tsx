/** What a newcomer sees before any account is configured: what was looked for and what to set. */

/** A provider and the sentence that says what to set for it. */
export interface Setup {
  readonly id: string;
  readonly name: string;
  readonly setup: string;
}

export function FirstRun({ setups }: { readonly setups: readonly Setup[] }) {
  return (
    <section class="first-run mt-8 rounded-xl border border-line bg-surface p-6">
      <h2 class="text-lg font-semibold">Tell Syntrack what to watch</h2>
      <p class="mt-2 max-w-2xl text-muted">
        No credential was found in the environment, in ./.env or in ~/.syntrack/.env. Set one of these; it is
        picked up within a minute, without a restart.
      </p>
      <ul class="mt-4 divide-y divide-line">
        {setups.map((provider) => (
          <li key={provider.id} class="flex flex-wrap gap-x-6 gap-y-1 py-3">
            <span class="w-28 font-medium">{provider.name}</span>
            <span class="outside-text text-muted">{provider.setup}</span>
          </li>
        ))}
      </ul>
      <p class="mt-4 text-sm text-muted">
        To look around first, start{" "}
        <code class="rounded bg-sunken px-1">syntrack demo</code>: a fake vendor with a month of history,
        apart from anything of yours.
      </p>
    </section>
  );
}
