/**
 * The live stream: what changes, pushed to browsers as server-sent events.
 *
 * On connect comes the whole view, so a listener needs no other request and a
 * reconnect no replay; then each account that changed. Ids are `<run>:<counter of the
 * hub>`: whoever comes back to the same run and has missed nothing gets no view again.
 */
import { accountMessage } from "../dialects/native_api.ts";
import type { LiveEvent } from "../hub.ts";
import type { DashboardView } from "../model/view.ts";
import type { Services } from "../services.ts";
import { errorText } from "./answer.ts";

/** A comment this often keeps proxies from closing a quiet stream, and finds out who has left. */
export const HEARTBEAT_MS = 20_000;
/** How long a browser waits before it connects again. */
const RETRY_MS = 2000;

export interface LiveStreams {
  /** How many are open. */
  readonly open: number;
  /**
   * A new stream, or null when as many are open as may be.
   *
   * @param lastEventId the id of the last event the listener has seen, or null
   */
  connect(services: Services, lastEventId: string | null): ReadableStream<Uint8Array> | null;
}

export function createLiveStreams(most: number): LiveStreams {
  let open = 0;
  return {
    get open() {
      return open;
    },
    connect(services, lastEventId) {
      if (open >= most) return null;
      open++;
      let left = false;
      return liveStream(services, lastEventId, () => {
        if (!left) open--;
        left = true;
      });
    },
  };
}

const encoder = new TextEncoder();

function liveStream(
  services: Services,
  lastEventId: string | null,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const { hub, clock, instanceId, log } = services;
  // Listen first and read the view afterwards, so that nothing falls between the two.
  const events = hub.subscribe().getReader();
  const seen = new Seen();
  const stopped = new AbortController();
  let waiting: Promise<ReadableStreamReadResult<LiveEvent>> | null = null;

  function message(event: string, id: number, data: unknown): Uint8Array {
    return encoder.encode(`event: ${event}\nid: ${instanceId}:${id}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  function wholeView(view: DashboardView): Uint8Array {
    seen.all(view.eventId);
    // With the version, so that a page that was made by another one can tell.
    return message("view", view.eventId, { ...view, version: services.version });
  }

  /** What to send for an event, or null when it has been sent already. */
  async function told(event: LiveEvent): Promise<Uint8Array | null> {
    if (seen.has(event)) return null;
    const view = await services.dashboard();
    const account = view.accounts.find(({ key }) => key === event.account);
    // Settings changed, or the account is gone: then more than one account may look different.
    if (!account) return wholeView(view);
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
    onEnd();
  }

  return new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
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
      try {
        const bytes = await next();
        if (stopped.signal.aborted) return;
        if (bytes) return controller.enqueue(bytes);
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
