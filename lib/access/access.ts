/** The interfaces of access for pages, routes and commands. Types only: pages load no implementation. */
import type { AuditQuery, AuditRow, AuditVerdict, AuditWords } from "../store/store.ts";
import type { CreationOptions, PasskeySite, RequestOptions } from "./passkeys/ceremony.ts";
import type { Principal, Role, Scope } from "./principal.ts";

export type { AuditQuery, AuditRow, AuditVerdict };

/** Where a request comes from, according to the socket or a trusted proxy. */
export interface Client {
  /** Null when there is none, as on a Unix socket. */
  readonly address: string | null;
  /** True for a client on this machine that uses one of its names, with no sign of a proxy in between. */
  readonly local: boolean;
  /** True when they use https to us or to the proxy. */
  readonly secure: boolean;
  /** The user agent; at most 200 characters of plain text. */
  readonly device: string;
}

/** A user as a trusted proxy identifies them. */
export interface ProxyIdentity {
  readonly name: string;
  readonly role: Role;
}

/** The credentials in a request; null for those it lacks. */
export interface PresentedCredentials {
  readonly client: Client;
  /** From `X-Auth-Token` or `Authorization: Bearer`. */
  readonly token: string | null;
  readonly basic: { readonly name: string; readonly password: string } | null;
  /** The value of the sign-in cookie. */
  readonly cookie: string | null;
  readonly identity: ProxyIdentity | null;
}

/**
 * Why no credential was accepted: `none` was sent, it is `wrong`, it has `expired`, or attempts are `limited`
 * after too many wrong ones.
 */
export type Refusal =
  | { readonly refused: "none" | "wrong" | "expired" }
  | { readonly refused: "limited"; readonly retryAfterMs: number };

export type Authentication = { readonly principal: Principal } | Refusal;

export interface SignedIn {
  readonly principal: Principal;
  /** For a browser's cookie, and nowhere else. */
  readonly secret: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface Person {
  readonly name: string;
  readonly role: Role;
  /** Null for all accounts. */
  readonly accounts: readonly string[] | null;
  readonly createdAt: number;
  /** True when they sign in with a password; otherwise by passkey only. */
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
  /** Otherwise by password or token. */
  readonly byPasskey: boolean;
}

/** A user's key pair: the device keeps one half; we keep the other, which cannot sign anyone in. */
export interface Passkey {
  readonly id: string;
  readonly person: string;
  /** The user's name for it. */
  readonly name: string;
  /** The only host name it works at. */
  readonly rpId: string;
  readonly createdAt: number;
  readonly usedAt: number | null;
  /** Whether the device reports a backup of it, as password managers do. */
  readonly isBackedUp: boolean;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** Its first characters, by which its owner recognises it. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly accounts: readonly string[] | null;
  /** Null for a key created on the command line. */
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
  /** Epoch milliseconds; null when it never expires. */
  readonly expiresAt?: number | null;
}

/**
 * Why an operation is refused, with a message for the user. Kinds: `absent`: no such user, key or sign-in.
 * `taken`: it exists already. `invalid`: the input is invalid. `last`: no admin, or not that user, could sign in
 * any more. `closed`: the set-up is over. `wrong`: not the secret. `limited`: too many wrong attempts. `stale`:
 * the sign-in is too old for that, or has ended.
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
  /** Ordered by name. */
  list(): Promise<readonly Person[]>;
  /** @throws {AccessError} taken, invalid */
  add(person: {
    readonly name: string;
    readonly role: Role;
    readonly password: string;
    readonly accounts?: readonly string[] | null;
  }): Promise<Person>;
  /** Also removes their sign-ins, keys and passkeys. @throws {AccessError} absent, last */
  remove(name: string): Promise<void>;
  /** @throws {AccessError} absent, last, invalid */
  change(name: string, what: {
    readonly role?: Role;
    readonly accounts?: readonly string[] | null;
  }): Promise<Person>;
  /** Sets a password, which ends all their sign-ins and passkeys. @throws {AccessError} absent, invalid */
  reset(name: string, password: string): Promise<void>;
  /** Changes the user's own password and ends other sign-ins. @throws {AccessError} wrong, limited, invalid */
  changePassword(by: Principal, client: Client, old: string, password: string): Promise<void>;
  /** A first password, soon after a passkey sign-in. @throws {AccessError} absent, taken, invalid, stale */
  setPassword(by: Principal, password: string): Promise<void>;
  /** Allows them to sign in by passkey only. @throws {AccessError} absent, last, stale */
  removePassword(by: Principal): Promise<void>;
}

/**
 * Passkeys of users, who change them only within 15 minutes of signing in by name. Anything wrong with a
 * browser's answer throws the same error.
 */
