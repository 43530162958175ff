/** The one stream of a page: connects, connects again, rests while nobody looks. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AccountView, DashboardView } from "../model/view/view.ts";

/** `static`: not alive yet. `lost`: was or could not be reached. `paused`: the page is not looked at. */
export type Connection = "static" | "connecting" | "live" | "lost" | "paused";

export interface LiveListener {
  /** The whole view: on connecting, and when more than one account may look different. */
  view(view: DashboardView): void;
  /** One account that was asked, or failed to answer. */
  account(message: AccountMessage): void;
}

export interface AccountMessage {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly eventId: number;
  readonly account: AccountView;
}

/** How long to wait before connecting again, in milliseconds; the last one for ever after. */
const WAITS = [1000, 2000, 5000, 10_000, 30_000];

/**
 * Listens for as long as the component lives and the page is looked at. A page that was made by another
 * version of the program than the one that answers is loaded again.
 */
export function useLive(version: string, listener: LiveListener): Signal<Connection> {
  const connection = useSignal<Connection>("static");

  useEffect(() => {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tries = 0;

    function connect() {
      connection.value = tries === 0 ? "connecting" : "lost";
      const own = source = new EventSource("/api/live");
      own.onopen = () => {
        tries = 0;
        connection.value = "live";
      };
      own.addEventListener("view", (event) => {
        const view: DashboardView & { readonly version: string } = JSON.parse(event.data);
        if (view.version === version || !reload()) listener.view(view);
      });
      own.addEventListener("account", (event) => listener.account(JSON.parse(event.data)));
      own.onerror = () => {
        // The browser connects again by itself unless it was refused; then we do, ever more slowly.
        connection.value = "lost";
        if (own.readyState !== EventSource.CLOSED) return;
        timer = setTimeout(connect, WAITS[Math.min(tries++, WAITS.length - 1)]);
      };
    }

    function disconnect() {
      clearTimeout(timer);
      source?.close();
      source = undefined;
      tries = 0;
    }

    /**
     * Nobody looks at a hidden page, and browsers open no more than six connections to a server: with as
     * many tabs left open the next one would wait for ever. What was missed comes with the next connection.
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

/** Loads the page again, unless somebody has begun to fill in a form; says whether it does. */
export function reload(): boolean {
  if (document.querySelector("form[data-dirty]")) return false;
  location.reload();
  return true;
}

/** The view with what a message says of one account. */
export function withAccount(view: DashboardView, { at, eventId, account }: AccountMessage): DashboardView {
  const known = view.accounts.some(({ key }) => key === account.key);
  const accounts = known
    ? view.accounts.map((other) => other.key === account.key ? account : other)
    : [...view.accounts, account].sort((a, b) => a.key < b.key ? -1 : 1);
  return { ...view, at, eventId, accounts };
}
