import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { DashboardView } from "../lib/model/view/view.ts";
import { showBadge } from "../lib/ui/badge.ts";
import { useNow } from "../lib/ui/clock.ts";
import { reload, useLive, withAccount } from "../lib/ui/connection.ts";
import { ConnectionStatus } from "../lib/ui/ConnectionStatus.tsx";
import { showFavicon } from "../lib/ui/favicon.ts";
import { saveLastView } from "../lib/ui/last_view.ts";
import { liveView, type PackedView } from "../lib/ui/packed_view.ts";
import { registerWorker } from "../lib/ui/worker.ts";
import { followTheme } from "../lib/ui/theme.ts";
import { findNewestSnapshot, titleWith } from "../lib/ui/words.ts";
import { useOneZone, useZone } from "../lib/ui/zone.ts";

interface LiveProps {
  readonly view: PackedView;
  readonly zone: string;
  /** Version of the program that rendered the page. */
  readonly version: string;
  /** The page title without the tightest quota; empty for the overview. */
  readonly title: string;
}

/** The connection to the server: applies what the server pushes, and shows its own state. */
export default function Live({ version, title, ...props }: LiveProps) {
  const view = liveView(props.view);
  const now = useNow(view);
  const zone = useZone(view, props.zone);
  useOneZone(zone, props.zone);
  const connection = useLive(version, {
    view: take,
    account: (message) => take(withAccount(view.peek(), message)),
  });

  function take(next: DashboardView) {
    // The first-run help is a separate page, which ends with the first account.
    if (view.peek().accounts.length === 0 && next.accounts.length > 0) reload();
    view.value = next;
  }

  useEffect(registerWorker, []);

  const theme = useComputed(() => view.value.settings.theme);
  const first = useRef(theme.peek());
  useSignalEffect(() => {
    if (theme.value !== first.current) followTheme(theme.value);
  });

  useSignalEffect(() => {
    const known = view.value;
    const isLeaving = connection.value === "paused";
    // The tab must not show a figure that is no longer updated.
    const shown = isLeaving ? null : known;
    document.title = titleWith(shown, title);
    showFavicon(shown);
    if (known.part) return;
    if (isLeaving || connection.value === "live") saveLastView({ view: known, zone: zone.value }, isLeaving);
    if (shown) showBadge(shown);
  });

  return (
    <ConnectionStatus
      connection={connection}
      dataAt={findNewestSnapshot(view.value) ?? view.value.at}
      now={now}
      zone={zone.value}
    />
  );
}
