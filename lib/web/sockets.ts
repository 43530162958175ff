/**
 * WebSockets of the service API: sends the whole status on connect and after polls, to clients that may read
 * it.
 *
 * Each message is built once for all who see the same. A client that does not answer a heartbeat, or does not
 * take what is sent, is dropped; one whose credential ends is notified and disconnected.
 */
import type { Clock } from "../base/clock.ts";
import type { AppContext } from "../app/context.ts";
import { unixSeconds } from "../formats/service_api/figures.ts";
import { errorText } from "./failure.ts";
import { readStatuses } from "./service_api/services.ts";

/** One side of a WebSocket, whatever library implements it. */
export interface Socket {
  send(text: string): void;
  ping(): void;
  /** Closes it with a code of RFC 6455. */
  close(code: number, reason: string): void;
  /** Terminates it at once. */
  terminate(): void;
  /** Bytes sent but not yet taken. */
  readonly unreadBytes: number;
  onMessage(listener: (text: string) => void): void;
  onPong(listener: () => void): void;
  onClose(listener: () => void): void;
}

export const PING_MS = 30_000;
/** Changes within this time are sent together. */
export const GATHER_MS = 1000;
const MAX_UNREAD_BYTES = 1024 * 1024;
/** Messages from clients are neither long nor frequent. */
const MAX_MESSAGES_A_BEAT = 60;

/** Codes a client may know: those of the program with this API originally, and those of RFC 6455. */
export const CLOSE = { ended: 4401, failed: 4500, stopping: 1001, tooMuch: 1008 } as const;

export interface Sockets {
  readonly open: number;
  /** Whether the limit is reached. */
  readonly full: boolean;
  /** @param onEnd calls back when the credential ends, and returns how to stop */
  connect(services: AppContext, socket: Socket, onEnd?: (ended: () => void) => () => void): void;
}

export function createSockets(most: number): Sockets {
  const open = new Set<Socket>();
  return {
    get open() {
      return open.size;
    },
    get full() {
      return open.size >= most;
    },
    connect(services, socket, onEnd = () => () => {}) {
      open.add(socket);
      const follower = follow(services, socket);
      const stopWatching = onEnd(() => follower.leave(CLOSE.ended, "The sign-in or key has ended"));
      socket.onClose(() => {
        open.delete(socket);
        stopWatching();
        follower.end();
      });
    },
  };
}

function follow(services: AppContext, socket: Socket) {
  const { hub, clock, log } = services;
  const over = new AbortController();
  let isAlive = true;
  let messages = 0;
  let isSending = false;
  let changed = false;
  const stopListening = hub.listen(
    () => {
      changed = true;
      void sendStatusSoon();
    },
    () => leave(CLOSE.stopping, "The server is stopping"),
  );

  function leave(code: number, reason: string): void {
    if (over.signal.aborted) return;
    end();
    socket.close(code, reason);
    // Do not wait for a client that does not close in return.
    void clock.sleep(GATHER_MS, new AbortController().signal).then(() => socket.terminate());
  }

  function end(): void {
    over.abort();
    stopListening();
  }

  function send(text: string): void {
    if (over.signal.aborted) return;
    if (socket.unreadBytes > MAX_UNREAD_BYTES) {
      end();
      return socket.terminate();
    }
    socket.send(text);
  }

  async function sendStatus(): Promise<void> {
    try {
      send(await statusText(services, clock));
    } catch (error) {
      log.error("Cannot read the status for a WebSocket", { reason: errorText(error) });
      send(JSON.stringify({ type: "error", error: "Failed to fetch status" }));
    }
  }

  /** Changes in the meantime are sent with it, or after it. */
  async function sendStatusSoon(): Promise<void> {
    if (isSending) return;
    isSending = true;
    while (changed && !over.signal.aborted) {
      await clock.sleep(GATHER_MS, over.signal);
      changed = false;
      await sendStatus();
    }
    isSending = false;
  }

  async function beat(): Promise<void> {
    while (!over.signal.aborted) {
      if (!isAlive) {
        end();
        return socket.terminate();
      }
      isAlive = false;
      messages = 0;
      socket.ping();
      await clock.sleep(PING_MS, over.signal);
    }
  }

  socket.onPong(() => isAlive = true);
  // `subscribe` requests what is sent anyway; nothing else has a meaning here.
  socket.onMessage(() => {
    if (++messages > MAX_MESSAGES_A_BEAT) leave(CLOSE.tooMuch, "Too many messages");
  });
  void sendStatus().then(beat);
  return { leave, end };
}

interface CachedStatus {
  readonly mark: string;
  readonly text: Promise<string>;
}

const statuses = new WeakMap<AppContext, CachedStatus>();

/** The same text for all who see the same, per event and second. */
function statusText(services: AppContext, clock: Pick<Clock, "now">): Promise<string> {
  const ts = unixSeconds(clock.now());
  const mark = `${services.hub.lastId} ${ts}`;
  const known = statuses.get(services);
  if (known?.mark === mark) return known.text;
  const text = readStatuses(services).then((data) => JSON.stringify({ type: "status", data, ts }));
  statuses.set(services, { mark, text });
  // After a failure the next caller tries again.
  text.catch(() => statuses.delete(services));
  return text;
}
