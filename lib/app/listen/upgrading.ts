/**
 * Requests to upgrade to a WebSocket. They pass through the handler like all others, so that a client without
 * permission is refused before the handshake; the handler decides whether to accept the socket.
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type AnsweringParts, describeConnection, type EndpointInfo } from "./answering.ts";
import type { AcceptedSocket } from "./accepted_socket.ts";
import { buildUrl, copyHeaders } from "./exchange.ts";

/** Every WebSocket gets this path, whatever it requests. */
const SOCKET_PATH = "/api/socket";
/** Maximum size of a client's message, in bytes; none is longer. */
const MAX_MESSAGE_BYTES = 4096;
/** The close code by which the other program's clients recognise an invalid credential. */
const NOT_SIGNED_IN = 4401;

type Accept = (socket: AcceptedSocket) => void;

export function createUpgrading(parts: AnsweringParts) {
  const library = loadOnce(async () => {
    // Most servers never need it.
    const [{ WebSocketServer }, { acceptedSocket }] = await Promise.all([
      // @ts-types="./ws.d.ts"
      import("ws"),
      import("./accepted_socket.ts"),
    ]);
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
    return { server, acceptedSocket };
  });

  async function agree(incoming: IncomingMessage, socket: Duplex, head: Uint8Array, accept: Accept) {
    const { server, acceptedSocket } = await library();
    // The library refuses an incomplete handshake in its own words.
    server.handleUpgrade(incoming, socket, head, (agreed) => accept(acceptedSocket(agreed)));
  }

  return async function upgrade(
    incoming: IncomingMessage,
    socket: Socket,
    head: Uint8Array,
    endpointInfo: EndpointInfo,
  ): Promise<void> {
    const connection = parts.findConnection(socket);
    connection?.enter("answered", parts.limits.bodyMs);
    try {
      const headers = copyHeaders(incoming);
      const isWebSocket = headers.get("upgrade")?.toLowerCase() === "websocket" && incoming.method === "GET";
      const url = buildUrl(incoming, headers, endpointInfo.secure ? "https" : "http");
      if (url === null || parts.isStopping()) {
        return writeAnswer(socket, new Response(null, { status: url === null ? 400 : 503 }));
      }
      if (!isWebSocket) {
        // Offers of other protocols are ignored, but the bytes after the head can no longer be read.
        if (incoming.method !== "GET") return writeAnswer(socket, new Response(null, { status: 400 }));
        const request = new Request(url, { headers });
        return await writeAnswer(
          socket,
          await parts.handler(request, describeConnection(socket, endpointInfo, waitForClose(socket))),
        );
      }
      const { response, accept } = await ask(url, headers, socket, endpointInfo);
      if (accept !== null || response.status === 401) {
        await response.body?.cancel();
        await agree(incoming, socket, head, (agreed) => {
          connection?.enter("answered");
          if (accept) accept(agreed);
          else agreed.close(NOT_SIGNED_IN, "Sign in first: the token is missing or no longer valid");
        });
      } else await writeAnswer(socket, response);
    } catch (error) {
      const failed = parts.failed(error, describeConnection(socket, endpointInfo, waitForClose(socket)));
      await writeAnswer(socket, failed).catch(() => socket.destroy());
    }
  };

  async function ask(url: URL, headers: Headers, socket: Socket, endpointInfo: EndpointInfo) {
    const token = url.searchParams.get("token");
    // Browsers cannot send a header here. The token is removed from the address from now on.
    if (token !== null && !headers.has("authorization") && !headers.has("x-auth-token")) {
      headers.set("authorization", `Bearer ${token}`);
    }
    let accept: Accept | null = null;
    const info = {
      ...describeConnection(socket, endpointInfo, waitForClose(socket)),
      upgrade: (taken: Accept) => accept = taken,
    };
    const response = await parts.handler(new Request(new URL(SOCKET_PATH, url), { headers }), info);
    return { response, accept: accept as Accept | null };
  }
}

function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => loaded ??= load();
}

function waitForClose(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** Node no longer speaks HTTP on a connection that requested an upgrade, so the refusal is hand-written. */
async function writeAnswer(socket: Socket, response: Response): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  headers.set("connection", "close");
  headers.set("content-length", String(body.length));
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.write(`HTTP/1.1 ${response.status} ${response.statusText || "Answer"}\r\n${lines}\r\n`);
  socket.end(body);
}
