/**
 * The web server around the built application: binds, serves, and stops in an order that
 * leaves nobody hanging.
 *
 * It may import the composition root and `lib/web`; it decides nothing about requests.
 */
import type { Composed } from "./compose.ts";
import { listen } from "./listen/listen.ts";
import { enter, METHODS } from "../web/enter.ts";
import { secured } from "../web/headers.ts";
import { hostsOf } from "../web/hosts.ts";
import { requestInfo } from "../web/state.ts";

export interface ServerOptions {
  readonly composed: Composed;
  /** A loopback address or name. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface RunningServer {
  /** For people: `http://127.0.0.1:9211`. */
  readonly url: string;
  readonly port: number;
  /** No new requests, live streams ended, polls under way given a few seconds. */
  stop(): Promise<void>;
}

/** Names by which this machine may be asked for its own dashboard. */
const LOOPBACK_NAMES: readonly string[] = ["127.0.0.1", "localhost", "::1"];

interface BuiltApp {
  readonly default: { readonly fetch: (request: Request, info: unknown) => Promise<Response> };
}

/**
 * Binds and serves.
 *
 * @throws {Deno.errors.AddrInUse} when the port is taken
 */
export async function startServer({ composed, host, port }: ServerOptions): Promise<RunningServer> {
  // By a computed address, because the build makes it: type checking must not depend on it.
  const { default: app }: BuiltApp = await import(new URL("../../_fresh/server.js", import.meta.url).href);
  const hosts = new Set<string>();
  const services = composed.services(hosts);
  const server = await listen({
    hostname: host,
    port,
    methods: METHODS,
    dress: secured,
    failed(error) {
      services.log.error("A request failed", { error: error instanceof Error ? error.message : "unknown" });
      return secured(new Response("The request failed", { status: 500 }));
    },
    handler(request, info) {
      const entered = enter(request);
      return entered instanceof Response ? entered : app.fetch(entered, requestInfo(services, info));
    },
  });
  const bound = server.port;
  for (const name of hostsOf(bound, [...LOOPBACK_NAMES, host])) hosts.add(name);

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    port: bound,
    async stop() {
      // Open streams would keep the server waiting for ever, so they end first.
      composed.hub.close();
      await Promise.all([server.stop(), composed.stop()]);
    },
  };
}
