/** Passkeys: created by signed-in users, used to sign in. What is stored of one cannot sign anyone in. */
import { moduleAddress } from "../../base/address.ts";
import { plain } from "../../base/text.ts";
import {
  AccessError,
  type Client,
  type Passkey,
  type Passkeys,
  type Refusal,
  type SignedIn,
} from "../access.ts";
import type { AccessParts } from "../parts.ts";
import { type PeopleDocs, type PersonDoc, personId } from "../people.ts";
import type { Principal } from "../principal.ts";
import { MAX_LABEL_CHARACTERS } from "../labels.ts";
import { computeDigest } from "../secrets.ts";
import { readNewAnswer, readSignInAnswer } from "./answers.ts";
import { creationOptions, type PasskeySite, requestOptions, userHandle } from "./ceremony.ts";
import { createChallenges, type SharedChallenges } from "./challenges.ts";
import type { StoredCredential, Verifier } from "./verify.ts";

/** A row of `passkeys`, under the digest of the credential's id. */
interface PasskeyDoc extends StoredCredential {
  readonly by: { readonly person: string; readonly uid: string };
  readonly name: string;
  readonly rpId: string;
  readonly isBackedUp: boolean;
  readonly createdAt: number;
  readonly usedAt: number | null;
}

interface Row {
  readonly id: string;
  readonly doc: PasskeyDoc;
}

export const MAX_PASSKEYS = 20;

/** The only error when adding one, whatever was wrong. */
const NOT_ADDED = "The passkey could not be verified: try to add it again";

export interface PasskeyDocs extends Passkeys {
  /** Whether a user has one. */
  any(uid: string): Promise<boolean>;
  endAll(uid: string): Promise<void>;
  /**
   * Finds the user of an answer, through the limiter, and signs them in.
   *
   * @param signIn called with the user and the id of the passkey, before anything else can end either
   */
  verify(
    request: { readonly site: PasskeySite; readonly client: Client; readonly answer: string },
    signIn: (person: PersonDoc, id: string) => Promise<SignedIn>,
  ): Promise<SignedIn | Refusal>;
}

export interface PasskeyParts extends AccessParts {
  readonly running: () => number;
  readonly people: Pick<PeopleDocs, "all" | "find" | "findFreshPerson">;
  /** Ends the sign-ins made with a passkey, except one. */
  readonly endSignIns: (passkey: string, except: string) => Promise<void>;
  /** Returns the address that a user signed in from before, if it is the client's. */
  readonly deviceOf: (id: string, client: Client) => Promise<string | null>;
  readonly refuse: (what: string, name: string | null, client: Client) => Promise<void>;
  /** Given when several instances answer for each other. */
  readonly challenges?: SharedChallenges | undefined;
}

