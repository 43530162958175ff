/** A WebSocket after its handshake, independent of the library that implements it. */
import type { WebSocket } from "./ws.d.ts";

export interface AcceptedSocket {
  send(text: string): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
  readonly unreadBytes: number;
  onMessage(listener: (text: string) => void): void;
  onPong(listener: () => void): void;
  onClose(listener: () => void): void;
}

export function acceptedSocket(socket: WebSocket): AcceptedSocket {
  // A broken connection is reported by `close` as well.
  socket.on("error", () => {});
  return {
    send: (text) => socket.send(text, () => {}),
    ping: () => socket.ping(() => {}),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
    get unreadBytes() {
      return socket.bufferedAmount;
    },
    onMessage: (listener) => void socket.on("message", (data: unknown) => listener(String(data))),
    onPong: (listener) => void socket.on("pong", listener),
    onClose: (listener) => void socket.once("close", listener),
  };
}
