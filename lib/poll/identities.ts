/**
 * Who owns the history of an account. The first identity that was read successfully under a name owns it;
 * a login of somebody else that stands in its place is kept apart under a name of its own, and when the
 * owner comes back it has its old name again.
 *
 * It may import the contracts of provider and store. Identities are kept as hashes.
 */
import { createHash } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { type AccountKey, accountKey } from "../model/quota.ts";
import type { Account, Provider } from "../provider/contract.ts";
import type { Store } from "../store/store.ts";

/** Kept under the key of each account that has an identity. */
interface IdentityDoc {
  /** Hash of the owner. */
  readonly identity?: string;
  /** By fingerprint of a credential: whose it is, where the credential itself does not say. The newest last. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Fingerprint of the credential the history was read with, while nobody could tell whose that is. */
  readonly by?: string;
}

/** An account with the name its history is kept under. */
export interface IdentifiedAccount {
  readonly name: string;
  /** Hash of who it is, as far as that is known; null where it is not. */
  readonly identity: string | null;
}

export interface Identities {
  /** @param fingerprint of its credential under its own name. @throws {StoreError} */
  nameOf(provider: Pick<Provider, "id">, account: Account, fingerprint: string): Promise<IdentifiedAccount>;
  /**
   * Whether the vendor has to be asked whose the credential is before an answer to it may be added: it is not known,
   * and there is a history that may be another's. @throws {StoreError}
   */
  isUnclear(key: AccountKey, origin: Origin, stated: Stated): Promise<boolean>;
  /**
   * Whether an answer may be added to the history of an account. An unknown owner is not the owner. Where it may not,
   * and the answer is what told so, that is remembered of the credential. @throws {StoreError}
   */
  mayAdd(key: AccountKey, origin: Origin, stated: Stated): Promise<Verdict>;
  /** The account has read successfully for this identity; the first one owns it. @throws {StoreError} */
  claim(key: AccountKey, origin: Origin, stated: Stated): Promise<void>;
  /** A credential was made anew out of another one, so it is of the same owner. @throws {StoreError} */
  carry(origin: AccountKey, from: string, to: string): Promise<void>;
}

/** `yes`, or whose it is instead: somebody else's, or nobody knows. */
export type Verdict = "yes" | "another" | "unknown";

/** Where a login was found: the account it would be without anybody else, and the fingerprint of its credential there. */
export interface Origin {
  readonly key: AccountKey;
  readonly fingerprint: string;
}

/** Who an account is, as it was known before and as the answer says. */
export interface Stated {
  readonly known?: string | undefined;
  /** Whether `known` stood beside the credential, and so may be of another one. */
  readonly isBeside?: boolean | undefined;
  readonly answered?: string | undefined;
  /** Whether the last poll of the account was added with the very same credential. */
  readonly isUnchanged?: boolean | undefined;
}

