/**
 * Listens for HTTP and answers by a handler of the web platform, with what `Deno.serve` has no words for: limits of
 * connections and of time. A stranger on this machine can open thousands of connections that send nothing, half a
 * head, a body that never comes, or that never read; each of them costs a descriptor and memory, and without
 * descriptors nothing is polled any more.
 */
import { createServer, type IncomingMessage, METHODS, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { bodyOf, headersOf, send, urlOf } from "./exchange.ts";
import { connectionsFor, LIMITS, type Limits, readDescriptorLimit } from "./limits.ts";
import { type Seat, Seats } from "./seats.ts";

const MAX_LOOKED_AT_BYTES = 1024;
const CHECK_MS = 500;

interface SystemError extends Error {
  readonly code?: string;
}

export interface ListenOptions {
  readonly hostname: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Those the handler is asked by. Any other is answered with what the handler says to OPTIONS. */
  readonly methods: ReadonlySet<string>;
  /** The second argument is what `Deno.serve` hands its handlers. */
  readonly handler: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;
  /** The answer where the handler failed. */
  readonly failed: (error: unknown) => Response;
  /** Puts the headers of every answer on those that are made here. */
  readonly dress: (response: Response) => Response;
  readonly limits?: Partial<Limits>;
}

export interface Listening {
  readonly port: number;
  /** How many are connected. */
  readonly connections: number;
  /** No new connections; answers under way are given a few seconds. */
  stop(): Promise<void>;
}

/**
 * @throws {Deno.errors.AddrInUse} when the port is taken
 * @throws {Deno.errors.PermissionDenied} when it may not be used
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const limits: Limits = { ...LIMITS, connections: connectionsFor(readDescriptorLimit()), ...options.limits };
  const seats = new Seats(limits.connections);
  const seatOf = new WeakMap<Socket, Place>();
  let stopping = false;
  let accepted = 0;
  let check: ReturnType<typeof setTimeout> | undefined;
  let probe: Deno.Conn | null = null;
  const server = createServer({ keepAlive: false, noDelay: true }, (incoming, outgoing) => {
    void answer(incoming, outgoing);
  });
  // The times are kept here, for all phases of a connection in one place.
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.keepAliveTimeout = limits.idleMs;

  server.on("connection", (socket: Socket) => {
    const place = new Place(socket, limits.headMs);
    seatOf.set(socket, place);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      place.rest();
      seats.free(place);
    });
    accepted++;
    if (seats.take(place)) checkSoon();
  });
  server.on("clientError", (error: ParseError, socket: Socket) => {
    if (!socket.writable) return socket.destroy();
    socket.end(`HTTP/1.1 ${statusOf(error)}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { socket } = incoming;
    const place = seatOf.get(socket);
    const method = incoming.method ?? "GET";
    outgoing.on("error", () => outgoing.destroy());
    incoming.on("error", () => {});
    const ended = Promise.withResolvers<void>();
    outgoing.once("close", ended.resolve);
    const hasBody = !incoming.complete && declaresBody(incoming);
    if (hasBody) {
      place?.enter("sending", limits.bodyMs, () => incoming.destroy());
      incoming.once("end", () => {
        if (!outgoing.writableFinished) place?.enter("answered");
      });
    } else place?.enter("answered");
    try {
      const response = await respond(incoming, hasBody, ended.promise);
      // What was not read of a body cannot be told from the next request.
      const last = stopping || hasBody && !incoming.complete;
      await send(response, outgoing, { method, unreadMs: limits.unreadMs, last });
      if (last || stopping) socket.destroySoon?.();
      else if (!socket.destroyed) place?.enter("waiting", limits.idleMs);
    } catch {
      // The answer was told to stop, or broke off: the other side sees that it is cut.
      socket.destroy();
    }
  }

  async function respond(
    incoming: IncomingMessage,
    hasBody: boolean,
    completed: Promise<void>,
  ): Promise<Response> {
    const { socket, method = "GET" } = incoming;
    const headers = headersOf(incoming);
    const url = urlOf(incoming, headers);
    if (url === null) return refused(400, "Cannot answer: the Host header is missing or malformed");
    const { hostname, port } = { hostname: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
    const info = { remoteAddr: { transport: "tcp" as const, hostname, port }, completed };
    try {
      if (!options.methods.has(method)) {
        const asked = await options.handler(new Request(url, { method: "OPTIONS", headers }), info);
        await asked.body?.cancel();
        // Who may not ask at all is told so.
        if (asked.status >= 400 && asked.status !== 404 && asked.status !== 405) {
          return await options.handler(new Request(url, { headers }), info);
        }
        const allow = asked.headers.get("allow") ?? "GET, HEAD, OPTIONS";
        return refused(405, `Method ${method} is not allowed here: use ${allow}`, { allow });
      }
      const body = hasBody && method !== "GET" && method !== "HEAD" ? bodyOf(incoming) : null;
      return await options.handler(new Request(url, { method, headers, body }), info);
    } catch (error) {
      return options.failed(error);
    }
  }

  function refused(status: number, message: string, headers: HeadersInit = {}): Response {
    return options.dress(
      new Response(`${message}\n`, {
        status,
        headers: { "content-type": "text/plain; charset=utf-8", ...headers },
      }),
    );
  }

  /**
   * Deno stops taking connections in, without a word, once there was no descriptor for one. So after a full house it is
   * tried whether the port still answers, and it is opened anew where it does not.
   */
  function checkSoon(): void {
    if (stopping || check !== undefined) return;
    check = setTimeout(async () => {
      const before = accepted;
      probe = await Deno.connect({ hostname: options.hostname, port }).catch(() => null);
      check = setTimeout(() => {
        probe?.close();
        probe = null;
        check = undefined;
        if (stopping || accepted > before) return;
        server.close();
        server.listen(port, options.hostname);
        checkSoon();
      }, CHECK_MS);
    }, CHECK_MS);
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: SystemError) => reject(thrown(error)));
    server.listen(options.port, options.hostname, resolve);
  });
  const { port } = server.address() as AddressInfo;
  // What fails later concerns one connection, and must not end the program.
  server.on("error", checkSoon);

  return {
    port,
    get connections() {
      return seats.taken.length;
    },
    async stop() {
      stopping = true;
      clearTimeout(check);
      probe?.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const seat of seats.taken) if (seat.phase === "waiting") seat.leave();
      const timer = setTimeout(() => {
        for (const seat of seats.taken) seat.leave();
      }, limits.stopMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** A connection with the time it has for what it does. */
class Place implements Seat {
  phase: Seat["phase"] = "waiting";
  readonly #socket: Socket;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: Socket, headMs: number) {
    this.#socket = socket;
    this.enter("waiting", headMs);
  }

  /** @param mostMs how long it may stay in the phase; for ever unless given */
  enter(phase: Seat["phase"], mostMs?: number, onLate: () => void = this.leave): void {
    this.rest();
    this.phase = phase;
    if (mostMs !== undefined) this.#timer = setTimeout(onLate, mostMs);
  }

  rest(): void {
    clearTimeout(this.#timer);
  }

  readonly leave = (): void => {
    this.rest();
    this.#socket.destroy();
  };
}

function declaresBody({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || length !== undefined && Number(length) > 0;
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
  if (error.code === "EADDRINUSE") return new Deno.errors.AddrInUse(error.message);
  if (error.code === "EACCES") return new Deno.errors.PermissionDenied(error.message);
  return error;
}
