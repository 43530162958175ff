import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AccountView, DashboardView } from "../lib/model/view.ts";
import { useNow } from "../lib/ui/clock.ts";
import { instantText } from "../lib/ui/dates.ts";
import { RefreshIcon } from "../lib/ui/icons.tsx";
import { pageTitle } from "../lib/ui/words.ts";

interface LiveProps {
  readonly view: Signal<DashboardView>;
  readonly zone: string;
}

type Connection = "static" | "connecting" | "live" | "lost" | "paused";

const WORDS: Readonly<Record<Connection, string>> = {
  static: "Not live",
  connecting: "Connecting",
  live: "Live",
  lost: "Disconnected",
  paused: "Paused",
};
const DOTS: Readonly<Record<Connection, string>> = {
  static: "bg-unknown",
  connecting: "bg-warning",
  live: "bg-healthy",
  lost: "bg-critical",
  paused: "bg-unknown",
};
/** How long to wait before connecting again, in milliseconds; the last one for ever after. */
const WAITS = [1000, 2000, 5000, 10_000, 30_000];

/** The connection to the server: takes in what it pushes, and says how it stands. */
export default function Live({ view, zone }: LiveProps) {
  const connection = useSignal<Connection>("static");
  const asking = useSignal(false);
  const note = useSignal("");
  const now = useNow(view);

  useEffect(() => {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tries = 0;

    function take(next: DashboardView) {
      // What helps a newcomer is a page of its own, which ends with the first account.
      if (view.peek().accounts.length === 0 && next.accounts.length > 0) location.reload();
      view.value = next;
      note.value = "";
    }

    function connect() {
      connection.value = tries === 0 ? "connecting" : "lost";
      const own = source = new EventSource("/api/live");
      own.onopen = () => {
        tries = 0;
        connection.value = "live";
      };
      own.addEventListener("view", (event) => take(JSON.parse(event.data)));
      own.addEventListener("account", (event) => take(replaced(view.peek(), JSON.parse(event.data))));
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

  useSignalEffect(() => {
    // A figure that is not kept up to date must not stand in the tab.
    document.title = connection.value === "paused" ? "Syntrack" : pageTitle(view.value);
  });

  async function refresh() {
    asking.value = true;
    note.value = "";
    try {
      const answer = await fetch("/api/refresh", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      if (answer.status === 429) note.value = "Asked a moment ago";
      else if (!answer.ok) note.value = `The server answered ${answer.status}`;
    } catch {
      note.value = "The server cannot be reached";
    }
    asking.value = false;
  }

  const { value: state } = connection;
  return (
    <div class="flex items-center gap-3 text-sm">
      <p
        class="whitespace-nowrap text-right leading-tight text-muted"
        id="last-updated"
        role="status"
        aria-live="off"
      >
        <span class="connection inline-flex items-center gap-1.5 text-ink" data-connection={state}>
          <span class={`inline-block h-2 w-2 rounded-full ${DOTS[state]}`} aria-hidden="true"></span>
          {WORDS[state]}
        </span>
        <br />
        <span class="data-age text-xs">
          {note.value || `data of ${instantText(latest(view.value), now.value, zone)}`}
        </span>
      </p>
      <button
        id="refresh-btn"
        type="button"
        class="needs-script touch-target flex h-9 w-9 items-center justify-center rounded-lg border border-line bg-surface text-muted hover:text-ink"
        aria-label="Poll all accounts now"
        title="Poll now"
        disabled={asking.value}
        onClick={refresh}
      >
        <RefreshIcon />
      </button>
    </div>
  );
}

/** The newest snapshot in the view, or when it was made where there is none. */
function latest(view: DashboardView): number {
  const times = view.accounts.flatMap((account) => account.at === null ? [] : [account.at]);
  return times.length === 0 ? view.at : Math.max(...times);
}

interface AccountMessage {
  readonly at: number;
  readonly eventId: number;
  readonly account: AccountView;
}

function replaced(view: DashboardView, { at, eventId, account }: AccountMessage): DashboardView {
  const known = view.accounts.some(({ key }) => key === account.key);
  const accounts = known
    ? view.accounts.map((other) => other.key === account.key ? account : other)
    : [...view.accounts, account].sort((a, b) => a.key < b.key ? -1 : 1);
  return { ...view, at, eventId, accounts };
}
