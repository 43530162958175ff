/** The zone a page shows times in: the one set, or the browser's. */
import { pathTo } from "./base_path.ts";
import { type ReadonlySignal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { isSameZone } from "../model/time.ts";
import { BROWSER_ZONE, type ViewSettings } from "../model/view/view.ts";

/** Cookie in which the server reads the browser's zone. */
export const ZONE_COOKIE = "tz";
/** Cookie with the overview tab selected last. */
export const PROVIDER_COOKIE = "provider";

/** Stores this browser's zone for the server, which then renders in it from the start. */
export function rememberBrowserZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  remember(ZONE_COOKIE, zone);
  return zone;
}

/** Stores a choice in a cookie for this server's pages only. */
export function remember(name: string, value: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)};path=${pathTo("/")};max-age=31536000;samesite=lax`;
}

/**
 * The zone the page last reloaded for, so that a server that keeps rendering in another zone causes no endless
 * reloads.
 */
const RELOADED_KEY = "zone-asked-for";

/**
 * Reloads the page when its zone differs from the one the server rendered it in: the server renders days,
 * tables and charts, and a page must not mix two zones.
 *
 * @param renderedZone the zone the server rendered the page in
 */
export function useOneZone(zone: ReadonlySignal<string>, renderedZone: string): void {
  useSignalEffect(() => {
    const wanted = zone.value;
    if (isSameZone(wanted, renderedZone)) return;
    try {
      if (sessionStorage.getItem(RELOADED_KEY) === `${renderedZone} ${wanted}`) return;
      sessionStorage.setItem(RELOADED_KEY, `${renderedZone} ${wanted}`);
    } catch {
      // Without storage, the page cannot know whether another reload would help.
      return;
    }
    location.reload();
  });
}

/**
 * Follows the zone setting while the page is open.
 *
 * @param zone the zone the server rendered the page in
 */
export function useZone(
  view: ReadonlySignal<{ readonly settings: Pick<ViewSettings, "zone"> }>,
  zone: string,
): ReadonlySignal<string> {
  const own = useSignal<string | null>(null);
  useEffect(() => {
    own.value = rememberBrowserZone();
  }, []);
  return useComputed(() => {
    const set = view.value.settings.zone;
    return set === BROWSER_ZONE ? own.value ?? zone : set;
  });
}
