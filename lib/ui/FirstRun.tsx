/** What a new user sees before any account is configured: three ways to start, and where else to put settings. */
import { SettingField } from "./settings/AccountForms.tsx";
import type { AddingView } from "./settings/kinds.ts";

/** A provider and the sentence that says what to set for it. */
export interface Setup {
  readonly id: string;
  readonly name: string;
  readonly setup: string;
  /** Why discovery failed, or null. */
  readonly problem: string | null;
}

/** A login found on this machine. */
export interface FoundLogin {
  readonly key: string;
  readonly title: string;
  readonly source: string;
  readonly polling: boolean;
}

export interface FirstRunProps {
  readonly providers: readonly Setup[];
  readonly found: readonly FoundLogin[];
  /** Names of the tools whose logins discovery looks for. */
  readonly tools: readonly string[];
  /** Providers that take a key, and the one whose fields are shown; null when none can be stored. */
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  readonly adding: AddingView | null;
  /** True on a hosting platform, where no tool keeps a login. */
  readonly hosted: boolean;
}

export function FirstRun({ providers, found, tools, choices, adding, hosted }: FirstRunProps) {
  return (
    <section class="first-run mt-8">
      <h2 class="text-xl font-semibold">{hosted ? "Start with a key" : "Three ways to start"}</h2>
      <div class="doors mt-4">
        {!hosted && <LoginDoor found={found} tools={tools} />}
        {adding !== null && <KeyDoor choices={choices} adding={adding} hosted={hosted} />}
        {!hosted && <DemoDoor />}
      </div>
      <details
        class="card-shadow mt-4 rounded-xl border border-line bg-surface p-4 text-sm sm:px-6"
        open={adding === null}
      >
        <summary class="touch-target cursor-pointer font-medium">
          Set it as a variable or in a file instead
        </summary>
        <p class="mt-2 max-w-2xl text-muted">
          {hosted
            ? "Set them as variables of the app at your host, keys as secrets. They take effect with the next deployment. Logins " +
              "that tools keep in files, keychains or processes are not on this host: run syntrack on your machine for those."
            : "In the environment, in ./.env or in ~/.syntrack/.env. It is picked up within a minute, without a restart."}
        </p>
        <ul class="mt-2 divide-y divide-line">
          {providers.map((provider) => <ProviderLine key={provider.id} {...provider} />)}
        </ul>
      </details>
    </section>
  );
}

const DOOR = "door card-shadow flex flex-col rounded-xl border border-line bg-surface p-4 sm:p-6";

function LoginDoor({ found, tools }: Pick<FirstRunProps, "found" | "tools">) {
  return (
    <div class={DOOR} data-door="logins">
      <h3 class="text-lg font-semibold">Use a login on this machine</h3>
      <form method="post" action="/settings?tab=accounts" class="mt-2 flex grow flex-col gap-3">
        <input type="hidden" name="tab" value="accounts" />
        <input type="hidden" name="action" value="watch" />
        {found.length === 0
          ? (
            <p class="outside-text text-sm text-muted">
              None found. Looked for logins of{" "}
              {tools.join(", ")}. Sign in with one of these tools, then look again.
            </p>
          )
          : (
            <ul class="flex flex-col gap-1 text-sm">
              {found.map(({ key, title, source, polling }) => (
                <li key={key}>
                  <input type="hidden" name="found" value={key} />
                  <label class="touch-target flex items-start gap-2 py-1">
                    <input type="checkbox" name="watch" value={key} checked={polling} class="mt-1" />
                    <span class="outside-text min-w-0">
                      {title}
                      <span class="block text-muted">{source}</span>
                    </span>
                  </label>
                </li>
              ))}
            </ul>
          )}
        <p class="mt-auto">
          <button type="submit" class="button button-primary touch-target">
            {found.length === 0 ? "Look again" : "Use these"}
          </button>
        </p>
      </form>
    </div>
  );
}

function KeyDoor(
  { choices, adding, hosted }: Pick<FirstRunProps, "choices" | "hosted"> & { readonly adding: AddingView },
) {
  const fields = adding.settings.filter(({ secret }) => secret);
  return (
    <div class={DOOR} data-door="key">
      <h3 class="text-lg font-semibold">Paste a key</h3>
      <form method="get" action="/" class="mt-2 flex flex-wrap items-end gap-2" data-filter>
        <label class="flex min-w-0 flex-col gap-1 text-sm font-medium">
          Vendor
          <select name="add" class="field">
            {choices.map(({ id, name }) => (
              <option key={id} value={id} selected={id === adding.id}>{name}</option>
            ))}
          </select>
        </label>
        <button type="submit" class="button touch-target unneeded">Choose</button>
      </form>
      <form method="post" action="/settings?tab=accounts" class="settings-form mt-3 flex grow flex-col gap-3">
        <input type="hidden" name="tab" value="accounts" />
        <input type="hidden" name="action" value="add" />
        <input type="hidden" name="from" value="start" />
        <input type="hidden" name="provider" value={adding.id} />
        {fields.map((setting) => <SettingField key={setting.name} setting={setting} problems={{}} />)}
        <p class="text-sm text-muted">
          It is encrypted on this {hosted ? "host" : "machine"}, sent to {adding.name}{" "}
          only, and tested right away.
        </p>
        <p class="mt-auto flex flex-wrap items-center gap-3">
          <button type="submit" class="button button-primary touch-target">Save and test</button>
          <a class="text-sm underline" href={`/settings?tab=accounts&add=${adding.id}`}>More settings</a>
        </p>
      </form>
    </div>
  );
}

function DemoDoor() {
  return (
    <div class={DOOR} data-door="demo">
      <h3 class="text-lg font-semibold">Look around first</h3>
      <p class="mt-2 text-sm text-muted">
        A month of made-up history, separate from your data. In a terminal:
      </p>
      <p class="mt-3">
        <code class="copy-line">syntrack demo</code>
      </p>
      <p class="mt-3 text-sm text-muted">
        It prints the address to open, and leaves nothing behind when you stop it.
      </p>
    </div>
  );
}

function ProviderLine({ name, setup, problem }: Setup) {
  const line = settingsLine(setup);
  return (
    <li class="grid gap-x-6 gap-y-1 py-3 sm:grid-cols-[10rem_1fr]">
      <span class="outside-text font-medium">{name}</span>
      <div class="min-w-0">
        <p class="outside-text text-sm text-muted">{setup}</p>
        {line !== null && (
          <p class="mt-1">
            <code class="copy-line">{line}</code>
          </p>
        )}
        {problem !== null && <p class="outside-text text-sm text-danger">{problem}</p>}
      </div>
    </li>
  );
}

/** Returns the line to add to a settings file, or null when the sentence names no variable. */
export function settingsLine(setup: string): string | null {
  const [name] = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/.exec(setup) ?? [];
  return name === undefined ? null : `${name}=`;
}
