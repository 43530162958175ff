/** The origin of a request, according to the socket. */
import { plain } from "../base/text.ts";
import { canonicalAddress, isLoopback, peerAddress } from "../net/address.ts";
import type { Client } from "../access/access.ts";

const MAX_DEVICE_CHARACTERS = 200;
/** Headers that proxies add. A request with one of these did not come straight from this machine. */
const PROXY_HEADERS: readonly string[] = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-prefix",
  "x-real-ip",
  "via",
  "tailscale-user-login",
];

/**
 * Describes the client. It is local when the request came over a loopback address or a socket of this machine, to
 * one of its own names, without a proxy's headers. The Host header alone proves nothing, because the client
 * chooses it.
 */
export function describeClient(req: Request, url: URL, remote: Deno.Addr | undefined): Client {
  const address = remote && "hostname" in remote ? peerAddress(remote.hostname) : null;
  const isNear = remote !== undefined && (address === null ? !("hostname" in remote) : isLoopback(address));
  return {
    address,
    local: isNear && isLocalName(url.hostname) && !PROXY_HEADERS.some((name) => req.headers.has(name)),
    secure: url.protocol === "https:",
    device: plain(req.headers.get("user-agent") ?? "", MAX_DEVICE_CHARACTERS),
  };
}

function isLocalName(hostname: string): boolean {
  return isLoopback(canonicalAddress(hostname) ?? hostname.toLowerCase());
}
