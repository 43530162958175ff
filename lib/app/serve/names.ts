/** The server's names, as a Host header spells them: the guard against DNS rebinding. */
import { isWildcard } from "../../net/address.ts";
import { listHosts } from "../../web/hosts.ts";
import type { Endpoint } from "../listen/listen.ts";

/** Names under which this machine may reach its own dashboard. */
const LOOPBACK_NAMES: readonly string[] = ["127.0.0.1", "localhost", "::1"];
/** Ports assumed for names without one, since a proxy's port is unknown. */
const DEFAULT_PORTS: readonly number[] = [80, 443];

export interface NameParts {
  readonly endpoints: readonly Endpoint[];
  readonly port: number;
  /** `name`, or `name:port`. */
  readonly allowHosts: readonly string[];
}

export function allowedHosts({ endpoints, port, allowHosts }: NameParts): ReadonlySet<string> {
  const addresses = endpoints.flatMap((one) =>
    "path" in one || isWildcard(one.hostname) ? [] : [one.hostname]
  );
  // Clients of a Unix socket send no port.
  const overSocket = endpoints.some((one) => "path" in one) ? listHosts(80, ["localhost"]) : [];
  return new Set([
    ...listHosts(port, [...LOOPBACK_NAMES, ...addresses]),
    ...overSocket,
    ...allowHosts.flatMap((name) =>
      /^(?:\[[^\]]*\]|[^:]+):\d+$/.test(name)
        ? [name]
        : [port, ...DEFAULT_PORTS].flatMap((at) => [...listHosts(at, [name.replace(/^\[(.*)\]$/, "$1")])])
    ),
  ]);
}
