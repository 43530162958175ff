/** What signing in and out answers: a cookie, and back to a page of ours. */
import type { Context } from "fresh";
import type { SignedIn } from "../access/access.ts";
import { returnPath } from "../access/routes.ts";
import { cookieName, signInCookie } from "./credentials.ts";
import { cookieOf } from "./preferences.ts";
import type { State } from "./state.ts";

/** @param wanted where they came from; anything but a page of ours is the overview */
export function welcome(
  ctx: Context<State>,
  { secret, expiresAt }: SignedIn,
  wanted: string | null,
): Response {
  const { client, services } = ctx.state;
  const response = ctx.redirect(returnPath(wanted), 303);
  response.headers.append("set-cookie", signInCookie(client, secret, expiresAt - services.access.now()));
  return response;
}

/** Ends the sign-in, here and in the browser, which forgets the pages it kept as well. */
export async function signOut(ctx: Context<State>): Promise<Response> {
  const { client, services } = ctx.state;
  const secret = cookieOf(ctx.req.headers.get("cookie"), cookieName(client));
  if (secret !== null) await services.access.signOut(secret);
  const response = ctx.redirect("/login?done=signed-out", 303);
  response.headers.append("set-cookie", signInCookie(client, "", 0));
  response.headers.set("clear-site-data", '"cache", "storage"');
  return response;
}

/** The text for somebody whose sign-in failed: the same whatever was wrong. */
export function refusalWords(refused: { readonly refused: string; readonly retryAfterMs?: number }): string {
  return refused.refused === "limited"
    ? `Too many attempts: try again in ${Math.ceil((refused.retryAfterMs ?? 0) / 1000)} seconds`
    : "That name and password open nothing";
}
