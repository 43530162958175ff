/**
 * Who owns the history of an account. The first identity that was read successfully under a name owns it;
 * a login of somebody else that stands in its place is kept apart under a name of its own, and when the
 * owner comes back it has its old name again.
 *
 * It may import the contracts of provider and store. Identities are kept as hashes.
 */
import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import { type AccountKey, accountKey } from "../model/quota.ts";
import type { Account, Provider } from "../provider.ts";
import type { Store } from "../store/store.ts";

/** Kept under the key of each account that has an identity. */
interface IdentityDoc {
  /** Hash of the owner. */
  readonly identity?: string;
  /** By fingerprint of a credential: whom the vendor answered for, where only its answer tells. The newest last. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/** An account with the name its history is kept under. */
export interface Named {
  readonly name: string;
  /** Hash of who it is, as far as that is known; null where it is not. */
  readonly identity: string | null;
}

export interface Identities {
  /** @param fingerprint of its credential under its own name. @throws {StoreError} */
  nameOf(provider: Pick<Provider, "id">, account: Account, fingerprint: string): Promise<Named>;
  /**
   * Whether an answer for `identity` may be added to the history of an account. Where it may not, and the
   * answer is what told so, that is remembered of the credential. @throws {StoreError}
   */
  mayAdd(key: AccountKey, origin: Origin, identity: Stated): Promise<boolean>;
  /** The account has read successfully for this identity; the first one owns it. @throws {StoreError} */
  claim(key: AccountKey, identity: Stated): Promise<void>;
}

/** Where a login was found: the account it would be without anybody else, and the fingerprint of its credential there. */
export interface Origin {
  readonly key: AccountKey;
  readonly fingerprint: string;
}

/** Who an account is, as it was known before and as the answer says. */
export interface Stated {
  readonly known?: string | undefined;
  readonly answered?: string | undefined;
}

/** More credentials than this of one account are not remembered. */
const MOST_CREDENTIALS = 8;
/** How much of the hash stands in a name: more where two would get the same. */
const LENGTHS = [4, 8, 16];

export function identityHash(provider: string, identity: string): string {
  return createHash("sha256").update(`${provider}\0${identity}`).digest("hex").slice(0, 32);
}

export function createIdentities(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Identities {
  async function docOf(key: AccountKey): Promise<IdentityDoc> {
    return docIn(await store.docs.get<unknown>("identities", key, clock.now()));
  }

  async function put(key: AccountKey, doc: IdentityDoc): Promise<void> {
    await store.docs.put("identities", key, doc, clock.now());
  }

  function hashOf(key: AccountKey, { known, answered }: Stated): string | null {
    const identity = answered ?? known;
    return identity === undefined ? null : identityHash(key.slice(0, key.indexOf("/")), identity);
  }

  return {
    async nameOf({ id }, account, fingerprint) {
      const own = await docOf(accountKey(id, account.name));
      const stated = account.identity === undefined ? null : identityHash(id, account.identity);
      // What the vendor itself said counts for more than what was read out of a file.
      const identity = own.credentials?.[fingerprint] ?? stated;
      if (identity === null || own.identity === undefined || own.identity === identity) {
        return { name: account.name, identity: identity ?? own.identity ?? null };
      }
      for (const length of LENGTHS) {
        const name = `${account.name}-${identity.slice(0, length)}`;
        const other = await docOf(accountKey(id, name));
        if (other.identity === undefined || other.identity === identity) return { name, identity };
      }
      return { name: `${account.name}-${identity}`, identity };
    },
    async mayAdd(key, origin, stated) {
      const identity = hashOf(key, stated);
      const owner = (await docOf(key)).identity;
      if (identity === null || owner === undefined || owner === identity) return true;
      if (stated.answered !== undefined) {
        const { credentials = {}, ...doc } = await docOf(origin.key);
        const { [origin.fingerprint]: _, ...others } = credentials;
        const newest = [...Object.entries(others), [origin.fingerprint, identity] as const].slice(
          -MOST_CREDENTIALS,
        );
        await put(origin.key, { ...doc, credentials: Object.fromEntries(newest) });
      }
      return false;
    },
    async claim(key, stated) {
      const identity = hashOf(key, stated);
      if (identity === null) return;
      const doc = await docOf(key);
      if (doc.identity === undefined) await put(key, { ...doc, identity });
    },
  };
}

function docIn(doc: unknown): IdentityDoc {
  const { identity, credentials } = { ...doc as Partial<Record<keyof IdentityDoc, unknown>> };
  return {
    ...typeof identity === "string" && { identity },
    ...typeof credentials === "object" && credentials !== null && {
      credentials: Object.fromEntries(
        Object.entries(credentials).filter(([, hash]) => typeof hash === "string"),
      ),
    },
  };
}
