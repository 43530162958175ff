/** Changes the stored values of an account: sets some, removes some, and leaves the others. */
import { AccountError, valueProblems } from "./check.ts";
import type { AccountsParts, ValueChanges } from "./contract.ts";
import { type KeyedStoredAccount, parseStored, type StoredAccount } from "./stored.ts";
import { repeatWhileOutdated } from "../base/update_doc.ts";
import type { AccountKey } from "../model/quota.ts";
import { splitAccountKey } from "../model/quota.ts";
import type { Provider } from "../provider/contract.ts";

/** Settings that determine where a secret is sent. */
const ADDRESS = /_(?:URL|HOST|ENDPOINT|DOMAIN)$/;

/**
 * Changes an account as it is stored; computes the change again when another was stored meanwhile. Resolves to false for an
 * account that is not stored here.
 *
 * @throws {AccountError} for contradictory changes, {VaultError}
 */
export async function changeAccount(
  parts: AccountsParts,
  key: AccountKey,
  changes: ValueChanges,
): Promise<boolean> {
  const { docs, now } = parts;
  const provider = parts.providers.find(({ id }) => id === splitAccountKey(key).provider);
  if (!provider) return false;
  return await repeatWhileOutdated(`The account "${key}"`, async () => {
    const was = await docs.get<object>("accounts", key, now(), { fresh: true });
    if (was === null) return false;
    const doc = await changeStoredAccount(parts, provider, { key, ...parseStored(was) }, changes);
    return await docs.change([{ kind: "accounts", id: key, doc, was }], now()) || "outdated";
  });
}

async function changeStoredAccount(
  parts: AccountsParts,
  provider: Provider,
  kept: KeyedStoredAccount,
  changes: ValueChanges,
): Promise<StoredAccount> {
  const before = await openValues(parts, kept);
  const after = mergeValues(before, changes);
  const problems = [
    ...valueProblems(provider, after, parts.isOwnPath),
    ...findMovedSecrets(provider, before, after, changes),
  ];
  if (problems.length > 0) throw new AccountError(problems);
  const sealed = await Promise.all(
    Object.entries(after).map(async ([setting, value]) => {
      parts.learn?.(value);
      return [setting, await parts.vault.seal({ account: kept.key, setting }, value)] as const;
    }),
  );
  return { addedAt: kept.addedAt, values: Object.fromEntries(sealed) };
}

async function openValues({ vault }: AccountsParts, { key, values }: KeyedStoredAccount) {
  const opened = Object.entries(values).map(async ([setting, sealed]) =>
    [setting, await vault.open({ account: key, setting }, sealed)] as const
  );
  return Object.fromEntries(await Promise.all(opened));
}

function mergeValues(
  before: Readonly<Record<string, string>>,
  changes: ValueChanges,
): Readonly<Record<string, string>> {
  const merged: Record<string, string> = { ...before };
  for (const [setting, value] of Object.entries(changes)) {
    if (value === null) delete merged[setting];
    else merged[setting] = value.trim();
  }
  return merged;
}

/**
 * Rejects a changed address without its secrets: a person who may change an address but does not know the key
 * must not receive it there.
 */
function findMovedSecrets(
  { settings }: Provider,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  changes: ValueChanges,
) {
  const moved = settings.find(({ name }) => ADDRESS.test(name) && before[name] !== after[name]);
  if (!moved) return [];
  return settings.filter(({ name, secret }) =>
    secret && Object.hasOwn(after, name) && typeof changes[name] !== "string"
  ).map(({ name }) => ({
    field: `values.${name}`,
    message:
      `${name} belongs to the address it was given for: send it again together with the new ${moved.name}`,
  }));
}
