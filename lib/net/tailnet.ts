/**
 * This machine's addresses and name in a tailnet, from the
 * output of `tailscale` or from its interfaces. Pure.
 */
import { canonicalAddress, isTailnet } from "./address.ts";

export interface TailnetStatus {
  /** As the command reports it: `Running`, `Stopped`, `NeedsLogin`. */
  readonly state: string;
  readonly addresses: readonly string[];
  /** `machine.tail1234.ts.net`, if MagicDNS provides one. */
  readonly name: string | null;
}

/** Parses the output of `tailscale status --json`; null when it is something else. */
export function readTailscaleStatus(text: string): TailnetStatus | null {
  const status = parseJson(text);
  if (!isRecord(status)) return null;
  const self = isRecord(status.Self) ? status.Self : {};
  const listed = Array.isArray(self.TailscaleIPs) ? self.TailscaleIPs : status.TailscaleIPs;
  const addresses = (Array.isArray(listed) ? listed : []).flatMap((one) => {
    const address = typeof one === "string" ? canonicalAddress(one) : null;
    return address === null ? [] : [address];
  });
  const name = typeof self.DNSName === "string" ? self.DNSName.replace(/\.$/, "").toLowerCase() : "";
  return {
    state: typeof status.BackendState === "string" ? status.BackendState : "unknown",
    addresses: ipv4First(addresses),
    name: /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(name) ? name : null,
  };
}

export interface NetworkInterface {
  readonly name: string;
  readonly address: string;
}

/**
 * Returns tailnet addresses of the interfaces; only of interfaces named after Tailscale if there are any,
 * because carriers use the range too.
 */
export function tailnetAddresses(interfaces: readonly NetworkInterface[]): readonly string[] {
  const found = interfaces.flatMap(({ name, address }) => {
    const own = canonicalAddress(address);
    return own !== null && isTailnet(own) ? [{ isNamed: /tailscale/i.test(name), name, address: own }] : [];
  });
  const named = found.filter(({ isNamed }) => isNamed);
  const [first] = named.length > 0 ? named : found;
  return ipv4First(found.filter(({ name }) => name === first?.name).map(({ address }) => address));
}

function ipv4First(addresses: readonly string[]): readonly string[] {
  const unique = [...new Set(addresses)];
  return [...unique.filter((one) => !one.includes(":")), ...unique.filter((one) => one.includes(":"))];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
