/**
 * Manages the accounts: adding, renaming, turning on and off, removing.
 *
 * May import the contracts of provider, store and settings, the vault and the model. It shows no secret to
 * anyone: stored values go only to the provider they are meant for.
 */
import {
  AccountError,
  type AccountProblem,
  nameProblem,
  type NewAccount,
  providerProblem,
  valueProblems,
} from "./check.ts";
import { changeAccount } from "./change_values.ts";
import type { AccountEntry, FoundAccount } from "../model/account.ts";
import type { Accounts, AccountsParts, ValueChanges } from "./contract.ts";
import {
  type KeyedStoredAccount,
  parseStored,
  readStoredAccount,
  readStoredAccounts,
  resealAccount,
  rotateKey,
} from "./stored.ts";
import type { Sealed } from "./vault/vault.ts";
import { VaultError } from "./vault/vault_error.ts";
import { nearest } from "../base/nearest.ts";
import { plain } from "../base/text.ts";
import { repeatWhileOutdated } from "../base/update_doc.ts";
import type { Outcome } from "../model/outcome.ts";
import { type AccountKey, accountKey, sortByName, splitAccountKey } from "../model/quota.ts";
import { renameState } from "../model/engine/rename.ts";
import { renameDocs } from "./rename_docs.ts";
import { renewalDocs } from "./renewal/consent.ts";
import { accountSettings } from "../app/settings.ts";
import type { DocChange } from "../store/store.ts";

export type * from "./contract.ts";
export { AccountError, type NewAccount } from "./check.ts";

/** Maximum number of stored accounts: each is polled. */
const MAX_STORED = 500;

