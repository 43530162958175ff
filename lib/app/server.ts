/**
 * The web server around the composed application: binds, serves, and stops in an order that
 * leaves no client hanging.
 *
 * It may import the composition root and `lib/web`; it decides nothing about requests.
 */
import { type ListenConfig, LOOPBACK_ONLY } from "../config/listen_options.ts";
import type { Composed } from "./compose.ts";
import type { Control } from "../daemon/control.ts";
import { moduleAddress } from "../base/address.ts";
import { systemClock } from "../base/clock.ts";
import { limitLines } from "../base/limit_lines.ts";
import { bracketAddress, formatOrigin, isWildcard, peerAddress } from "../net/address.ts";
import { createListener, type Endpoint, type ListenInfo } from "./listen/listen.ts";
import { followCertificate } from "./serve/certificate_files.ts";
import { checkConsistent, signsInByProxy } from "./serve/consistent.ts";
import { bindEndpoints } from "./serve/bind_endpoints.ts";
import { createRequestReader } from "./serve/client_request.ts";
import { followTailnet } from "./serve/follow_tailnet.ts";
import { allowedHosts } from "./serve/names.ts";
import { checkPermitted } from "./serve/permit.ts";
import { planEndpoints } from "./serve/plan.ts";
import { type Tailnet, waitForTailnet } from "./serve/tailnet.ts";
import { createCompressor } from "../web/compress.ts";
import { admitRequest, METHODS } from "../web/admit_request.ts";
import { withSecurityHeaders, withStrictTransport } from "../web/headers.ts";
import { rebase } from "../web/rebase.ts";
import { requestInfo } from "../web/state.ts";

export interface ServerOptions {
  readonly composed: Pick<Composed, "services" | "hub" | "stop">;
  /** 0 for any free port. */
  readonly port: number;
  /** Where to listen besides this machine. */
  readonly listen?: Partial<ListenConfig>;
  /** Whether anyone could sign in; checked before others can reach the server. Default: as access reports. */
  readonly canSignIn?: () => Promise<boolean>;
  /** Used when the settings say to listen on the tailnet. */
  readonly tailnet?: Tailnet;
  /** Called with what the server waits for. */
  readonly report?: (message: string) => void;
  /** Aborts the waiting. */
  readonly signal?: AbortSignal;
  /** Answers requests to stop this run, before anything else sees them. */
  readonly control?: Control;
}

export interface RunningServer {
  /** For users: `http://127.0.0.1:9211`. */
  readonly url: string;
  /** All URLs; a Unix socket is `unix:/path`. */
  readonly urls: readonly string[];
  readonly port: number;
  /** The address in the tailnet, when it was looked up. */
  readonly tailnetAddress: string | null;
  /** Notices for the user who starts it, one sentence each. */
  readonly warnings: readonly string[];
  /** Refuses new requests, ends live streams, and gives polls in progress a few seconds. */
  stop(): Promise<void>;
}

