/**
 * Filters requests before Fresh: those at which Fresh fails before any middleware runs never reach it.
 * Everything that passes is answered inside the app, headers and error pages included.
 */
import { withSecurityHeaders } from "./headers.ts";

/** The methods an app can have handlers for. Fresh 2.3.3 fails at any other. */
export const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
]);

/**
 * Returns the request as the app can take it, or the answer to one it cannot take.
 *
 * A path with broken escapes (`%zz`, or bytes that are not UTF-8) matches nothing in it: each `%` is then an
 * ordinary character, so that the app finds nothing there instead of failing to decode it.
 */
export function admitRequest(request: Request): Request | Response {
  if (!METHODS.has(request.method)) {
    return withSecurityHeaders(
      new Response(`Cannot answer: ${request.method} is not a method this server supports`, { status: 501 }),
    );
  }
  if (!request.url.includes("%")) return request;
  const url = new URL(request.url);
  if (decodes(url.pathname)) return request;
  url.pathname = url.pathname.replaceAll("%", "%25");
  // Not copied from the whole request: that would touch its signal, about which Deno warns.
  const { method, headers, body } = request;
  return new Request(url, { method, headers, body });
}

function decodes(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
