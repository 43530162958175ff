/**
 * The host guard. A foreign page can point its own name at this machine (DNS rebinding) and would then read
 * the dashboard as its own. So a request is answered only when it names, exactly, a host this server was
 * started for.
 */
import type { Middleware } from "fresh";
import { plain } from "../base/text.ts";
import { bracketAddress, canonicalAddress } from "../net/address.ts";
import { answerRefusal } from "./answer.ts";
import type { State } from "./state.ts";

/** Longest part of a foreign name to repeat. */
const MAX_NAMED = 80;

/** A name, an IPv4 address or an IPv6 address in brackets, with an optional port. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?::(\d{1,5}))?$/;

/**
 * Normalizes a Host header to `name:port`, or null when it is malformed. Two headers arrive joined by a
 * comma, which is malformed.
 *
 * @param defaultPort the port to assume when none is written
 */
export function parseHost(value: string, defaultPort: string): string | null {
  const match = HOST.exec(value.toLowerCase());
  if (!match) return null;
  const port = match[2] ?? defaultPort;
  const name = match[1]!.startsWith("[") ? canonicalAddress(match[1]!) : match[1]!;
  return name === null || Number(port) > 65_535 ? null : `${bracketAddress(name)}:${Number(port)}`;
}

/** The hosts of a server that listens on `port` and is known by `names`; IPv6 addresses without brackets. */
export function listHosts(port: number, names: Iterable<string>): ReadonlySet<string> {
  return new Set([...names].map((name) => `${bracketAddress(name)}:${port}`.toLowerCase()));
}

export function hostGuard(): Middleware<State> {
  return (ctx) => {
    const { url, req, state } = ctx;
    const named = req.headers.get("host");
    const defaultPort = url.protocol === "https:" ? "443" : "80";
    const host = named === null ? null : parseHost(named, defaultPort);
    if (host === null) {
      return answerRefusal(ctx, 400, "Cannot answer: the Host header is missing or malformed");
    }
    // A request line may hold a whole URL, which then overrides the header.
    if (host !== parseHost(url.host, defaultPort)) {
      return answerRefusal(ctx, 400, "Cannot answer: the Host header and the requested address differ");
    }
    if (!state.services.hosts.has(host)) {
      return answerRefusal(
        ctx,
        421,
        `Cannot answer for the host name "${
          plain(host, MAX_NAMED)
        }": open the address the server was started with, ` +
          `or start it with --allow-host ${plain(host.replace(/:\d+$/, ""), MAX_NAMED)}`,
      );
    }
    return ctx.next();
  };
}
