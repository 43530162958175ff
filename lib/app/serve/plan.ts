/** Derives from the settings where the server listens, and from how far away it can be reached. Pure. */
import type { ListenConfig } from "../../config/listen_options.ts";
import { isLoopback, isTailnet, isWildcard } from "../../net/address.ts";
import type { Endpoint } from "../listen/listen.ts";

/** Listening everywhere: an IPv6 socket accepts IPv4 as well. */
const EVERYWHERE = "::";
const HERE = "127.0.0.1";

/** How far away clients may be. */
export type Reach = "machine" | "tailnet" | "network";

export function classifyReach(hostname: string): Reach {
  if (isLoopback(hostname)) return "machine";
  return isTailnet(hostname) ? "tailnet" : "network";
}

/** Returns the widest reach of all; only its owner can open a Unix socket. */
export function findFurthest(endpoints: readonly Endpoint[]): Reach {
  const all = endpoints.map((one) => "path" in one ? "machine" : classifyReach(one.hostname));
  return all.includes("network") ? "network" : all.includes("tailnet") ? "tailnet" : "machine";
}

/**
 * Returns each address once, without those that another covers. By default only this machine.
 *
 * @param tailnet addresses in the tailnet, in addition to this machine
 */
export function planEndpoints(
  listen: Pick<ListenConfig, "hosts" | "bindAll" | "unix">,
  port: number,
  tailnet: readonly string[] = [],
): readonly Endpoint[] {
  const named = [...listen.hosts, ...tailnet.length === 0 ? [] : [HERE, ...tailnet]];
  const hosts = withoutCovered(listen.bindAll ? [EVERYWHERE] : named);
  const addresses = hosts.length === 0 && listen.unix === null ? [HERE] : hosts;
  return [
    ...addresses.map((hostname) => ({ hostname, port })),
    ...listen.unix === null ? [] : [{ path: listen.unix }],
  ];
}

function withoutCovered(hosts: readonly string[]): readonly string[] {
  const unique = [...new Set(hosts)];
  if (unique.includes(EVERYWHERE)) return [EVERYWHERE];
  if (!unique.includes("0.0.0.0")) return unique;
  return unique.filter((host) => isWildcard(host) || host.includes(":"));
}
