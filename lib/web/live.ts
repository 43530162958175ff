/**
 * The live stream: what changes, pushed to browsers as server-sent events.
 *
 * On connect comes the whole view, so a listener needs no other request and a
 * reconnect no replay; then each account that changed. Ids are `<run>:<counter of the
 * hub>`: whoever comes back to the same run and has missed nothing gets no view again.
 *
 * What is sent is worked out and worded once for all listeners. Where much changes, each of them gets it together,
 * once a second.
 */
import { accountMessage } from "../formats/native_api.ts";
import type { LiveEvent } from "../base/hub.ts";
import type { AccountKey } from "../model/quota.ts";
import type { DashboardView } from "../model/view/view.ts";
import type { PresentAccount } from "../read/present.ts";
import type { Principal } from "../access/principal.ts";
import type { AppContext } from "../app/context.ts";
import { NO_OPEN_ALERTS, type OpenAlerts } from "../ui/alerts/open.ts";
import { errorText } from "./failure.ts";
import { openAlertsOf } from "./open_alerts.ts";

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

/** Changes beyond these within a second wait for its end. */
const MAX_AT_ONCE = 8;
const GATHER_MS = 1000;

export interface LiveStreams {
  /** How many are open. */
  readonly open: number;
  /**
   * A new stream, or null when as many are open as may be and all of them are new. Otherwise the oldest ends: whether
   * somebody reads what was sent cannot be seen, and who never reads must not keep out who does.
   *
   * @param lastEventId the id of the last event the listener has seen, or null
   * @param principal who listens: the stream ends when their credential does
   */
  connect(
    services: AppContext,
    lastEventId: string | null,
    principal?: Principal,
  ): ReadableStream<Uint8Array> | null;
}

interface Listener {
  /** Whose credential it was opened with. */
  readonly owner: string;
  readonly since: number;
  giveWay(): void;
}

/** @param mostEach of one credential, so that one of them cannot take the places of all */
export function createLiveStreams(most: number, mostEach = most): LiveStreams {
  /** The oldest first. */
  const open = new Set<Listener>();
  return {
    get open() {
      return open.size;
    },
    connect(services, lastEventId, principal) {
      const now = services.clock.now();
      const owner = principal?.credentialId ?? "";
      const own = [...open].filter((listener) => listener.owner === owner);
      const [oldest] = own.length >= mostEach ? own : open;
      if (oldest && (own.length >= mostEach || open.size >= most)) {
        // A clock that was set back makes nobody new.
        if (now >= oldest.since && now - oldest.since < MIN_STAY_MS) return null;
        oldest.giveWay();
      }
      let unwatch = () => {};
      const { stream, giveWay, end } = liveStream(services, lastEventId, () => {
        unwatch();
        open.delete(listener);
      });
      const listener: Listener = { owner, since: now, giveWay };
      open.add(listener);
      // Whoever is still known connects again at once.
      if (principal) unwatch = services.access.onEnd(principal, end);
      return stream;
    },
  };
}

const encoder = new TextEncoder();
/** What was worded already: the same view, or account of an event, goes to every listener. */
const worded = new WeakMap<DashboardView | PresentAccount, Uint8Array>();

function dataOf(told: DashboardView | PresentAccount, make: () => unknown): Uint8Array {
  let bytes = worded.get(told);
  if (!bytes) worded.set(told, bytes = encoder.encode(`data: ${JSON.stringify(make())}\n\n`));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const part of parts) {
    bytes.set(part, place);
    place += part.length;
  }
  return bytes;
}

function retry(ms: number): Uint8Array {
  return encoder.encode(`retry: ${ms}\n\n`);
}

