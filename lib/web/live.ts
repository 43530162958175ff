/**
 * The live stream: what changes, pushed to browsers as server-sent events.
 *
 * On connect comes the whole view, so a listener needs no other request and a
 * reconnect no replay; then each account that changed. Ids are `<run>:<counter of the
 * hub>`: whoever comes back to the same run and has missed nothing gets no view again.
 */
import { accountMessage } from "../formats/native_api.ts";
import type { LiveEvent } from "../base/hub.ts";
import type { DashboardView } from "../model/view/view.ts";
import type { Services } from "../app/context.ts";
import { errorText } from "./answer.ts";

/** A comment this often keeps proxies from closing a quiet stream, and finds out who has left. */
export const HEARTBEAT_MS = 20_000;
/** How long a browser waits before it connects again. */
const RETRY_MS = 2000;
/** And one that was sent away for another: where all places are taken they are to change hands now and then only. */
const RETRY_LATER_MS = 30_000;
/** Whoever has been there so long gives way to a newcomer when all places are taken. */
export const MIN_STAY_MS = 30_000;
/** A message that nobody took for so long ends its stream. */
export const MAX_UNREAD_MS = 60_000;

export interface LiveStreams {
  /** How many are open. */
  readonly open: number;
  /**
   * A new stream, or null when as many are open as may be and all of them are new. Otherwise the oldest ends: whether
   * somebody reads what was sent cannot be seen, and who never reads must not keep out who does.
   *
   * @param lastEventId the id of the last event the listener has seen, or null
   */
  connect(services: Services, lastEventId: string | null): ReadableStream<Uint8Array> | null;
}

interface Listener {
  readonly since: number;
  giveWay(): void;
}

export function createLiveStreams(most: number): LiveStreams {
  /** The oldest first. */
  const open = new Set<Listener>();
  return {
    get open() {
      return open.size;
    },
    connect(services, lastEventId) {
      const now = services.clock.now();
      const [oldest] = open;
      if (oldest && open.size >= most) {
        // A clock that was set back makes nobody new.
        if (now >= oldest.since && now - oldest.since < MIN_STAY_MS) return null;
        oldest.giveWay();
      }
      const { stream, giveWay } = liveStream(services, lastEventId, () => open.delete(listener));
      const listener: Listener = { since: now, giveWay };
      open.add(listener);
      return stream;
    },
  };
}

const encoder = new TextEncoder();

function retry(ms: number): Uint8Array {
  return encoder.encode(`retry: ${ms}\n\n`);
}

function liveStream(
  services: Services,
  lastEventId: string | null,
  onEnd: () => void,
): { readonly stream: ReadableStream<Uint8Array>; readonly giveWay: () => void } {
  const { hub, clock, instanceId, log } = services;
  // Listen first and read the view afterwards, so that nothing falls between the two.
  const events = hub.subscribe().getReader();
  const seen = new Seen();
  /** Keys of the accounts the listener has; null until that is known of one who came back. */
  let shown: string | null = null;
  const stopped = new AbortController();
  let unread: AbortController | null = null;
  let control: ReadableStreamDefaultController<Uint8Array> | undefined;
  let waiting: Promise<ReadableStreamReadResult<LiveEvent>> | null = null;

  function message(event: string, id: number, data: unknown): Uint8Array {
    return encoder.encode(`event: ${event}\nid: ${instanceId}:${id}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  function wholeView(view: DashboardView): Uint8Array {
    seen.all(view.eventId);
    shown = keysOf(view);
    // With the version, so that a page that was made by another one can tell.
    return message("view", view.eventId, { ...view, version: services.version });
  }

  /** What to send for an event, or null when it has been sent already. */
  async function told(event: LiveEvent): Promise<Uint8Array | null> {
    if (seen.has(event)) return null;
    const view = await services.dashboard();
    const account = view.accounts.find(({ key }) => key === event.account);
    // Settings changed, or the account is gone: then more than one account may look different. Where another process
    // renamed one nobody said so, and the listener would keep both.
    if (!account || (shown !== null && shown !== keysOf(view))) return wholeView(view);
    shown = keysOf(view);
    seen.one(event.account!, Math.max(event.id, view.eventId));
    return message("account", event.id, accountMessage(account, view.at, event.id));
  }

  /** The next message, or null when the hub was closed. */
  async function next(): Promise<Uint8Array | null> {
    while (true) {
      waiting ??= events.read();
      const beat = new AbortController();
      const silence = clock.sleep(HEARTBEAT_MS, AbortSignal.any([beat.signal, stopped.signal]));
      const result = await Promise.race([waiting, silence.then(() => null)]);
      beat.abort();
      if (stopped.signal.aborted) return null;
      if (result === null) return encoder.encode(": still here\n\n");
      waiting = null;
      if (result.done) return null;
      const bytes = await told(result.value);
      if (bytes) return bytes;
    }
  }

  function end() {
    stopped.abort();
    unread?.abort();
    onEnd();
  }

  /** Ends the stream before its listener does. */
  function leave(retryMs: number) {
    if (stopped.signal.aborted) return;
    end();
    control?.enqueue(retry(retryMs));
    control?.close();
    void events.cancel();
  }

  /** From now on until the next `pull` something waits to be taken. */
  async function waitForReader() {
    const waiting = unread = new AbortController();
    await clock.sleep(MAX_UNREAD_MS, AbortSignal.any([waiting.signal, stopped.signal]));
    if (!waiting.signal.aborted) leave(RETRY_MS);
  }

  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      control = controller;
      controller.enqueue(retry(RETRY_MS));
      void waitForReader();
      if (lastEventId === `${instanceId}:${hub.lastId}`) {
        seen.all(hub.lastId);
        return;
      }
      try {
        const view = await services.dashboard();
        if (!stopped.signal.aborted) controller.enqueue(wholeView(view));
      } catch (error) {
        fail(controller, error);
      }
    },
    async pull(controller) {
      unread?.abort();
      try {
        const bytes = await next();
        if (stopped.signal.aborted) return;
        if (bytes) {
          controller.enqueue(bytes);
          void waitForReader();
          return;
        }
        controller.close();
        end();
      } catch (error) {
        fail(controller, error);
      }
    },
    async cancel() {
      end();
      await events.cancel();
    },
  });
  return { stream, giveWay: () => leave(RETRY_LATER_MS) };

  /** The stream ends and the browser connects again: it is told nothing about the reason. */
  function fail(controller: ReadableStreamDefaultController<Uint8Array>, error: unknown) {
    if (stopped.signal.aborted) return;
    log.error("A live stream ended early", {
      reason: errorText(error),
    });
    controller.close();
    end();
    void events.cancel();
  }
}

/** In one order, since accounts change places without that concerning whoever shows them. */
function keysOf({ accounts }: DashboardView): string {
  return accounts.map(({ key }) => key).sort().join("\n");
}

/** Which events a listener knows about: all up to one, and more of single accounts. */
class Seen {
  #all = 0;
  readonly #accounts = new Map<string, number>();

  all(id: number) {
    this.#all = id;
    this.#accounts.clear();
  }

  one(account: string, id: number) {
    this.#accounts.set(account, id);
  }

  has({ id, account }: LiveEvent): boolean {
    return id <= this.#all || (account !== null && id <= (this.#accounts.get(account) ?? 0));
  }
}
