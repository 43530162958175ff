/**
 * Publishes changes to all listeners. It stores no history: a new
 * listener reads the present from the store and then follows.
 */
import type { AccountKey } from "../model/quota.ts";

/** An event. `id` increases by one for each event of this process. */
export interface LiveEvent {
  readonly id: number;
  /**
   * `account`: a poll ended, successfully or not. `settings`: something other than the readings changed.
   * `alerts`: an alert was raised, or what is announced changed.
   */
  readonly kind: "account" | "settings" | "alerts";
  readonly account: AccountKey | null;
  /** True when it happened in another instance of the program, which handles the consequences itself. */
  readonly elsewhere?: true;
}

export interface Hub {
  /** The id of the newest event, 0 before the first. */
  readonly lastId: number;
  publish(event: Omit<LiveEvent, "id">): void;
  /** Returns a stream of events from now on. Cancel it to unsubscribe. Ends when the hub closes. */
  subscribe(): ReadableStream<LiveEvent>;
  /**
   * Calls `listener` synchronously for each event, and `onClose` when the hub closes or is already closed;
   * returns a function that unsubscribes. For caches that must never lag.
   */
  listen(listener: (event: LiveEvent) => void, onClose?: () => void): () => void;
  close(): void;
}

/**
 * A listener that stops reading is dropped after this many events: it will reconnect and read the present.
 */
const MAX_WAITING = 256;

export function createHub(): Hub {
  const streams = new Set<ReadableStreamDefaultController<LiveEvent>>();
  const listeners = new Set<(event: LiveEvent) => void>();
  const closers = new Set<() => void>();
  let lastId = 0;
  let closed = false;

  function drop(stream: ReadableStreamDefaultController<LiveEvent>) {
    if (streams.delete(stream)) stream.close();
  }

  return {
    get lastId() {
      return lastId;
    },
    publish(event) {
      if (closed) return;
      const numbered: LiveEvent = { ...event, id: ++lastId };
      for (const listener of listeners) listener(numbered);
      for (const stream of streams) {
        if ((stream.desiredSize ?? 0) <= -MAX_WAITING) drop(stream);
        else stream.enqueue(numbered);
      }
    },
    subscribe() {
      let own: ReadableStreamDefaultController<LiveEvent> | undefined;
      return new ReadableStream<LiveEvent>({
        start(controller) {
          own = controller;
          if (closed) controller.close();
          else streams.add(controller);
        },
        cancel() {
          if (own) streams.delete(own);
        },
      });
    },
    listen(listener, onClose) {
      if (closed) onClose?.();
      else {
        listeners.add(listener);
        if (onClose) closers.add(onClose);
      }
      return () => {
        listeners.delete(listener);
        if (onClose) closers.delete(onClose);
      };
    },
    close() {
      closed = true;
      for (const onClose of [...closers]) onClose();
      closers.clear();
      for (const stream of [...streams]) drop(stream);
      listeners.clear();
    },
  };
}
