/** The building blocks of the settings tabs. */
import type { ComponentChildren, JSX } from "preact";
import { type Tab, TABS } from "./kinds.ts";

const TITLES: Readonly<Record<Tab, string>> = {
  general: "General",
  accounts: "Accounts",
  insights: "Insights",
  data: "Data",
  about: "About",
};

export function SettingsTabs({ tab }: { readonly tab: Tab }) {
  return (
    <nav class="link-row no-print mt-4 max-w-full overflow-x-auto" aria-label="Settings">
      <div class="choices">
        {TABS.map((one) => (
          <a
            key={one}
            href={`?tab=${one}`}
            class="settings-tab choice touch-target"
            data-tab={one}
            aria-current={one === tab ? "true" : "false"}
          >
            {TITLES[one]}
          </a>
        ))}
      </div>
    </nav>
  );
}

/** The form of a tab; it submits the tab's name. */
export function TabForm({ tab, children }: { readonly tab: Tab; readonly children: ComponentChildren }) {
  return (
    <form method="post" action={`/settings?tab=${tab}`} class="settings-form mt-4 flex flex-col gap-6">
      <input type="hidden" name="tab" value={tab} />
      {/* Enter in a field presses a form's first button, so the first one saves, whatever buttons follow. */}
      <button type="submit" class="sr-only" tabIndex={-1} aria-hidden="true">Save</button>
      {children}
    </form>
  );
}

export function Card({ title, id, children }: {
  readonly title: string;
  /** For links that lead to it. */
  readonly id?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section id={id} class="card-shadow mt-4 rounded-xl border border-line bg-surface p-4 sm:p-6">
      <h2 class="outside-text text-lg font-semibold">{title}</h2>
      {children}
    </section>
  );
}

/** A field with its name, its explanation, and its problem. */
export function Field({ name, id, label, hint, detail, problem, children }: {
  readonly name: string;
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** Its name elsewhere, such as an environment variable. */
  readonly detail?: string;
  readonly problem?: string | undefined;
  readonly children: (described: string | undefined) => JSX.Element;
}) {
  const described = [hint ? `${name}-hint` : "", problem ? `${name}-problem` : ""].filter(Boolean).join(" ");
  return (
    <div class="flex min-w-0 flex-col gap-1">
      <label for={id} class="text-sm font-medium">{label}</label>
      {hint && <p id={`${name}-hint`} class="text-sm text-muted">{hint}</p>}
      {children(described || undefined)}
      {detail && (
        <p class="text-xs text-muted">
          As a variable: <code>{detail}</code>
        </p>
      )}
      <Problem id={`${name}-problem`} text={problem} />
    </div>
  );
}

export function Radios({ name, legend, hint, value, choices, problem }: {
  readonly name: string;
  readonly legend: string;
  readonly hint?: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, text: string])[];
  readonly problem?: string | undefined;
}) {
  return (
    <fieldset class="min-w-0">
      <legend class="text-sm font-medium">{legend}</legend>
      {hint && <p class="text-sm text-muted">{hint}</p>}
      <div class="mt-1 flex flex-wrap gap-x-6 gap-y-1">
        {choices.map(([one, text]) => (
          <label key={one} class="touch-target inline-flex items-center gap-2 text-sm">
            <input type="radio" name={name} value={one} checked={one === value} />
            {text}
          </label>
        ))}
      </div>
      <Problem id={`${name}-problem`} text={problem} />
    </fieldset>
  );
}

function Problem({ id, text }: { readonly id: string; readonly text: string | undefined }) {
  return text === undefined ? null : <p id={id} class="field-problem text-sm text-critical">{text}</p>;
}

export function SaveRow({ children }: { readonly children?: ComponentChildren }) {
  return (
    <p class="flex flex-wrap items-center gap-3">
      <button id="settings-save-btn" type="submit" class="button button-primary touch-target">
        Save
      </button>
      {children}
    </p>
  );
}

/** Names and values. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl class="mt-3 text-sm">
      {facts.map(([name, value]) => (
        <div key={name} class="py-1 sm:flex sm:gap-4">
          <dt class="shrink-0 text-muted sm:w-44">{name}</dt>
          <dd class="outside-text min-w-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
