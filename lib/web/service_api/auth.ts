/** Signing in, and keys, in the format of the service API. */
import type { Context } from "fresh";
import type { AccessErrorKind, ApiKey, SignedIn } from "../../access/access.ts";
import { unixSeconds } from "../../formats/service_api/figures.ts";
import { failureJson, json } from "../answer.ts";
import type { ApiHandlers } from "../answer.ts";
import { readCredentials } from "../credentials.ts";
import type { State } from "../state.ts";
import { serviceApi } from "./answer.ts";

type Handler = NonNullable<ApiHandlers["GET"]>;

const STATUSES: Readonly<Record<AccessErrorKind, number>> = {
  absent: 404,
  taken: 409,
  invalid: 400,
  last: 409,
  closed: 403,
  wrong: 403,
  limited: 429,
  stale: 401,
};

/** Like `serviceApi`, with access errors in their own words. */
export function authApi(
  handlers: ApiHandlers,
  statuses: Partial<Record<AccessErrorKind, number>> = {},
): Handler {
  const wrapped = Object.entries(handlers).map(([method, handler]: [string, Handler]) => [
    method,
    async (ctx: Context<State>) => {
      try {
        return await handler(ctx);
      } catch (error) {
        // By name, since bundles may hold two copies of the class.
        if (!(error instanceof Error) || error.name !== "AccessError") throw error;
        const kind = Reflect.get(error, "kind") as AccessErrorKind;
        return json({ error: error.message }, { status: statuses[kind] ?? STATUSES[kind] });
      }
    },
  ]);
  return serviceApi(Object.fromEntries(wrapped));
}

/** The answer to a sign-in: the token is shown only once, and is valid as `Authorization: Bearer`. */
export function signedInJson({ secret, principal }: SignedIn) {
  return { token: secret, user: { id: principal.id, username: principal.name } };
}

/** Gives the same answer and does the same work, whatever was wrong. */
export function refuseSignIn(
  ctx: Context<State>,
  refused: { readonly refused: string; readonly retryAfterMs?: number },
): Response {
  if (refused.refused !== "limited") return json({ error: "Invalid credentials" }, { status: 401 });
  const seconds = Math.ceil((refused.retryAfterMs ?? 0) / 1000);
  const message = `Too many attempts: try again in ${seconds} s`;
  return failureJson(ctx, { status: 429, title: "Too many attempts", message }, {
    "retry-after": String(seconds),
  });
}

/** Ends the sign-in whose token or cookie came with the request; a key stays, since it is not a sign-in. */
export async function endSignIn({ req, state }: Context<State>): Promise<void> {
  const { token, cookie } = readCredentials(req, state.client, false);
  for (const secret of [token, cookie]) if (secret !== null) await state.services.access.signOut(secret);
}

/** The caller. Only people have a creation time: for all others it is 0. */
export async function meJson({ principal, services }: State) {
  const { id, name, kind } = principal!;
  const person = kind === "person"
    ? (await services.access.people.list()).find((one) => one.name === name)
    : undefined;
  return { id, username: name, createdAt: unixSeconds(person?.createdAt ?? 0) };
}

export function keyJson({ id, name, prefix, createdAt, usedAt, scopes, expiresAt }: ApiKey) {
  return {
    id,
    name,
    keyPrefix: prefix,
    createdAt: unixSeconds(createdAt),
    lastUsedAt: usedAt === null ? null : unixSeconds(usedAt),
    scopes,
    expiresAt: expiresAt === null ? null : unixSeconds(expiresAt),
  };
}
