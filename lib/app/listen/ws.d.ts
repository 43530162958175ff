/** The part of the package `ws` that is used here; it has no types of its own. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

export interface WebSocket {
  readonly bufferedAmount: number;
  on(event: "message" | "pong" | "error", listener: (data: unknown) => void): this;
  once(event: "close", listener: () => void): this;
  send(text: string, done: (error?: Error) => void): void;
  ping(done: (error?: Error) => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

export class WebSocketServer {
  constructor(options: {
    readonly noServer: true;
    readonly clientTracking: boolean;
    readonly maxPayload: number;
    readonly perMessageDeflate: false;
  });
  handleUpgrade(
    incoming: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    agreed: (socket: WebSocket) => void,
  ): void;
}
