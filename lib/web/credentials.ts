/** Reads the credentials of a request, headers and cookie, strictly. None of them is ever logged. */
import { findCookie } from "./preferences.ts";
import type { PresentedCredentials } from "../access/access.ts";
import type { Client } from "../access/access.ts";

/** Over https the browser itself ensures that no other host sets it. */
const SECURE_COOKIE = "__Host-syntrack_session";
const PLAIN_COOKIE = "syntrack_session";
const MAX_BASIC_CHARACTERS = 2048;

/** @param takesBasic whether the route accepts a name and password with each request */
export function readCredentials(
  req: Request,
  client: Client,
  takesBasic: boolean,
): Omit<PresentedCredentials, "identity"> {
  const { headers } = req;
  const [, scheme = "", value = ""] = /^([A-Za-z]+) +(\S+) *$/.exec(headers.get("authorization") ?? "") ?? [];
  const kind = scheme.toLowerCase();
  return {
    client,
    token: headers.get("x-auth-token")?.trim() || (kind === "bearer" ? value : null),
    basic: kind === "basic" && takesBasic ? parseBasic(value) : null,
    cookie: findCookie(headers.get("cookie"), cookieName(client)),
  };
}

/** A header that cannot be parsed is a wrong password, not a missing one. */
function parseBasic(value: string): { readonly name: string; readonly password: string } {
  try {
    if (value.length > MAX_BASIC_CHARACTERS) throw new RangeError("Too long");
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(value));
    const colon = text.indexOf(":");
    if (colon < 0) throw new RangeError("No password");
    return { name: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    return { name: "", password: "" };
  }
}

export function cookieName({ secure }: Client): string {
  return secure ? SECURE_COOKIE : PLAIN_COOKIE;
}

/** The header that makes a browser keep a sign-in. @param maxAgeMs 0 to forget it */
export function signInCookie(client: Client, secret: string, maxAgeMs: number): string {
  return [
    `${cookieName(client)}=${secret}`,
    "Path=/",
    `Max-Age=${Math.floor(maxAgeMs / 1000)}`,
    "HttpOnly",
    "SameSite=Lax",
    ...client.secure ? ["Secure"] : [],
  ].join("; ");
}
