/** Lists of addresses and subnets, as users write them: `10.0.0.0/8`, `192.168.1.5`, `fd00::/8`. */
import { BlockList, isIPv4 } from "node:net";
import { canonicalAddress, isIn } from "./address.ts";

/** Represents peers of the Unix socket, which only its owner can open. */
export const UNIX_PEER = "unix";

/** Returns the canonical form of one entry, or null when it is invalid. */
export function parseSubnet(text: string): string | null {
  const [address = "", bits, ...rest] = text.trim().split("/");
  const base = canonicalAddress(address);
  if (base === null || rest.length > 0) return null;
  if (bits === undefined) return base;
  const max = isIPv4(base) ? 32 : 128;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= max ? `${base}/${Number(bits)}` : null;
}

export interface Subnets {
  /** @param address in canonical form; null for a peer of the Unix socket */
  has(address: string | null): boolean;
}

/** @param entries in the form `parseSubnet` returns, and `unix` */
export function createSubnets(entries: readonly string[]): Subnets {
  const list = new BlockList();
  for (const entry of entries) {
    if (entry === UNIX_PEER) continue;
    const [base = "", bits] = entry.split("/");
    const family = isIPv4(base) ? "ipv4" : "ipv6";
    if (bits === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(bits), family);
  }
  const hasUnix = entries.includes(UNIX_PEER);
  return { has: (address) => address === null ? hasUnix : isIn(list, address) };
}
