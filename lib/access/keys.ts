/** API keys: named, limited, shown once. Only their digests are stored. */
import { DAY_MS, MINUTE_MS } from "../model/duration.ts";
import { compareNames } from "../model/quota.ts";
import { AccessError, type ApiKey, type Keys } from "./access.ts";
import { checkLabel } from "./labels.ts";
import type { AccessParts } from "./parts.ts";
import type { PersonDoc } from "./people.ts";
import { isScope, type Principal, type Scope, SCOPES } from "./principal.ts";
import { computeDigest, newKey, shownPrefix } from "./secrets.ts";

/** A row of `keys`, under the digest of the key. It never changes, so a revoked key cannot come back. */
export interface KeyDoc {
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly accounts: readonly string[] | null;
  readonly owner: { readonly person: string; readonly uid: string } | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

/** Another row of `keys`: when the key was last used. */
interface UsedDoc {
  readonly usedAt: number;
  readonly usedFrom: string | null;
}

const USED = "used:";
const USED_EVERY_MS = MINUTE_MS;
const MAX_KEYS = 10_000;
/** An expired key is remembered this long, to tell its owner that it expired. */
const REMEMBERED_MS = 30 * DAY_MS;

export interface KeyDocs extends Keys {
  /** Finds the key of a secret; `expired` when it was one. */
  find(secret: string): Promise<{ readonly digest: string; readonly doc: KeyDoc } | "expired" | null>;
  findDigest(digest: string): ReturnType<KeyDocs["find"]>;
  /** Records a use, from time to time. */
  used(digest: string, address: string | null): Promise<void>;
  endAll(uid: string): Promise<void>;
}

export function createKeys({ docs, now, changed }: AccessParts): KeyDocs {
  const noted = new Map<string, number>();

  async function listRows() {
    const rows = await docs.list<KeyDoc | UsedDoc>("keys", now());
    const used = new Map(rows.flatMap(({ id, doc }) => "usedAt" in doc ? [[id, doc] as const] : []));
    return rows.flatMap(({ id, doc }) => "prefix" in doc ? [decodeKey(id, doc, used.get(USED + id))] : []);
  }

  async function findDigest(digest: string): ReturnType<KeyDocs["find"]> {
    const doc = await docs.get<KeyDoc>("keys", digest, now());
    if (!doc || !("prefix" in doc)) return null;
    return doc.expiresAt !== null && now() >= doc.expiresAt ? "expired" : { digest, doc };
  }

  async function end(digest: string) {
    noted.delete(digest);
    await docs.delete("keys", USED + digest);
    await docs.delete("keys", digest);
    changed();
  }

  return {
    findDigest,
    find: (secret) => findDigest(computeDigest(secret)),
    async used(digest, address) {
      const at = now();
      if (at - (noted.get(digest) ?? -Infinity) < USED_EVERY_MS) return;
      noted.set(digest, at);
      const doc: UsedDoc = { usedAt: at, usedFrom: address };
      await docs.put("keys", USED + digest, doc, at);
    },
    async endAll(uid) {
      for (const { id, doc } of await docs.list<KeyDoc | UsedDoc>("keys", now())) {
        if ("owner" in doc && doc.owner?.uid === uid) await end(id);
      }
    },
    list: async (owner) =>
      (await listRows()).filter((key) => owner === undefined || key.owner === owner).sort(byName),
    async create({ name, scopes, accounts = null, expiresAt = null }, by) {
      const at = now();
      const wanted = checkKey({ name, scopes, expiresAt }, at);
      if (
        by.kind === "person" && by.role === "viewer" &&
        wanted.some((scope) => scope !== "read" && scope !== "metrics")
      ) {
        throw new AccessError("invalid", "A viewer's key can only have the scopes read and metrics");
      }
      const limit = intersectAccounts(accounts, by.accounts);
      if (limit !== null && wanted.some((scope) => scope === "write" || scope === "push")) {
        throw new AccessError(
          "invalid",
          "A key that sees only some accounts cannot change anything shared by all",
        );
      }
      const keys = await listRows();
      if (keys.length >= MAX_KEYS) {
        throw new AccessError("invalid", "There are too many keys: revoke some first");
      }
      const owner = by.kind === "person" ? { person: by.name, uid: by.id.slice("person:".length) } : null;
      if (keys.some((key) => key.name === name.trim() && key.owner === (owner?.person ?? null))) {
        throw new AccessError("taken", `There is already a key named "${name.trim()}"`);
      }
      const secret = newKey();
      const digest = computeDigest(secret);
      const doc: KeyDoc = {
        name: name.trim(),
        prefix: shownPrefix(secret),
        scopes: wanted,
        accounts: limit,
        owner,
        createdAt: at,
        expiresAt,
      };
      const remembered = expiresAt === null ? {} : { expiresAt: expiresAt + REMEMBERED_MS };
      await docs.put("keys", digest, doc, at, remembered);
      changed();
      return { key: decodeKey(digest, doc, undefined), secret };
    },
    async revoke(id) {
      if (!/^[0-9a-f]{64}$/.test(id) || await docs.get("keys", id, now()) === null) {
        throw new AccessError("absent", "There is no such key: it may have been revoked already");
      }
      await end(id);
    },
  };
}

function checkKey({ name, scopes, expiresAt }: {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: number | null;
}, now: number): readonly Scope[] {
  checkLabel("key", name);
  if (scopes.length === 0 || !scopes.every(isScope)) {
    throw new AccessError("invalid", `The scopes of a key are one or more of ${SCOPES.join(", ")}`);
  }
  if (expiresAt !== null && !(Number.isSafeInteger(expiresAt) && expiresAt > now)) {
    throw new AccessError("invalid", "A key has to end in the future, or never");
  }
  return SCOPES.filter((scope) => scopes.includes(scope));
}

/** Returns the requested accounts that may be seen. */
export function intersectAccounts(
  wanted: readonly string[] | null,
  visible: readonly string[] | null,
): readonly string[] | null {
  if (wanted === null || visible === null) return wanted ?? visible;
  return wanted.filter((one) => visible.includes(one));
}

function decodeKey(id: string, doc: KeyDoc, used: UsedDoc | undefined): ApiKey {
  const { name, prefix, scopes, accounts, owner, createdAt, expiresAt } = doc;
  return {
    id,
    name,
    prefix,
    scopes,
    accounts,
    owner: owner?.person ?? null,
    createdAt,
    expiresAt,
    usedAt: used?.usedAt ?? null,
    usedFrom: used?.usedFrom ?? null,
  };
}

function byName(a: ApiKey, b: ApiKey): number {
  return compareNames(a.name, b.name) || a.createdAt - b.createdAt;
}

/** Returns the principal of a key. @param owner its creator as of now; null for the machine's owner */
export function keyPrincipal(
  { digest, doc }: { readonly digest: string; readonly doc: KeyDoc },
  owner: PersonDoc | null,
): Principal {
  return {
    kind: "key",
    id: `key:${digest}`,
    name: doc.name,
    // A key has no role: it may do what its scopes say, and never more than its creator.
    role: owner?.role ?? "admin",
    scopes: doc.scopes,
    accounts: intersectAccounts(doc.accounts, owner?.accounts ?? null),
    credentialId: `key:${digest}`,
    signedInAt: null,
    expiresAt: doc.expiresAt,
  };
}
