/**
 * WebSockets of the service API: the whole status on connect and after polls, to whoever may read it.
 *
 * What is sent is worked out once for all who see the same. Whoever does not answer a heartbeat, or does not take what
 * is sent, is gone; whoever's credential ends is told so and leaves.
 */
import type { Clock } from "../base/clock.ts";
import type { AppContext } from "../app/context.ts";
import { unixSeconds } from "../formats/service_api/figures.ts";
import { errorText } from "./failure.ts";
import { readStatuses } from "./service_api/services.ts";

/** One side of a WebSocket, whatever library speaks it. */
export interface Socket {
  send(text: string): void;
  ping(): void;
  /** Says goodbye with a code of RFC 6455. */
  close(code: number, reason: string): void;
  /** Ends it at once. */
  terminate(): void;
  /** Bytes that were sent and not taken yet. */
  readonly unreadBytes: number;
  onMessage(listener: (text: string) => void): void;
  onPong(listener: () => void): void;
  onClose(listener: () => void): void;
}

export const PING_MS = 30_000;
/** What changes within this time is told together. */
export const GATHER_MS = 1000;
const MAX_UNREAD_BYTES = 1024 * 1024;
/** Nothing that is sent here is long or frequent. */
const MAX_MESSAGES_A_BEAT = 60;

/** Codes a client may know: those of the program whose API this is, and those of RFC 6455. */
export const CLOSE = { ended: 4401, failed: 4500, stopping: 1001, tooMuch: 1008 } as const;

export interface Sockets {
  readonly open: number;
  /** Whether one more would be too many. */
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
  let isTelling = false;
  let changed = false;
  const stopListening = hub.listen(
    () => {
      changed = true;
      void tellSoon();
    },
    () => leave(CLOSE.stopping, "The server stops"),
  );

  function leave(code: number, reason: string): void {
    if (over.signal.aborted) return;
    end();
    socket.close(code, reason);
    // One who does not say goodbye in return is not waited for.
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

  async function tell(): Promise<void> {
    try {
      send(await statusText(services, clock));
    } catch (error) {
      log.error("Cannot read the status for a WebSocket", { reason: errorText(error) });
      send(JSON.stringify({ type: "error", error: "Failed to fetch status" }));
    }
  }

  /** What comes meanwhile is told with it, or after it. */
  async function tellSoon(): Promise<void> {
    if (isTelling) return;
    isTelling = true;
    while (changed && !over.signal.aborted) {
      await clock.sleep(GATHER_MS, over.signal);
      changed = false;
      await tell();
    }
    isTelling = false;
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
  // `subscribe` asks for what comes anyway, and nothing else means anything here.
  socket.onMessage(() => {
    if (++messages > MAX_MESSAGES_A_BEAT) leave(CLOSE.tooMuch, "Too many messages");
  });
  void tell().then(beat);
  return { leave, end };
}

interface Made {
  readonly mark: string;
  readonly text: Promise<string>;
}

const made = new WeakMap<AppContext, Made>();

/** The same text for everybody who sees the same, of one event and second. */
function statusText(services: AppContext, clock: Pick<Clock, "now">): Promise<string> {
  const ts = unixSeconds(clock.now());
  const mark = `${services.hub.lastId} ${ts}`;
  const known = made.get(services);
  if (known?.mark === mark) return known.text;
  const text = readStatuses(services).then((data) => JSON.stringify({ type: "status", data, ts }));
  made.set(services, { mark, text });
  // What failed is tried again by the next who asks.
  text.catch(() => made.delete(services));
  return text;
}
