/** The one place that decides what a principal may do. */
import { MINUTE_MS } from "../model/duration.ts";
import type { Permission, Principal, Role } from "./principal.ts";

/** For this long after a sign-in its secret need not be entered again. */
export const FRESH_MS = 15 * MINUTE_MS;

const VIEWER: readonly Permission[] = ["public", "any", "read", "metrics"];
const OPERATOR: readonly Permission[] = [...VIEWER, "poll", "write", "push"];

/** What each role may do. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: VIEWER,
  operator: OPERATOR,
  admin: [...OPERATOR, "access", "fresh"],
};

/**
 * `allowed`, or why not: `sign in` for unknown clients, `sign in again` when the sign-in is too old,
 * `scope` for a limited credential, `role` for a user.
 */
export type Decision = "allowed" | "sign in" | "sign in again" | "scope" | "role";

/** @param now epoch milliseconds, of a clock that never goes back */
export function decide(principal: Principal | null, permission: Permission, now: number): Decision {
  if (permission === "public") return "allowed";
  if (principal === null) return "sign in";
  if (permission === "any") return "allowed";
  const { scopes, role } = principal;
  if (scopes !== null && !scopes.some((scope) => scope === permission)) return "scope";
  if (!ROLE_PERMISSIONS[role].includes(permission)) return "role";
  return permission === "fresh" && !isFresh(principal, now) ? "sign in again" : "allowed";
}

/** Reports whether the secret was entered recently, or none is needed. */
export function isFresh({ kind, signedInAt }: Pick<Principal, "kind" | "signedInAt">, now: number): boolean {
  return kind === "local" || signedInAt !== null && now - signedInAt < FRESH_MS;
}
