/** Reports whether a request comes from a page of this server, by the Origin header browsers send. */
import { parseHost } from "./hosts.ts";

/**
 * True for a request without an origin, which no browser sent. Equality with the Host header proves nothing,
 * so it is compared with the hosts the server was started for.
 */
export function isOwnOrigin(origin: string | null, hosts: ReadonlySet<string>): boolean {
  if (origin === null) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, host, origin: own } = new URL(origin);
  if ((protocol !== "http:" && protocol !== "https:") || own !== origin.toLowerCase()) return false;
  const named = parseHost(host, protocol === "https:" ? "443" : "80");
  return named !== null && hosts.has(named);
}
