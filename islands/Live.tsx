import { type Signal, useSignalEffect } from "@preact/signals";
import type { DashboardView } from "../lib/model/view.ts";
import { useNow } from "../lib/ui/clock.ts";
import { useLive, withAccount } from "../lib/ui/connection.ts";
import { ConnectionStatus } from "../lib/ui/ConnectionStatus.tsx";
import { newestSnapshot, titleWith } from "../lib/ui/words.ts";

interface LiveProps {
  readonly view: Signal<DashboardView>;
  readonly zone: string;
  /** Of the program that made the page. */
  readonly version: string;
  /** Of the page, without what is the tightest; empty for the overview. */
  readonly title: string;
}

/** The connection to the server: takes in what it pushes, and says how it stands. */
export default function Live({ view, zone, version, title }: LiveProps) {
  const now = useNow(view);
  const connection = useLive(version, {
    view: take,
    account: (message) => take(withAccount(view.peek(), message)),
  });

  function take(next: DashboardView) {
    // What helps a newcomer is a page of its own, which ends with the first account.
    if (view.peek().accounts.length === 0 && next.accounts.length > 0) location.reload();
    view.value = next;
  }

  useSignalEffect(() => {
    // A figure that is not kept up to date must not stand in the tab.
    document.title = connection.value === "paused" ? titleWith(null, title) : titleWith(view.value, title);
  });

  return (
    <ConnectionStatus
      connection={connection}
      dataAt={newestSnapshot(view.value) ?? view.value.at}
      now={now}
      zone={zone}
    />
  );
}
