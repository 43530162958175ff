/** From the settings to the places where the server listens, and how far from this machine it can be reached there. Pure. */
import type { ListenConfig } from "../../config/listen_options.ts";
import { isLoopback, isTailnet, isWildcard } from "../../net/address.ts";
import type { Endpoint } from "../listen/listen.ts";

/** What listening everywhere is: a socket of IPv6 takes in IPv4 as well. */
const EVERYWHERE = "::";
const HERE = "127.0.0.1";

/** How far away somebody may be who connects. */
export type Reach = "machine" | "tailnet" | "network";

export function reachOf(hostname: string): Reach {
  if (isLoopback(hostname)) return "machine";
  return isTailnet(hostname) ? "tailnet" : "network";
}

/** The furthest of all places; a Unix socket is opened by its owner only. */
export function furthest(endpoints: readonly Endpoint[]): Reach {
  const all = endpoints.map((one) => "path" in one ? "machine" : reachOf(one.hostname));
  return all.includes("network") ? "network" : all.includes("tailnet") ? "tailnet" : "machine";
}

/**
 * Each address once, without those that another one takes in already. This machine alone where nothing is said.
 *
 * @param tailnet addresses there, which come beside this machine itself
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
