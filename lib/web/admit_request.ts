/**
 * The door in front of Fresh: what Fresh fails at before any middleware has seen it never gets there.
 * Everything that comes through is answered inside the app, headers and error pages included.
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
 * The request as the app may have it, or the answer to one it may not have.
 *
 * A path whose escapes are broken (`%zz`, or bytes that are no UTF-8) names nothing in it: each `%` is
 * then an ordinary character, so that the app finds nothing there instead of failing to decode it.
 */
export function admitRequest(request: Request): Request | Response {
  if (!METHODS.has(request.method)) {
    return withSecurityHeaders(
      new Response(`Cannot answer: ${request.method} is no method this server knows`, { status: 501 }),
    );
  }
  if (!request.url.includes("%")) return request;
  const url = new URL(request.url);
  if (decodes(url.pathname)) return request;
  url.pathname = url.pathname.replaceAll("%", "%25");
  // Not copied from the request as a whole: that would touch its signal, of which Deno warns.
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
