/** The authenticated client of a request, as permission checks see it. */

/** What a user may do: each role includes the one before it. */
export type Role = "viewer" | "operator" | "admin";
export const ROLES: readonly Role[] = ["viewer", "operator", "admin"];

/** What a key may be limited to. */
export type Scope = "read" | "metrics" | "poll" | "write" | "push";
export const SCOPES: readonly Scope[] = ["read", "metrics", "poll", "write", "push"];

/**
 * What a route requires. `public`: nothing. `any`: a known client. `access`: users, keys, data and access.
 * `fresh`: the same, soon after signing in. All others are scopes.
 */
export type Permission = "public" | "any" | Scope | "access" | "fresh";

/**
 * `local` is the owner of this machine, `person` a user signed in by name, `key` an API key, `token` one of
 * the tokens the server was started with, `proxy` a user whom a trusted proxy identifies.
 */
export type PrincipalKind = "local" | "person" | "key" | "token" | "proxy";

export interface Principal {
  readonly kind: PrincipalKind;
  /** Stable and unique: `person:…`, `key:…`, `token:…`, `proxy:…` or `local`. */
  readonly id: string;
  /** As shown to users. */
  readonly name: string;
  readonly role: Role;
  /** What the credential is limited to; null for all that the role allows. */
  readonly scopes: readonly Scope[] | null;
  /** Keys of the visible accounts; null for all. */
  readonly accounts: readonly string[] | null;
  /** The sign-in, key or token, which ends access when it ends. */
  readonly credentialId: string;
  /** When a secret was last entered for it, epoch milliseconds; null when none ever is. */
  readonly signedInAt: number | null;
  /** When the credential expires, epoch milliseconds; null for never. */
  readonly expiresAt: number | null;
}

/** The owner, at the machine. */
export const LOCAL_OWNER: Principal = {
  kind: "local",
  id: "local",
  name: "local owner",
  role: "admin",
  scopes: null,
  accounts: null,
  credentialId: "local",
  signedInAt: null,
  expiresAt: null,
};

export function isRole(word: unknown): word is Role {
  return ROLES.some((role) => role === word);
}

export function isScope(word: unknown): word is Scope {
  return SCOPES.some((scope) => scope === word);
}
