/** In which zone a page tells times: the one that was set, or that of the browser. */
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { BROWSER_ZONE, type ViewSettings } from "../model/view.ts";

/** Where the server reads the zone of a browser. */
export const ZONE_COOKIE = "tz";

/** The zone of this browser, remembered for the server, which then tells times in it from the start. */
export function rememberBrowserZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  remember(ZONE_COOKIE, zone);
  return zone;
}

/** Keeps a choice in the browser, for the pages of this server alone. */
export function remember(name: string, value: string): void {
  document.cookie = `${name}=${encodeURIComponent(value)};path=/;max-age=31536000;samesite=lax`;
}

/**
 * Follows what is set while the page is open.
 *
 * @param zone in which the server made the page
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
