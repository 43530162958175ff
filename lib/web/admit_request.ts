/**
 * Filters requests before Fresh, which fails at some of them before any middleware runs. The app answers
 * everything else, with headers and error pages.
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
 * Returns a request that the app can handle, or the answer to one that it cannot. In a path with broken escapes
 * (`%zz`, or bytes that are not UTF-8), each `%` becomes an ordinary character, so that the app finds nothing
 * there instead of failing to decode it.
 */
export function admitRequest(request: Request): Request | Response {
  if (!METHODS.has(request.method)) {
    return withSecurityHeaders(
      new Response(`Cannot answer: ${request.method} is not a method this server supports`, { status: 501 }),
    );
  }
  if (!request.url.includes("%")) return request;
  const url = new URL(request.url);
  if (canDecode(url.pathname)) return request;
  url.pathname = url.pathname.replaceAll("%", "%25");
  // Do not copy the whole request: that would touch its signal, which makes Deno warn.
  const { method, headers, body } = request;
  return new Request(url, { method, headers, body });
}

function canDecode(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
