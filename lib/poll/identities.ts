/**
 * Decides who owns the history of an account. The first identity read
 * successfully under a name owns it; another person's login in its place gets a
 * separate name, and when the owner comes back it gets its old name again.
 *
 * May import the contracts of provider and store. Identities are stored as hashes.
 */
import { createHash } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { type AccountKey, accountKey } from "../model/quota.ts";
import type { Account, Provider } from "../provider/contract.ts";
import type { GetOptions, Store } from "../store/store.ts";

/** Stored under the key of each account with an identity. */
interface IdentityDoc {
  /** Hash of the owner. */
  readonly identity?: string;
  /** The owner by credential fingerprint, for credentials that do not name their owner. Newest last. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Fingerprint of the credential that read the history, while its owner is unknown. */
  readonly by?: string;
}

/** An account with the name its history is stored under. */
export interface IdentifiedAccount {
  readonly name: string;
  /** Hash of its identity; null when unknown. */
  readonly identity: string | null;
}

export interface Identities {
  /** @param fingerprint of its credential under its own name. @throws {StoreError} */
  nameOf(provider: Pick<Provider, "id">, account: Account, fingerprint: string): Promise<IdentifiedAccount>;
  /**
   * Reports whether the vendor must be asked for the credential's owner before its response is stored: the
   * owner is unknown, and there is a history that may be another person's. @throws {StoreError}
   */
  isUnclear(key: AccountKey, origin: Origin, stated: StatedIdentity): Promise<boolean>;
  /**
   * Reports whether a response may be added to an account's history. An unknown owner is not the owner. If it
   * may not, and the response revealed that, remembers the owner for the credential. @throws {StoreError}
   */
  mayAdd(key: AccountKey, origin: Origin, stated: StatedIdentity): Promise<Verdict>;
  /** Records a successful read for this identity; the first one owns the account. @throws {StoreError} */
  claim(key: AccountKey, origin: Origin, stated: StatedIdentity): Promise<void>;
  /**
   * Records that a credential was renewed from another one, so it has the same owner. @throws {StoreError}
   */
  carry(origin: AccountKey, from: string, to: string): Promise<void>;
}

/** `yes`, or the actual owner: another person, or unknown. */
export type Verdict = "yes" | "another" | "unknown";

/**
 * Where a login was found: the account it would be without
 * other people, and its credential's fingerprint there.
 */
export interface Origin {
  readonly key: AccountKey;
  readonly fingerprint: string;
}

/** An account's identity, as known before and as the response states it. */
export interface StatedIdentity {
  readonly known?: string | undefined;
  /** True when `known` was stored beside the credential, and so may belong to another one. */
  readonly isBeside?: boolean | undefined;
  readonly answered?: string | undefined;
  /** True when the last stored poll used the very same credential. */
  readonly isUnchanged?: boolean | undefined;
}

/** Maximum number of remembered credentials of one account. */
const MAX_CREDENTIALS = 8;
/** Lengths of the hash in a name: longer when two would collide. */
const LENGTHS = [4, 8, 16];

export function identityHash(provider: string, identity: string): string {
  return createHash("sha256").update(`${provider}\0${identity}`).digest("hex").slice(0, 32);
}