/** More credentials than this of one account are not remembered. */
const MAX_CREDENTIALS = 8;
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

  async function remember(origin: Origin, identity: string): Promise<void> {
    const { credentials = {}, ...doc } = await docOf(origin.key);
    if (credentials[origin.fingerprint] === identity) return;
    const { [origin.fingerprint]: _, ...others } = credentials;
    const newest = [...Object.entries(others), [origin.fingerprint, identity] as const].slice(
      -MAX_CREDENTIALS,
    );
    await put(origin.key, { ...doc, credentials: Object.fromEntries(newest) });
  }

  /** Whose the credential is for certain, or null. What the vendor itself said counts for more than a file. */
  async function sureOf(origin: Origin, { known, isBeside, answered }: Stated): Promise<string | null> {
    const hash = (identity: string) => identityHash(origin.key.slice(0, origin.key.indexOf("/")), identity);
    if (answered !== undefined) return hash(answered);
    const said = (await docOf(origin.key)).credentials?.[origin.fingerprint];
    if (said !== undefined) return said;
    return known === undefined || isBeside ? null : hash(known);
  }

  /** The history is of a credential nobody knows the owner of, and not of this one. */
  function isOfUnknown({ identity, by }: IdentityDoc, { fingerprint }: Pick<Origin, "fingerprint">): boolean {
    return identity === undefined && by !== undefined && by !== fingerprint;
  }

  /** Whether there is a history the credential may not belong to: of the account, or of the one it was found as. */
  async function isTaken(key: AccountKey, origin: Origin, { isBeside = false }: Stated): Promise<boolean> {
    const doc = await docOf(key);
    const isOthers = isBeside && key !== origin.key && (await docOf(origin.key)).identity !== undefined;
    return doc.identity !== undefined || isOthers || (isBeside && isOfUnknown(doc, origin));
  }

  /** For whom an account was given a name of its own, see `nameOf`. */
  async function namedFor(origin: Origin, { known }: Stated): Promise<string | null> {
    const said = (await docOf(origin.key)).credentials?.[origin.fingerprint];
    return said ??
      (known === undefined ? null : identityHash(origin.key.slice(0, origin.key.indexOf("/")), known));
  }

  return {
    async nameOf({ id }, account, fingerprint) {
      const own = await docOf(accountKey(id, account.name));
      const stated = account.identity === undefined ? null : identityHash(id, account.identity);
      // What the vendor itself said counts for more than what was read out of a file.
      const identity = own.credentials?.[fingerprint] ?? stated;
      const isOwn = own.identity === undefined
        ? !isOfUnknown(own, { fingerprint })
        : own.identity === identity;
      if (identity === null || isOwn) {
        return { name: account.name, identity: identity ?? own.identity ?? null };
      }
      for (const length of LENGTHS) {
        const name = `${account.name}-${identity.slice(0, length)}`;
        const other = await docOf(accountKey(id, name));
        if (other.identity === undefined || other.identity === identity) return { name, identity };
      }
      return { name: `${account.name}-${identity}`, identity };
    },
    async isUnclear(key, origin, stated) {
      if (stated.isUnchanged || await sureOf(origin, stated) !== null) return false;
      return await isTaken(key, origin, stated) || (stated.isBeside === true && stated.known === undefined);
    },
    async mayAdd(key, origin, stated) {
      const doc = await docOf(key);
      const identity = await sureOf(origin, stated);
      if (identity === null) {
        if (stated.isUnchanged) return "yes";
        return await isTaken(key, origin, stated) ? "unknown" : "yes";
      }
      const isNamed = key === origin.key || await namedFor(origin, stated) === identity;
      if (doc.identity === undefined ? isNamed && !isOfUnknown(doc, origin) : doc.identity === identity) {
        return "yes";
      }
      if (stated.answered !== undefined) await remember(origin, identity);
      return "another";
    },
    async claim(key, origin, stated) {
      const doc = await docOf(key);
      const { known, isBeside, answered } = stated;
      // Beside the first credential of a history, or one that was added before, it is taken at its word.
      const identity = doc.identity ?? await sureOf(origin, stated) ??
        (known === undefined ? null : identityHash(key.slice(0, key.indexOf("/")), known));
      if (identity === null) {
        if (isBeside && doc.by === undefined) await put(key, { ...doc, by: origin.fingerprint });
        return;
      }
      if (doc.identity === undefined) {
        const { by: _, ...rest } = doc;
        await put(key, { ...rest, identity });
      }
      // What a credential says of itself need not be remembered, and may change with what stands in its file.
      if (answered !== undefined || isBeside || known === undefined) await remember(origin, identity);
    },
    async carry(origin, from, to) {
      const { credentials = {}, by, ...doc } = await docOf(origin);
      const identity = credentials[from];
      if (identity !== undefined) await remember({ key: origin, fingerprint: to }, identity);
      else if (by === from) await put(origin, { ...doc, credentials, by: to });
    },
  };
}

function docIn(doc: unknown): IdentityDoc {
  const { identity, credentials, by } = { ...doc as Partial<Record<keyof IdentityDoc, unknown>> };
  return {
    ...typeof identity === "string" && { identity },
    ...typeof by === "string" && { by },
    ...typeof credentials === "object" && credentials !== null && {
      credentials: Object.fromEntries(
        Object.entries(credentials).filter(([, hash]) => typeof hash === "string"),
      ),
    },
  };
}
