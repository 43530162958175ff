/** The keys of programs. */
import { Card } from "../settings/parts.tsx";
import { AccountChoice, ActionForm, limitText, TextField } from "./parts.tsx";

const SCOPES = [
  ["read", "Read figures and history"],
  ["metrics", "Scrape /metrics"],
  ["poll", "Poll vendors now"],
  ["write", "Change settings"],
  ["push", "Submit readings"],
] as const;

export interface KeysView {
  /** A key just created, to be shown only once; null otherwise. */
  readonly created: { readonly name: string; readonly secret: string } | null;
  readonly keys: readonly {
    readonly id: string;
    readonly name: string;
    readonly prefix: string;
    readonly scopes: string;
    readonly accounts: readonly string[] | null;
    readonly owner: string;
    readonly created: string;
    readonly ends: string;
    readonly used: string;
  }[];
  readonly accounts: readonly string[];
}

export function KeysPage({ view }: { readonly view: KeysView }) {
  const { created } = view;
  return (
    <>
      {created && (
        <Card title={`The key "${created.name}"`}>
          <p class="mt-1 text-sm text-muted">Copy it now: it is shown only once and stored nowhere.</p>
          <label for="made-key" class="sr-only">Key</label>
          <input
            id="made-key"
            class="field mt-3 w-full font-mono"
            value={created.secret}
            readOnly
            autocomplete="off"
            spellcheck={false}
          />
        </Card>
      )}
      <Card title="Keys">
        {view.keys.length === 0
          ? <p class="mt-3 text-sm">No keys yet.</p>
          : (
            <ul class="mt-3 divide-y divide-line">
              {view.keys.map(({ id, name, prefix, scopes, accounts, owner, created, ends, used }) => (
                <li key={id} class="flex flex-wrap items-center gap-x-6 gap-y-2 py-3" data-key={id}>
                  <div class="min-w-0 grow text-sm">
                    <p class="outside-text font-medium">
                      {name} <code class="rounded bg-sunken px-1">{prefix}...</code>
                    </p>
                    <p class="outside-text text-muted">
                      {scopes} of {limitText(accounts)}; created {created} by {owner}, {ends}, {used}
                    </p>
                  </div>
                  <ActionForm page="keys" action="revoke" id={id} label="Revoke" about={`Revoke ${name}`} />
                </li>
              ))}
            </ul>
          )}
      </Card>
      <Card title="Create a key">
        <form method="post" action="/keys" class="mt-3 flex flex-col gap-4">
          <input type="hidden" name="action" value="create" />
          <TextField id="key-name" name="name" label="Name" hint="What will use it." required />
          <fieldset class="min-w-0">
            <legend class="text-sm font-medium">Permissions</legend>
            <div class="mt-1 flex flex-wrap gap-x-6 gap-y-1">
              {SCOPES.map(([scope, text]) => (
                <label key={scope} class="touch-target inline-flex items-center gap-2 text-sm">
                  <input type="checkbox" name="scope" value={scope} checked={scope === "read"} />
                  {text}
                </label>
              ))}
            </div>
          </fieldset>
          <TextField
            id="key-days"
            name="days"
            type="number"
            label="Days"
            hint="How long it is valid; leave empty for no end."
          />
          <AccountChoice
            id="key-limit"
            accounts={view.accounts}
            chosen={[]}
            legend="Sees only"
            hint="None selected means all."
          />
          <p>
            <button type="submit" class="button button-primary touch-target">Create key</button>
          </p>
        </form>
      </Card>
    </>
  );
}
