/** What pages, routes and commands may ask of access: types only, so that no page loads what stands behind them. */
import type { AuditQuery, AuditRow, AuditVerdict, AuditWords } from "../store/store.ts";
import type { CreationOptions, PasskeySite, RequestOptions } from "./passkeys/ceremony.ts";
import type { Principal, Role, Scope } from "./principal.ts";

export type { AuditQuery, AuditRow, AuditVerdict };

/** Where a request comes from, told by the socket or by a proxy that is trusted. */
export interface Client {
  /** Null where there is none, as on a Unix socket. */
  readonly address: string | null;
  /** Whether somebody on this machine asks it by its own name, with no proxy in between that says so. */
  readonly local: boolean;
  /** Whether they speak https with us, or with the proxy. */
  readonly secure: boolean;
  /** What their program calls itself; at most 200 characters of plain text. */
  readonly device: string;
}

/** A person as a trusted proxy names them. */
export interface ProxyIdentity {
  readonly name: string;
  readonly role: Role;
}

/** What a request shows of itself; null for what it does not bring. */
export interface Presented {
  readonly client: Client;
  /** Of `X-Auth-Token` or `Authorization: Bearer`. */
  readonly token: string | null;
  readonly basic: { readonly name: string; readonly password: string } | null;
  /** The value of the sign-in cookie. */
  readonly cookie: string | null;
  readonly identity: ProxyIdentity | null;
}

/**
 * Why nobody was found: `none` where nothing was shown, `wrong` for what opens nothing, `expired` for what did,
 * `limited` where too much that was wrong came before it.
 */
export type Refusal =
  | { readonly refused: "none" | "wrong" | "expired" }
  | { readonly refused: "limited"; readonly retryAfterMs: number };

export type Authentication = { readonly principal: Principal } | Refusal;

export interface SignedIn {
  readonly principal: Principal;
  /** To be kept by the browser in a cookie, and nowhere else. */
  readonly secret: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface Person {
  readonly name: string;
  readonly role: Role;
  /** Null for all. */
  readonly accounts: readonly string[] | null;
  readonly createdAt: number;
  /** Whether they sign in by a password; else by passkey only. */
  readonly hasPassword: boolean;
}

export interface SignIn {
  readonly id: string;
  readonly person: string;
  readonly startedAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  readonly device: string;
  readonly address: string | null;
  /** Else by password or token. */
  readonly byPasskey: boolean;
}

/** A key pair of a person: the device keeps one half, we the other, which opens nothing. */
export interface Passkey {
  readonly id: string;
  readonly person: string;
  /** What the person calls it. */
  readonly name: string;
  /** The host name it works at, and no other. */
  readonly rpId: string;
  readonly createdAt: number;
  readonly usedAt: number | null;
  /** Whether the device says that copies of it are kept elsewhere, as password managers do. */
  readonly isBackedUp: boolean;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** Its first characters, by which its owner knows it. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly accounts: readonly string[] | null;
  /** Null for one made on the command line. */
  readonly owner: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly usedAt: number | null;
  readonly usedFrom: string | null;
}

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly accounts?: readonly string[] | null;
  /** Epoch milliseconds; null for never. */
  readonly expiresAt?: number | null;
}

/**
 * What cannot be done, in words for whoever asked: `kind` tells them apart.
 * `absent`: there is no such person, key or sign-in. `taken`: there is one already. `invalid`: it makes no sense.
 * `last`: nobody could sign in as admin, or the person not at all any more. `closed`: nothing can be set up any more.
 * `wrong`: not the secret. `limited`: too much was wrong before. `stale`: the sign-in is too long ago for that.
 */
export type AccessErrorKind =
  | "absent"
  | "taken"
  | "invalid"
  | "last"
  | "closed"
  | "wrong"
  | "limited"
  | "stale";

export class AccessError extends Error {
  override readonly name = "AccessError";
  readonly kind: AccessErrorKind;

