/** The settings that say who may come in besides the people and keys of the database. */
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

/** Tokens, between commas. */
export const AUTH_TOKENS = "SYNTRACK_AUTH_TOKENS";
const ADMIN_USER = "SYNTRACK_ADMIN_USER";
const ADMIN_PASS = "SYNTRACK_ADMIN_PASS";
/** Another tracker signs its sign-ins with it; changing it ends them all. */
const AUTH_SECRET = "AUTH_SECRET";

/** The key of stored secrets in base64, where the host keeps secrets and no files. */
const VAULT_KEY = "SYNTRACK_VAULT_KEY";

/** Those that are secret: each may also stand in a file that `<NAME>_FILE` names. */
export const ACCESS_SECRETS: readonly string[] = [AUTH_TOKENS, ADMIN_PASS, AUTH_SECRET, VAULT_KEY];
export const ACCESS_NAMES: readonly string[] = [ADMIN_USER, ...ACCESS_SECRETS];

/** What they hold. Empty of what is not set. */
export interface AccessSecrets {
  readonly tokens: string;
  readonly admin: { readonly name: string; readonly password: string } | null;
  readonly signInSecret: string | null;
  readonly vaultKey: string | null;
}

export function readAccessSecrets(environment: Pick<Environment, "find" | "findSecret">): AccessSecrets {
  const secret = (name: string) => environment.findSecret(name).found?.value;
  const password = secret(ADMIN_PASS);
  return {
    tokens: secret(AUTH_TOKENS) ?? "",
    admin: password === undefined ? null : { name: environment.find(ADMIN_USER)?.value ?? "admin", password },
    signInSecret: secret(AUTH_SECRET) ?? null,
    vaultKey: secret(VAULT_KEY) ?? null,
  };
}