function liveStream(
  services: AppContext,
  lastEventId: string | null,
  onEnd: () => void,
): { readonly stream: ReadableStream<Uint8Array>; readonly giveWay: () => void; readonly end: () => void } {
  const { hub, clock, instanceId, log, present } = services;
  const seen = new Seen();
  /** The accounts the listener has; null until that is known of one who came back. */
  let shown: string | null = null;
  const stopped = new AbortController();
  const closing = new AbortController();
  const over = AbortSignal.any([stopped.signal, closing.signal]);
  let unread: AbortController | null = null;
  let control: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** What the listener has not been told, only the newest of each account. */
  const pending = new Map<AccountKey | null, LiveEvent>();
  let alertsEvent: LiveEvent | null = null;
  let wake: () => void = () => {};
  /** The open alerts the listener knows; null for one who came back with some. */
  let alertsTold: OpenAlerts | null = NO_OPEN_ALERTS;
  let second = { at: Number.NEGATIVE_INFINITY, sent: 0 };
  // Listen first and read the view afterwards, so that nothing falls between the two.
  const leaveHub = hub.listen((event) => {
    // What is told of alerts follows every event, whichever it is.
    if (event.kind === "alerts") alertsEvent = event;
    else {
      pending.delete(event.account);
      pending.set(event.account, event);
    }
    wake();
  }, () => closing.abort());

  function message(event: string, id: number, data: Uint8Array): Uint8Array {
    return joined([encoder.encode(`event: ${event}\nid: ${instanceId}:${id}\n`), data]);
  }

  /** The open alerts, unless the listener knows them; made once for all listeners of the same services. */
  async function alertsMessage(id: number): Promise<Uint8Array | null> {
    const open = await openAlertsOf(services);
    if (alertsTold !== null && JSON.stringify(open) === JSON.stringify(alertsTold)) return null;
    alertsTold = open;
    return message("alerts", id, encoder.encode(`data: ${JSON.stringify(open)}\n\n`));
  }

  async function wholeView(): Promise<Uint8Array> {
    const view = await services.dashboard();
    shown = membersOf(view);
    seen.all(view.eventId);
    // With the version, so that a page that was made by another one can tell.
    return message("view", view.eventId, dataOf(view, () => ({ ...view, version: services.version })));
  }

  /** What to send for events, or null when it has been sent already. */
  async function told(events: readonly LiveEvent[]): Promise<Uint8Array | null> {
    const unseen = events.filter((event) => !seen.has(event));
    if (unseen.length === 0) return null;
    // Settings changed, or an account is gone: then more than one account may look different. Where another process
    // renamed one nobody said so, and the listener would keep both.
    const members = await present.members();
    const concernsAll = unseen.some(({ account }) => account === null);
    if (concernsAll || (shown !== null && shown !== members)) return await wholeView();
    const messages: Uint8Array[] = [];
    for (const { id, account } of unseen) {
      const one = await present.account(account!);
      if (one === null || one.account.hidden) return await wholeView();
      seen.one(one.account.key, Math.max(id, one.eventId));
      const data = dataOf(one, () => accountMessage(one.account, one.at, one.eventId));
      messages.push(message("account", id, data));
    }
    shown = members;
    return joined(messages);
  }

  /** Ends at once where little changes, and with the second where much does. */
  async function gather() {
    const now = clock.now();
    const at = Math.floor(now / GATHER_MS) * GATHER_MS;
    if (second.at !== at) second = { at, sent: 0 };
    if (second.sent + pending.size > MAX_AT_ONCE) {
      await clock.sleep(at + GATHER_MS - now, over);
      second = { at: at + GATHER_MS, sent: 0 };
    }
    second.sent += pending.size;
  }

  /** Whether there is something to tell before the stream has been quiet for long. */
  async function waitForEvent(): Promise<boolean> {
    const beat = new AbortController();
    wake = () => beat.abort();
    if (pending.size === 0 && alertsEvent === null) {
      await clock.sleep(HEARTBEAT_MS, AbortSignal.any([beat.signal, over]));
    }
    wake = () => {};
    return pending.size > 0 || alertsEvent !== null;
  }

  /** The next message, or null when the hub was closed. */
  async function next(): Promise<Uint8Array | null> {
    while (true) {
      const isQuiet = !await waitForEvent();
      if (over.aborted) return null;
      if (isQuiet) return encoder.encode(": still here\n\n");
      await gather();
      if (over.aborted) return null;
      const events = [...pending.values()];
      const id = Math.max(...events.map((event) => event.id), alertsEvent?.id ?? 0);
      pending.clear();
      alertsEvent = null;
      const parts = [await told(events), await alertsMessage(id)].filter((part) => part !== null);
      if (parts.length > 0) return joined(parts);
    }
  }

  function end() {
    stopped.abort();
    unread?.abort();
    leaveHub();
    onEnd();
  }

  /** Ends the stream before its listener does. */
  function leave(retryMs: number) {
    if (stopped.signal.aborted) return;
    end();
    control?.enqueue(retry(retryMs));
    control?.close();
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
        alertsTold = null;
        return;
      }
      try {
        // Ahead of the view, so that whoever gets a view alone knows that none is open.
        const alerts = await alertsMessage(hub.lastId);
        const view = await wholeView();
        const bytes = alerts ? joined([alerts, view]) : view;
        if (!stopped.signal.aborted) controller.enqueue(bytes);
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
    cancel: end,
  });
  return { stream, giveWay: () => leave(RETRY_LATER_MS), end: () => leave(RETRY_MS) };

  /** The stream ends and the browser connects again: it is told nothing about the reason. */
  function fail(controller: ReadableStreamDefaultController<Uint8Array>, error: unknown) {
    if (stopped.signal.aborted) return;
    log.error("A live stream ended early", {
      reason: errorText(error),
    });
    controller.close();
    end();
  }
}

/** In one order, since accounts change places without that concerning whoever shows them. */
function membersOf({ accounts }: DashboardView): string {
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
