/**
 * The web server around the built application: binds, serves, and stops in an order that
 * leaves nobody hanging.
 *
 * It may import the composition root and `lib/web`; it decides nothing about requests.
 */
import type { ListenConfig } from "../config/listen_options.ts";
import type { Composed } from "./compose.ts";
import { moduleAddress } from "../base/address.ts";
import { bracketed, isWildcard, originOf, peerAddress } from "../net/address.ts";
import { createListener, type Endpoint, type Listener, type ListenInfo } from "./listen/listen.ts";
import { allowedHosts } from "./serve/names.ts";
import { checkPermitted } from "./serve/permit.ts";
import { planEndpoints } from "./serve/plan.ts";
import { createCompressor } from "../web/compress.ts";
import { admitRequest, METHODS } from "../web/admit_request.ts";
import { withSecurityHeaders } from "../web/headers.ts";
import { requestInfo } from "../web/state.ts";

export interface ServerOptions {
  readonly composed: Pick<Composed, "services" | "hub" | "stop">;
  /** 0: any that is free. */
  readonly port: number;
  /** Where else than on this machine alone. */
  readonly listen?: Partial<ListenConfig>;
  /** Whether anybody could sign in, which is asked before others can reach it. Default: nobody. */
  readonly canSignIn?: () => Promise<boolean>;
}

export interface RunningServer {
  /** For people: `http://127.0.0.1:9211`. */
  readonly url: string;
  /** All of them, the nearest first; a Unix socket is `unix:/path`. */
  readonly urls: readonly string[];
  readonly port: number;
  /** What whoever started it should know, a sentence each. */
  readonly warnings: readonly string[];
  /** No new requests, live streams ended, polls under way given a few seconds. */
  stop(): Promise<void>;
}

export { ListenRefused } from "./serve/permit.ts";

interface BuiltApp {
  readonly default: { readonly fetch: (request: Request, info: unknown) => Promise<Response> };
}

export class NotBuilt extends Error {}

/** One of the places could not be bound; `cause` is the error of the system. */
export class CannotBind extends Error {
  override readonly name = "CannotBind";
  readonly endpoint: Endpoint;

  constructor(endpoint: Endpoint, cause: unknown) {
    super(`Cannot listen on ${"path" in endpoint ? endpoint.path : endpoint.hostname}`, { cause });
    this.endpoint = endpoint;
  }
}

async function checkBuilt(address: string): Promise<void> {
  try {
    await Deno.stat(new URL(address));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new NotBuilt(`Cannot serve the dashboard: there is no ${address}`);
  }
}

const ONLY_HERE: ListenConfig = {
  hosts: [],
  bindAll: false,
  unix: null,
  allowHosts: [],
  allowPlainHttp: true,
};

/**
 * Binds and serves.
 *
 * @throws {NotBuilt} when the dashboard is not built
 * @throws {ListenRefused} when it must not be reachable there
 * @throws {CannotBind} when a port or a socket is taken, not allowed, or no address of this machine
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { composed, port, canSignIn = () => Promise.resolve(false) } = options;
  const listen: ListenConfig = { ...ONLY_HERE, ...options.listen };
  const endpoints = planEndpoints(listen, port);
  const { allowPlainHttp } = listen;
  const warnings = await checkPermitted({ endpoints, secure: false, allowPlainHttp, canSignIn });
  // By a computed address, because the build makes it: type checking must not depend on it.
  const address = moduleAddress("_fresh/server.js", "server");
  await checkBuilt(address);
  // Not before somebody asks: a program that only polls needs none of it.
  let loaded: Promise<BuiltApp> | undefined;
  const hosts = new Set<string>();
  const services = composed.services(hosts);
  const compress = createCompressor();
  const isEverywhere = endpoints.some((one) => "hostname" in one && isWildcard(one.hostname));
  const listener = createListener({
    methods: METHODS,
    dress: withSecurityHeaders,
    failed(error, info) {
      services.log.error("A request failed", {
        peer: peerText(info),
        error: error instanceof Error ? error.message : "unknown",
      });
      return withSecurityHeaders(new Response("The request failed", { status: 500 }));
    },
    async handler(request, info) {
      if (isEverywhere) learnAddress(info);
      const entered = admitRequest(request);
      if (entered instanceof Response) return entered;
      const { default: app } = await (loaded ??= import(address));
      return await compress(request, await app.fetch(entered, requestInfo(services, info)));
    },
  });

  /** The address somebody reached is this machine's own, whichever it has by now. */
  function learnAddress({ localAddress }: ListenInfo): void {
    const own = peerAddress(localAddress ?? undefined);
    if (own !== null) hosts.add(`${bracketed(own)}:${bound}`);
  }

  const bound = await openAll(listener, endpoints);
  for (const name of allowedHosts({ endpoints, port: bound, allowHosts: listen.allowHosts })) hosts.add(name);
  const urls = endpoints.map((one) => urlOf(one, bound));

  return {
    url: urls[0]!,
    urls,
    port: bound,
    warnings,
    async stop() {
      // Open streams would keep the server waiting for ever, so they end first.
      composed.hub.close();
      await Promise.all([listener.stop(), composed.stop()]);
    },
  };
}

const MAX_ATTEMPTS = 8;

/** Binds all of them, at one port: where any will do, one that is free at every address. @throws {CannotBind} */
async function openAll(listener: Listener, endpoints: readonly Endpoint[]): Promise<number> {
  for (let attempt = 1;; attempt++) {
    const doors: { readonly port: number; close(): Promise<void> }[] = [];
    let port = 0;
    for (const endpoint of endpoints) {
      try {
        const isAny = "port" in endpoint && endpoint.port === 0 && port !== 0;
        const door = await listener.open(isAny ? { ...endpoint, port } : endpoint);
        doors.push(door);
        port ||= door.port;
      } catch (error) {
        await Promise.all(doors.map((door) => door.close()));
        const isChance = "port" in endpoint && endpoint.port === 0 && doors.length > 0 &&
          error instanceof Deno.errors.AddrInUse;
        if (!isChance || attempt === MAX_ATTEMPTS) throw new CannotBind(endpoint, error);
        doors.length = 0;
        break;
      }
    }
    if (doors.length === endpoints.length) return port;
  }
}

function urlOf(endpoint: Endpoint, port: number): string {
  if ("path" in endpoint) return `unix:${endpoint.path}`;
  // Whoever listens everywhere is nearest here.
  return originOf("http", isWildcard(endpoint.hostname) ? "127.0.0.1" : endpoint.hostname, port);
}

function peerText({ remoteAddr }: ListenInfo): string {
  return "hostname" in remoteAddr ? peerAddress(remoteAddr.hostname) ?? "unknown" : "unix";
}
