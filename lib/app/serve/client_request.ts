/**
 * Interprets a request with the headers of the proxies in front of the server: the client, the scheme and
 * name, and the path prefix. Headers from an untrusted address are ignored.
 */
import type { ListenConfig } from "../../config/listen_options.ts";
import { peerAddress } from "../../net/address.ts";
import { checkPrefix, readForwarded } from "../../net/forwarded.ts";
import { type Identity, identityHeaders, type IdentityRules, readIdentity } from "../../net/identity.ts";
import { createSubnets } from "../../net/subnets.ts";
import type { ListenInfo } from "../listen/listen.ts";

export interface ClientRequest {
  readonly request: Request;
  readonly info: ListenInfo & { readonly identity: Identity | null };
  /** The path prefix under which browsers see the server; empty for none. */
  readonly basePath: string;
}

export interface RequestReader {
  /** The request as the client sent it, or an answer that needs no handler. */
  read(request: Request, info: ListenInfo): ClientRequest | Response;
  /** Reports whether an address is a trusted proxy's. */
  isProxy(address: string): boolean;
}

/** Headers that proxies add, replaced by one that says what is known. */
const PROXY_HEADERS: readonly string[] = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-forwarded-proto",
  "x-real-ip",
];

export function createRequestReader(listen: ListenConfig): RequestReader {
  const trusted = createSubnets(listen.trustedProxies);
  const rules: IdentityRules = {
    userHeader: listen.authHeader,
    groupsHeader: listen.authGroupsHeader,
    tailscale: listen.trustTailscaleIdentity,
    roles: listen.authRoles,
  };
  const ofIdentity = identityHeaders(rules);
  const isPlain = listen.basePath === "" && listen.trustedProxies.length === 0;

  return {
    isProxy: (address) => trusted.has(address),
    read(request, info) {
      const hasIdentity = ofIdentity.some((name) => request.headers.has(name));
      if (isPlain && !hasIdentity) return { request, info: { ...copy(info), identity: null }, basePath: "" };
      const headers = new Headers(request.headers);
      const { remoteAddr } = info;
      const peer = "hostname" in remoteAddr ? peerAddress(remoteAddr.hostname) : null;
      const forwarded = readForwarded(headers, peer, trusted);
      const identity = forwarded && readIdentity(headers, rules);
      for (const name of ofIdentity) headers.delete(name);
      // A client that came through a proxy, or claims to, is not simply the owner at this machine.
      if (forwarded || hasIdentity) headers.set("via", "1.1 proxy");
      const url = new URL(request.url);
      if (forwarded) {
        for (const name of PROXY_HEADERS) headers.delete(name);
        if (forwarded.protocol) url.protocol = `${forwarded.protocol}:`;
        if (forwarded.host) {
          headers.set("host", forwarded.host);
          if (!setHost(url, forwarded.host)) return answerMalformed();
        }
      }
      const basePath = forwarded?.prefix ?? listen.basePath;
      if (basePath !== "") {
        if (url.pathname === basePath) return toFolder(request, url, basePath);
        if (url.pathname.startsWith(`${basePath}/`)) url.pathname = url.pathname.slice(basePath.length);
        renameCookies(headers);
      }
      const { method, body } = request;
      return {
        request: new Request(url, { method, headers, body }),
        info: {
          ...copy(info),
          identity,
          remoteAddr: forwarded && forwarded.address !== null
            ? { transport: "tcp", hostname: forwarded.address, port: 0 }
            : remoteAddr,
        },
        basePath,
      };
    },
  };
}

/** Copies the fields one by one: Deno's are accessors and would be lost. */
function copy({ remoteAddr, completed, secure, localAddress, upgrade }: ListenInfo): ListenInfo {
  return { remoteAddr, completed, secure, localAddress, ...upgrade && { upgrade } };
}

function setHost(url: URL, host: string): boolean {
  const whole = `${url.protocol}//${host}/`;
  if (!URL.canParse(whole)) return false;
  const { username, password, pathname, search } = new URL(whole);
  if (username !== "" || password !== "" || pathname !== "/" || search !== "") return false;
  url.host = host;
  // An earlier port does not belong to the new host.
  if (!/:\d+$/.test(host)) url.port = "";
  return true;
}

function answerMalformed(): Response {
  return new Response("Cannot answer: X-Forwarded-Host contains no host\n", {
    status: 400,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}

/** Links and cookies apply below the prefix, so its address ends with a slash. */
function toFolder({ method }: Request, { search }: URL, basePath: string): Response {
  if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 404 });
  return new Response(null, { status: 308, headers: { location: `${basePath}/${search}` } });
}

/** `__Host-` requires a whole host. Below a prefix the browser keeps the cookie as `__Secure-`. */
function renameCookies(headers: Headers): void {
  const cookies = headers.get("cookie");
  if (cookies?.includes("__Secure-")) {
    headers.set("cookie", cookies.replaceAll(/(^|;\s*)__Secure-/g, "$1__Host-"));
  }
}

export { checkPrefix };