export interface Passkeys {
  /** Lists those of one user, or all, ordered by user and time. */
  list(person?: string): Promise<readonly Passkey[]>;
  /** Returns the browser's options for a new passkey. @throws {AccessError} absent, stale, taken */
  beginRegistration(by: Principal, site: PasskeySite): Promise<CreationOptions>;
  /** @param request.answer JSON. @throws {AccessError} absent, stale, taken, invalid, wrong, limited */
  add(by: Principal, request: {
    readonly site: PasskeySite;
    readonly client: Client;
    readonly name: string;
    readonly answer: string;
  }): Promise<Passkey>;
  /** Also ends the sign-ins made with it, but the current one. @throws {AccessError} absent, stale, last */
  remove(by: Principal, id: string): Promise<Passkey>;
  /** Whether any user has one that works there. */
  existAt(site: PasskeySite): Promise<boolean>;
  /** Returns the browser's options for signing in. */
  beginSignIn(site: PasskeySite): RequestOptions;
}

export interface Keys {
  /** Lists those of one user, or all, ordered by name. */
  list(owner?: string): Promise<readonly ApiKey[]>;
  /** `secret` is returned only this once. @throws {AccessError} invalid, taken */
  create(key: NewKey, by: Principal): Promise<{ readonly key: ApiKey; readonly secret: string }>;
  /** @throws {AccessError} absent */
  revoke(id: string): Promise<void>;
}

/** The contents of a feed: alerts as Atom, or upcoming resets and expected run-outs as iCalendar. */
export const FEED_KINDS = ["alerts", "calendar"] as const;
export type FeedKind = typeof FEED_KINDS[number];

/** An address for programs that cannot send a key. */
export interface Feed {
  readonly id: string;
  readonly name: string;
  readonly kind: FeedKind;
  /** Null for all accounts. */
  readonly accounts: readonly string[] | null;
  /** Null for a feed of the machine's owner. */
  readonly owner: string | null;
  readonly createdAt: number;
  /** Accurate to ten minutes. */
  readonly usedAt: number | null;
}

export interface Feeds {
  /** Lists those of one user, or all, oldest first. */
  list(owner?: string): Promise<readonly Feed[]>;
  /** `secret`, part of the address, is returned only this once. @throws {AccessError} invalid, taken */
  create(
    feed: { readonly name: string; readonly kind: FeedKind; readonly accounts?: readonly string[] | null },
    by: Principal,
  ): Promise<{ readonly feed: Feed; readonly secret: string }>;
  /** @throws {AccessError} absent */
  revoke(id: string): Promise<void>;
  /** Returns the principal of an address's secret: one that reads what the feed may show. */
  open(secret: string, kind: FeedKind, client: Client): Promise<Authentication>;
}

export interface SignIns {
  /** Lists those of one user, or all, last seen first. */
  list(person?: string): Promise<readonly SignIn[]>;
  /** @throws {AccessError} absent */
  revoke(id: string): Promise<void>;
}

export interface SetUp {
  /** True while there is no first admin and a code to create one is valid. */
  readonly open: boolean;
  /** Returns a new code, to be shown on the terminal and nowhere else; the previous one expires. */
  issue(): string;
  /** Creates the first admin. @throws {AccessError} closed, wrong, invalid */
  register(request: {
    readonly code: string;
    readonly name: string;
    readonly password: string;
    readonly client: Client;
  }): Promise<SignedIn>;
}

/** An action of a user. */
export interface AuditFacts {
  /** A short phrase such as `added an account`. */
  readonly action: string;
  readonly target?: string | null;
  /** What changed, never a secret. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Records who did what, when and from where. */
export interface Audit {
  /** Never fails: the action has happened, and a record that could not be written is reported in the log. */
  record(facts: AuditFacts, by: Principal | null, address: string | null): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<readonly AuditRow[]>;
  /** The values by which records can be filtered. */
  words(): Promise<AuditWords>;
  verify(): Promise<AuditVerdict>;
}

export interface Access {
  /** By a clock that never goes back, epoch milliseconds. */
  now(): number;
  authenticate(presented: PresentedCredentials): Promise<Authentication>;
  /** Whether any user, key or token admits clients that are not on this machine. */
  canSignIn(): Promise<boolean>;
  /** With name and password. */
  signIn(request: { readonly name: string; readonly password: string; readonly client: Client }): Promise<
    SignedIn | Refusal
  >;
  /** With a passkey. @param request.answer JSON, as received */
  signInByPasskey(request: {
    readonly site: PasskeySite;
    readonly client: Client;
    readonly answer: string;
  }): Promise<SignedIn | Refusal>;
  /** Exchanges a token for a cookie, so that it can be removed from an address. */
  exchange(token: string, client: Client): Promise<SignedIn | Refusal>;
  /** Ends the sign-in of a cookie. */
  signOut(secret: string): Promise<void>;
  /** Calls back once, when a principal's credential has ended. Returns a function that unsubscribes. */
  onEnd(principal: Principal, ended: () => void): () => void;
  /** Whether it is still valid, with the same access. */
  isInForce(principal: Principal): Promise<boolean>;
  readonly people: People;
  readonly passkeys: Passkeys;
  readonly keys: Keys;
  readonly feeds: Feeds;
  readonly signIns: SignIns;
  readonly setUp: SetUp;
  readonly audit: Audit;
}
