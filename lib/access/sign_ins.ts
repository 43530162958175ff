/** Sign-ins: the sessions behind browser cookies. Only the digest of the secret is stored. */
import { DAY_MS, MINUTE_MS } from "../model/duration.ts";
import { AccessError, type Client, type SignedIn, type SignIn, type SignIns } from "./access.ts";
import type { AccessParts } from "./parts.ts";
import type { PersonDoc } from "./people.ts";
import type { Principal } from "./principal.ts";
import { randomSecret, signInDigest } from "./secrets.ts";

export const IDLE_MS = 7 * DAY_MS;
export const MAX_SIGN_IN_MS = 30 * DAY_MS;
/** When a user was last seen is stored at most this often. */
const SEEN_EVERY_MS = 5 * MINUTE_MS;
/** An expired sign-in is remembered this long, to tell its owner that it expired. */
const REMEMBERED_MS = 7 * DAY_MS;

/** A row of `logins`, under the digest of the secret. It never changes. */
export interface SignInDoc {
  readonly by:
    | {
      readonly person: string;
      readonly uid: string; /** Id of the one that was used. */
      readonly passkey?: string;
    }
    | { readonly token: string };
  readonly startedAt: number;
  readonly device: string;
  readonly address: string | null;
}

/** Another row of `logins`: when the sign-in was last used. */
interface SeenDoc {
  readonly seenAt: number;
}

const SEEN = "seen:";

export interface SignInDocs extends SignIns {
  start(
    by: SignInDoc["by"],
    client: Client,
    principal: (digest: string, expiresAt: number) => Principal,
  ): Promise<SignedIn>;
  /** Finds the sign-in of a secret; `expired` when it was one. */
  find(
    secret: string,
  ): Promise<
    { readonly digest: string; readonly doc: SignInDoc; readonly expiresAt: number } | "expired" | null
  >;
  /** Finds it by digest. */
  findDigest(digest: string): ReturnType<SignInDocs["find"]>;
  end(digest: string): Promise<boolean>;
  endSecret(secret: string): Promise<boolean>;
  endAll(uid: string, except?: string): Promise<void>;
  /** Ends those made with a passkey, except one. */
  endOfPasskey(passkey: string, except: string): Promise<void>;
}

export function createSignIns({ docs, now, changed, signInSecret }: AccessParts): SignInDocs {
  const digestOf = (secret: string) => signInDigest(secret, signInSecret);
  /** Last uses by digest, as far as this process knows. */
  const seen = new Map<string, number>();

  async function seenAt(digest: string, doc: SignInDoc): Promise<number> {
    const known = seen.get(digest);
    if (known !== undefined) return known;
    const stored = await docs.get<SeenDoc>("logins", SEEN + digest, now());
    const at = stored?.seenAt ?? doc.startedAt;
    seen.set(digest, at);
    return at;
  }

  async function findDigest(digest: string): ReturnType<SignInDocs["find"]> {
    const doc = await docs.get<SignInDoc>("logins", digest, now());
    if (!doc || !("by" in doc)) return null;
    const at = now();
    const last = await seenAt(digest, doc);
    const expiresAt = Math.min(last + IDLE_MS, doc.startedAt + MAX_SIGN_IN_MS);
    if (at >= expiresAt) return "expired";
    if (at - last >= SEEN_EVERY_MS) {
      seen.set(digest, at);
      const stored: SeenDoc = { seenAt: at };
      await docs.put("logins", SEEN + digest, stored, at, { expiresAt: at + IDLE_MS });
    }
    return { digest, doc, expiresAt: Math.min(at + IDLE_MS, doc.startedAt + MAX_SIGN_IN_MS) };
  }

  async function end(digest: string): Promise<boolean> {
    seen.delete(digest);
    await docs.delete("logins", SEEN + digest);
    const ended = await docs.delete("logins", digest);
    changed();
    return ended;
  }

  async function listRows(): Promise<readonly { readonly digest: string; readonly doc: SignInDoc }[]> {
    return (await docs.list<SignInDoc | SeenDoc>("logins", now()))
      .flatMap(({ id, doc }) => "by" in doc ? [{ digest: id, doc }] : []);
  }

  return {
    findDigest,
    find: (secret) => findDigest(digestOf(secret)),
    end,
    endSecret: (secret) => end(digestOf(secret)),
    async start(by, client, principal) {
      const secret = randomSecret();
      const digest = digestOf(secret);
      const startedAt = now();
      const doc: SignInDoc = { by, startedAt, device: client.device, address: client.address };
      await docs.put("logins", digest, doc, startedAt, {
        expiresAt: startedAt + MAX_SIGN_IN_MS + REMEMBERED_MS,
      });
      const expiresAt = startedAt + MAX_SIGN_IN_MS;
      return { principal: principal(digest, expiresAt), secret, expiresAt };
    },
    async endAll(uid, except) {
      for (const { digest, doc } of await listRows()) {
        if ("uid" in doc.by && doc.by.uid === uid && `login:${digest}` !== except) await end(digest);
      }
    },
    async endOfPasskey(passkey, except) {
      for (const { digest, doc } of await listRows()) {
        if ("uid" in doc.by && doc.by.passkey === passkey && `login:${digest}` !== except) await end(digest);
      }
    },
    async list(person) {
      const rows: SignIn[] = [];
      for (const { digest, doc } of await listRows()) {
        const name = "person" in doc.by ? doc.by.person : `token ${doc.by.token.slice(0, 8)}`;
        if (person !== undefined && name !== person) continue;
        const last = await seenAt(digest, doc);
        const expiresAt = Math.min(last + IDLE_MS, doc.startedAt + MAX_SIGN_IN_MS);
        if (expiresAt <= now()) continue;
        const { startedAt, device, address } = doc;
        const byPasskey = "uid" in doc.by && doc.by.passkey !== undefined;
        rows.push({
          id: digest,
          person: name,
          startedAt,
          seenAt: last,
          expiresAt,
          device,
          address,
          byPasskey,
        });
      }
      return rows.sort((a, b) => b.seenAt - a.seenAt || (a.id < b.id ? -1 : 1));
    },
    async revoke(id) {
      if (/^[0-9a-f]{64}$/.test(id) && await end(id)) return;
      throw new AccessError("absent", "There is no such sign-in: it may have ended already");
    },
  };
}

/** Returns the principal of a sign-in by name. */
export function personPrincipal(
  person: PersonDoc,
  digest: string,
  signedInAt: number,
  expiresAt: number,
): Principal {
  return {
    kind: "person",
    id: `person:${person.uid}`,
    name: person.name,
    role: person.role,
    scopes: null,
    accounts: person.accounts,
    credentialId: `login:${digest}`,
    signedInAt,
    expiresAt,
  };
}
