/** Stored accounts: documents with every value sealed, and the logins they become. */
import type { FoundSetting } from "../provider/context.ts";
import { parseSealed, type Sealed, type Vault } from "./vault/vault.ts";
import type { AccountKey } from "../model/quota.ts";
import { splitAccountKey } from "../model/quota.ts";
import { type Login, ProviderError } from "../provider/contract.ts";
import type { DocChange, Store } from "../store/store.ts";

/** The document of kind `accounts` under the account's key. */
export interface StoredAccount {
  /** Epoch milliseconds. */
  readonly addedAt: number;
  /** By setting name. */
  readonly values: Readonly<Record<string, Sealed>>;
}

export interface KeyedStoredAccount extends StoredAccount {
  readonly key: AccountKey;
}

export interface StoredParts {
  readonly docs: Store["docs"];
  readonly vault: Vault;
  readonly now: () => number;
  /** Called with each opened value, so that it is masked everywhere. */
  readonly learn?: ((secret: string) => void) | undefined;
}

/** Reads every stored account, by key. Skips invalid parts of documents. */
export async function readStoredAccounts(
  { docs, now }: Pick<StoredParts, "docs" | "now">,
): Promise<readonly KeyedStoredAccount[]> {
  const all = await docs.list<unknown>("accounts", now());
  return all.flatMap(({ id, doc }) =>
    id.includes("/") ? [{ key: id as AccountKey, ...parseStored(doc) }] : []
  );
}

/**
 * Reads one stored account; null when there is none. A list may come from a cache, so callers that store something
 * based
 * on it read here.
 */
export async function readStoredAccount(
  { docs, now }: Pick<StoredParts, "docs" | "now">,
  key: AccountKey,
): Promise<KeyedStoredAccount | null> {
  const doc = await docs.get<unknown>("accounts", key, now(), { fresh: true });
  return doc === null ? null : { key, ...parseStored(doc) };
}

/** Reads a document of an account; skips invalid parts. */
export function parseStored(doc: unknown): StoredAccount {
  const { addedAt, values } = { ...doc as Partial<Record<keyof StoredAccount, unknown>> };
  const known = Object.entries({ ...values as object }).flatMap(([name, value]) => {
    const sealed = parseSealed(value);
    return sealed ? [[name, sealed] as const] : [];
  });
  return { addedAt: typeof addedAt === "number" ? addedAt : 0, values: Object.fromEntries(known) };
}

/** The origin shown for stored values. */
export const STORED = "stored by syntrack";

/**
 * Returns a provider's stored logins. A value that cannot be opened fails when it is looked up, so that its
 * account exists and reports the problem.
 */
export async function readStoredLogins(parts: StoredParts, provider: string): Promise<readonly Login[]> {
  const storedAccount = (await readStoredAccounts(parts)).filter(({ key }) =>
    splitAccountKey(key).provider === provider
  );
  return await Promise.all(storedAccount.map(async ({ key, values }): Promise<Login> => {
    const opened = await Promise.all(
      Object.entries(values).map(async ([setting, sealed]) =>
        [setting, await openSecret(parts, key, setting, sealed)] as const
      ),
    );
    const found = new Map(opened);
    return {
      name: splitAccountKey(key).name,
      isStored: true,
      find(setting): FoundSetting | undefined {
        const value = found.get(setting);
        if (value instanceof ProviderError) throw value;
        return value === undefined ? undefined : { value, source: `${setting}, ${STORED}` };
      },
    };
  }));
}

async function openSecret(
  { vault, learn }: StoredParts,
  account: AccountKey,
  setting: string,
  sealed: Sealed,
): Promise<string | ProviderError> {
  try {
    const value = await vault.open({ account, setting }, sealed);
    learn?.(value);
    return value;
  } catch (error) {
    const { message, hint } = { hint: undefined, ...asError(error) };
    return new ProviderError("missing", message, hint === undefined ? {} : { hint });
  }
}

function asError(error: unknown): { readonly message: string; readonly hint?: string } {
  if (!(error instanceof Error)) return { message: "A stored secret cannot be read" };
  const hint = "hint" in error && typeof error.hint === "string" ? { hint: error.hint } : {};
  return { message: error.message, ...hint };
}

/** Seals all values of an account again, for example under another name. @throws {VaultError} */
export async function resealAccount(
  { vault }: Pick<StoredParts, "vault">,
  storedAccount: KeyedStoredAccount,
  to: AccountKey,
  seal: Vault["seal"] = vault.seal,
): Promise<StoredAccount> {
  const values = await Promise.all(
    Object.entries(storedAccount.values).map(async ([setting, sealed]) => {
      const value = await vault.open({ account: storedAccount.key, setting }, sealed);
      return [setting, await seal({ account: to, setting }, value)] as const;
    }),
  );
  return { addedAt: storedAccount.addedAt, values: Object.fromEntries(values) };
}

/** Documents whose `values` are sealed, with the prefix of their id in a value's owner. */
const SEALED_DOCS = [["accounts", ""], ["channels", "channel/"]] as const;

/**
 * Seals everything stored under a new key, in one transaction;
 * resolves to the number of accounts. @throws {VaultError}
 */
export async function rotateKey(parts: StoredParts): Promise<number> {
  let count = 0;
  const { docs, vault, now } = parts;
  await vault.rotate(async (seal) => {
    const under = new Set<string>();
    // Repeat when an account was added under the old key in the meantime.
    for (let again = true; again;) {
      const changes: DocChange[] = [];
      for (const [kind, prefix] of SEALED_DOCS) {
        for (const { id, doc } of await docs.list<object>(kind, now())) {
          const values: Record<string, Sealed> = {};
          for (const [setting, sealed] of Object.entries(parseStored(doc).values)) {
            const owner = { account: `${prefix}${id}` as AccountKey, setting };
            values[setting] = await seal(owner, await vault.open(owner, sealed));
            under.add(values[setting].key);
          }
          changes.push({ kind, id, doc: { ...doc, values }, was: doc });
        }
      }
      // Repeat when one was changed or removed meanwhile.
      if (!await docs.change(changes, now())) continue;
      count = changes.filter(({ kind }) => kind === "accounts").length;
      again = false;
      for (const [kind] of SEALED_DOCS) {
        const stored = await docs.list<object>(kind, now());
        again ||= stored.some(({ doc }) =>
          Object.values(parseStored(doc).values).some(({ key }) => !under.has(key))
        );
      }
    }
  });
  return count;
}
