/** Settings that grant access besides the people and keys in the database. */
import type { Environment } from "./environment.ts";
import type { Option } from "./option.ts";
import { parseListen } from "./parse_listen.ts";

export const TRUST_LOCAL: Option<boolean> = {
  key: "trust-local",
  field: "trustLocal",
  names: ["SYNTRACK_TRUST_LOCAL"],
  flag: "--trust-local",
  doc: "Whether this machine needs no sign-in even if others have one: on or off",
  effect: "restart",
  defaultText: "off",
  isPrivileged: (on) => on,
  fallback: () => false,
  parse: parseListen.onOff,
  show: (on) => on ? "on" : "off",
};

/** Comma-separated tokens. */
export const AUTH_TOKENS = "SYNTRACK_AUTH_TOKENS";
const ADMIN_USER = "SYNTRACK_ADMIN_USER";
const ADMIN_PASS = "SYNTRACK_ADMIN_PASS";
/** Another tracker signs its sign-ins with this; changing it ends them all. */
const AUTH_SECRET = "AUTH_SECRET";

/** The vault key in base64, for hosts that store secrets but no files. */
const VAULT_KEY = "SYNTRACK_VAULT_KEY";

/** The secret ones: each may also be in a file named by `<NAME>_FILE`. */
export const ACCESS_SECRETS: readonly string[] = [AUTH_TOKENS, ADMIN_PASS, AUTH_SECRET, VAULT_KEY];
export const ACCESS_NAMES: readonly string[] = [ADMIN_USER, ...ACCESS_SECRETS];

/** Their values; empty or null when not set. */
export interface AccessSecrets {
  readonly tokens: string;
  readonly admin: { readonly name: string; readonly password: string } | null;
  readonly signInSecret: string | null;
  readonly vaultKey: string | null;
}

export function readAccessSecrets(environment: Pick<Environment, "find" | "findSecret">): AccessSecrets {
  const findSecretValue = (name: string) => environment.findSecret(name).found?.value;
  const password = findSecretValue(ADMIN_PASS);
  return {
    tokens: findSecretValue(AUTH_TOKENS) ?? "",
    admin: password === undefined ? null : { name: environment.find(ADMIN_USER)?.value ?? "admin", password },
    signInSecret: findSecretValue(AUTH_SECRET) ?? null,
    vaultKey: findSecretValue(VAULT_KEY) ?? null,
  };
}