  constructor(kind: AccessErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface People {
  /** By name. */
  list(): Promise<readonly Person[]>;
  /** @throws {AccessError} taken, invalid */
  add(person: {
    readonly name: string;
    readonly role: Role;
    readonly password: string;
    readonly accounts?: readonly string[] | null;
  }): Promise<Person>;
  /** With their sign-ins, keys and passkeys. @throws {AccessError} absent, last */
  remove(name: string): Promise<void>;
  /** @throws {AccessError} absent, last, invalid */
  change(name: string, what: {
    readonly role?: Role;
    readonly accounts?: readonly string[] | null;
  }): Promise<Person>;
  /** Another password, which ends all their sign-ins and passkeys. @throws {AccessError} absent, invalid */
  reset(name: string, password: string): Promise<void>;
  /** The same by themselves: all sign-ins but this one end. @throws {AccessError} wrong, limited, invalid */
  changePassword(by: Principal, client: Client, old: string, password: string): Promise<void>;
  /** A password for who has none and has just signed in by passkey. @throws {AccessError} absent, taken, invalid, stale */
  setPassword(by: Principal, password: string): Promise<void>;
  /** From now on they sign in by passkey only. @throws {AccessError} absent, last, stale */
  removePassword(by: Principal): Promise<void>;
}

/**
 * The passkeys of people. Only who has signed in by name within 15 minutes changes theirs. Whatever is wrong with what a
 * browser hands over is one and the same error.
 */
export interface Passkeys {
  /** Of one person, or all. By person and time. */
  list(person?: string): Promise<readonly Passkey[]>;
  /** What the browser is asked for a new one. @throws {AccessError} absent, stale, taken */
  askForNew(by: Principal, site: PasskeySite): Promise<CreationOptions>;
  /** @param asked.answer JSON, as it came. @throws {AccessError} absent, stale, taken, invalid, wrong, limited */
  add(by: Principal, asked: {
    readonly site: PasskeySite;
    readonly client: Client;
    readonly name: string;
    readonly answer: string;
  }): Promise<Passkey>;
  /** Ends the sign-ins made by it as well, but the present one. @throws {AccessError} absent, stale, last */
  remove(by: Principal, id: string): Promise<Passkey>;
  /** Whether anybody has one that works there. */
  areThereAt(site: PasskeySite): Promise<boolean>;
  /** What the browser of somebody who is not known yet is asked. */
  askToSignIn(site: PasskeySite): RequestOptions;
}

export interface Keys {
  /** Of one person, or all. By name. */
  list(owner?: string): Promise<readonly ApiKey[]>;
  /** `secret` is told this once. @throws {AccessError} invalid, taken */
  create(key: NewKey, by: Principal): Promise<{ readonly key: ApiKey; readonly secret: string }>;
  /** @throws {AccessError} absent */
  revoke(id: string): Promise<void>;
}

/** What a feed holds: alerts as Atom, or coming resets and expected run-outs as iCalendar. */
export type FeedKind = "alerts" | "calendar";

/** An address that programs read which can show no key. */
export interface Feed {
  readonly id: string;
  readonly name: string;
  readonly kind: FeedKind;
  /** Null for all. */
  readonly accounts: readonly string[] | null;
  /** Null for one of the owner of the machine. */
  readonly owner: string | null;
  readonly createdAt: number;
  /** Within ten minutes. */
  readonly usedAt: number | null;
}

export interface Feeds {
  /** Of one person, or all; the oldest first. */
  list(owner?: string): Promise<readonly Feed[]>;
  /** `secret`, which stands in the address, is told this once. @throws {AccessError} invalid, taken */
  create(
    feed: { readonly name: string; readonly kind: FeedKind; readonly accounts?: readonly string[] | null },
    by: Principal,
  ): Promise<{ readonly feed: Feed; readonly secret: string }>;
  /** @throws {AccessError} absent */
  revoke(id: string): Promise<void>;
  /** Who the secret of an address stands for: somebody who reads what the feed may show. */
  open(secret: string, kind: FeedKind, client: Client): Promise<Authentication>;
}

export interface SignIns {
  /** Of one person, or all; the one seen last first. */
  list(person?: string): Promise<readonly SignIn[]>;
  /** @throws {AccessError} absent */
  revoke(id: string): Promise<void>;
}

export interface SetUp {
  /** Whether the first admin is still to be made, and a code for that is in force. */
  readonly open: boolean;
  /** A new code, to be shown on the terminal and nowhere else; the one before it ends. */
  issue(): string;
  /** Makes the first admin. @throws {AccessError} closed, wrong, invalid */
  register(asked: {
    readonly code: string;
    readonly name: string;
    readonly password: string;
    readonly client: Client;
  }): Promise<SignedIn>;
}

/** What somebody did. */
export interface AuditFacts {
  /** A few words, such as `added an account`. */
  readonly action: string;
  readonly target?: string | null;
  /** What changed, never a secret. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Who did what, when and from where. */
export interface Audit {
  /** Never fails: what was done is done, and a line that could not be written is told in the log. */
  record(facts: AuditFacts, by: Principal | null, address: string | null): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<readonly AuditRow[]>;
  /** What rows can be chosen by. */
  words(): Promise<AuditWords>;
  verify(): Promise<AuditVerdict>;
}

export interface Access {
  /** By a clock that never goes back, epoch milliseconds. */
  now(): number;
  authenticate(presented: Presented): Promise<Authentication>;
  /** Whether there is a person, key or token that lets in somebody who is not on this machine. */
  canSignIn(): Promise<boolean>;
  /** By name and password. */
  signIn(asked: { readonly name: string; readonly password: string; readonly client: Client }): Promise<
    SignedIn | Refusal
  >;
  /** By passkey. @param asked.answer JSON, as it came */
  signInByPasskey(asked: {
    readonly site: PasskeySite;
    readonly client: Client;
    readonly answer: string;
  }): Promise<SignedIn | Refusal>;
  /** A token for a cookie, so that it can be taken out of an address. */
  exchange(token: string, client: Client): Promise<SignedIn | Refusal>;
  /** Ends the sign-in of a cookie. */
  signOut(secret: string): Promise<void>;
  /** Calls back once, when the credential of a principal has ended. Returns how to stop. */
  onEnd(principal: Principal, ended: () => void): () => void;
  /** Whether it is still in force, and lets see as much as it did. */
  isInForce(principal: Principal): Promise<boolean>;
  readonly people: People;
  readonly passkeys: Passkeys;
  readonly keys: Keys;
  readonly feeds: Feeds;
  readonly signIns: SignIns;
  readonly setUp: SetUp;
  readonly audit: Audit;
}
