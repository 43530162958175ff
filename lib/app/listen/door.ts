/** One bound address or Unix socket, through which connections come in. */
import { createServer, type IncomingMessage, METHODS, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { CertificateSource } from "./certificate.ts";
import type { Entrance } from "./answering.ts";
import { bindSocket, removeSocket } from "./unix_socket.ts";

const MAX_LOOKED_AT_BYTES = 1024;
const CHECK_MS = 500;

/** Where to listen. */
export type Endpoint = { readonly hostname: string; /** 0: any that is free. */ readonly port: number } | {
  readonly path: string;
};

interface SystemError extends Error {
  readonly code?: string;
}

export interface DoorParts {
  readonly idleMs: number;
  /** With it connections over the network are encrypted; a Unix socket never is. */
  readonly certificate?: CertificateSource;
  /** @returns whether the house is full, so that the system may have had no descriptor for one more */
  readonly connected: (socket: Socket, entrance: Entrance) => boolean;
  /** The same connection, once it is encrypted. */
  readonly secured: (socket: Socket) => void;
  readonly answer: (incoming: IncomingMessage, outgoing: ServerResponse, entrance: Entrance) => void;
  readonly upgrade: (incoming: IncomingMessage, socket: Socket, head: Uint8Array, entrance: Entrance) => void;
}

export interface Door {
  /** 0 of a Unix socket. */
  readonly port: number;
  /** Takes in nobody any more; resolves once the last connection has ended. */
  close(): Promise<void>;
}

/**
 * @throws {Deno.errors.AddrInUse} when the port or the socket is in use
 * @throws {Deno.errors.PermissionDenied} when it may not be used
 * @throws {Deno.errors.AddrNotAvailable} when the machine has no such address
 */
export async function openDoor(endpoint: Endpoint, parts: DoorParts): Promise<Door> {
  const path = "path" in endpoint ? endpoint.path : null;
  const certificate = path === null ? parts.certificate : undefined;
  const entrance: Entrance = { path, secure: certificate !== undefined };
  let stopping = false;
  let accepted = 0;
  let check: ReturnType<typeof setTimeout> | undefined;
  let probe: Deno.Conn | null = null;
  const options = { keepAlive: false, noDelay: true };
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse) =>
    parts.answer(incoming, outgoing, entrance);
  const server: Server = certificate
    ? secureServer(certificate, options, answer)
    : createServer(options, answer);
  // The times are kept elsewhere, for all phases of a connection in one place.
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.keepAliveTimeout = parts.idleMs;
  server.on("connection", (socket: Socket) => {
    accepted++;
    socket.on("error", () => socket.destroy());
    if (parts.connected(socket, entrance)) checkSoon();
  });
  server.on("secureConnection", (socket: Socket) => {
    socket.on("error", () => socket.destroy());
    parts.secured(socket);
  });
  server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Uint8Array) => {
    parts.upgrade(incoming, socket, head, entrance);
  });
  server.on("clientError", (error: ParseError, socket: Socket) => {
    // A handshake that failed comes without a socket one could write to.
    if (!socket?.writable) return socket?.destroy();
    socket.end(`HTTP/1.1 ${statusOf(error)}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });

  /**
   * Deno stops taking connections in, without a word, once there was no descriptor for one. So after a full house it is
   * tried whether the door still opens, and it is made anew where it does not.
   */
  function checkSoon(): void {
    if (stopping || check !== undefined) return;
    check = setTimeout(async () => {
      const before = accepted;
      probe = await knock().catch(() => null);
      check = setTimeout(() => {
        probe?.close();
        probe = null;
        check = undefined;
        if (stopping || accepted > before) return;
        server.close();
        void bind().catch(() => {});
        checkSoon();
      }, CHECK_MS);
    }, CHECK_MS);
  }

  function knock(): Promise<Deno.Conn> {
    if ("path" in endpoint) return Deno.connect({ transport: "unix", path: endpoint.path });
    return Deno.connect({ hostname: endpoint.hostname, port });
  }

  async function bind(): Promise<void> {
    if (path !== null) return await bindSocket(path, () => listening({ path }));
    const { hostname } = endpoint as { readonly hostname: string };
    await listening({ host: hostname, port });
  }

  function listening(where: { readonly path: string } | { readonly host: string; readonly port: number }) {
    return new Promise<void>((resolve, reject) => {
      const failed = (error: SystemError) => reject(thrown(error));
      server.once("error", failed);
      server.listen(where, () => {
        server.off("error", failed);
        resolve();
      });
    });
  }

  let port = "port" in endpoint ? endpoint.port : 0;
  await bind();
  if (path === null) port = (server.address() as AddressInfo).port;
  // What fails later concerns one connection, and must not end the program.
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

/** Takes the new certificate for every connection that begins after it changed. */
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
  /** What could not be read. */
  readonly rawPacket?: Uint8Array;
}

/** What is told to whoever sends what is no request, or one by a method nobody knows. */
function statusOf({ code, rawPacket }: ParseError): string {
  if (code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large";
  const line = new TextDecoder().decode(rawPacket?.subarray(0, MAX_LOOKED_AT_BYTES) ?? new Uint8Array());
  const method = /^([!-~]+) \S+ HTTP\/1\.[01]\r\n/.exec(line)?.[1];
  return method !== undefined && !METHODS.includes(method) ? "501 Not Implemented" : "400 Bad Request";
}

/** The errors that the program knows, whoever listens. */
function thrown(error: SystemError): Error {
  const { AddrInUse, AddrNotAvailable, PermissionDenied } = Deno.errors;
  if (error.code === "EADDRINUSE") return new AddrInUse(error.message);
  if (error.code === "EACCES" || error.code === "EPERM") return new PermissionDenied(error.message);
  // EINVAL is what Deno makes of an address that is not here.
  if (["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"].includes(error.code ?? "")) {
    return new AddrNotAvailable(error.message);
  }
  return error;
}
