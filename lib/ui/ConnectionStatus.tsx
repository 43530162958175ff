/** The state of the connection to the server, the age of the figures, and the button that polls now. */
import { pathTo } from "./base_path.ts";
import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { Connection } from "./connection.ts";
import { instantText } from "./dates.ts";
import { RefreshIcon } from "./icons.tsx";

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

export interface ConnectionStatusProps {
  readonly connection: ReadonlySignal<Connection>;
  /** When the newest figures on the page were read, epoch milliseconds; null before the first. */
  readonly dataAt: number | null;
  readonly now: ReadonlySignal<number>;
  readonly zone: string;
}

export function ConnectionStatus({ connection, dataAt, now, zone }: ConnectionStatusProps) {
  const asking = useSignal(false);
  const problem = useSignal("");

  async function refresh() {
    asking.value = true;
    problem.value = "";
    try {
      const answer = await fetch(pathTo("/api/refresh"), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{}",
      });
      if (answer.status === 429) problem.value = "Polled a moment ago";
      else if (!answer.ok) problem.value = `The server answered ${answer.status}`;
    } catch {
      problem.value = "The server cannot be reached";
    }
    asking.value = false;
  }

  const { value: state } = connection;
  const age = dataAt === null ? "no data yet" : `updated ${instantText(dataAt, now.value, zone)}`;
  return (
    <>
      <p
        class="connection-status whitespace-nowrap text-sm leading-tight text-muted"
        id="last-updated"
        role="status"
        aria-live="off"
      >
        <span class="connection inline-flex items-center gap-1.5 text-ink" data-connection={state}>
          <span class={`inline-block h-2 w-2 rounded-full ${DOTS[state]}`} aria-hidden="true"></span>
          {WORDS[state]}
        </span>
        <br />
        <span class="data-age text-xs">{problem.value || age}</span>
      </p>
      <button
        id="refresh-btn"
        type="button"
        class="icon-button needs-script touch-target"
        aria-label="Poll all accounts now"
        title="Poll now (r)"
        disabled={asking.value}
        onClick={refresh}
      >
        <RefreshIcon />
      </button>
    </>
  );
}
