/** The people who may sign in. */
import { Card } from "../settings/parts.tsx";
import { AccountChoice, ActionForm, limitText, TextField } from "./parts.tsx";
import { nodeKey } from "../words.ts";

const ROLES = [
  ["viewer", "Viewer: sees everything but access"],
  ["operator", "Operator: polls, settings and alerts as well"],
  ["admin", "Admin: everything"],
] as const;

export interface PeopleView {
  readonly people: readonly {
    readonly name: string;
    readonly role: string;
    readonly accounts: readonly string[] | null;
    readonly since: string;
    /** For example `password, 2 passkeys`. */
    readonly signsInBy: string;
    readonly isYou: boolean;
  }[];
  /** Keys of all accounts, to limit viewers to. */
  readonly accounts: readonly string[];
}

function RoleField({ id, role }: { readonly id: string; readonly role: string }) {
  return (
    <div class="flex min-w-0 flex-col gap-1">
      <label for={id} class="text-sm font-medium">Role</label>
      <select id={id} name="role" class="field max-w-full">
        {ROLES.map(([word, text]) => <option key={word} value={word} selected={word === role}>{text}
        </option>)}
      </select>
    </div>
  );
}

const LIMIT_HINT = "None selected means all. Only viewers can be limited.";

export function PeoplePage({ view }: { readonly view: PeopleView }) {
  return (
    <>
      {view.people.map(({ name, role, accounts, since, signsInBy, isYou }, place) => (
        <Card key={nodeKey(name)} title={isYou ? `${name} (you)` : name}>
          <p class="outside-text mt-1 text-sm text-muted">
            {role}, sees {limitText(accounts)}, since {since}, signs in by {signsInBy}
          </p>
          <details class="mt-3 text-sm">
            <summary class="touch-target cursor-pointer font-medium">Change</summary>
            <div class="mt-3 flex flex-col gap-6">
              <form method="post" action="/people" class="flex flex-col gap-4">
                <input type="hidden" name="action" value="change" />
                <input type="hidden" name="id" value={name} />
                <RoleField id={`role-${place}`} role={role} />
                <AccountChoice
                  id={`limit-${place}`}
                  accounts={view.accounts}
                  chosen={accounts ?? []}
                  legend="Sees only"
                  hint={LIMIT_HINT}
                />
                <p>
                  <button type="submit" class="button touch-target" aria-label={`Save ${name}`}>Save</button>
                </p>
              </form>
              <ActionForm
                page="people"
                action="reset"
                id={name}
                label="Set"
                about={`Set a password for ${name}`}
              >
                <TextField
                  id={`reset-${place}`}
                  name="password"
                  type="password"
                  label="New password"
                  hint="This ends all their sign-ins and passkeys."
                  autocomplete="new-password"
                  required
                />
              </ActionForm>
              <ActionForm page="people" action="remove" id={name} label="Remove" about={`Remove ${name}`}>
                <label class="touch-target inline-flex min-h-[2.25rem] max-w-full items-center gap-2">
                  <input type="checkbox" name="sure" value="on" required />
                  <span class="outside-text min-w-0">{`Remove ${name} with their sign-ins and keys`}</span>
                </label>
              </ActionForm>
            </div>
          </details>
        </Card>
      ))}
      <Card title="Add person">
        <form method="post" action="/people" class="mt-3 flex flex-col gap-4">
          <input type="hidden" name="action" value="add" />
          <TextField id="person-name" name="name" label="Name" required />
          <TextField
            id="person-password"
            name="password"
            type="password"
            label="Password"
            hint="8 to 128 characters; they can change it."
            autocomplete="new-password"
            required
          />
          <RoleField id="person-role" role="viewer" />
          <AccountChoice
            id="person-limit"
            accounts={view.accounts}
            chosen={[]}
            legend="Sees only"
            hint={LIMIT_HINT}
          />
          <p>
            <button type="submit" class="button button-primary touch-target">Add</button>
          </p>
        </form>
      </Card>
    </>
  );
}
