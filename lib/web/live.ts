/**
 * The live stream: what changes, pushed to browsers as server-sent events.
 *
 * On connect the whole view is sent, so a listener needs no other request and a reconnect no replay; then
 * each changed account. Ids are `<run>:<counter of the hub>`: a listener that returns to the same run and has
 * missed nothing gets no new view.
 *
 * Each message is computed and encoded once for all listeners. When much changes, they get it batched, once a
 * second.
 */
import { accountMessage } from "../formats/native_api.ts";
import { concatBytes } from "../base/concat_bytes.ts";
import type { LiveEvent } from "../base/hub.ts";
import type { AccountKey } from "../model/quota.ts";
import type { DashboardView } from "../model/view/view.ts";
import type { PresentAccount } from "../read/present.ts";
import type { Principal } from "../access/principal.ts";
import type { AppContext } from "../app/context.ts";
import { NO_OPEN_ALERTS, type OpenAlerts } from "../ui/alerts/open.ts";
import { errorText } from "./failure.ts";
import { readOpenAlerts } from "./open_alerts.ts";

/** A comment at this interval keeps proxies from closing a quiet stream, and detects who has left. */
export const HEARTBEAT_MS = 20_000;
/** How long a browser waits before it reconnects. */
const RETRY_MS = 2000;
/**
 * The same for a stream that gave way to another: when all places are taken, they should change hands only
 * occasionally.
 */
const RETRY_LATER_MS = 30_000;
/** When all places are taken, streams older than this give way to a newcomer. */
export const MIN_STAY_MS = 30_000;
/** A message not taken within this time ends its stream. */
export const MAX_UNREAD_MS = 60_000;

/** Changes beyond this number within a second wait for its end. */
const MAX_AT_ONCE = 8;
const GATHER_MS = 1000;

export interface LiveStreams {
  /** Number of open streams. */
  readonly open: number;
  /**
   * Opens a stream, or returns null when the limit is reached and all streams are new. Otherwise the oldest ends:
   * the server cannot see whether a client reads, and one that never does must not keep out one that does.
   *
   * @param lastEventId the id of the last event the listener has seen, or null
   * @param principal the listener: the stream ends when their credential does
   */
  connect(
    services: AppContext,
    lastEventId: string | null,
    principal?: Principal,
  ): ReadableStream<Uint8Array> | null;
}

interface Listener {
  /** The credential it was opened with. */
  readonly owner: string;
  readonly since: number;
  giveWay(): void;
}

