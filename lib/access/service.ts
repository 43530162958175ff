/** Access over a store: combines users, passkeys, sign-ins, keys, tokens and the owner of the machine. */
import { SECOND_MS } from "../model/duration.ts";
import type { Clock } from "../base/clock.ts";
import type { AuditStore, DocStore } from "../store/store.ts";
import {
  type Access,
  AccessError,
  type Authentication,
  type Client,
  type Refusal,
  type SignedIn,
} from "./access.ts";
import { createAudit } from "./audit.ts";
import { createFeeds } from "./feeds.ts";
import { createGuards } from "./instances.ts";
import { createTurns } from "./in_turn.ts";
import { createKeys, keyPrincipal } from "./keys.ts";
import type { LimiterRules } from "./limiter.ts";
import type { AccessParts } from "./parts.ts";
import { checkPassword, createPasswords, type Derive } from "./passwords.ts";
import { createPasskeys, type PasskeyDocs } from "./passkeys/passkeys.ts";
import { checkName, createPeople, type PeopleDocs, type PersonDoc, personId } from "./people.ts";
import { createKnownAddresses } from "./known_addresses.ts";
import { LOCAL_OWNER, type Principal } from "./principal.ts";
import { computeDigest, MAX_SECRET_CHARACTERS } from "./secrets.ts";
import { createSetUpCode } from "./set_up_code.ts";
import { createSignIns, personPrincipal } from "./sign_ins.ts";
import { steadyNow } from "./steady_clock.ts";
import { createWatch } from "./watch.ts";

export interface AccessOptions {
  readonly docs: DocStore;
  readonly audit: AuditStore;
  readonly clock: Clock;
  /** Reports records that could not be written. */
  readonly log?: { error(message: string, fields: { readonly reason: string }): void };
  /** A clock in milliseconds that ignores changes of the system clock. */
  readonly running?: () => number;
  /** Returns the currently valid tokens. */
  readonly tokens?: () => Promise<readonly string[]>;
  /** The admin from the settings, created when the name is free. */
  readonly admin?: { readonly name: string; readonly password: string };
  /** Part of the digest of every sign-in: changing it ends them all. */
  readonly signInSecret?: string;
  /** Whether the owner is trusted on this machine even when others can sign in. */
  readonly trustLocal?: boolean;
  /** PBKDF2 rounds of new hashes; fewer only in tests. */
  readonly rounds?: number;
  /** Derives hashes; tests replace it to count. */
  readonly derive?: Derive;
  readonly limits?: LimiterRules;
  /** Set when several instances share the store: each knows the attempts and challenges of the others. */
  readonly instances?: { readonly key: Uint8Array<ArrayBuffer> };
}

/** The default of another tracker, which is publicly known. */
const KNOWN_PAIR = { name: "admin", password: "changeme" };
/** Whether any user or key exists is checked again this often, since another process may change it. */
const COUNT_CACHE_MS = SECOND_MS;

const WRONG: Refusal = { refused: "wrong" };

