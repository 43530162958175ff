/** Who asks, as everything that decides sees them. */

/** What a person may do: each role may all that the one before it may. */
export type Role = "viewer" | "operator" | "admin";
export const ROLES: readonly Role[] = ["viewer", "operator", "admin"];

/** What a key may be limited to. */
export type Scope = "read" | "metrics" | "poll" | "write" | "push";
export const SCOPES: readonly Scope[] = ["read", "metrics", "poll", "write", "push"];

/**
 * What a route asks for. `public`: nothing. `any`: whoever is known. `access`: people, keys, data and access itself.
 * `fresh`: the same by somebody who has signed in a short while ago. All others are scopes.
 */
export type Permission = "public" | "any" | Scope | "access" | "fresh";

/**
 * `local` is the owner of this machine, `person` somebody who signed in by name, `key` an API key, `token` one of
 * the tokens the server was started with, `proxy` a person whom a trusted proxy names.
 */
export type PrincipalKind = "local" | "person" | "key" | "token" | "proxy";

export interface Principal {
  readonly kind: PrincipalKind;
  /** Stable, and of nobody else: `person:…`, `key:…`, `token:…`, `proxy:…` or `local`. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly role: Role;
  /** What the credential is limited to; null for all that the role may. */
  readonly scopes: readonly Scope[] | null;
  /** Keys of the accounts that may be seen; null for all. */
  readonly accounts: readonly string[] | null;
  /** By which sign-in, key or token; what ends when that ends. */
  readonly credentialId: string;
  /** When a secret was last shown for it, epoch milliseconds; null where none ever is. */
  readonly signedInAt: number | null;
  /** When the credential ends by itself, epoch milliseconds; null for never. */
  readonly expiresAt: number | null;
}

/** The owner, in front of the machine. */
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
