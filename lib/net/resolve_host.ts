/** Resolves the host of a URL and classifies the network of each address, before anything is sent there. */
import { bracketAddress } from "./address.ts";
import { type AddressKind, addressKind } from "./address_kind.ts";

export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface ResolvedHost {
  /** True when the URL names an address instead of a name. */
  readonly isAddress: boolean;
  /** True when the runtime may not resolve the name. */
  readonly isRefused: boolean;
  /** Empty when the name was not found. */
  readonly addresses: readonly string[];
  readonly kinds: readonly AddressKind[];
}

/** @param resolve resolves a name; by default with the system's resolver */
export async function resolveHost(
  { hostname }: URL,
  resolve: Resolve = systemAddresses,
): Promise<ResolvedHost> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const isAddress = isAddressText(host);
  let addresses: readonly string[] = [];
  let isRefused = false;
  try {
    addresses = isAddress ? [host] : await resolve(host);
  } catch (error) {
    // Otherwise there is no address, for whatever reason; the runtime's message would add nothing.
    isRefused = error instanceof Error && error.name === "NotCapable";
  }
  return { isAddress, isRefused, addresses, kinds: addresses.map(addressKind) };
}

/**
 * Returns what `--allow-net` must list for requests to a host: an address with its port, but a name without,
 * since the runtime asks for permission to resolve it without one.
 */
export function netPermission(hostname: string, port: number): string {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isAddressText(host) ? `${bracketAddress(host)}:${port}` : host;
}

function isAddressText(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(":");
}

/** Returns the URL with a checked address, so that its name cannot resolve elsewhere a moment later. */
export function pinAddress(url: URL, address: string): URL {
  const pinned = new URL(url);
  pinned.hostname = bracketAddress(address);
  return pinned;
}

async function systemAddresses(hostname: string): Promise<readonly string[]> {
  const { lookup } = await import("node:dns/promises");
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}
