/**
 * What a request is once the proxies in front of the server were heard: who asks, by which scheme and name, and below
 * which path. From an address that is not trusted none of that counts.
 */
import type { ListenConfig } from "../../config/listen_options.ts";
import { peerAddress } from "../../net/address.ts";
import { checkPrefix, readForwarded } from "../../net/forwarded.ts";
import { type Identity, identityHeaders, type IdentityRules, readIdentity } from "../../net/identity.ts";
import { createSubnets } from "../../net/subnets.ts";
import type { ListenInfo } from "../listen/listen.ts";

export interface Entered {
  readonly request: Request;
  readonly info: ListenInfo & { readonly identity: Identity | null };
  /** The path below which the browser sees the server, or nothing. */
  readonly basePath: string;
}

export interface Entrance {
  /** The request as it was meant, or an answer that needs nobody. */
  enter(request: Request, info: ListenInfo): Entered | Response;
  /** Whether an address is that of a trusted proxy. */
  isProxy(address: string): boolean;
}

/** What proxies add, replaced by one that says what is known. */
const OF_PROXIES: readonly string[] = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-forwarded-proto",
  "x-real-ip",
];

export function createEntrance(listen: ListenConfig): Entrance {
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
    enter(request, info) {
      const hasIdentity = ofIdentity.some((name) => request.headers.has(name));
      if (isPlain && !hasIdentity) return { request, info: { ...copy(info), identity: null }, basePath: "" };
      const headers = new Headers(request.headers);
      const { remoteAddr } = info;
      const peer = "hostname" in remoteAddr ? peerAddress(remoteAddr.hostname) : null;
      const forwarded = readForwarded(headers, peer, trusted);
      const identity = forwarded && readIdentity(headers, rules);
      for (const name of ofIdentity) headers.delete(name);
      // Whoever comes through a proxy, or says so, is not simply the owner in front of the machine.
      if (forwarded || hasIdentity) headers.set("via", "1.1 proxy");
      const url = new URL(request.url);
      if (forwarded) {
        for (const name of OF_PROXIES) headers.delete(name);
        if (forwarded.protocol) url.protocol = `${forwarded.protocol}:`;
        if (forwarded.host) {
          headers.set("host", forwarded.host);
          if (!setHost(url, forwarded.host)) return malformed();
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

/** Its fields one by one: those of Deno are accessors, and would be lost. */
function copy({ remoteAddr, completed, secure, localAddress, upgrade }: ListenInfo): ListenInfo {
  return { remoteAddr, completed, secure, localAddress, ...upgrade && { upgrade } };
}

function setHost(url: URL, host: string): boolean {
  const whole = `${url.protocol}//${host}/`;
  if (!URL.canParse(whole)) return false;
  const { username, password, pathname, search } = new URL(whole);
  if (username !== "" || password !== "" || pathname !== "/" || search !== "") return false;
  url.host = host;
  // A port that was there before is not that of the host.
  if (!/:\d+$/.test(host)) url.port = "";
  return true;
}

function malformed(): Response {
  return new Response("Cannot answer: X-Forwarded-Host names no host\n", {
    status: 400,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}

/** Links and cookies hold below the folder, so it is entered by its whole name. */
function toFolder({ method }: Request, { search }: URL, basePath: string): Response {
  if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 404 });
  return new Response(null, { status: 308, headers: { location: `${basePath}/${search}` } });
}

/** `__Host-` holds for whole hosts only. Below a path the browser keeps the cookie as `__Secure-`. */
function renameCookies(headers: Headers): void {
  const cookies = headers.get("cookie");
  if (cookies?.includes("__Secure-")) {
    headers.set("cookie", cookies.replaceAll(/(^|;\s*)__Secure-/g, "$1__Host-"));
  }
}

export { checkPrefix };