export function createAccess(options: AccessOptions): Access {
  const { docs, clock, running = () => performance.now(), trustLocal = false, admin } = options;
  const now = steadyNow(clock, running);
  const { limiter, inTurn, challenges } = createGuards({ ...options, now, running });
  const tokens = options.tokens ?? (() => Promise.resolve([]));
  let digests: { readonly of: readonly string[]; readonly set: ReadonlySet<string> } = {
    of: [],
    set: new Set(),
  };
  let counted: { readonly at: number; readonly any: Promise<boolean> } | null = null;
  const parts: AccessParts = {
    docs,
    now,
    limiter,
    passwords: createPasswords(options.rounds, options.derive),
    signInSecret: options.signInSecret ?? null,
    inTurn,
    changed() {
      counted = null;
      watch.checkNow();
    },
  };
  const audit = createAudit({
    store: options.audit,
    now,
    failed: (error) =>
      options.log?.error("Cannot write the audit record", {
        reason: error instanceof Error ? error.message : "unknown",
      }),
  });
  const signIns = createSignIns(parts);
  const knownAddresses = createKnownAddresses(signIns);
  const keys = createKeys(parts);
  const people: PeopleDocs = createPeople(parts, {
    endSignIns: signIns.endAll,
    async endKeys(uid) {
      await keys.endAll(uid);
      await feeds.endAll(uid);
    },
    endPasskeys: (uid) => passkeys.endAll(uid),
    hasPasskey: (uid) => passkeys.any(uid),
    isInForce,
  });
  const passkeys: PasskeyDocs = createPasskeys({
    ...parts,
    running,
    people,
    endSignIns: signIns.endOfPasskey,
    deviceOf: (id, client) => knownAddresses.find(id, client),
    refuse: audit.refuse,
    challenges,
  });
  const feeds = createFeeds(parts, people.find, (client) => audit.refuse("feed", null, client));
  const code = createSetUpCode(running);
  const watch = createWatch(clock, isInForce);
  let seeding: Promise<void> | undefined;

  async function tokenDigests(): Promise<ReadonlySet<string>> {
    const all = await tokens();
    if (all !== digests.of) digests = { of: all, set: new Set(all.map(computeDigest)) };
    return digests.set;
  }

  /** Reports whether there is a user or a key. */
  function hasCredentials(): Promise<boolean> {
    const at = running();
    if (counted && at - counted.at < COUNT_CACHE_MS) return counted.any;
    const any = (async () => {
      if (admin) return true;
      return (await docs.list("users", now())).length > 0 || (await keys.list()).length > 0;
    })();
    any.catch(() => counted = null);
    counted = { at, any };
    return any;
  }

  async function shouldTrustLocal(): Promise<boolean> {
    return trustLocal || !await hasCredentials() && (await tokenDigests()).size === 0;
  }

  /** Creates the admin from the settings, once: a deleted row is created again at the next sign-in. */
  async function seed(): Promise<void> {
    if (admin) await (seeding ??= people.seed(admin).finally(() => seeding = undefined));
  }

  function tokenPrincipal(
    digest: string,
    signedInAt: number,
    login?: { digest: string; expiresAt: number },
  ): Principal {
    return {
      kind: "token",
      id: `token:${digest}`,
      name: `token ${digest.slice(0, 8)}`,
      role: "admin",
      scopes: null,
      accounts: null,
      credentialId: login ? `login:${login.digest}` : `token:${digest}`,
      signedInAt,
      expiresAt: login?.expiresAt ?? null,
    };
  }

  /** Returns the principal of a key found by digest, if it is valid. */
  async function ofKey(
    found: Awaited<ReturnType<typeof keys.findDigest>>,
  ): Promise<Principal | "expired" | null> {
    if (found === null || found === "expired") return found;
    const { owner } = found.doc;
    if (owner === null) return keyPrincipal(found, null);
    const person = await people.find(owner.person);
    // Its creator was removed, and their permissions with them.
    return person?.uid === owner.uid ? keyPrincipal(found, person) : null;
  }

  async function ofSignIn(
    found: Awaited<ReturnType<typeof signIns.find>>,
  ): Promise<Principal | "expired" | null> {
    if (found === null || found === "expired") return found;
    const { digest, doc: { by, startedAt }, expiresAt } = found;
    if ("token" in by) {
      const isStill = (await tokenDigests()).has(by.token);
      return isStill ? tokenPrincipal(by.token, startedAt, { digest, expiresAt }) : null;
    }
    const person = await people.find(by.person);
    return person?.uid === by.uid ? personPrincipal(person, digest, startedAt, expiresAt) : null;
  }

  async function authenticateByToken(secret: string, client: Client): Promise<Authentication> {
    let found: Principal | "expired" | null = null;
    if (secret.length <= MAX_SECRET_CHARACTERS) {
      const digest = computeDigest(secret);
      found = (await tokenDigests()).has(digest)
        ? tokenPrincipal(digest, now())
        : await ofKey(await keys.findDigest(digest)) ?? await ofSignIn(await signIns.find(secret));
    }
    if (found === "expired") return { refused: "expired" };
    if (found) {
      if (found.kind === "key") await keys.used(found.credentialId.slice("key:".length), client.address);
      return { principal: found };
    }
    await audit.refuse("key or token", null, client);
    const taken = await limiter.take({ address: client.address });
    return taken.limited ? { refused: "limited", retryAfterMs: taken.retryAfterMs } : WRONG;
  }

  /** One hash at a time: many at once would take the processors from page requests. */
  const hashInTurn = createTurns();

  /** Finds the user of a name and password, through the limiter. */
  async function authenticateByPassword(name: string, password: string, client: Client) {
    await seed();
    const id = personId(name).slice(0, 64);
    // Clients that signed in from there before are counted apart: a flood from elsewhere locks none out.
    const device = await knownAddresses.find(id, client);
    const taken = await limiter.take({ address: client.address, name: id, costly: true, device });
    if (taken.limited) return { refused: "limited", retryAfterMs: taken.retryAfterMs } as const;
    const isKnownPair = name === KNOWN_PAIR.name && password === KNOWN_PAIR.password;
    const person = await hashInTurn(() => people.verify(name, password));
    if (!person || isKnownPair && !client.local) {
      // The name may be a password typed into the wrong field: only existing names are recorded.
      await audit.refuse("password", (await people.find(name.slice(0, 64)))?.name ?? null, client);
      return WRONG;
    }
    await taken.succeeded();
    return { person };
  }

  async function authenticateBasic(name: string, password: string, client: Client): Promise<Authentication> {
    const found = await authenticateByPassword(name, password, client);
    if ("refused" in found) return found;
    const at = now();
    const { person } = found;
    return {
      principal: {
        ...personPrincipal(person, "", at, at),
        credentialId: `person:${person.uid}`,
        expiresAt: null,
      },
    };
  }

  async function isInForce(principal: Principal): Promise<boolean> {
    const [kind = "", id = ""] = principal.credentialId.split(":", 2);
    let found: Principal | "expired" | null = null;
    switch (kind) {
      case "local":
        return await shouldTrustLocal();
      case "proxy":
        return true;
      case "login":
        found = await ofSignIn(await signIns.findDigest(id));
        break;
      case "key":
        found = await ofKey(await keys.findDigest(id));
        break;
      case "token":
        return (await tokenDigests()).has(id);
      case "person": {
        const person = await people.find(principal.name);
        if (person?.uid === id) found = personPrincipal(person, "", 0, 0);
      }
    }
    // A principal whose access was reduced must connect again.
    return found !== null && found !== "expired" && found.role === principal.role &&
      JSON.stringify(found.accounts) === JSON.stringify(principal.accounts);
  }

  async function signInAs(person: PersonDoc, client: Client, passkey?: string): Promise<SignedIn> {
    const at = now();
    const by = { person: person.name, uid: person.uid, ...passkey !== undefined && { passkey } };
    await knownAddresses.add(personId(person.name), client);
    return await signIns.start(by, client, (digest, endsAt) => personPrincipal(person, digest, at, endsAt));
  }

  return {
    now,
    people,
    passkeys,
    keys,
    feeds,
    signIns,
    isInForce,
    onEnd: watch.onEnd,
    audit,
    async authenticate({ client, token, basic, cookie, identity }) {
      const isTrusted = client.local && await shouldTrustLocal();
      let refusal: Refusal = { refused: "none" };
      // When no one else can sign in, any credential sent is wrong.
      if (!isTrusted || trustLocal) {
        const shown = token !== null
          ? await authenticateByToken(token, client)
          : basic !== null
          ? await authenticateBasic(basic.name, basic.password, client)
          : null;
        if (shown) return shown;
        if (cookie !== null && cookie.length <= MAX_SECRET_CHARACTERS) {
          const found = await ofSignIn(await signIns.find(cookie));
          if (found !== null && found !== "expired") return { principal: found };
          refusal = { refused: found === null ? "none" : "expired" };
        }
      }
      if (identity) {
        const id = `proxy:${identity.name}`;
        const principal: Principal = {
          ...LOCAL_OWNER,
          kind: "proxy",
          id,
          name: identity.name,
          role: identity.role,
          credentialId: id,
        };
        return { principal };
      }
      return isTrusted ? { principal: LOCAL_OWNER } : refusal;
    },
    async canSignIn() {
      if ((await tokenDigests()).size > 0) return true;
      await seed();
      const isKnown = admin?.name === KNOWN_PAIR.name && admin.password === KNOWN_PAIR.password;
      const all = await people.list();
      return all.some(({ name }) => !(isKnown && name === KNOWN_PAIR.name)) || (await keys.list()).length > 0;
    },
    async signIn({ name, password, client }) {
      const found = await authenticateByPassword(name, password, client);
      if ("refused" in found) return found;
      // In turn, so that a reset ends either the password or the sign-in that was made with it.
      const signedIn = await parts.inTurn(async () => {
        const person = await people.find(found.person.name);
        const isStill = person?.uid === found.person.uid && person.hash === found.person.hash;
        return isStill ? await signInAs(person, client) : null;
      });
      if (!signedIn) {
        await audit.refuse("password", found.person.name, client);
        return WRONG;
      }
      await audit.record(
        { action: "signed in", detail: { device: client.device } },
        signedIn.principal,
        client.address,
      );
      return signedIn;
    },
    async signInByPasskey(request) {
      const { client } = request;
      const signedIn = await passkeys.verify(request, (person, id) => signInAs(person, client, id));
      if ("refused" in signedIn) return signedIn;
      await audit.record(
        { action: "signed in by passkey", detail: { device: client.device } },
        signedIn.principal,
        client.address,
      );
      return signedIn;
    },
    async exchange(token, client) {
      const found = await authenticateByToken(token, client);
      if ("refused" in found) return found;
      if (found.principal.kind !== "token") return WRONG;
      const digest = found.principal.id.slice("token:".length);
      const at = now();
      const signedIn = await signIns.start(
        { token: digest },
        client,
        (login, expiresAt) => tokenPrincipal(digest, at, { digest: login, expiresAt }),
      );
      await audit.record({ action: "signed in by token" }, signedIn.principal, client.address);
      return signedIn;
    },
    async signOut(secret) {
      await signIns.endSecret(secret);
    },
    setUp: {
      get open() {
        return code.isInForce;
      },
      issue: () => code.issue(),
      async register({ code: typed, name, password, client }) {
        if (!code.isInForce || (await people.list()).length > 0) {
          throw new AccessError(
            "closed",
            "There is nothing to set up: ask an admin, or restart the server for a new code",
          );
        }
        // Input that is not about the code costs no attempt.
        checkName(name);
        checkPassword(password);
        if (!code.matches(typed)) throw new AccessError("wrong", "The set-up code is wrong");
        // Before any await: it is used once, however many requests arrive at the same time.
        code.end();
        await people.add({ name, role: "admin", password });
        const signedIn = await signInAs((await people.find(name))!, client);
        await audit.record({ action: "created the first admin" }, signedIn.principal, client.address);
        return signedIn;
      },
    },
  };
}
