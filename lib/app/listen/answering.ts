/** Handles one request of a connection: calls the handler, sends the answer, and enforces time limits. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { buildUrl, copyHeaders, send, streamBody } from "./exchange.ts";
import type { Limits } from "./limits.ts";
import type { Connection } from "./connection.ts";
import type { AcceptedSocket } from "./accepted_socket.ts";

/** Facts about a request besides its head: those of `Deno.serve`, and how it was received. */
export interface ListenInfo extends Deno.ServeHandlerInfo {
  /** The server's address of the connection; null for a Unix socket. */
  readonly localAddress: string | null;
  /** Whether the connection is encrypted. */
  readonly secure: boolean;
  /** Present when a WebSocket is requested; calling it accepts the socket. */
  readonly upgrade?: (taken: (socket: AcceptedSocket) => void) => void;
}

export interface AnsweringOptions {
  /** Methods passed to the handler. Others are answered with the handler's answer to OPTIONS. */
  readonly methods: ReadonlySet<string>;
  readonly handler: (request: Request, info: ListenInfo) => Response | Promise<Response>;
  /** Builds the answer when the handler failed. */
  readonly failed: (error: unknown, info: ListenInfo) => Response;
  /** Adds the headers of every answer to those built here. */
  readonly addHeaders: (response: Response) => Response;
}

/** Where a connection was accepted. */
export interface EndpointInfo {
  /** Path of the Unix socket, or null. */
  readonly path: string | null;
  readonly secure: boolean;
}

export interface AnsweringParts extends AnsweringOptions {
  readonly limits: Limits;
  readonly findConnection: (socket: Socket) => Connection | undefined;
  readonly isStopping: () => boolean;
}

export function createAnswering(parts: AnsweringParts) {
  const { limits } = parts;

  return async function answer(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    endpointInfo: EndpointInfo,
  ): Promise<void> {
    const { socket } = incoming;
    const connection = parts.findConnection(socket);
    const method = incoming.method ?? "GET";
    outgoing.on("error", () => outgoing.destroy());
    incoming.on("error", () => {});
    const ended = Promise.withResolvers<void>();
    outgoing.once("close", ended.resolve);
    const hasBody = !incoming.complete && declaresBody(incoming);
    if (hasBody) {
      connection?.enter("sending", limits.bodyMs, () => incoming.destroy());
      incoming.once("end", () => {
        if (!outgoing.writableFinished) connection?.enter("answered");
      });
    } else connection?.enter("answered");
    try {
      const response = await respond(
        parts,
        incoming,
        hasBody,
        describeConnection(socket, endpointInfo, ended.promise),
      );
      // Unread rest of a body cannot be distinguished from the next request.
      const last = parts.isStopping() || hasBody && !incoming.complete;
      await send(response, outgoing, { method, unreadMs: limits.unreadMs, last });
      if (last || parts.isStopping()) socket.destroySoon?.();
      else if (!socket.destroyed) connection?.enter("waiting", limits.idleMs);
    } catch {
      // The answer was cancelled or broke off: the client sees that it is incomplete.
      socket.destroy();
    }
  };
}

export function describeConnection(
  socket: Socket,
  { path, secure }: EndpointInfo,
  completed: Promise<void>,
): ListenInfo {
  const remoteAddr: Deno.Addr = path === null
    ? { transport: "tcp", hostname: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 }
    : { transport: "unix", path };
  return { remoteAddr, completed, secure, localAddress: path === null ? socket.localAddress ?? null : null };
}

async function respond(
  { methods, handler, failed, addHeaders }: AnsweringOptions,
  incoming: IncomingMessage,
  hasBody: boolean,
  info: ListenInfo,
): Promise<Response> {
  const { method = "GET" } = incoming;
  const headers = copyHeaders(incoming);
  const url = buildUrl(incoming, headers, info.secure ? "https" : "http");
  if (url === null) return createRefusal(400, "Cannot answer: the Host header is missing or malformed");
  try {
    if (!methods.has(method)) {
      const probe = await handler(new Request(url, { method: "OPTIONS", headers }), info);
      await probe.body?.cancel();
      // Refuses a request that is not allowed at all.
      if (probe.status >= 400 && probe.status !== 404 && probe.status !== 405) {
        return await handler(new Request(url, { headers }), info);
      }
      const allow = probe.headers.get("allow") ?? "GET, HEAD, OPTIONS";
      return createRefusal(405, `Method ${method} is not allowed here: use ${allow}`, { allow });
    }
    const body = hasBody && method !== "GET" && method !== "HEAD" ? streamBody(incoming) : null;
    return await handler(new Request(url, { method, headers, body }), info);
  } catch (error) {
    return failed(error, info);
  }

  function createRefusal(status: number, message: string, extra: HeadersInit = {}): Response {
    return addHeaders(
      new Response(`${message}\n`, {
        status,
        headers: { "content-type": "text/plain; charset=utf-8", ...extra },
      }),
    );
  }
}

function declaresBody({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || length !== undefined && Number(length) > 0;
}
