/**
 * Reads the claims of tokens. Nothing is verified: the claims decide what to show and whether to
 * poll at all, never whom to trust.
 */
import * as v from "valibot";
import { instantOrNull, isRecord, member } from "./decode.ts";

const JWT = /^[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*$/;
const MAX_TOKEN_CHARACTERS = 32_768;

/** Returns the claims of a JSON web token, or null when it is not one. */
export function parseClaims(token: string): Readonly<Record<string, unknown>> | null {
  const body = token.length > MAX_TOKEN_CHARACTERS ? undefined : JWT.exec(token)?.[1];
  if (body === undefined) return null;
  try {
    const binary = atob(body.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isRecord(claims) ? claims : null;
  } catch {
    return null;
  }
}

/** Returns when a token says it expires, epoch milliseconds; undefined when it does not say. */
export function tokenExpiry(token: string): number | undefined {
  return v.parse(instantOrNull, member(parseClaims(token), "exp")) ?? undefined;
}

/** Returns the SHA-256 of a text, in hex. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Reports whether an identity token was issued with an access token:
 * false when it names another one, null when it does not say.
 */
export async function isIssuedWith(idToken: string, access: string): Promise<boolean | null> {
  const stated = member(parseClaims(idToken), "at_hash");
  if (typeof stated !== "string" || stated === "") return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(access)));
  const half = btoa(String.fromCharCode(...digest.subarray(0, digest.length / 2)));
  return half.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "") === stated.replace(/=+$/, "");
}
