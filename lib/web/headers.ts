/**
 * Security headers of every answer. Everything a page needs comes from this server,
 * so the policy allows nothing else; inline scripts need the nonce of their page.
 * There is no `upgrade-insecure-requests`: on a plain http address in a home network browsers would then try
 * https, where no server answers.
 */
import type { Middleware } from "fresh";
import { canonicalAddress } from "../net/address.ts";
import type { State } from "./state.ts";

/** Fresh exposes the nonce of a page it rendered under this registered symbol. */
const NONCE = Symbol.for("__freshNonce");

const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  // Other sites learn nothing. Our own pages get a referrer, since without it browsers send `Origin: null`
  // with forms.
  ["referrer-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  [
    "permissions-policy",
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), " +
    "microphone=(), midi=(), payment=(), usb=()",
  ],
];

/** Adds the headers to the answers of all later middlewares and routes. */
export function securityHeaders(): Middleware<State> {
  return async (ctx) => withSecurityHeaders(await ctx.next());
}

/**
 * Returns the response with the headers. Error pages are made outside of all middlewares and have to call it
 * themselves.
 */
export function withSecurityHeaders(response: Response): Response {
  const { headers } = response;
  for (const [name, value] of HEADERS) {
    // Images for other pages set themselves who may show them.
    if (name !== "cross-origin-resource-policy" || !headers.has(name)) headers.set(name, value);
  }
  headers.set("content-security-policy", policyFor(readNonce(response)));
  // Static files bring their own rule; figures and pages must not be found on a disk later. When nothing
  // changed, the rule of the answer that the browser has stays in force.
  if (response.status !== 304 && !headers.has("cache-control")) headers.set("cache-control", "no-store");
  return response;
}

const YEAR_S = 31_536_000;

/**
 * Adds the header for https with a certificate of our own: from then on browsers use https only. Not for this
 * machine's own names, which other programs on other ports share.
 */
export function withStrictTransport(response: Response, { url }: Pick<Request, "url">): Response {
  const { hostname } = new URL(url);
  const isName = canonicalAddress(hostname) === null && hostname !== "localhost";
  if (!isName) return response;
  const headers = new Headers(response.headers);
  headers.set("strict-transport-security", `max-age=${YEAR_S}`);
  const { status, statusText, body } = response;
  return new Response(body, { status, statusText, headers });
}

/** @param nonce of the page's inline scripts; null for answers that are not pages */
export function policyFor(nonce: string | null): string {
  return [
    "default-src 'none'",
    `script-src 'self'${nonce === null ? "" : ` 'nonce-${nonce}'`}`,
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Returns the page with the nonce of its inline scripts. */
export function withNonce(response: Response, nonce: string): Response {
  return Object.defineProperty(response, NONCE, { value: nonce });
}

/** Returns the nonce of a page that Fresh rendered, or null. */
export function readNonce(response: Response): string | null {
  const nonce: unknown = Reflect.get(response, NONCE);
  return typeof nonce === "string" && nonce !== "" ? nonce : null;
}
