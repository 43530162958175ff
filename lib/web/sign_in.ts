/** Answers to signing in and out: a cookie, and a redirect to a page of ours. */
import type { Context } from "fresh";
import type { SignedIn } from "../access/access.ts";
import { returnPath } from "../access/routes.ts";
import { cookieName, signInCookie } from "./credentials.ts";
import { findCookie } from "./preferences.ts";
import type { State } from "./state.ts";

/** @param wanted the page they came from; anything but a page of ours means the overview */
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

/** Ends the sign-in, here and in the browser, which also drops its cached pages. */
export async function signOut(ctx: Context<State>): Promise<Response> {
  const { client, services } = ctx.state;
  const secret = findCookie(ctx.req.headers.get("cookie"), cookieName(client));
  if (secret !== null) await services.access.signOut(secret);
  const response = ctx.redirect("/login?done=signed-out", 303);
  response.headers.append("set-cookie", signInCookie(client, "", 0));
  response.headers.set("clear-site-data", '"cache", "storage"');
  return response;
}

/** The text after a failed sign-in: the same whatever was wrong. */
export function refusalWords(
  refused: { readonly refused: string; readonly retryAfterMs?: number },
  wrong = "That name and password are not valid",
): string {
  return refused.refused === "limited"
    ? `Too many attempts: try again in ${toSeconds(refused.retryAfterMs)} s`
    : wrong;
}

/** Answers one attempt too many with a page that is cheap to render. */
export function tooMany(retryAfterMs: number): Response {
  const seconds = toSeconds(retryAfterMs);
  const words = refusalWords({ refused: "limited", retryAfterMs });
  const text =
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Too many attempts - Syntrack</title>` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/styles.css"></head>` +
    `<body><main class="mx-auto max-w-md px-4 py-12"><h1 class="text-2xl font-semibold">Too many attempts</h1>` +
    `<p class="mt-3">${words}.</p><p class="mt-3"><a class="underline" href="/login">Sign in</a></p></main></body></html>`;
  return new Response(text, {
    status: 429,
    headers: { "content-type": "text/html; charset=utf-8", "retry-after": String(seconds) },
  });
}

function toSeconds(ms = 0): number {
  return Math.ceil(ms / 1000);
}
