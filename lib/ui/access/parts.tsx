/** What the access pages share: links, fields and small forms. */
import type { ComponentChildren } from "preact";

const TABS = [
  ["me", "/me", "You"],
  ["people", "/people", "People"],
  ["keys", "/keys", "Keys"],
  ["audit", "/audit", "Audit"],
] as const;
export type AccessTab = typeof TABS[number][0];

/** @param all whether people and keys are visible as well */
export function AccessTabs({ tab, all }: { readonly tab: AccessTab; readonly all: boolean }) {
  return (
    <nav class="link-row no-print mt-4 max-w-full overflow-x-auto" aria-label="Access">
      <div class="choices">
        {TABS.filter(([one]) => all || one === "me").map(([one, href, title]) => (
          <a
            key={one}
            href={href}
            class="choice touch-target"
            aria-current={one === tab ? "true" : "false"}
          >
            {title}
          </a>
        ))}
      </div>
    </nav>
  );
}

export function TextField({ id, name, label, hint, type = "text", autocomplete = "off", value, required }: {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: "text" | "password" | "number";
  readonly autocomplete?: string;
  readonly value?: string;
  readonly required?: boolean;
}) {
  return (
    <div class="flex min-w-0 flex-col gap-1">
      <label for={id} class="text-sm font-medium">{label}</label>
      {hint && <p id={`${id}-hint`} class="text-sm text-muted">{hint}</p>}
      <input
        id={id}
        name={name}
        type={type}
        value={value}
        required={required}
        autocomplete={autocomplete}
        autocapitalize="none"
        spellcheck={false}
        aria-describedby={hint ? `${id}-hint` : undefined}
        class="field w-80 max-w-full"
      />
    </div>
  );
}

/** One action, as a form of its own. */
export function ActionForm({ page, action, id, label, about, children }: {
  readonly page: AccessTab;
  readonly action: string;
  /** Its target: a name, or the id of a key or sign-in. */
  readonly id?: string;
  readonly label: string;
  /** The full label, for screen readers. */
  readonly about?: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <form method="post" action={`/${page}`} class="flex flex-wrap items-end gap-3">
      <input type="hidden" name="action" value={action} />
      {id !== undefined && <input type="hidden" name="id" value={id} />}
      {children}
      <button type="submit" class="button touch-target" aria-label={about}>{label}</button>
    </form>
  );
}

/** Accounts to limit a user or key to; none ticked means no limit. */
export function AccountChoice({ id, accounts, chosen, legend, hint }: {
  readonly id: string;
  readonly accounts: readonly string[];
  readonly chosen: readonly string[];
  readonly legend: string;
  readonly hint: string;
}) {
  if (accounts.length === 0) return null;
  return (
    <fieldset class="min-w-0">
      <legend class="text-sm font-medium">{legend}</legend>
      <p class="text-sm text-muted">{hint}</p>
      <div class="mt-1 flex flex-wrap gap-x-6 gap-y-1">
        {accounts.map((key, place) => (
          <label key={key} class="touch-target inline-flex max-w-full items-center gap-2 text-sm">
            <input
              id={`${id}-${place}`}
              type="checkbox"
              name="account"
              value={key}
              checked={chosen.includes(key)}
            />
            <span class="outside-text min-w-0">{key}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function limitText(accounts: readonly string[] | null): string {
  return accounts === null ? "all accounts" : accounts.length === 0 ? "no account" : accounts.join(", ");
}
