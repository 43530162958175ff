/** Checks settings that need one another. */
import type { ListenConfig } from "../../config/listen_options.ts";
import { ListenRefused } from "./permit.ts";

/** @throws {ListenRefused} */
export function checkConsistent(listen: ListenConfig): void {
  const { tlsCert, tlsKey, trustedProxies, authHeader, authGroupsHeader, trustTailscaleIdentity } = listen;
  if ((tlsCert === null) !== (tlsKey === null)) {
    const [given, missing] = tlsCert === null ? ["--tls-key", "--tls-cert"] : ["--tls-cert", "--tls-key"];
    throw new ListenRefused(
      `Cannot serve https: ${given} is set without ${missing}`,
      `Set ${missing} as well`,
    );
  }
  const byProxy = [
    ...authHeader === null ? [] : ["--auth-header"],
    ...authGroupsHeader === null ? [] : ["--auth-groups-header"],
    ...trustTailscaleIdentity ? ["--trust-tailscale-identity"] : [],
  ];
  if (byProxy.length > 0 && trustedProxies.length === 0) {
    throw new ListenRefused(
      `${byProxy.join(" and ")} would have no effect: no proxy is trusted`,
      "Name the address the proxy connects from with --trusted-proxy, such as 127.0.0.1",
    );
  }
  if (authGroupsHeader !== null && authHeader === null && !trustTailscaleIdentity) {
    throw new ListenRefused("--auth-groups-header is set without --auth-header", "Set --auth-header as well");
  }
}

/** Reports whether a trusted proxy can identify users. */
export function signsInByProxy(
  { trustedProxies, authHeader, trustTailscaleIdentity }: ListenConfig,
): boolean {
  return trustedProxies.length > 0 && (authHeader !== null || trustTailscaleIdentity);
}
