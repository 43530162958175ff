/** Reads the user a trusted proxy reports as signed in, and that user's role. Pure. */

export interface IdentityRules {
  /** Header with the name, such as `remote-user`; null for none. */
  readonly userHeader: string | null;
  /** Header with groups separated by commas; null for none. */
  readonly groupsHeader: string | null;
  /** Whether to accept the headers of `tailscale serve`. */
  readonly tailscale: boolean;
  /** Role by group or name; `*` is every other user. */
  readonly roles: ReadonlyMap<string, IdentityRole>;
}

export type IdentityRole = "viewer" | "operator" | "admin";

export interface Identity {
  readonly name: string;
  readonly role: IdentityRole;
}

export const EVERY_USER = "*";
const RANK: readonly IdentityRole[] = ["viewer", "operator", "admin"];
const NAME = /^[^\p{C},]{1,200}$/u;
const TAILSCALE_USER = "tailscale-user-login";

/** Headers that only a trusted proxy may send. */
export function identityHeaders({ userHeader, groupsHeader }: IdentityRules): readonly string[] {
  return [
    TAILSCALE_USER,
    "tailscale-user-name",
    "tailscale-user-profile-pic",
    ...userHeader === null ? [] : [userHeader],
    ...groupsHeader === null ? [] : [groupsHeader],
  ];
}

/** Returns null when the proxy names no user or names one twice, or the user has no role. */
export function readIdentity(headers: Headers, rules: IdentityRules): Identity | null {
  const name = (rules.userHeader === null ? null : headers.get(rules.userHeader)) ??
    (rules.tailscale ? headers.get(TAILSCALE_USER) : null);
  // Two headers are joined by a comma.
  if (name === null || !NAME.test(name.trim())) return null;
  const listed = rules.groupsHeader === null ? "" : headers.get(rules.groupsHeader) ?? "";
  const groups = [name.trim(), ...listed.split(",").map((group) => group.trim())];
  const role = findHighest(groups.flatMap((group) => rules.roles.get(group) ?? [])) ??
    rules.roles.get(EVERY_USER) ?? null;
  return role === null ? null : { name: name.trim(), role };
}

function findHighest(roles: readonly IdentityRole[]): IdentityRole | null {
  return RANK.toReversed().find((role) => roles.includes(role)) ?? null;
}
