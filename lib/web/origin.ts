/** Whether a request comes from a page of this server, by the Origin header browsers send. */
import { parseHost } from "./hosts.ts";

/**
 * True where no browser sent it, which says nothing of an origin. That it equals the Host header proves nothing, so it
 * is held against the hosts the server was started for.
 */
export function isOwnOrigin(origin: string | null, hosts: ReadonlySet<string>): boolean {
  if (origin === null) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, host, origin: own } = new URL(origin);
  if ((protocol !== "http:" && protocol !== "https:") || own !== origin.toLowerCase()) return false;
  const named = parseHost(host, protocol === "https:" ? "443" : "80");
  return named !== null && hosts.has(named);
}
