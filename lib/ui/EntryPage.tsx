/** The frame of pages for visitors who are not signed in: it shows no user's data. */
import type { ComponentChildren } from "preact";
import { Mark } from "./icons.tsx";

export function EntryPage({ title, problem, note, children }: {
  readonly title: string;
  /** The problem with the submitted values; empty for none. */
  readonly problem?: string;
  readonly note?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <main class="mx-auto max-w-md px-4 py-12 sm:px-6">
      <p class="flex items-center gap-2.5">
        <Mark />
        <span class="text-lg font-semibold tracking-tight">Syntrack</span>
      </p>
      <section class="card-shadow mt-8 rounded-xl border border-line bg-surface p-6">
        <h1 class="text-2xl font-semibold tracking-tight">{title}</h1>
        {note && <p class="notice mt-3" role="status">{note}</p>}
        {problem && <p id="problem" class="mt-3 text-sm text-critical" role="alert">{problem}.</p>}
        {children}
      </section>
    </main>
  );
}

export function EntryField({ name, label, type = "text", autocomplete, value, hint }: {
  readonly name: string;
  readonly label: string;
  readonly type?: "text" | "password";
  readonly autocomplete: string;
  readonly value?: string;
  readonly hint?: string;
}) {
  return (
    <div class="mt-4 flex min-w-0 flex-col gap-1">
      <label for={name} class="text-sm font-medium">{label}</label>
      {hint && <p id={`${name}-hint`} class="text-sm text-muted">{hint}</p>}
      <input
        id={name}
        name={name}
        type={type}
        class="field touch-target"
        autocomplete={autocomplete}
        autocapitalize="none"
        spellcheck={false}
        aria-describedby={hint ? `${name}-hint` : undefined}
        required
        {...value !== undefined && { value }}
      />
    </div>
  );
}
