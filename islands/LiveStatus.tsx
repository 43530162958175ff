import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { DashboardView } from "../lib/model/view/view.ts";
import { showBadge } from "../lib/ui/badge.ts";
import { useNow } from "../lib/ui/clock.ts";
import { reload, useLive, withAccount } from "../lib/ui/connection.ts";
import { ConnectionStatus } from "../lib/ui/ConnectionStatus.tsx";
import { showFavicon } from "../lib/ui/favicon.ts";
import { followFilters } from "../lib/ui/filters.ts";
import { saveLastView } from "../lib/ui/last_view.ts";
import { isAtRest, refreshMode, refreshParts } from "../lib/ui/refresh_parts.ts";
import { registerWorker } from "../lib/ui/worker.ts";
import type { FrameFacts } from "../lib/ui/Frame.tsx";
import { findNewestSnapshot, settingsMark, titleWith } from "../lib/ui/words.ts";
import { rememberBrowserZone } from "../lib/ui/zone.ts";

interface LiveStatusProps {
  readonly facts: FrameFacts;
  /** True when the page has a form: then it never reloads by itself. */
  readonly editing?: boolean;
}

/** Minimum time between two reloads of the page. */
const MIN_RELOAD_MS = 60_000;
/** Minimum time between two updates of its parts. */
const MIN_REFRESH_MS = 10_000;

/**
 * The connection of a page that shows data as of its rendering. While the reader is at the top, newer readings
 * appear by themselves; further down, a button announces them. Changed settings apply at once.
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

  useEffect(followFilters, []);
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
    if (!shown) return;
    showBadge(shown);
    saveLastView({ view: shown, zone: facts.zone });
  });

  const shownAt = useSignal(facts.dataAt);
  const newest = useComputed(() => view.value && findNewestSnapshot(view.value));
  const hasNewer = newest.value !== null && newest.value > (shownAt.value ?? 0);
  const isLoading = useSignal(false);
  /** False while the newer readings are about to appear by themselves. */
  const isAnnounced = useSignal(false);

  const loadedAt = useRef(0);

  /**
   * Shows the newest readings; a page without figures only updates when they were read.
   *
   * @param isRequested true when the reader requested them, whatever else is going on
   */
  async function load(isRequested = false) {
    const how = refreshMode();
    if (how === "whole") return void reload();
    const wanted = newest.peek();
    if (isLoading.peek() || wanted === null) return;
    isLoading.value = true;
    loadedAt.current = performance.now();
    const got = how === "parts" ? await refreshParts(isRequested ? () => true : isAtRest) : wanted;
    // The sign-in may have ended, or the address may show another page by now.
    if (got === null && isRequested) return void reload();
    // Recording an older answer than the announced one would request it again without end.
    if (got !== null) shownAt.value = Math.max(got, wanted);
    isLoading.value = false;
  }

  /** With many accounts a reading arrives every few seconds, and the page would never rest. */
  function isDue(): boolean {
    const how = refreshMode();
    if (how === "whole") return performance.now() >= MIN_RELOAD_MS;
    return how === "none" || loadedAt.current === 0 || performance.now() - loadedAt.current >= MIN_REFRESH_MS;
  }
  useSignalEffect(() => {
    if (editing || newest.value === null || newest.value <= (shownAt.value ?? 0)) {
      isAnnounced.value = false;
      return;
    }
    // Reading the clock checks again each second.
    if (!isDue()) void now.value;
    isAnnounced.value = refreshMode() !== "parts" || !isAtRest();
    if (isDue() && (refreshMode() === "none" || isAtRest())) load();
  });
  useEffect(() => {
    const loadIfAtRest = () => {
      const at = newest.peek();
      if (!editing && at !== null && at > (shownAt.peek() ?? 0) && isDue() && isAtRest()) load();
    };
    addEventListener("scrollend", loadIfAtRest);
    return () => removeEventListener("scrollend", loadIfAtRest);
  }, []);

  return (
    <>
      {isOutdated.value && (
        <button
          type="button"
          class="outdated-btn floating-btn touch-target"
          onClick={() => location.reload()}
        >
          Settings changed, reload
        </button>
      )}
      {hasNewer && isAnnounced.value && !isLoading.value && (
        <button
          type="button"
          class="newer-btn floating-btn touch-target"
          onClick={() => {
            scrollTo({ top: 0 });
            load(true);
          }}
        >
          New data, refresh
        </button>
      )}
      <ConnectionStatus connection={connection} dataAt={shownAt.value} now={now} zone={facts.zone} />
    </>
  );
}
