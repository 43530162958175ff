import { type Signal, useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { DashboardView } from "../lib/model/view/view.ts";
import { useNow } from "../lib/ui/clock.ts";
import { useLive, withAccount } from "../lib/ui/connection.ts";
import { ConnectionStatus } from "../lib/ui/ConnectionStatus.tsx";
import { showFavicon } from "../lib/ui/favicon.ts";
import { saveLastView } from "../lib/ui/last_view.ts";
import { registerWorker } from "../lib/ui/worker.ts";
import { followTheme } from "../lib/ui/theme.ts";
import { newestSnapshot, titleWith } from "../lib/ui/words.ts";
import { useOneZone, useZone } from "../lib/ui/zone.ts";

interface LiveProps {
  readonly view: Signal<DashboardView>;
  readonly zone: string;
  /** Of the program that made the page. */
  readonly version: string;
  /** Of the page, without what is the tightest; empty for the overview. */
  readonly title: string;
}

/** The connection to the server: takes in what it pushes, and says how it stands. */
export default function Live({ view, version, title, ...props }: LiveProps) {
  const now = useNow(view);
  const zone = useZone(view, props.zone);
  useOneZone(zone, props.zone);
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
    const isLeaving = connection.value === "paused";
    if (connection.value === "live" || isLeaving) {
      saveLastView({ view: view.value, zone: zone.value }, isLeaving);
    }
  });

  useEffect(registerWorker, []);

  const theme = useComputed(() => view.value.settings.theme);
  const first = useRef(theme.peek());
  useSignalEffect(() => {
    if (theme.value !== first.current) followTheme(theme.value);
  });

  useSignalEffect(() => {
    // A figure that is not kept up to date must not stand in the tab.
    const shown = connection.value === "paused" ? null : view.value;
    document.title = titleWith(shown, title);
    showFavicon(shown);
  });

  return (
    <ConnectionStatus
      connection={connection}
      dataAt={newestSnapshot(view.value) ?? view.value.at}
      now={now}
      zone={zone.value}
    />
  );
}
