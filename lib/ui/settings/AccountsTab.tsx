/** The accounts and their sources: names, order, and whether they are polled. */
import { formatAge } from "../../model/view/format.ts";
import { MAX_LABEL } from "../../model/setting_limits.ts";
import { nodeId, nodeKey } from "../words.ts";
import { AddAccount, GoneAccounts, StoredAccounts } from "./AccountForms.tsx";
import type { AccountLine, AccountsView, Problems } from "./kinds.ts";
import { Card, SaveRow, TabForm } from "./parts.tsx";

export function AccountsTab({ view, problems, now }: {
  readonly view: AccountsView;
  readonly problems: Problems;
  readonly now: number;
}) {
  const { accounts, others, notes, choices, adding, stored, gone } = view;
  return (
    <>
      {notes.map((note) => <p key={note} class="outside-text notice mt-4">{note}</p>)}
      {accounts.length > 0 && (
        <TabForm tab="accounts">
          <ul class="flex flex-col gap-3">
            {accounts.map((account, place) => (
              <Account
                key={nodeKey(account.key)}
                account={account}
                now={now}
                isFirst={place === 0}
                isLast={place === accounts.length - 1}
              />
            ))}
          </ul>
          <SaveRow />
        </TabForm>
      )}
      <AddAccount choices={choices} adding={adding} problems={problems} />
      <StoredAccounts stored={stored} problems={problems} />
      <GoneAccounts gone={gone} />
      <Card title={accounts.length === 0 ? "No account is configured yet" : "Add another"}>
        <p class="mt-1 text-sm text-muted">
          Credentials are found where their vendors keep them, in the environment, in ./.env or in
          ~/.syntrack/.env; <code class="rounded bg-sunken px-1">syntrack account add</code>{" "}
          keeps one encrypted. New ones are picked up within a minute, without a restart.
        </p>
        {others.length > 0 && (
          <details class="mt-3 text-sm" open={accounts.length === 0}>
            <summary class="touch-target cursor-pointer font-medium">
              {`What to set for ${others.length} more ${others.length === 1 ? "vendor" : "vendors"}`}
            </summary>
            <dl class="mt-2 divide-y divide-line">
              {others.map(({ id, name, setup, problem }) => (
                <div key={id} class="py-2 sm:flex sm:gap-4" data-provider={id}>
                  <dt class="shrink-0 font-medium sm:w-44">{name}</dt>
                  <dd class="outside-text min-w-0 text-muted">
                    {setup}
                    {problem !== null && <span class="block text-danger">{problem}</span>}
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </Card>
    </>
  );
}

function Account({ account, now, isFirst, isLast }: {
  readonly account: AccountLine;
  readonly now: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}) {
  const { key, usual, label, polling, hidden, source, baseUrl, state, word, hint, at } = account;
  const id = nodeId("label", key);
  const well = state === "fresh" || state === "new";
  return (
    <li
      class="account-line card-shadow rounded-xl border border-line bg-surface p-4"
      data-account={key}
      data-health={state}
    >
      <input type="hidden" name="account" value={key} />
      <div class="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 class="outside-text font-medium">{label || usual}</h2>
        <span class={`text-sm ${well ? "text-muted" : "text-danger"}`}>
          {word}
          {at !== null && `, read ${formatAge(now - at)}`}
        </span>
      </div>
      <p class="outside-text mt-1 text-sm text-muted">
        {source === null ? "Its credential is gone; its history stays" : `Credential from ${source}`}
        {baseUrl !== null && `, polled at ${baseUrl} instead of the vendor's own address`}
      </p>
      {hint !== null && state !== "fresh" && <p class="outside-text mt-1 text-sm">{hint}</p>}
      <div class="mt-3 flex flex-wrap items-end gap-x-4 gap-y-3">
        <div class="flex min-w-0 flex-col gap-1">
          <label for={id} class="text-xs text-muted">Name on pages</label>
          <input
            id={id}
            name={`label:${key}`}
            value={label}
            placeholder={usual}
            maxLength={MAX_LABEL}
            class="field w-56 max-w-full"
            autocomplete="off"
          />
        </div>
        <label class="touch-target inline-flex min-h-[2.25rem] items-center gap-2 text-sm">
          <input type="checkbox" name={`polling:${key}`} value="on" checked={polling} />
          Polled on schedule
        </label>
        {source === null && (
          <label class="touch-target inline-flex min-h-[2.25rem] items-center gap-2 text-sm">
            <input type="hidden" name="hideable" value={key} />
            <input type="checkbox" name={`hidden:${key}`} value="on" checked={hidden} />
            Hidden
          </label>
        )}
        <span class="flex gap-2 sm:ml-auto">
          <button
            type="submit"
            name="poll"
            value={key}
            class="button touch-target"
            disabled={source === null}
          >
            Poll now
          </button>
          <Move account={key} way="up" name={label || usual} off={isFirst} />
          <Move account={key} way="down" name={label || usual} off={isLast} />
        </span>
      </div>
    </li>
  );
}

function Move({ account, way, name, off }: {
  readonly account: string;
  readonly way: "up" | "down";
  readonly name: string;
  readonly off: boolean;
}) {
  return (
    <button
      type="submit"
      name="move"
      value={`${way}:${account}`}
      class="icon-button touch-target"
      aria-label={`Move ${name} ${way}`}
      title={`Move ${way}`}
      disabled={off}
    >
      <span aria-hidden="true">{way === "up" ? "\u2191" : "\u2193"}</span>
    </button>
  );
}