export function createPasskeys(parts: PasskeyParts): PasskeyDocs {
  const { docs, now, limiter, inTurn, changed, people } = parts;
  const { findFreshPerson } = people;
  const challenges = createChallenges(parts.running, parts.challenges);
  const forSignIn = ({ origin }: PasskeySite) => `sign in at ${origin}`;
  const forNew = (by: Principal, { origin }: PasskeySite) =>
    `new of ${by.id} ${by.credentialId} at ${origin}`;

  /** Oldest first. */
  async function listRows(): Promise<readonly Row[]> {
    const rows = [...await docs.list<PasskeyDoc>("passkeys", now())];
    return rows.sort((a, b) => a.doc.createdAt - b.doc.createdAt || (a.id < b.id ? -1 : 1));
  }

  async function ofPerson(uid: string): Promise<readonly Row[]> {
    return (await listRows()).filter(({ doc }) => doc.by.uid === uid);
  }

  /** Returns the user of a row; null when another user has the name by now. */
  async function findOwner({ by }: PasskeyDoc): Promise<PersonDoc | null> {
    const person = await people.find(by.person);
    return person?.uid === by.uid ? person : null;
  }

  function requireRoom(rows: readonly Row[]): void {
    if (rows.length < MAX_PASSKEYS) return;
    throw new AccessError(
      "invalid",
      `You have ${MAX_PASSKEYS} passkeys, the maximum: remove one first`,
    );
  }

  return {
    async list(name) {
      const wanted = (await people.all()).filter((one) =>
        name === undefined || personId(one.name) === personId(name)
      );
      const rows = await listRows();
      return wanted.flatMap((person) =>
        rows.filter(({ doc }) => doc.by.uid === person.uid).map((row) => decodePasskey(row, person.name))
      );
    },
    async any(uid) {
      return (await ofPerson(uid)).length > 0;
    },
    async endAll(uid) {
      for (const { id } of await ofPerson(uid)) await docs.delete("passkeys", id);
    },
    async existAt({ rpId }) {
      return (await docs.list<PasskeyDoc>("passkeys", now())).some(({ doc }) => doc.rpId === rpId);
    },
    beginSignIn: (site) => requestOptions(site, challenges.issue(forSignIn(site))),
    async beginRegistration(by, site) {
      const { uid, name } = await findFreshPerson(by);
      const rows = await ofPerson(uid);
      requireRoom(rows);
      return creationOptions(site, challenges.issue(forNew(by, site)), {
        uid,
        name,
        known: rows.filter(({ doc }) => doc.rpId === site.rpId).map(({ doc }) => doc.credentialId),
      });
    },
    async add(by, { site, client, name: typed, answer }) {
      const { name: own } = await findFreshPerson(by);
      const name = plain(typed, MAX_LABEL_CHARACTERS).trim();
      if (name === "") {
        throw new AccessError("invalid", "The passkey has no name: name it after the device it is on");
      }
      const id = personId(own);
      const device = await parts.deviceOf(id, client);
      const taken = await limiter.take({ address: client.address, name: id, costly: true, device });
      if (taken.limited) throw new AccessError("limited", "Too many failed attempts: try again in a while");
      return await inTurn(async () => {
        const read = readNewAnswer(answer);
        const isOurs = read !== null && await challenges.redeem(read.challenge, forNew(by, site));
        const verified = isOurs ? await (await loadVerifier()).verifyNew(read, site) : null;
        if (verified === null) throw new AccessError("wrong", NOT_ADDED);
        // A reset meanwhile has ended their sign-in and their passkeys, and this one would come after.
        const person = await findFreshPerson(by);
        requireRoom(await ofPerson(person.uid));
        const doc: PasskeyDoc = {
          by: { person: person.name, uid: person.uid },
          name,
          rpId: site.rpId,
          ...verified,
          createdAt: now(),
          usedAt: null,
        };
        const row = { id: computeDigest(verified.credentialId), doc };
        if (!await docs.put("passkeys", row.id, doc, now(), { ifAbsent: true })) {
          throw new AccessError("wrong", NOT_ADDED);
        }
        await taken.succeeded();
        return decodePasskey(row, person.name);
      });
    },
    remove: (by, id) =>
      inTurn(async () => {
        const person = await findFreshPerson(by);
        const rows = await ofPerson(person.uid);
        const row = rows.find((one) => one.id === id);
        if (!row) {
          throw new AccessError("absent", "There is no such passkey: it may have been removed already");
        }
        if (person.hash === null && rows.length === 1) {
          throw new AccessError(
            "last",
            "It is your only way in: add another passkey or set a password first",
          );
        }
        await docs.delete("passkeys", id);
        await parts.endSignIns(id, by.credentialId);
        changed();
        return decodePasskey(row, person.name);
      }),
    async verify({ site, client, answer }, signIn) {
      const read = readSignInAnswer(answer);
      const id = read && computeDigest(read.id);
      const known = id && await docs.get<PasskeyDoc>("passkeys", id, now());
      const owner = known ? await findOwner(known) : null;
      const taken = await limiter.take({
        address: client.address,
        costly: true,
        ...owner && {
          name: personId(owner.name),
          device: await parts.deviceOf(personId(owner.name), client),
        },
      });
      if (taken.limited) return { refused: "limited", retryAfterMs: taken.retryAfterMs };
      const isOurs = read !== null && await challenges.redeem(read.challenge, forSignIn(site));
      // One at a time: of two uses with the same count, one comes from a copy.
      const signedIn = isOurs && id && owner
        ? await inTurn(async () => {
          const doc = await docs.get<PasskeyDoc>("passkeys", id, now());
          const still = doc && await findOwner(doc);
          if (!doc || !still || doc.rpId !== site.rpId) return null;
          if (read.response.userHandle !== userHandle(still.uid)) return null;
          const used = await (await loadVerifier()).verifyUse(read, site, doc);
          if (used === null) return null;
          await docs.put("passkeys", id, { ...doc, ...used, usedAt: now() }, now());
          return await signIn(still, id);
        })
        : null;
      if (!signedIn) {
        await parts.refuse("passkey", owner?.name ?? null, client);
        return { refused: "wrong" };
      }
      await taken.succeeded();
      return signedIn;
    },
  };
}

function decodePasskey({ id, doc }: Row, person: string): Passkey {
  const { name, rpId, createdAt, usedAt, isBackedUp } = doc;
  return { id, person, name, rpId, createdAt, usedAt, isBackedUp };
}

let loading: Promise<Verifier> | undefined;

/** The computed address keeps the library from loading at the start. */
function loadVerifier(): Promise<Verifier> {
  loading ??= import(moduleAddress("lib/access/passkeys/verify.ts", "passkeys"));
  loading.catch(() => loading = undefined);
  return loading;
}
