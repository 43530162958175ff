/** The own account: who one is, the password, and where one has signed in. */
import { Card, Facts } from "../settings/parts.tsx";
import { ActionForm, TextField } from "./parts.tsx";

export interface MeView {
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Whether there is a password to change. */
  readonly hasPassword: boolean;
  readonly name: string;
  readonly signIns: readonly {
    readonly id: string;
    readonly device: string;
    readonly address: string;
    readonly started: string;
    readonly seen: string;
    readonly isThis: boolean;
  }[];
}

export function MePage({ view }: { readonly view: MeView }) {
  return (
    <>
      <Card title="Who you are">
        <Facts facts={view.facts} />
      </Card>
      {view.hasPassword && (
        <Card title="Password">
          <p class="mt-1 text-sm text-muted">Another password ends all your other sign-ins.</p>
          <form method="post" action="/me" class="mt-3 flex flex-col gap-4">
            <input type="hidden" name="action" value="password" />
            {/* So that a password manager knows whose it is. */}
            <input type="hidden" name="username" value={view.name} autocomplete="username" />
            <TextField
              id="password-old"
              name="old"
              type="password"
              label="Present password"
              autocomplete="current-password"
              required
            />
            <TextField
              id="password-new"
              name="new"
              type="password"
              label="New password"
              hint="8 to 128 characters."
              autocomplete="new-password"
              required
            />
            <p>
              <button type="submit" class="button button-primary touch-target">Change password</button>
            </p>
          </form>
        </Card>
      )}
      {view.signIns.length > 0 && (
        <Card title="Where you have signed in">
          <ul class="mt-3 divide-y divide-line">
            {view.signIns.map(({ id, device, address, started, seen, isThis }) => (
              <li key={id} class="flex flex-wrap items-center gap-x-6 gap-y-2 py-3" data-sign-in={id}>
                <div class="min-w-0 grow text-sm">
                  <p class="outside-text font-medium">{device}{isThis && " (this one)"}</p>
                  <p class="outside-text text-muted">{address}, since {started}, last seen {seen}</p>
                </div>
                <ActionForm
                  page="me"
                  action="revoke"
                  id={id}
                  label="End"
                  about={`End the sign-in of ${device} since ${started}`}
                />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}
