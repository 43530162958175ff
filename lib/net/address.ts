/**
 * Canonical IPv4 and IPv6 addresses, and the kind of network they are in. An IPv4 address that arrives over
 * an IPv6 socket (`::ffff:192.168.1.5`) counts as IPv4.
 */
import { BlockList, isIPv4, isIPv6 } from "node:net";

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Returns the canonical form of an address, or null when it is
 * invalid. Accepts brackets, but no zone (`%eth0`) and no port.
 */
export function canonicalAddress(text: string): string | null {
  const bare = text.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare) || bare.includes("%")) return null;
  const short = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const mapped = MAPPED.exec(short);
  if (!mapped) return short;
  const [high, low] = [mapped[1]!, mapped[2]!].map((part) => parseInt(part, 16)) as [number, number];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** Returns the peer address of a socket, without the zone of a link-local one. */
export function peerAddress(text: string | undefined): string | null {
  return text === undefined ? null : canonicalAddress(text.replace(/%.*$/, ""));
}

/** Formats an address for a URL or a Host header. */
export function bracketAddress(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** Formats `http://[::1]:9211`. */
export function formatOrigin(protocol: "http" | "https", address: string, port: number): string {
  return `${protocol}://${bracketAddress(address)}:${port}`;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Tailscale's address ranges: shared IPv4 address space, and its own IPv6 prefix. */
const TAILNET = new BlockList();
TAILNET.addSubnet("100.64.0.0", 10, "ipv4");
TAILNET.addSubnet("fd7a:115c:a1e0::", 48, "ipv6");

export function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

/** @param address in canonical form; also accepts the name `localhost` */
export function isLoopback(address: string): boolean {
  return address === "localhost" || isIn(LOOPBACK, address);
}

export function isTailnet(address: string): boolean {
  return isIn(TAILNET, address);
}

/** Reports whether it means all addresses of the machine. */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/**
 * Returns the unit that shares a connection limit: an IPv4
 * address, or a /64 network of IPv6, which one user has.
 */
export function peerGroup(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === "" ? [] : tail.split(":");
  const missing = address.includes("::") ? 8 - before.length - after.length : 0;
  const all = [...before, ...new Array<string>(Math.max(0, missing)).fill("0"), ...after];
  return `${all.slice(0, 4).join(":")}::/64`;
}
