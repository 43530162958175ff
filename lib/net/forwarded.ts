/**
 * Reads what proxies in front of the server say about a request. Each proxy appends to `X-Forwarded-For`,
 * so reads it from the right, as long as the next hop is a trusted proxy. Pure.
 */
import { canonicalAddress } from "./address.ts";
import type { Subnets } from "./subnets.ts";

export interface Forwarded {
  /** The client: the first hop from the right that is not a trusted proxy. */
  readonly address: string | null;
  readonly protocol: "http" | "https" | null;
  /** As a Host header would spell it. */
  readonly host: string | null;
  /** The path prefix at which the proxy shows the server, such as `/ai-usage`; null when it sends none. */
  readonly prefix: string | null;
}

const MAX_HOPS = 20;
const PREFIX = /^(?:\/[A-Za-z0-9._~-]+)+$/;
const MAX_PREFIX_CHARACTERS = 200;

/**
 * @param peer address of the socket's other end; null for a Unix socket
 * @returns null when the peer is not trusted, whatever the headers say
 */
export function readForwarded(headers: Headers, peer: string | null, trusted: Subnets): Forwarded | null {
  if (!trusted.has(peer)) return null;
  const hops = parseParts(headers.get("x-forwarded-for"));
  let address = peer;
  let trustedHops = 0;
  for (const hop of hops.reverse().slice(0, MAX_HOPS)) {
    // The previous hop wrote this value; it is reliable because that hop is trusted.
    const next = hopAddress(hop);
    if (next === null) break;
    trustedHops++;
    address = next;
    if (!trusted.has(next)) break;
  }
  const at = (name: string) => valueAt(parseParts(headers.get(name)), trustedHops);
  const protocol = at("x-forwarded-proto")?.toLowerCase();
  return {
    address,
    protocol: protocol === "http" || protocol === "https" ? protocol : null,
    host: at("x-forwarded-host"),
    prefix: checkPrefix(at("x-forwarded-prefix")),
  };
}

/** Returns `/ai-usage`, without a trailing slash; null for an empty value, the root, and invalid paths. */
export function checkPrefix(text: string | null): string | null {
  const prefix = text?.replace(/\/+$/, "") ?? "";
  if (prefix.length > MAX_PREFIX_CHARACTERS || !PREFIX.test(prefix)) return null;
  return prefix.split("/").some((part) => part === "." || part === "..") ? null : prefix;
}

function parseParts(value: string | null): string[] {
  return value === null ? [] : value.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/** Returns the value of the furthest trusted proxy if each of them added one, else the last. */
function valueAt(values: readonly string[], trustedHops: number): string | null {
  return values[Math.max(0, values.length - Math.max(1, trustedHops))] ?? null;
}

/** Some proxies add the port. */
function hopAddress(text: string): string | null {
  return canonicalAddress(text) ?? canonicalAddress(/^\[(.+)\]:\d+$/.exec(text)?.[1] ?? "") ??
    canonicalAddress(/^([\d.]+):\d+$/.exec(text)?.[1] ?? "");
}