export function createIdentities(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Identities {
  async function loadDoc(key: AccountKey, options: GetOptions = { fresh: true }): Promise<IdentityDoc> {
    return docIn(await store.docs.get<unknown>("identities", key, clock.now(), options));
  }

  async function put(key: AccountKey, doc: IdentityDoc): Promise<void> {
    await store.docs.put("identities", key, doc, clock.now());
  }

  async function remember(origin: Origin, identity: string): Promise<void> {
    const { credentials = {}, ...doc } = await loadDoc(origin.key);
    if (credentials[origin.fingerprint] === identity) return;
    const { [origin.fingerprint]: _, ...others } = credentials;
    const newest = [...Object.entries(others), [origin.fingerprint, identity] as const].slice(
      -MAX_CREDENTIALS,
    );
    await put(origin.key, { ...doc, credentials: Object.fromEntries(newest) });
  }

  /**
   * Returns the confirmed owner of the credential, or null. The
   * vendor's own statement takes precedence over a file.
   * @param doc the origin's document, if already read
   */
  async function findConfirmedOwner(
    origin: Origin,
    { known, isBeside, answered }: StatedIdentity,
    doc?: IdentityDoc,
  ): Promise<string | null> {
    const hash = (identity: string) => identityHash(origin.key.slice(0, origin.key.indexOf("/")), identity);
    if (answered !== undefined) return hash(answered);
    const said = (doc ?? await loadDoc(origin.key)).credentials?.[origin.fingerprint];
    if (said !== undefined) return said;
    return known === undefined || isBeside ? null : hash(known);
  }

  /** Reports whether the history belongs to a credential with an unknown owner, and not to this one. */
  function isOfUnknown({ identity, by }: IdentityDoc, { fingerprint }: Pick<Origin, "fingerprint">): boolean {
    return identity === undefined && by !== undefined && by !== fingerprint;
  }

  /**
   * Reports whether there is a history that may not be the
   * credential's: of the account, or of the one it was found as.
   */
  async function isTaken(key: AccountKey, origin: Origin, { isBeside }: StatedIdentity): Promise<boolean> {
    const doc = await loadDoc(key);
    if (doc.identity !== undefined || !isBeside) return doc.identity !== undefined;
    return isOfUnknown(doc, origin) ||
      key !== origin.key && (await loadDoc(origin.key)).identity !== undefined;
  }

  /** Returns the identity that an account was renamed for, see `nameOf`. */
  async function findRenamedFor(origin: Origin, { known }: StatedIdentity): Promise<string | null> {
    const said = (await loadDoc(origin.key)).credentials?.[origin.fingerprint];
    return said ??
      (known === undefined ? null : identityHash(origin.key.slice(0, origin.key.indexOf("/")), known));
  }

  return {
    async nameOf({ id }, account, fingerprint) {
      // A cached document will do: it is read again before a poll is stored.
      const brief = { fresh: false };
      const own = await loadDoc(accountKey(id, account.name), brief);
      const stated = account.identity === undefined ? null : identityHash(id, account.identity);
      // The vendor's own statement takes precedence over a file.
      const identity = own.credentials?.[fingerprint] ?? stated;
      const isOwn = own.identity === undefined
        ? !isOfUnknown(own, { fingerprint })
        : own.identity === identity;
      if (identity === null || isOwn) {
        return { name: account.name, identity: identity ?? own.identity ?? null };
      }
      for (const length of LENGTHS) {
        const name = `${account.name}-${identity.slice(0, length)}`;
        const other = await loadDoc(accountKey(id, name), brief);
        if (other.identity === undefined || other.identity === identity) return { name, identity };
      }
      return { name: `${account.name}-${identity}`, identity };
    },
    async isUnclear(key, origin, stated) {
      if (stated.isUnchanged || await findConfirmedOwner(origin, stated) !== null) return false;
      return await isTaken(key, origin, stated) || (stated.isBeside === true && stated.known === undefined);
    },
    async mayAdd(key, origin, stated) {
      const doc = await loadDoc(key);
      const identity = await findConfirmedOwner(origin, stated, key === origin.key ? doc : undefined);
      if (identity === null) {
        if (stated.isUnchanged) return "yes";
        return await isTaken(key, origin, stated) ? "unknown" : "yes";
      }
      const isNamed = key === origin.key || await findRenamedFor(origin, stated) === identity;
      if (doc.identity === undefined ? isNamed && !isOfUnknown(doc, origin) : doc.identity === identity) {
        return "yes";
      }
      if (stated.answered !== undefined) await remember(origin, identity);
      return "another";
    },
    async claim(key, origin, stated) {
      const doc = await loadDoc(key);
      const { known, isBeside, answered } = stated;
      // For the first credential of a history, or the one stored before, trust what it states.
      const identity = doc.identity ??
        await findConfirmedOwner(origin, stated, key === origin.key ? doc : undefined) ??
        (known === undefined ? null : identityHash(key.slice(0, key.indexOf("/")), known));
      if (identity === null) {
        if (isBeside && doc.by === undefined) await put(key, { ...doc, by: origin.fingerprint });
        return;
      }
      if (doc.identity === undefined) {
        const { by: _, ...rest } = doc;
        await put(key, { ...rest, identity });
      }
      // Remember it unless the credential states it itself, which may change with its file.
      if (answered !== undefined || isBeside || known === undefined) await remember(origin, identity);
    },
    async carry(origin, from, to) {
      const { credentials = {}, by, ...doc } = await loadDoc(origin);
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