export { BindError } from "./serve/bind_endpoints.ts";
export { ListenRefused } from "./serve/permit.ts";

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
 * @throws {ListenRefused} when it must not be reachable there, or there is no tailnet
 * @throws {BindError} when a port or a socket is taken, not allowed, or not an address of this machine
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { composed, port, control } = options;
  const listen: ListenConfig = { ...LOOPBACK_ONLY, ...options.listen };
  checkConsistent(listen);
  const hosts = new Set<string>();
  const services = composed.services(hosts, () => certificate?.state() ?? null);
  const { access, clock, log } = services;
  const canSignIn = options.canSignIn ?? (() => access.canSignIn());
  const found = await findTailnet(listen, options);
  const endpoints = planEndpoints(listen, port, found?.addresses);
  const { tlsCert, tlsKey, allowPlainHttp } = listen;
  const secure = tlsCert !== null && tlsKey !== null;
  const warnings = await checkPermitted({
    endpoints,
    secure,
    allowPlainHttp,
    canSignIn: async () => signsInByProxy(listen) || await canSignIn(),
  });
  // The address is computed because the build creates the file: type checking must not depend on it.
  const address = moduleAddress("_fresh/server.js", "server");
  await checkBuilt(address);
  // Loaded on the first request: a program that only polls does not need it.
  let loaded: Promise<BuiltApp> | undefined;
  const compress = createCompressor();
  const isEverywhere = endpoints.some((one) => "hostname" in one && isWildcard(one.hostname));
  const requests = createRequestReader(listen);
  const fewLines = limitLines(log, clock);
  const certificate = secure
    ? await followCertificate({ certPath: tlsCert, keyPath: tlsKey }, { clock, log })
    : null;
  const listener = createListener({
    ...certificate && { certificate },
    methods: METHODS,
    addHeaders: withSecurityHeaders,
    speaksForMany: requests.isProxy,
    onCrowd(group) {
      fewLines.warn("Connections were closed because too many were open", { peer: group ?? "several" });
    },
    failed(error, info) {
      fewLines.error("A request failed", {
        peer: peerText(info),
        error: error instanceof Error ? error.message : "unknown",
      });
      return withSecurityHeaders(new Response("The request failed", { status: 500 }));
    },
    async handler(request, info) {
      const controlled = control?.(request);
      if (controlled) return controlled;
      if (isEverywhere) learnAddress(info);
      const clientRequest = requests.read(request, info);
      if (clientRequest instanceof Response) return withSecurityHeaders(clientRequest);
      const admitted = admitRequest(clientRequest.request);
      if (admitted instanceof Response) return admitted;
      const { default: app } = await (loaded ??= import(address));
      const answer = await app.fetch(admitted, requestInfo(services, clientRequest.info));
      const based = await rebase(answer, new URL(admitted.url).pathname, clientRequest.basePath);
      return await compress(request, info.secure ? withStrictTransport(based, request) : based);
    },
  });

  /** Accepts the address a client reached as a host: it is this machine's own, even if it changed since. */
  function learnAddress({ localAddress }: ListenInfo): void {
    const own = peerAddress(localAddress ?? undefined);
    if (own !== null) hosts.add(`${bracketAddress(own)}:${opened.port}`);
  }

  function answerTo(endpoints: readonly Endpoint[], names: readonly string[]): void {
    const allowHosts = [...listen.allowHosts, ...names];
    for (const name of allowedHosts({ endpoints, port: opened.port, allowHosts })) hosts.add(name);
  }

  const opened = await bindEndpoints(listener, endpoints).catch((error) => {
    certificate?.stop();
    throw error;
  });
  answerTo(endpoints, found?.names ?? []);
  const unfollow = found && options.tailnet && !isEverywhere
    ? followTailnet({
      tailnet: options.tailnet,
      listener,
      opened,
      addresses: found.addresses,
      changed: (addresses, names) => answerTo(planEndpoints(listen, opened.port, addresses), names),
      clock,
      log,
    })
    : () => {};
  const urls = endpoints.map((one) => formatUrl(one, opened.port, secure ? "https" : "http"));

  return {
    url: urls[0]!,
    urls,
    port: opened.port,
    tailnetAddress: found?.addresses[0] ?? null,
    warnings,
    async stop() {
      unfollow();
      certificate?.stop();
      // Open streams would keep the server waiting forever, so they end first.
      composed.hub.close();
      await Promise.all([listener.stop(), composed.stop()]);
    },
  };
}

/** @throws {ListenRefused} when a tailnet is required and absent */
async function findTailnet(listen: ListenConfig, { tailnet, report = () => {}, signal }: ServerOptions) {
  if (!listen.tailscale && listen.tailscaleIp === null) return null;
  if (!tailnet) throw new TypeError("Cannot listen on the tailnet: there is no way to look for it");
  return await waitForTailnet(tailnet, {
    waitMs: listen.tailscaleWaitMs,
    clock: systemClock,
    report,
    signal: signal ?? new AbortController().signal,
  });
}

function formatUrl(endpoint: Endpoint, port: number, protocol: "http" | "https"): string {
  if ("path" in endpoint) return `unix:${endpoint.path}`;
  // For a server that listens everywhere, the nearest address is this machine.
  return formatOrigin(protocol, isWildcard(endpoint.hostname) ? "127.0.0.1" : endpoint.hostname, port);
}

function peerText({ remoteAddr }: ListenInfo): string {
  return "hostname" in remoteAddr ? peerAddress(remoteAddr.hostname) ?? "unknown" : "unix";
}