export function createAccounts(parts: AccountsParts): Accounts {
  const { providers, store, vault, settings, now } = parts;
  const { docs } = store;

  async function list(): Promise<readonly AccountEntry[]> {
    const [renewals, kept, records, chosen] = await Promise.all([
      renewalDocs(docs, now()),
      readStoredAccounts(parts),
      store.latest(),
      settings.load(),
    ]);
    const stored = new Map<AccountKey, KeyedStoredAccount>(kept.map((one) => [one.key, one]));
    const found = new Map<AccountKey, FoundAccount>(parts.found().map((one) => [one.account, one]));
    const outcomes = new Map<AccountKey, Outcome | null>(
      records.map(({ account, outcome }) => [account, outcome]),
    );
    const order = providers.map(({ id }) => id);
    const findPlace = (key: AccountKey) =>
      (order.indexOf(splitAccountKey(key).provider) + order.length + 1) % (order.length + 1);
    const keys = [...new Set([...found.keys(), ...stored.keys(), ...outcomes.keys()])];
    return sortByName(keys, (key) => key).sort((a, b) => findPlace(a) - findPlace(b))
      .map((key): AccountEntry => {
        const { label, polling, hidden = false } = accountSettings(chosen, key);
        const own = stored.get(key);
        const here = found.get(key);
        return {
          key,
          ...splitAccountKey(key),
          label,
          stored: own !== undefined,
          addedAt: own?.addedAt ?? null,
          settings: Object.keys(own?.values ?? {}).sort(),
          source: here?.source ?? null,
          polling,
          hidden: hidden && here === undefined,
          fingerprint: here?.fingerprint ?? null,
          expiresAt: here?.expiresAt ?? null,
          renewable: here?.renewable ?? false,
          refresh: renewals.get(key)?.refresh ?? null,
          outcome: summarizeOutcome(outcomes.get(key) ?? null),
        };
      });
  }

  /** @throws {AccountError} for an unknown account */
  async function requireEntry(key: AccountKey): Promise<AccountEntry> {
    const all = await list();
    const entry = all.find((one) => one.key === key);
    if (entry) return entry;
    const suggestion = nearest(key, all.map((one) => one.key));
    const hint = suggestion === null ? "`syntrack account list` lists them" : `did you mean ${suggestion}?`;
    throw createProblem("account", `There is no account "${plain(key, 80)}": ${hint}`);
  }

  async function add(
    { provider: id, name, values }: NewAccount,
    { anyFolder = false }: { readonly anyFolder?: boolean } = {},
  ): Promise<AccountKey> {
    const unknown = providerProblem(id, providers);
    const provider = providers.find((one) => one.id === id);
    const trimmed = Object.fromEntries(
      Object.entries(values).map(([setting, value]) => [setting, value.trim()]),
    );
    const problems = [
      unknown,
      name === undefined ? null : nameProblem(name),
      ...provider ? valueProblems(provider, trimmed, anyFolder ? undefined : parts.isOwnPath) : [],
    ].filter((one) => one !== null);
    if (problems.length > 0 || !provider) throw new AccountError(problems);

    await parts.discover(id);
    const all = await list();
    const usedKeys = all.filter(({ source, stored }) => stored || source !== null).map(({ key }) => key);
    const key = accountKey(id, name ?? freeName(id, all.map((one) => one.key)));
    if (usedKeys.includes(key)) {
      throw createProblem("name", `There is already an account "${plain(key, 80)}": choose another name`);
    }
    if (all.filter(({ stored }) => stored).length >= MAX_STORED) {
      throw createProblem("provider", `No more than ${MAX_STORED} accounts can be stored`);
    }
    // Check for a lost key first: a new one would replace a key that can be restored.
    if (all.some(({ stored }) => stored) && !(await vault.hasKey())) throw lostKey();
    const kept: KeyedStoredAccount = { key, addedAt: now(), values: await sealValues(key, trimmed) };
    if (!(await docs.put("accounts", key, encodeAccount(kept), now(), { ifAbsent: true }))) {
      throw createProblem("name", `There is already an account "${plain(key, 80)}": choose another name`);
    }
    // The key may have changed between sealing and storing.
    const [sealed] = Object.values(kept.values);
    if (sealed && !(await vault.holds(sealed.key))) {
      await docs.put(
        "accounts",
        key,
        encodeAccount({ ...kept, values: await sealValues(key, trimmed) }),
        now(),
      );
    }
    await parts.discover(id);
    return key;
  }

  async function sealValues(account: AccountKey, values: Readonly<Record<string, string>>) {
    const sealed: [string, Sealed][] = [];
    for (const [setting, value] of Object.entries(values)) {
      parts.learn?.(value);
      sealed.push([setting, await vault.seal({ account, setting }, value)]);
    }
    return Object.fromEntries(sealed);
  }

  async function rename(key: AccountKey, name: string): Promise<AccountKey> {
    const entry = await requireEntry(key);
    const wrong = nameProblem(name);
    if (wrong) throw new AccountError([wrong]);
    if (!await readStoredAccount(parts, key)) {
      throw foreignAccountError(entry, "give it another name there, with a variable that ends in _NAME");
    }
    const to = accountKey(entry.provider, name);
    if (to === key) return key;
    if ((await list()).some((one) => one.key === to)) {
      throw createProblem(
        "name",
        `There is already an account "${plain(to, 80)}", or its history: choose another name`,
      );
    }
    // A poll in progress would store its result under the old name again.
    await parts.settle(key);
    await repeatWhileOutdated(`The account "${plain(key, 80)}"`, async () => {
      const was = await docs.get<object>("accounts", key, now(), { fresh: true });
      if (was === null) throw foreignAccountError(entry, "it was removed meanwhile");
      const doc = await resealAccount(parts, { key, ...parseStored(was) }, to);
      const changes: DocChange[] = [
        { kind: "accounts", id: key, doc: null, was },
        { kind: "accounts", id: to, doc, was: null },
        ...await renameDocs(docs, key, to, now()),
      ];
      const state = renameState(await store.recall(key), to);
      return await store.move({ from: key, to, state, docs: changes, now: now() });
    });
    await settings.save(({ accounts, accountOrder }) => {
      const { [key]: own, ...others } = accounts;
      return {
        accounts: own ? { ...others, [to]: own } : others,
        accountOrder: accountOrder.map((one) => one === key ? to : one),
      };
    });
    await parts.discover(entry.provider);
    return to;
  }

  async function remove(
    key: AccountKey,
    { purge = false }: { readonly purge?: boolean } = {},
  ): Promise<void> {
    const entry = await requireEntry(key);
    if (!entry.stored && entry.source !== null) {
      throw foreignAccountError(entry, `remove it there, or turn it off: syntrack account disable ${key}`);
    }
    if (!entry.stored && !purge) {
      throw createProblem(
        "account",
        `Only the history of "${plain(key, 80)}" is left: --purge removes it`,
      );
    }
    await docs.delete("accounts", key);
    await parts.discover(entry.provider);
    await parts.settle(key);
    if (purge) {
      await store.forget(key);
      await docs.change([{ kind: "identities", id: key, doc: null }, {
        kind: "renewals",
        id: key,
        doc: null,
      }], now());
    }
    await settings.save(({ accounts, accountOrder }) => {
      const { [key]: _, ...others } = accounts;
      return { accounts: others, accountOrder: accountOrder.filter((one) => one !== key) };
    });
  }

  async function setValues(key: AccountKey, changes: ValueChanges): Promise<void> {
    const entry = await requireEntry(key);
    if (!await changeAccount(parts, key, changes)) throw foreignAccountError(entry, "change it there");
    await parts.discover(entry.provider);
  }

  /** Notifies listeners once the work is done. */
  async function notifyAfter<T>(work: Promise<T>): Promise<T> {
    const value = await work;
    parts.changed?.();
    return value;
  }

  return {
    choices: () =>
      providers.filter(({ settings }) => settings.some(({ secret, home }) => secret || home))
        .map(({ id, name, settings }) => ({ id, name, settings })),
    list,
    add: (wanted, options) => notifyAfter(add(wanted, options)),
    rename: (key, name) => notifyAfter(rename(key, name)),
    remove: (key, options) => notifyAfter(remove(key, options)),
    setValues: (key, changes) => notifyAfter(setValues(key, changes)),
    async setPolling(key, polling) {
      await requireEntry(key);
      await settings.save((before) => ({
        accounts: { ...before.accounts, [key]: { ...accountSettings(before, key), polling } },
      }));
    },
    async setHidden(key, hidden) {
      const { source } = await requireEntry(key);
      if (hidden && source !== null) {
        const message =
          `"${
            plain(key, 80)
          }" is configured, and only accounts that are no longer configured can be hidden: ` +
          `to stop polling it, use syntrack account disable ${key}`;
        throw createProblem("account", message);
      }
      await settings.save((before) => {
        const { hidden: _, ...own } = accountSettings(before, key);
        return { accounts: { ...before.accounts, [key]: hidden ? { ...own, hidden } : own } };
      });
    },
    async setRefresh(key, reasons) {
      const entry = await requireEntry(key);
      if (!entry.renewable && (reasons ?? []).length > 0) {
        throw createProblem(
          "account",
          `The login of "${plain(key, 80)}" is not in a file that can be renewed`,
        );
      }
      const { refresh: _, ...others } = (await renewalDocs(docs, now())).get(key) ?? {};
      await docs.put("renewals", key, reasons === null ? others : { ...others, refresh: reasons }, now());
      parts.changed?.();
    },
    rotateKey: () => rotateKey(parts),
  };
}

function summarizeOutcome(outcome: Outcome | null): AccountEntry["outcome"] {
  if (outcome === null) return null;
  const { kind, reason, hint, at } = outcome;
  return { kind, at, ...reason && { reason }, ...hint !== undefined && { hint } };
}

function encodeAccount({ addedAt, values }: KeyedStoredAccount): object {
  return { addedAt, values };
}

function freeName(provider: string, keys: readonly AccountKey[]): string {
  const isFree = (name: string) => !keys.includes(accountKey(provider, name));
  if (isFree("default")) return "default";
  let number = 2;
  while (!isFree(String(number))) number++;
  return String(number);
}

function createProblem(field: AccountProblem["field"], message: string): AccountError {
  return new AccountError([{ field, message }]);
}

/** Builds the error for an account that is not stored here and cannot be changed here. */
function foreignAccountError({ key, source }: AccountEntry, how: string): AccountError {
  const from = source === null ? "is no longer configured" : `comes from ${plain(source, 120)}`;
  return createProblem("account", `"${plain(key, 80)}" ${from}: ${how}`);
}

function lostKey(): VaultError {
  return new VaultError(
    "no-key",
    "The key file of the stored accounts is missing",
    "Restore it from where you keep it, or remove those accounts first",
  );
}
