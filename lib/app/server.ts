/**
 * The web server around the built application: binds, serves, and stops in an order that
 * leaves nobody hanging.
 *
 * It may import the composition root and `lib/web`; it decides nothing about requests.
 */
import type { Composed } from "./compose.ts";
import { moduleAddress } from "../base/address.ts";
import { listen } from "./listen/listen.ts";
import { createCompressor } from "../web/compress.ts";
import { admitRequest, METHODS } from "../web/admit_request.ts";
import { withSecurityHeaders } from "../web/headers.ts";
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

export class NotBuilt extends Error {}

async function checkBuilt(address: string): Promise<void> {
  try {
    await Deno.stat(new URL(address));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new NotBuilt(`Cannot serve the dashboard: there is no ${address}`);
  }
}

/**
 * Binds and serves.
 *
 * @throws {NotBuilt} when the dashboard is not built
 * @throws {Deno.errors.AddrInUse} when the port is taken
 */
export async function startServer({ composed, host, port }: ServerOptions): Promise<RunningServer> {
  // By a computed address, because the build makes it: type checking must not depend on it.
  const address = moduleAddress("_fresh/server.js", "server");
  await checkBuilt(address);
  // Not before somebody asks: a program that only polls needs none of it.
  let loaded: Promise<BuiltApp> | undefined;
  const hosts = new Set<string>();
  const services = composed.services(hosts);
  const compress = createCompressor();
  const server = await listen({
    hostname: host,
    port,
    methods: METHODS,
    dress: withSecurityHeaders,
    failed(error) {
      services.log.error("A request failed", { error: error instanceof Error ? error.message : "unknown" });
      return withSecurityHeaders(new Response("The request failed", { status: 500 }));
    },
    async handler(request, info) {
      const entered = admitRequest(request);
      if (entered instanceof Response) return entered;
      const { default: app } = await (loaded ??= import(address));
      return await compress(request, await app.fetch(entered, requestInfo(services, info)));
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
