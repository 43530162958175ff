/** The page of the user's own account: name, password, passkeys and sign-ins. */
import type { ComponentChildren } from "preact";
import { Card, Facts } from "../settings/parts.tsx";
import { FeedsCard, type FeedsView } from "./FeedsCard.tsx";
import { ActionForm, TextField } from "./parts.tsx";

export interface PasskeysView {
  /** The name of this site when browsers offer passkeys here; else null. */
  readonly here: string | null;
  /** An address at which browsers offer them; null when unknown. */
  readonly instead: string | null;
  readonly all: readonly {
    readonly id: string;
    readonly name: string;
    readonly site: string;
    readonly created: string;
    readonly used: string;
    /** Says whether other devices have a copy. */
    readonly backup: string;
  }[];
}

export interface MeView {
  readonly feeds: FeedsView;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Null for users who sign in without a name. */
  readonly password: "set" | "none" | null;
  readonly passkeys: PasskeysView | null;
  /** Whether they signed in recently. */
  readonly isFresh: boolean;
  readonly name: string;
  readonly signIns: readonly {
    readonly id: string;
    readonly device: string;
    readonly address: string;
    readonly way: string;
    readonly started: string;
    readonly seen: string;
    readonly isThis: boolean;
  }[];
}

/** @param addPasskey asks the browser for a new one */
export function MePage({ view, addPasskey }: {
  readonly view: MeView;
  readonly addPasskey: ComponentChildren;
}) {
  const { password, passkeys, isFresh, name } = view;
  return (
    <>
      <Card title="Your account">
        <Facts facts={view.facts} />
      </Card>
      {password !== null && !isFresh && (
        <p class="notice mt-4">
          Passkeys can be changed, and a password set or removed, within 15 minutes of a sign-in:{" "}
          <a class="underline" href="/login?next=/me">sign in again</a>.
        </p>
      )}
      {passkeys && <PasskeysCard passkeys={passkeys} isFresh={isFresh} add={addPasskey} />}
      {password === "set" && (
        <PasswordCard name={name} isRemovable={isFresh && passkeys !== null && passkeys.all.length > 0} />
      )}
      {password === "none" && (
        <Card title="Password">
          <p class="mt-1 text-sm text-muted">You have no password and sign in with a passkey only.</p>
          {isFresh && (
            <form method="post" action="/me" class="mt-3 flex flex-col gap-4">
              <input type="hidden" name="action" value="set-password" />
              <OwnName name={name} />
              <NewPassword />
              <p>
                <button type="submit" class="button touch-target">Set a password</button>
              </p>
            </form>
          )}
        </Card>
      )}
      <FeedsCard view={view.feeds} />
      {view.signIns.length > 0 && (
        <Card title="Where you are signed in">
          <ul class="mt-3 divide-y divide-line">
            {view.signIns.map(({ id, device, address, way, started, seen, isThis }) => (
              <li key={id} class="flex flex-wrap items-center gap-x-6 gap-y-2 py-3" data-sign-in={id}>
                <div class="min-w-0 grow text-sm">
                  <p class="outside-text font-medium">{device}{isThis && " (this one)"}</p>
                  <p class="outside-text text-muted">{address}, {way}, since {started}, last seen {seen}</p>
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

function PasskeysCard({ passkeys, isFresh, add }: {
  readonly passkeys: PasskeysView;
  readonly isFresh: boolean;
  readonly add: ComponentChildren;
}) {
  const { all, here, instead } = passkeys;
  return (
    <Card title="Passkeys">
      <p class="mt-1 text-sm text-muted">
        A passkey signs you in by your fingerprint, face or PIN. It works only at the address it was created
        at.
      </p>
      {all.length > 0 && (
        <ul class="mt-3 divide-y divide-line">
          {all.map(({ id, name, site, created, used, backup }) => (
            <li key={id} class="flex flex-wrap items-center gap-x-6 gap-y-2 py-3" data-passkey={id}>
              <div class="min-w-0 grow text-sm">
                <p class="outside-text font-medium">{name}</p>
                <p class="outside-text text-muted">for {site}, created {created}, {used}, {backup}</p>
              </div>
              {isFresh && (
                <ActionForm
                  page="me"
                  action="remove-passkey"
                  id={id}
                  label="Remove"
                  about={`Remove the passkey ${name}`}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {here === null
        ? (
          <p class="mt-3 text-sm">
            Passkeys cannot be created here: they need https and a host name in the address, or localhost.
            {instead !== null && (
              <>
                {" "}Open <a class="underline" href={instead}>{instead}</a> instead.
              </>
            )}
          </p>
        )
        : isFresh && add}
    </Card>
  );
}

function PasswordCard({ name, isRemovable }: { readonly name: string; readonly isRemovable: boolean }) {
  return (
    <Card title="Password">
      <p class="mt-1 text-sm text-muted">A new password ends all your other sign-ins.</p>
      <form method="post" action="/me" class="mt-3 flex flex-col gap-4">
        <input type="hidden" name="action" value="password" />
        <OwnName name={name} />
        <TextField
          id="password-old"
          name="old"
          type="password"
          label="Current password"
          autocomplete="current-password"
          required
        />
        <NewPassword />
        <p>
          <button type="submit" class="button button-primary touch-target">Change password</button>
        </p>
      </form>
      {isRemovable && (
        <details class="mt-4 text-sm">
          <summary class="touch-target cursor-pointer font-medium">Remove it</summary>
          <p class="mt-2">
            You then sign in with a passkey only. If you lose all of them, <code>syntrack user reset</code>
            {" "}
            on the server's machine sets a new password.
          </p>
          <div class="mt-3">
            <ActionForm page="me" action="remove-password" label="Remove password">
              <label class="touch-target inline-flex min-h-[2.25rem] items-center gap-2">
                <input type="checkbox" name="sure" value="on" required />
                Sign in with passkeys only
              </label>
            </ActionForm>
          </div>
        </details>
      )}
    </Card>
  );
}

/** Tells a password manager which user it belongs to. */
function OwnName({ name }: { readonly name: string }) {
  return <input type="hidden" name="username" value={name} autocomplete="username" />;
}

function NewPassword() {
  return (
    <TextField
      id="password-new"
      name="new"
      type="password"
      label="New password"
      hint="8 to 128 characters."
      autocomplete="new-password"
      required
    />
  );
}
