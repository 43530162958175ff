/**
 * Forms to add an account, and to rename and remove added ones.
 * Users type secrets here; pages never show them.
 */
import type { AccountsView, AddingView, SettingField as SettingLine, StoredLine } from "./kinds.ts";
import { nodeId, nodeKey } from "../words.ts";
import { Card, Field } from "./parts.tsx";
import { settingWords } from "./setting_words.ts";

const MAX_NAME = 64;

/** The fields that say which tab the form belongs to, and what to do. */
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
    <Card id="add" title={adding === null ? "Add an account here" : `Add an account of ${adding.name}`}>
      {adding === null
        ? (
          <form method="get" action="/settings" class="mt-3 flex flex-wrap items-end gap-3">
            <input type="hidden" name="tab" value="accounts" />
            <div class="flex min-w-0 flex-col gap-1">
              <label for="account-add" class="text-sm font-medium">Vendor</label>
              <select id="account-add" name="add" class="field">
                {choices.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
              </select>
            </div>
            <button type="submit" class="button touch-target">Continue</button>
          </form>
        )
        : <AddForm adding={adding} problems={problems} />}
      <p class="mt-3 text-sm text-muted">
        It is encrypted with a key that is stored beside the database and is never part of a backup, and
        tested right away.
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
        hint="A name such as work; one is chosen if you leave this empty."
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
        <SettingField key={setting.name} setting={setting} typed={setting.typed} problems={problems} />
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
              <SettingField key={setting.name} setting={setting} typed={setting.typed} problems={problems} />
            ))}
          </div>
        </details>
      )}
      <p class="flex flex-wrap items-center gap-3">
        <button type="submit" class="button button-primary touch-target">Save and test</button>
        <a href="/settings?tab=accounts" class="button touch-target">Cancel</a>
      </p>
    </form>
  );
}

/** A field in words, with its variable as a detail. */
export function SettingField(
  { setting, problems, label, typed = "", hint = setting.help, prefix = "value" }: {
    readonly setting: SettingLine;
    readonly problems: Readonly<Record<string, string>>;
    /** Replaces the setting's own label. */
    readonly label?: string;
    readonly typed?: string;
    readonly hint?: string;
    /** Prefix of the id, for pages that ask for one setting several times. */
    readonly prefix?: string;
  },
) {
  const { name, secret } = setting;
  const id = `${prefix}-${name}`;
  return (
    <Field
      name={id}
      id={id}
      label={label ?? settingWords(setting)}
      hint={hint}
      detail={name}
      problem={problems[`values.${name}`]}
    >
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

/** Renames, changes and removes added accounts; all others change at their source. */
export function StoredAccounts({ stored, problems }: {
  readonly stored: AccountsView["stored"];
  readonly problems: Readonly<Record<string, string>>;
}) {
  if (stored.length === 0) return null;
  return (
    <Card title="Stored accounts">
      <ul class="mt-3 divide-y divide-line">
        {stored.map((line) => <Stored key={nodeKey(line.key)} line={line} problems={problems} />)}
      </ul>
    </Card>
  );
}

function Stored({ line, problems }: {
  readonly line: StoredLine;
  readonly problems: Readonly<Record<string, string>>;
}) {
  const { key, name, title, word, hint, isWell, settings, isOpen } = line;
  const id = nodeId("stored", key);
  const secrets = settings.filter(({ secret }) => secret);
  return (
    <li class="py-4" data-stored={key}>
      <p class="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span class="outside-text font-medium">{title}</span>
        <span class={`stored-result outside-text text-sm ${isWell ? "text-healthy" : "text-danger"}`}>
          {word}
        </span>
      </p>
      {hint !== null && !isWell && <p class="outside-text mt-1 text-sm">{hint}</p>}
      {settings.length > 0 && (
        <details class="mt-2 text-sm" open={isOpen}>
          <summary class="touch-target cursor-pointer font-medium">
            {secrets.length === 1
              ? `Change the ${lowerFirst(settingWords(secrets[0]!))}`
              : "Change stored values"}
          </summary>
          <form method="post" action="/settings?tab=accounts" class="settings-form mt-3 flex flex-col gap-4">
            <Hidden action="change" />
            <input type="hidden" name="account" value={key} />
            {settings.map((setting) => (
              <SettingField
                key={setting.name}
                setting={setting}
                prefix={id}
                label={`New ${lowerFirst(settingWords(setting))}`}
                hint={`${setting.help}. ${
                  setting.isStored ? "One is stored" : "None is stored"
                }; leave empty to keep it so`}
                problems={isOpen ? problems : {}}
              />
            ))}
            <p>
              <button type="submit" class="button button-primary touch-target">Save and test</button>
            </p>
          </form>
        </details>
      )}
      <div class="mt-3 flex flex-wrap items-end gap-x-6 gap-y-3">
        <form method="post" action="/settings?tab=accounts" class="flex flex-wrap items-end gap-3">
          <Hidden action="rename" />
          <input type="hidden" name="account" value={key} />
          <div class="flex min-w-0 flex-col gap-1">
            <label for={id} class="outside-text text-xs text-muted">{`Name of ${key}`}</label>
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
            Its history too
          </label>
          <button type="submit" class="button touch-target" aria-label={`Remove ${key}`}>Remove</button>
        </form>
      </div>
    </li>
  );
}

/** "API key" stays as it is in the middle of a sentence, "Cookie" does not. */
function lowerFirst(words: string): string {
  return /^[A-Z]{2}/.test(words) ? words : words.charAt(0).toLowerCase() + words.slice(1);
}

/** Lists accounts with nothing but history left, to be forgotten. */
export function GoneAccounts({ gone }: { readonly gone: AccountsView["gone"] }) {
  if (gone.length === 0) return null;
  return (
    <Card title="Removed accounts">
      <p class="mt-1 text-sm text-muted">
        Only their history is left. Hide it above, or delete it for good.
      </p>
      <ul class="mt-3 divide-y divide-line">
        {gone.map(({ key, title }) => (
          <li key={nodeKey(key)} class="py-3" data-gone={key}>
            <form method="post" action="/settings?tab=accounts" class="flex flex-wrap items-center gap-3">
              <Hidden action="forget" />
              <input type="hidden" name="account" value={key} />
              <span class="outside-text min-w-0">{title}</span>
              <label class="touch-target ml-auto inline-flex min-h-[2.25rem] items-center gap-2 text-sm">
                <input type="checkbox" name="sure" value="on" required />
                For good
              </label>
              <button type="submit" class="button touch-target" aria-label={`Forget ${key}`}>Forget</button>
            </form>
          </li>
        ))}
      </ul>
    </Card>
  );
}
