/** One bound address or Unix socket that accepts connections. */
import { createServer, type IncomingMessage, METHODS, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { CertificateSource } from "./certificate.ts";
import type { EndpointInfo } from "./answering.ts";
import { bindSocket, removeSocket } from "./unix_socket.ts";

const MAX_INSPECTED_BYTES = 1024;
const CHECK_MS = 500;

/** Where to listen. */
export type Endpoint = { readonly hostname: string; /** 0: any free port. */ readonly port: number } | {
  readonly path: string;
};

/** A connection that came while the listener was checked. */
interface Arrival {
  readonly port: number | undefined;
  readonly isAtLimit: boolean;
}

interface SystemError extends Error {
  readonly code?: string;
}

export interface EndpointParts {
  readonly idleMs: number;
  /** Encrypts connections over the network when given; never those of a Unix socket. */
  readonly certificate?: CertificateSource;
  /** @returns true at the connection limit, when the system may have run out of descriptors */
  readonly connected: (socket: Socket, endpointInfo: EndpointInfo) => boolean;
  /** Called with the encrypted socket of a connection. */
  readonly secured: (socket: Socket) => void;
  readonly answer: (incoming: IncomingMessage, outgoing: ServerResponse, endpointInfo: EndpointInfo) => void;
  readonly upgrade: (
    incoming: IncomingMessage,
    socket: Socket,
    head: Uint8Array,
    endpointInfo: EndpointInfo,
  ) => void;
}

export interface BoundEndpoint {
  /** 0 for a Unix socket. */
  readonly port: number;
  /** Stops accepting; resolves once the last connection has ended. */
  close(): Promise<void>;
}

/**
 * @throws {Deno.errors.AddrInUse} when the port or the socket is in use
 * @throws {Deno.errors.PermissionDenied} when it may not be used
 * @throws {Deno.errors.AddrNotAvailable} when the machine has no such address
 */
export async function bindEndpoint(endpoint: Endpoint, parts: EndpointParts): Promise<BoundEndpoint> {
  const path = "path" in endpoint ? endpoint.path : null;
  const certificate = path === null ? parts.certificate : undefined;
  const endpointInfo: EndpointInfo = { path, secure: certificate !== undefined };
  let stopping = false;
  let check: ReturnType<typeof setTimeout> | undefined;
  let probe: Deno.Conn | null = null;
  /** Since the probe; null while there is none. */
  let arrivals: Arrival[] | null = null;
  const options = { keepAlive: false, noDelay: true };
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse) =>
    parts.answer(incoming, outgoing, endpointInfo);
  const server: Server = certificate
    ? secureServer(certificate, options, answer)
    : createServer(options, answer);
  // Time limits of all phases of a connection are enforced in `connection.ts`.
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.keepAliveTimeout = parts.idleMs;
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => socket.destroy());
    const isAtLimit = parts.connected(socket, endpointInfo);
    arrivals?.push({ port: socket.remotePort, isAtLimit });
    if (isAtLimit) checkSoon();
  });
  server.on("secureConnection", (socket: Socket) => {
    socket.on("error", () => socket.destroy());
    parts.secured(socket);
  });
  server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Uint8Array) => {
    parts.upgrade(incoming, socket, head, endpointInfo);
  });
  server.on("clientError", (error: ParseError, socket: Socket) => {
    // A failed handshake leaves no socket to write to.
    if (!socket?.writable) return socket?.destroy();
    socket.end(`HTTP/1.1 ${chooseStatus(error)}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });

  /**
   * Deno silently stops accepting connections once it ran out of descriptors. So after the limit was reached,
   * checks whether the listener still accepts, and replaces it when it does not.
   */
  function checkSoon(): void {
    if (stopping || check !== undefined) return;
    check = setTimeout(() => {
      const since: Arrival[] = arrivals = [];
      let isOver = false;
      // It may take minutes when no one accepts.
      void tryConnect().then((connection) => {
        if (isOver || stopping) connection.close();
        else probe = connection;
      }, () => {});
      check = setTimeout(() => {
        const others = withoutProbe(since);
        isOver = true;
        probe?.close();
        probe = arrivals = null;
        check = undefined;
        if (stopping) return;
        if (since.length === 0) {
          server.close();
          void bind().catch(() => {});
          return checkSoon();
        }
        // It accepted, and can have run out of descriptors afterwards.
        if (others.length === since.length || others.some(({ isAtLimit }) => isAtLimit)) checkSoon();
      }, CHECK_MS);
    }, CHECK_MS);
  }

  /** Removes our own connection, which has no port on a Unix socket. */
  function withoutProbe(since: readonly Arrival[]): readonly Arrival[] {
    if (path !== null) return since.slice(1);
    const address = probe?.localAddr;
    return since.filter(({ port }) => address?.transport !== "tcp" || port !== address.port);
  }

  function tryConnect(): Promise<Deno.Conn> {
    if ("path" in endpoint) return Deno.connect({ transport: "unix", path: endpoint.path });
    return Deno.connect({ hostname: endpoint.hostname, port });
  }

  async function bind(): Promise<void> {
    if (path !== null) return await bindSocket(path, () => waitForListening({ path }));
    const { hostname } = endpoint as { readonly hostname: string };
    await waitForListening({ host: hostname, port });
  }

  function waitForListening(
    where: { readonly path: string } | { readonly host: string; readonly port: number },
  ) {
    return new Promise<void>((resolve, reject) => {
      const fail = (error: SystemError) => reject(toDenoError(error));
      server.once("error", fail);
      server.listen(where, () => {
        server.off("error", fail);
        resolve();
      });
    });
  }

  let port = "port" in endpoint ? endpoint.port : 0;
  await bind();
  if (path === null) port = (server.address() as AddressInfo).port;
  // A later failure affects one connection and must not end the program.
  server.on("error", checkSoon);

  return {
    port,
    async close() {
      stopping = true;
      clearTimeout(check);
      probe?.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      if (path !== null) await removeSocket(path);
    },
  };
}

/** Uses the new certificate for connections that begin after the change. */
function secureServer(
  certificate: CertificateSource,
  options: object,
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Server {
  const server = createSecureServer({ ...options, ...certificate.current() }, answer);
  const leave = certificate.onChange(() => server.setSecureContext(certificate.current()));
  server.once("close", leave);
  return server;
}

interface ParseError extends SystemError {
  /** The bytes that could not be parsed. */
  readonly rawPacket?: Uint8Array;
}

/** Status line for a malformed request or an unknown method. */
function chooseStatus({ code, rawPacket }: ParseError): string {
  if (code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large";
  const line = new TextDecoder().decode(rawPacket?.subarray(0, MAX_INSPECTED_BYTES) ?? new Uint8Array());
  const method = /^([!-~]+) \S+ HTTP\/1\.[01]\r\n/.exec(line)?.[1];
  return method !== undefined && !METHODS.includes(method) ? "501 Not Implemented" : "400 Bad Request";
}

/** Maps system errors to Deno's, as all listeners throw them. */
function toDenoError(error: SystemError): Error {
  const { AddrInUse, AddrNotAvailable, PermissionDenied } = Deno.errors;
  if (error.code === "EADDRINUSE") return new AddrInUse(error.message);
  if (error.code === "EACCES" || error.code === "EPERM") return new PermissionDenied(error.message);
  // Deno reports EINVAL for an address that is not on this machine.
  if (["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"].includes(error.code ?? "")) {
    return new AddrNotAvailable(error.message);
  }
  return error;
}
