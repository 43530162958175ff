/** The page's event stream: connects, reconnects, and pauses while the page is hidden. */
import { pathTo } from "./base_path.ts";
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { liveAlerts, NO_OPEN_ALERTS } from "./alerts/open.ts";
import type { AccountView, DashboardView } from "../model/view/view.ts";

/** `static`: not hydrated yet. `lost`: the connection broke or failed. `paused`: the page is hidden. */
export type Connection = "static" | "connecting" | "live" | "lost" | "paused";

export interface LiveListener {
  /** Receives the whole view: on connecting, and when more than one account may have changed. */
  view(view: DashboardView): void;
  /** Receives one account after a poll, successful or not. */
  account(message: ConnectionMessage): void;
}

export interface ConnectionMessage {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly eventId: number;
  readonly account: AccountView;
}

/** Delays before reconnecting, in milliseconds. */
const WAITS = [1000, 2000, 5000, 10_000];
/** The delay after those. */
const LAST_WAIT = 30_000;

/**
 * Listens while the component is mounted and the page is visible. Reloads the page when another version of
 * the program answers than the one that rendered it.
 */
export function useLive(version: string, listener: LiveListener): Signal<Connection> {
  const connection = useSignal<Connection>("static");

  useEffect(() => {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tries = 0;

    function connect() {
      connection.value = tries === 0 ? "connecting" : "lost";
      const own = source = new EventSource(pathTo("/api/live"));
      let hasAlerts = false;
      let viewCount = 0;
      own.onopen = () => {
        hasAlerts = false;
        viewCount = 0;
        tries = 0;
        connection.value = "live";
      };
      own.addEventListener("view", (event) => {
        // On connecting, open alerts arrive before the view, if there are any.
        if (viewCount++ === 0 && !hasAlerts) liveAlerts.value = NO_OPEN_ALERTS;
        const view: DashboardView & { readonly version: string } = JSON.parse(event.data);
        if (view.version === version || !reload()) listener.view(view);
      });
      own.addEventListener("alerts", (event) => {
        hasAlerts = true;
        liveAlerts.value = JSON.parse(event.data);
      });
      own.addEventListener("account", (event) => listener.account(JSON.parse(event.data)));
      own.onerror = () => {
        // The browser reconnects by itself after an error, but not after a refusal; then we do, with growing
        // delays.
        connection.value = "lost";
        if (own.readyState !== EventSource.CLOSED) return;
        timer = setTimeout(connect, WAITS[tries++] ?? LAST_WAIT);
      };
    }

    function disconnect() {
      clearTimeout(timer);
      source?.close();
      source = undefined;
      tries = 0;
    }

    /**
     * A hidden page has no reader, and browsers open at most six connections to a server: with that many tabs
     * open, the next one would wait forever. The next connection brings what the page missed.
     */
    function follow() {
      disconnect();
      if (document.visibilityState === "visible") connect();
      else connection.value = "paused";
    }

    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      disconnect();
    };
  }, []);

  return connection;
}

/** Reloads the page, except while the user is filling in a form; returns whether it reloads. */
export function reload(): boolean {
  if (document.querySelector("form[data-dirty]")) return false;
  location.reload();
  return true;
}

/** Returns the view with one account updated from a message. */
export function withAccount(view: DashboardView, { at, eventId, account }: ConnectionMessage): DashboardView {
  const known = view.accounts.some(({ key }) => key === account.key);
  const accounts = known
    ? view.accounts.map((other) => other.key === account.key ? account : other)
    : [...view.accounts, account];
  return { ...view, at, eventId, accounts };
}
