/** The names by which the server may be asked, as a Host header spells them: the guard against DNS rebinding. */
import { isWildcard } from "../../net/address.ts";
import { hostsOf } from "../../web/hosts.ts";
import type { Endpoint } from "../listen/listen.ts";

/** Names by which this machine may be asked for its own dashboard. */
const LOOPBACK_NAMES: readonly string[] = ["127.0.0.1", "localhost", "::1"];
/** Where a name stands without a port, and nobody says what port a proxy has. */
const USUAL_PORTS: readonly number[] = [80, 443];

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
  // What speaks through a Unix socket names no port.
  const overSocket = endpoints.some((one) => "path" in one) ? hostsOf(80, ["localhost"]) : [];
  return new Set([
    ...hostsOf(port, [...LOOPBACK_NAMES, ...addresses]),
    ...overSocket,
    ...allowHosts.flatMap((name) =>
      /^(?:\[[^\]]*\]|[^:]+):\d+$/.test(name)
        ? [name]
        : [port, ...USUAL_PORTS].flatMap((at) => [...hostsOf(at, [name.replace(/^\[(.*)\]$/, "$1")])])
    ),
  ]);
}
