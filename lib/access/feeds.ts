/**
 * Feeds: addresses for programs that cannot send a key, such as calendars. The secret is in the address, so
 * each opens one feed and nothing else, is shown once and can be revoked alone. Only its digest is stored.
 */
import { MINUTE_MS } from "../model/duration.ts";
import {
  AccessError,
  type Client,
  type Feed,
  FEED_KINDS,
  type FeedKind,
  type Feeds,
  type Refusal,
} from "./access.ts";
import { intersectAccounts } from "./keys.ts";
import { checkLabel } from "./labels.ts";
import type { AccessParts } from "./parts.ts";
import type { PersonDoc } from "./people.ts";
import type { Principal } from "./principal.ts";
import { computeDigest, randomSecret } from "./secrets.ts";

/** A row of `feeds`, under the digest of the secret. It never changes. */
interface FeedDoc {
  readonly name: string;
  readonly kind: FeedKind;
  readonly accounts: readonly string[] | null;
  readonly owner: { readonly person: string; readonly uid: string } | null;
  readonly createdAt: number;
}

/** Another row of `feeds`: when the feed was last read. */
interface UsedDoc {
  readonly usedAt: number;
}

const SECRET = /^[0-9a-f]{64}$/;
const USED = "used:";
const USED_EVERY_MS = 10 * MINUTE_MS;
const MAX_FEEDS = 200;

export interface FeedDocs extends Feeds {
  endAll(uid: string): Promise<void>;
}

/**
 * @param find finds a user by name, in their current state
 * @param refused called for an address that opens nothing
 */
export function createFeeds(
  { docs, now, limiter }: Pick<AccessParts, "docs" | "now" | "limiter">,
  find: (name: string) => Promise<PersonDoc | null>,
  refused: (client: Client) => Promise<void>,
): FeedDocs {
  const noted = new Map<string, number>();

  async function listRows() {
    const all = await docs.list<FeedDoc | UsedDoc>("feeds", now());
    const used = new Map(all.flatMap(({ id, doc }) => "usedAt" in doc ? [[id, doc.usedAt] as const] : []));
    return all.flatMap(({ id, doc }) =>
      "kind" in doc ? [{ id, doc, usedAt: used.get(USED + id) ?? null }] : []
    );
  }

  async function end(id: string) {
    noted.delete(id);
    await docs.delete("feeds", USED + id);
    await docs.delete("feeds", id);
  }

  async function use(id: string) {
    const at = now();
    if (at - (noted.get(id) ?? -Infinity) < USED_EVERY_MS) return;
    noted.set(id, at);
    await docs.put<UsedDoc>("feeds", USED + id, { usedAt: at }, at);
  }

  return {
    async list(owner) {
      const all = (await listRows()).map(({ id, doc, usedAt }) => decodeFeed(id, doc, usedAt));
      return all.filter((one) => owner === undefined || one.owner === owner)
        .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    },
    async create({ name, kind, accounts = null }, by) {
      const label = checkLabel("feed", name);
      if (!FEED_KINDS.includes(kind)) {
        throw new AccessError("invalid", `A feed is one of ${FEED_KINDS.join(", ")}`);
      }
      if (by.kind === "key") {
        throw new AccessError("invalid", "A key cannot create a feed: the feed would outlive the key");
      }
      if (by.kind === "proxy" && by.role !== "admin") {
        throw new AccessError(
          "invalid",
          "Someone signed in by a proxy cannot create a feed: it would outlive their access. Ask an admin",
        );
      }
      const all = await listRows();
      if (all.length >= MAX_FEEDS) {
        throw new AccessError("invalid", "There are too many feeds: revoke some first");
      }
      const owner = by.kind === "person" ? { person: by.name, uid: by.id.slice("person:".length) } : null;
      if (all.some(({ doc }) => doc.name === label && doc.owner?.uid === owner?.uid)) {
        throw new AccessError("taken", `There is already a feed named "${label}"`);
      }
      const secret = randomSecret();
      const id = computeDigest(secret);
      const doc: FeedDoc = {
        name: label,
        kind,
        accounts: intersectAccounts(accounts, by.accounts),
        owner,
        createdAt: now(),
      };
      await docs.put("feeds", id, doc, now());
      return { feed: decodeFeed(id, doc, null), secret };
    },
    async revoke(id) {
      if (!SECRET.test(id) || await docs.get("feeds", id, now()) === null) {
        throw new AccessError("absent", "There is no such feed: it may have been revoked already");
      }
      await end(id);
    },
    async endAll(uid) {
      for (const { id, doc } of await listRows()) if (doc.owner?.uid === uid) await end(id);
    },
    async open(secret, kind, client) {
      // No other form was ever issued, so it is no attempt worth counting.
      if (!SECRET.test(secret)) return { refused: "wrong" };
      const id = computeDigest(secret);
      const doc = await docs.get<FeedDoc>("feeds", id, now());
      if (doc === null || !("kind" in doc) || doc.kind !== kind) return refuseWrong(client);
      let accounts = doc.accounts;
      if (doc.owner !== null) {
        const person = await find(doc.owner.person);
        // Its creator was removed, and with them what they could see.
        if (person?.uid !== doc.owner.uid) return refuseWrong(client);
        accounts = intersectAccounts(accounts, person.accounts);
      }
      await use(id);
      return { principal: feedPrincipal(id, doc, accounts) };
    },
  };

  async function refuseWrong(client: Client): Promise<Refusal> {
    await refused(client);
    const taken = await limiter.take({ address: client.address });
    return taken.limited ? { refused: "limited", retryAfterMs: taken.retryAfterMs } : { refused: "wrong" };
  }
}

function decodeFeed(
  id: string,
  { name, kind, accounts, owner, createdAt }: FeedDoc,
  usedAt: number | null,
): Feed {
  return { id, name, kind, accounts, owner: owner?.person ?? null, createdAt, usedAt };
}

/** Returns the principal of a feed: one that reads, and sees the accounts it was made for. */
function feedPrincipal(id: string, { name }: FeedDoc, accounts: readonly string[] | null): Principal {
  return {
    kind: "key",
    id: `feed:${id}`,
    name,
    role: "viewer",
    scopes: ["read"],
    accounts,
    credentialId: `feed:${id}`,
    signedInAt: null,
    expiresAt: null,
  };
}
