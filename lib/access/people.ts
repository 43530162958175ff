/** The users who may sign in. */
import { plain } from "../base/text.ts";
import { repeatWhileOutdated } from "../base/update_doc.ts";
import { compareNames } from "../model/quota.ts";
import { AccessError, type Client, type People, type Person } from "./access.ts";
import type { AccessParts } from "./parts.ts";
import { checkPassword } from "./passwords.ts";
import { requireFreshPerson } from "./fresh_person.ts";
import { isRole, type Principal, type Role } from "./principal.ts";

/** A row of `users`. Deleting it resets everything about the user. */
export interface PersonDoc {
  /** As typed; the id of the row is the same in lower case. */
  readonly name: string;
  /** Random, so that a new user under an old name inherits nothing. */
  readonly uid: string;
  readonly role: Role;
  readonly accounts: readonly string[] | null;
  /** Hash of the password; null for users who sign in by passkey only. */
  readonly hash: string | null;
  readonly createdAt: number;
}

/** Marks are part of the letters of many scripts. */
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._@+-]{0,62}[\p{L}\p{M}\p{N}])?$/u;

/** Returns the id of a name. */
export function personId(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

export function checkName(name: string): string {
  if (NAME.test(name.normalize("NFKC"))) return name.normalize("NFKC");
  throw new AccessError(
    "invalid",
    "The name is not valid: use 1 to 64 letters, digits and . _ @ + -, with a letter or digit at both ends",
  );
}

export function decodePerson({ name, role, accounts, createdAt, hash }: PersonDoc): Person {
  return { name, role, accounts, createdAt, hasPassword: hash !== null };
}

export interface PeopleDocs extends People {
  all(): Promise<readonly PersonDoc[]>;
  find(name: string): Promise<PersonDoc | null>;
  /** Returns the user behind a recent sign-in by name. @throws {AccessError} absent, stale */
  findFreshPerson(by: Principal): Promise<PersonDoc>;
  /** Returns the user with this password, or null. Takes as long for names that do not exist. */
  verify(name: string, password: string): Promise<PersonDoc | null>;
  /** Creates a user if the name is free. */
  seed(person: { readonly name: string; readonly password: string }): Promise<void>;
}

/** Everything else that belongs to a user. */
export interface PersonCredentials {
  /** @param except the session to keep */
  endSignIns(uid: string, except?: string): Promise<void>;
  endKeys(uid: string): Promise<void>;
  endPasskeys(uid: string): Promise<void>;
  hasPasskey(uid: string): Promise<boolean>;
  isInForce(by: Principal): Promise<boolean>;
}

export function createPeople(parts: AccessParts, credentials: PersonCredentials): PeopleDocs {
  const { docs, now, passwords, limiter, changed, inTurn } = parts;
  /** Hash to check for names that do not exist. */
  let decoyHash: Promise<string> | undefined;

  async function listPeople(): Promise<readonly PersonDoc[]> {
    return (await docs.list<PersonDoc>("users", now())).map(({ doc }) => doc);
  }

  async function find(name: string): Promise<PersonDoc | null> {
    return await docs.get<PersonDoc>("users", personId(name), now());
  }

  /** Finds a person as stored, for a change that is based on it. */
  async function findStored(name: string): Promise<PersonDoc | null> {
    return await docs.get<PersonDoc>("users", personId(name), now(), { fresh: true });
  }

  async function requirePerson(name: string): Promise<PersonDoc> {
    const doc = await findStored(name);
    if (doc) return doc;
    throw new AccessError("absent", `There is no one named "${plain(name, 64)}"`);
  }

  async function putNew(doc: PersonDoc): Promise<boolean> {
    const done = await docs.put("users", personId(doc.name), doc, now(), { ifAbsent: true });
    changed();
    return done;
  }

  /** Changes a person in turn; computes it again when another process changed them meanwhile. */
  async function update(
    read: () => Promise<PersonDoc>,
    change: (doc: PersonDoc) => PersonDoc | Promise<PersonDoc>,
  ): Promise<PersonDoc> {
    const after = await repeatWhileOutdated("This person", async () => {
      const was = await read();
      const doc = await change(was);
      const id = personId(was.name);
      return await docs.change([{ kind: "users", id, doc, was }], now()) ? doc : "outdated";
    });
    changed();
    return after;
  }

  /** Refuses a change that would leave no admin. */
  async function keepAdmin(doc: PersonDoc): Promise<void> {
    if (doc.role !== "admin") return;
    const others = (await listPeople()).filter(({ uid, role }) => uid !== doc.uid && role === "admin");
    if (others.length === 0) {
      throw new AccessError("last", `"${doc.name}" is the only admin: make someone else an admin first`);
    }
  }

  /** Returns a user again after a slow step. @throws {AccessError} absent, when they were removed meanwhile */
  async function reloadPerson({ name, uid }: PersonDoc): Promise<PersonDoc> {
    const present = await requirePerson(name);
    if (present.uid === uid) return present;
    throw new AccessError("absent", `"${name}" was removed in the meantime`);
  }

  async function findFreshPerson(by: Principal): Promise<PersonDoc> {
    requireFreshPerson(by, now());
    const doc = await findStored(by.name);
    if (doc === null || by.id !== `person:${doc.uid}`) {
      throw new AccessError("absent", "Your user no longer exists");
    }
    // It may have ended since the request came in, for example through a reset.
    if (!await credentials.isInForce(by)) {
      throw new AccessError("stale", "Sign in again first: your sign-in has ended");
    }
    return doc;
  }

  return {
    all: listPeople,
    find,
    findFreshPerson,
    list: async () => (await listPeople()).map(decodePerson),
    async add({ name, role, password, accounts = null }) {
      checkPassword(password);
      if (!isRole(role)) {
        throw new AccessError("invalid", "The role is not valid: use viewer, operator or admin");
      }
      const doc: PersonDoc = {
        name: checkName(name),
        uid: crypto.randomUUID(),
        role,
        accounts: validateAccounts(role, accounts),
        hash: await passwords.hash(password),
        createdAt: now(),
      };
      if (!await putNew(doc)) {
        throw new AccessError("taken", `There is already someone named "${doc.name}"`);
      }
      return decodePerson(doc);
    },
    async seed({ name, password }) {
      if (await find(name)) return;
      const hash = await passwords.hash(password);
      await putNew({
        name: checkName(name),
        uid: crypto.randomUUID(),
        role: "admin",
        accounts: null,
        hash,
        createdAt: now(),
      });
    },
    remove: (name) =>
      inTurn(async () => {
        const doc = await requirePerson(name);
        // The very last user may be removed: this machine's owner then has access again.
        if ((await listPeople()).length > 1) await keepAdmin(doc);
        await docs.delete("users", personId(name));
        await credentials.endSignIns(doc.uid);
        await credentials.endKeys(doc.uid);
        await credentials.endPasskeys(doc.uid);
        changed();
      }),
    change: (name, { role, accounts }) =>
      inTurn(async () =>
        decodePerson(
          await update(() => requirePerson(name), async (doc) => {
            if (role !== undefined && !isRole(role)) {
              throw new AccessError("invalid", "The role is not valid: use viewer, operator or admin");
            }
            if (role !== undefined && role !== "admin") await keepAdmin(doc);
            const next = role ?? doc.role;
            const limits = validateAccounts(next, accounts === undefined ? doc.accounts : accounts);
            return { ...doc, role: next, accounts: limits };
          }),
        )
      ),
    async reset(name, password) {
      const doc = await requirePerson(name);
      checkPassword(password);
      const hash = await passwords.hash(password);
      await inTurn(async () => {
        await update(() => reloadPerson(doc), (present) => ({ ...present, hash }));
        await credentials.endSignIns(doc.uid);
        await credentials.endPasskeys(doc.uid);
        changed();
      });
    },
    async changePassword(by: Principal, client: Client, old: string, password: string) {
      if (by.kind !== "person") {
        throw new AccessError("absent", "Only people who signed in by name have a password to change");
      }
      checkPassword(password);
      const taken = await limiter.take({ address: client.address, name: personId(by.name), costly: true });
      if (taken.limited) throw new AccessError("limited", "Too many wrong passwords: try again in a while");
      const doc = await requirePerson(by.name);
      const createWrongError = () => new AccessError("wrong", "The current password is wrong");
      if (doc.hash === null || !(await passwords.verify(old, doc.hash)).right) throw createWrongError();
      await taken.succeeded();
      const hash = await passwords.hash(password);
      await inTurn(async () => {
        await update(() => reloadPerson(doc), (present) => {
          // Someone set another password meanwhile, so the typed one is no longer current.
          if (present.hash !== doc.hash) throw createWrongError();
          return { ...present, hash };
        });
        await credentials.endSignIns(doc.uid, by.credentialId);
        changed();
      });
    },
    async setPassword(by, password) {
      checkPassword(password);
      await findFreshPerson(by);
      const hash = await passwords.hash(password);
      await inTurn(async () => {
        const doc = await update(() => findFreshPerson(by), (doc) => {
          if (doc.hash === null) return { ...doc, hash };
          throw new AccessError("taken", "You have a password: change it with the current one");
        });
        await credentials.endSignIns(doc.uid, by.credentialId);
        changed();
      });
    },
    removePassword: (by) =>
      inTurn(async () => {
        const doc = await update(() => findFreshPerson(by), async (doc) => {
          if (doc.hash === null) throw new AccessError("absent", "You have no password");
          if (!await credentials.hasPasskey(doc.uid)) {
            throw new AccessError("last", "Your password is your only way in: add a passkey first");
          }
          return { ...doc, hash: null };
        });
        await credentials.endSignIns(doc.uid, by.credentialId);
        changed();
      }),
    async verify(name, password) {
      const doc = name.length > 64 ? null : await find(name);
      decoyHash ??= passwords.hash(crypto.randomUUID());
      const { right, outdated } = await passwords.verify(
        password.slice(0, 1024),
        doc?.hash ?? await decoyHash,
      );
      if (!doc || doc.hash === null || !right) return null;
      if (!outdated) return doc;
      const hash = await passwords.hash(password);
      return await inTurn(async () => {
        const present = await findStored(name);
        // It may have been changed or removed meanwhile.
        if (present?.hash !== doc.hash) return doc;
        const renewed = { ...present, hash };
        const id = personId(name);
        if (await docs.change([{ kind: "users", id, doc: renewed, was: present }], now())) changed();
        return renewed;
      });
    },
  };
}

/** Admins see all accounts. */
function validateAccounts(role: Role, accounts: readonly string[] | null): readonly string[] | null {
  if (accounts === null) return null;
  if (role !== "viewer") {
    throw new AccessError(
      "invalid",
      "Only viewers can be limited to some accounts: others can change what all share",
    );
  }
  return [...new Set(accounts)].sort(compareNames);
}
