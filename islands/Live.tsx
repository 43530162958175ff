import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { clockText } from "../lib/model/time.ts";
import type { AccountView, DashboardView } from "../lib/model/view.ts";
import { RefreshIcon } from "../lib/ui/icons.tsx";

interface LiveProps {
  readonly view: Signal<DashboardView>;
  readonly zone: string;
}

type Connection = "static" | "connecting" | "live" | "lost";

const WORDS: Readonly<Record<Connection, string>> = {
  static: "Not live",
  connecting: "Connecting",
  live: "Live",
  lost: "Disconnected",
};
const DOTS: Readonly<Record<Connection, string>> = {
  static: "bg-unknown",
  connecting: "bg-warning",
  live: "bg-healthy",
  lost: "bg-critical",
};
/** How long to wait before connecting again, in milliseconds; the last one for ever after. */
const WAITS = [1000, 2000, 5000, 10_000, 30_000];

/** The connection to the server: takes in what it pushes, and says how it stands. */
export default function Live({ view, zone }: LiveProps) {
  const connection = useSignal<Connection>("static");
  const asking = useSignal(false);
  const note = useSignal("");

  useEffect(() => {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tries = 0;

    function connect() {
      connection.value = tries === 0 ? "connecting" : "lost";
      source = new EventSource("/api/live");
      source.onopen = () => {
        tries = 0;
        connection.value = "live";
      };
      source.addEventListener("view", (event) => view.value = JSON.parse(event.data));
      source.addEventListener("account", (event) => {
        view.value = replaced(view.peek(), JSON.parse(event.data));
      });
      source.onerror = () => {
        // The browser connects again by itself unless it was refused; then we do, ever more slowly.
        connection.value = "lost";
        if (source.readyState !== EventSource.CLOSED) return;
        timer = setTimeout(connect, WAITS[Math.min(tries++, WAITS.length - 1)]);
      };
    }

    connect();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, []);

  async function refresh() {
    asking.value = true;
    try {
      const answer = await fetch("/api/refresh", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      note.value = answer.ok
        ? ""
        : answer.status === 429
        ? "Asked a moment ago"
        : `The server answered ${answer.status}`;
    } catch {
      note.value = "The server cannot be reached";
    }
    asking.value = false;
  }

  const { value: state } = connection;
  return (
    <div class="flex items-center gap-3 text-sm">
      <p class="text-right leading-tight text-muted" id="last-updated" role="status" aria-live="off">
        <span class="connection inline-flex items-center gap-1.5 text-ink" data-connection={state}>
          <span class={`inline-block h-2 w-2 rounded-full ${DOTS[state]}`} aria-hidden="true"></span>
          {WORDS[state]}
        </span>
        <br />
        <span class="text-xs">{note.value || `data of ${clockText(latest(view.value), zone)}`}</span>
      </p>
      <button
        id="refresh-btn"
        type="button"
        class="flex h-9 w-9 items-center justify-center rounded-lg border border-line bg-surface text-muted hover:text-ink"
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
