import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { DashboardView } from "../lib/model/view/view.ts";
import { useNow } from "../lib/ui/clock.ts";
import { reload, useLive, withAccount } from "../lib/ui/connection.ts";
import { ConnectionStatus } from "../lib/ui/ConnectionStatus.tsx";
import { showFavicon } from "../lib/ui/favicon.ts";
import { saveLastView } from "../lib/ui/last_view.ts";
import { registerWorker } from "../lib/ui/worker.ts";
import type { FrameFacts } from "../lib/ui/Frame.tsx";
import { newestSnapshot, settingsMark, titleWith } from "../lib/ui/words.ts";
import { rememberBrowserZone } from "../lib/ui/zone.ts";

interface LiveStatusProps {
  readonly facts: FrameFacts;
  /** True when the page has a form: then it never reloads by itself. */
  readonly editing?: boolean;
}

/**
 * The connection of a page with data as of its rendering: it shows when there are newer readings, and lets
 * the reader load them. It applies changed settings at once.
 */
export default function LiveStatus({ facts, editing = false }: LiveStatusProps) {
  const isOutdated = useSignal(false);
  const view = useSignal<DashboardView | null>(null);
  const now = useNow(useComputed(() => view.value ?? facts));
  const connection = useLive(facts.version, {
    view(next) {
      view.value = next;
      if (settingsMark(next) === facts.settings) return;
      // A reload would lose what is being typed, and a form being sent.
      if (editing) isOutdated.value = true;
      else reload();
    },
    account(message) {
      if (view.peek()) view.value = withAccount(view.peek()!, message);
    },
  });

  useEffect(registerWorker, []);

  useEffect(() => {
    const own = rememberBrowserZone();
    // The server did not know the browser's zone yet; without cookies it never will.
    const isOther = facts.browserZone && own !== facts.zone;
    if (isOther && document.cookie.includes(encodeURIComponent(own))) reload();
  }, []);

  useSignalEffect(() => {
    const shown = connection.value === "paused" ? null : view.value;
    if (!shown && connection.value !== "paused") return;
    document.title = titleWith(shown, facts.title);
    showFavicon(shown);
    if (shown) saveLastView({ view: shown, zone: facts.zone });
  });

  const newest = view.value && newestSnapshot(view.value);
  const hasNewer = newest !== null && newest > (facts.dataAt ?? 0);
  return (
    <>
      {isOutdated.value && (
        <button
          type="button"
          class="outdated-btn chip touch-target text-accent"
          onClick={() => reload()}
        >
          Settings changed: load
        </button>
      )}
      {hasNewer && !editing && (
        <button
          type="button"
          class="newer-btn chip touch-target text-accent"
          onClick={() => reload()}
        >
          New data, refresh
        </button>
      )}
      <ConnectionStatus connection={connection} dataAt={facts.dataAt} now={now} zone={facts.zone} />
    </>
  );
}
