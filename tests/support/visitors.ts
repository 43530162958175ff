/** People, keys and tokens for access tests, and requests from them from another machine. */
import type { AppContext } from "../../lib/app/context.ts";
import type { Client } from "../../lib/access/access.ts";
import { LOCAL_OWNER, type Role, type Scope } from "../../lib/access/principal.ts";
import { assert } from "./assert.ts";
import { type Ask, askApp } from "./web_app.ts";

/** An address that does not belong to this machine. */
export const ELSEWHERE = "192.0.2.7";
export const PASSWORD = "correct horse battery";

export const CLIENT: Client = { address: ELSEWHERE, local: false, secure: false, device: "a test" };

/** Adds a person and signs them in; returns the headers to send. */
export async function signInAs(
  { access }: AppContext,
  role: Role,
  accounts: readonly string[] | null = null,
  name = `${role}-${crypto.randomUUID().slice(0, 8)}`,
): Promise<Readonly<Record<string, string>>> {
  await access.people.add({ name, role, password: PASSWORD, accounts });
  const done = await access.signIn({ name, password: PASSWORD, client: CLIENT });
  assert("secret" in done, "could not sign in");
  return { cookie: `syntrack_session=${done.secret}` };
}

/** Creates a key with these scopes; returns the headers to send. */
export async function createKey(
  { access }: AppContext,
  scopes: readonly Scope[],
): Promise<Readonly<Record<string, string>>> {
  const { secret } = await access.keys.create({ name: crypto.randomUUID(), scopes }, LOCAL_OWNER);
  return { authorization: `Bearer ${secret}` };
}

/** Sends requests with these credentials from another machine. */
export function askAs(services: AppContext, who: Readonly<Record<string, string>>, from = ELSEWHERE): Ask {
  const ask = askApp(services, from);
  return (path, init = {}) =>
    ask(path, { ...init, headers: { ...who, ...init.headers as Record<string, string> } });
}