/** @param maxEach limit per credential, so that no single one takes all places */
export function createLiveStreams(most: number, maxEach = most): LiveStreams {
  /** Oldest first. */
  const open = new Set<Listener>();
  return {
    get open() {
      return open.size;
    },
    connect(services, lastEventId, principal) {
      const now = services.clock.now();
      const owner = principal?.credentialId ?? "";
      const own = [...open].filter((listener) => listener.owner === owner);
      const [oldest] = own.length >= maxEach ? own : open;
      if (oldest && (own.length >= maxEach || open.size >= most)) {
        // A clock that was set back makes no stream new.
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
      // A listener whose credential is still valid reconnects at once.
      if (principal) unwatch = services.access.onEnd(principal, end);
      return stream;
    },
  };
}

const encoder = new TextEncoder();
/** Cache of encoded data: the same view, or account of an event, goes to every listener. */
const encoded = new WeakMap<DashboardView | PresentAccount, Uint8Array>();

function encodeData(value: DashboardView | PresentAccount, make: () => unknown): Uint8Array {
  let bytes = encoded.get(value);
  if (!bytes) encoded.set(value, bytes = encoder.encode(`data: ${JSON.stringify(make())}\n\n`));
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
  const knownEvents = new KnownEvents();
  /** The accounts the listener has; null while unknown for one that reconnected. */
  let shown: string | null = null;
  const stopped = new AbortController();
  const closing = new AbortController();
  const over = AbortSignal.any([stopped.signal, closing.signal]);
  let unread: AbortController | null = null;
  let control: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Events not yet sent to the listener, only the newest per account. */
  const pending = new Map<AccountKey | null, LiveEvent>();
  let alertsEvent: LiveEvent | null = null;
  let wake: () => void = () => {};
  /** The open alerts the listener knows; null for one that reconnected with some. */
  let knownAlerts: OpenAlerts | null = NO_OPEN_ALERTS;
  let second = { at: Number.NEGATIVE_INFINITY, sent: 0 };
  // Listen first and read the view afterwards, so that nothing is lost in between.
  const leaveHub = hub.listen((event) => {
    // Open alerts follow every event, whatever its kind.
    if (event.kind === "alerts") alertsEvent = event;
    else {
      pending.delete(event.account);
      pending.set(event.account, event);
    }
    wake();
  }, () => closing.abort());

  function encodeMessage(event: string, id: number, data: Uint8Array): Uint8Array {
    return concatBytes([encoder.encode(`event: ${event}\nid: ${instanceId}:${id}\n`), data]);
  }

  /**
   * Returns the open alerts, unless the listener knows them; built once for all listeners of the same
   * services.
   */
  async function alertsMessage(id: number): Promise<Uint8Array | null> {
    const open = await readOpenAlerts(services);
    if (knownAlerts !== null && JSON.stringify(open) === JSON.stringify(knownAlerts)) return null;
    knownAlerts = open;
    return encodeMessage("alerts", id, encoder.encode(`data: ${JSON.stringify(open)}\n\n`));
  }

  async function encodeWholeView(): Promise<Uint8Array> {
    const view = await services.dashboard();
    shown = joinMembers(view);
    knownEvents.all(view.eventId);
    // With the version, so that a page rendered by another version can tell.
    return encodeMessage(
      "view",
      view.eventId,
      encodeData(view, () => ({ ...view, version: services.version })),
    );
  }

  /** Returns the message for some events, or null when all of it has been sent. */
  async function messageFor(events: readonly LiveEvent[]): Promise<Uint8Array | null> {
    const unseen = events.filter((event) => !knownEvents.has(event));
    if (unseen.length === 0) return null;
    // Settings changed, or an account is gone: then more than one account may look different. A rename by
    // another process raises no event, and the listener would keep both names.
    const members = await present.members();
    const concernsAll = unseen.some(({ account }) => account === null);
    if (concernsAll || (shown !== null && shown !== members)) return await encodeWholeView();
    const messages: Uint8Array[] = [];
    for (const { id, account } of unseen) {
      const one = await present.account(account!);
      if (one === null || one.account.hidden) return await encodeWholeView();
      knownEvents.one(one.account.key, Math.max(id, one.eventId));
      const data = encodeData(one, () => accountMessage(one.account, one.at, one.eventId));
      messages.push(encodeMessage("account", id, data));
    }
    shown = members;
    return concatBytes(messages);
  }

  /** Resolves at once when little changes, and after a second when much does. */
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

  /** Reports whether there is something to send before the stream has been quiet for long. */
  async function waitForEvent(): Promise<boolean> {
    const beat = new AbortController();
    wake = () => beat.abort();
    if (pending.size === 0 && alertsEvent === null) {
      await clock.sleep(HEARTBEAT_MS, AbortSignal.any([beat.signal, over]));
    }
    wake = () => {};
    return pending.size > 0 || alertsEvent !== null;
  }

  /** Returns the next message, or null when the hub was closed. */
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
      const parts = [await messageFor(events), await alertsMessage(id)].filter((part) => part !== null);
      if (parts.length > 0) return concatBytes(parts);
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

  /** Ends the stream when the listener takes nothing before the time is up. */
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
        knownEvents.all(hub.lastId);
        knownAlerts = null;
        return;
      }
      try {
        // Ahead of the view, so that a client that gets only a view knows that none is open.
        const alerts = await alertsMessage(hub.lastId);
        const view = await encodeWholeView();
        const bytes = alerts ? concatBytes([alerts, view]) : view;
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

  /** The stream ends and the browser reconnects; it does not learn the reason. */
  function fail(controller: ReadableStreamDefaultController<Uint8Array>, error: unknown) {
    if (stopped.signal.aborted) return;
    log.error("A live stream ended early", {
      reason: errorText(error),
    });
    controller.close();
    end();
  }
}

/** In a fixed order, since a new order of accounts does not concern clients. */
function joinMembers({ accounts }: DashboardView): string {
  return accounts.map(({ key }) => key).sort().join("\n");
}

/** The events a listener knows: all up to one, and later ones of single accounts. */
class KnownEvents {
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
