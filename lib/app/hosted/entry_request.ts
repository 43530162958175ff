/** Requests as a hosting platform passes them on, and the answers that need no database. */
import { bracketAddress, isLoopback, peerAddress } from "../../net/address.ts";
import { withSecurityHeaders } from "../../web/headers.ts";

export interface EntryRequest {
  readonly request: Request;
  readonly info: Deno.ServeHandlerInfo;
  /** In the form that the host guard compares. */
  readonly host: string;
}

/**
 * Returns a request as its client sent it. No client is on this machine, so every request is marked as forwarded;
 * the platform ends TLS, and passes on requests for its own names only.
 */
export function readEntry(request: Request, info: Deno.ServeHandlerInfo): EntryRequest {
  const url = new URL(request.url);
  const isDevelopment = isLoopback(url.hostname) || url.hostname === "localhost";
  if (!isDevelopment) url.protocol = "https:";
  const headers = new Headers(request.headers);
  headers.set("via", "1.1 host");
  const port = url.port === "" ? url.protocol === "https:" ? "443" : "80" : url.port;
  const { method, body } = request;
  const own = peerAddress("hostname" in info.remoteAddr ? info.remoteAddr.hostname : "");
  const hostname = own !== null && isLoopback(own) ? findForwardedFor(headers) ?? own : own;
  return {
    request: new Request(url, { method, headers, body }),
    info: {
      completed: info.completed,
      remoteAddr: hostname === null ? info.remoteAddr : { transport: "tcp", hostname, port: 0 },
    },
    host: `${bracketAddress(url.hostname.replace(/^\[|\]$/g, ""))}:${port}`,
  };
}

/** Returns the last address, which the nearest proxy saw; a client may have invented the others. */
function findForwardedFor(headers: Headers): string | null {
  return peerAddress(headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "");
}

/** Answers with one sentence on why nothing can be answered: as JSON for programs, as a page for browsers. */
export function refuse({ url }: Pick<Request, "url">, sentence: string): Response {
  const { pathname } = new URL(url);
  const init = { status: 503, headers: { "retry-after": "30", "cache-control": "no-store" } };
  if (pathname === "/api/health") {
    return withSecurityHeaders(Response.json({ status: "failing", trouble: sentence }, init));
  }
  if (pathname.startsWith("/api/")) return withSecurityHeaders(Response.json({ error: sentence }, init));
  const html = `<!doctype html><html lang="en"><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width"><title>Syntrack</title>` +
    `<main><h1>Syntrack cannot answer</h1><p>${escapeHtml(sentence)}</p></main></html>`;
  const headers = { ...init.headers, "content-type": "text/html; charset=utf-8" };
  return withSecurityHeaders(new Response(html, { ...init, headers }));
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
