/**
 * Forms to add an account, and to rename and remove added ones.
 * Users type secrets here; pages never show them.
 */
import type { AccountsView, AddingView } from "./kinds.ts";
import { Card, Field } from "./parts.tsx";

const MAX_NAME = 64;

/** The tab names the settings; the action names what to do. */
function Hidden({ action }: { readonly action: string }) {
  return (
    <>
      <input type="hidden" name="tab" value="accounts" />
      <input type="hidden" name="action" value={action} />
    </>
  );
}

/** Asks for the provider first, because the fields depend on it. */
export function AddAccount({ choices, adding, problems }: {
  readonly choices: AccountsView["choices"];
  readonly adding: AddingView | null;
  readonly problems: Readonly<Record<string, string>>;
}) {
  if (choices.length === 0) return null;
  return (
    <Card title={adding === null ? "Store an account here" : `Store an account of ${adding.name}`}>
      {adding === null
        ? (
          <form method="get" action="/settings" class="mt-3 flex flex-wrap items-end gap-3">
            <input type="hidden" name="tab" value="accounts" />
            <div class="flex min-w-0 flex-col gap-1">
              <label for="account-add" class="text-sm font-medium">Provider</label>
              <select id="account-add" name="add" class="field">
                {choices.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
              </select>
            </div>
            <button type="submit" class="button touch-target">Continue</button>
          </form>
        )
        : <AddForm adding={adding} problems={problems} />}
      <p class="mt-3 text-sm text-muted">
        It is encrypted with a key that lies beside the database and goes into no backup. Nobody is asked
        whether it works before the next poll.
      </p>
    </Card>
  );
}

function AddForm({ adding, problems }: {
  readonly adding: AddingView;
  readonly problems: Readonly<Record<string, string>>;
}) {
  const others = adding.settings.filter(({ leading }) => !leading);
  return (
    <form method="post" action="/settings?tab=accounts" class="settings-form mt-3 flex flex-col gap-4">
      <Hidden action="add" />
      <input type="hidden" name="provider" value={adding.id} />
      <Field
        name="name"
        id="account-name"
        label="Name"
        hint="What to call it, such as work; it gets one where this stays empty."
        problem={problems.name}
      >
        {(described) => (
          <input
            id="account-name"
            name="name"
            value={adding.typedName}
            maxLength={MAX_NAME}
            class="field w-80 max-w-full"
            autocomplete="off"
            aria-describedby={described}
          />
        )}
      </Field>
      {adding.settings.filter(({ leading }) => leading).map((setting) => (
        <SettingField key={setting.name} setting={setting} problems={problems} />
      ))}
      {others.length > 0 && (
        <details
          class="text-sm"
          open={others.some(({ name, typed }) => typed !== "" || problems[`values.${name}`])}
        >
          <summary class="touch-target cursor-pointer font-medium">
            {`${others.length} more ${others.length === 1 ? "setting" : "settings"}`}
          </summary>
          <div class="mt-3 flex flex-col gap-4">
            {others.map((setting) => (
              <SettingField key={setting.name} setting={setting} problems={problems} />
            ))}
          </div>
        </details>
      )}
      <p class="flex flex-wrap items-center gap-3">
        <button type="submit" class="button button-primary touch-target">Store it</button>
        <a href="/settings?tab=accounts" class="button touch-target">Cancel</a>
      </p>
    </form>
  );
}

function SettingField({ setting, problems }: {
  readonly setting: AddingView["settings"][number];
  readonly problems: Readonly<Record<string, string>>;
}) {
  const { name, secret, help, typed } = setting;
  const id = `value-${name}`;
  return (
    <Field name={id} id={id} label={name} hint={help} problem={problems[`values.${name}`]}>
      {(described) => (
        <input
          id={id}
          name={`value:${name}`}
          type={secret ? "password" : "text"}
          value={typed}
          class="field w-80 max-w-full"
          autocomplete={secret ? "new-password" : "off"}
          spellcheck={false}
          aria-describedby={described}
        />
      )}
    </Field>
  );
}

/** Renames and removes added accounts; all others change where they come from. */
export function StoredAccounts({ stored }: { readonly stored: AccountsView["stored"] }) {
  if (stored.length === 0) return null;
  return (
    <Card title="Stored accounts">
      <ul class="mt-3 divide-y divide-line">
        {stored.map(({ key, name }) => {
          const id = `stored-${key.replace(/[^\w-]+/g, "-")}`;
          return (
            <li key={key} class="flex flex-wrap items-end gap-x-6 gap-y-3 py-3" data-stored={key}>
              <form method="post" action="/settings?tab=accounts" class="flex flex-wrap items-end gap-3">
                <Hidden action="rename" />
                <input type="hidden" name="account" value={key} />
                <div class="flex min-w-0 flex-col gap-1">
                  <label for={id} class="outside-text text-xs text-muted">{key}</label>
                  <input
                    id={id}
                    name="name"
                    value={name}
                    maxLength={MAX_NAME}
                    class="field w-56 max-w-full"
                    autocomplete="off"
                  />
                </div>
                <button type="submit" class="button touch-target">Rename</button>
              </form>
              <form method="post" action="/settings?tab=accounts" class="flex flex-wrap items-center gap-3">
                <Hidden action="remove" />
                <input type="hidden" name="account" value={key} />
                <label class="touch-target inline-flex min-h-[2.25rem] items-center gap-2 text-sm">
                  <input type="checkbox" name="purge" value="on" />
                  Its history as well
                </label>
                <button type="submit" class="button touch-target" aria-label={`Remove ${key}`}>Remove</button>
              </form>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
