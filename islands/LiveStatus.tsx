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
  /** True where something is typed into the page: then it is not made anew without being asked. */
  readonly editing?: boolean;
}

/**
 * The connection of a page that shows what was read until it was made: it says when there are newer
 * readings, and leaves it to the reader to load them. Changed settings are followed at once.
 */
export default function LiveStatus({ facts, editing = false }: LiveStatusProps) {
  const isOutdated = useSignal(false);
  const view = useSignal<DashboardView | null>(null);
  const now = useNow(useComputed(() => view.value ?? facts));
  const connection = useLive(facts.version, {
    view(next) {
      view.value = next;
      if (settingsMark(next) === facts.settings) return;
      // A form that is being sent would be lost as well as what is being typed.
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
    // The server did not know yet in which zone to tell times; where nothing is remembered it never will.
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
          Newer readings: load
        </button>
      )}
      <ConnectionStatus connection={connection} dataAt={facts.dataAt} now={now} zone={facts.zone} />
    </>
  );
}
