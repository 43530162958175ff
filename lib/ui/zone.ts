/** In which zone a page tells times: the one that was set, or that of the browser. */
import { type ReadonlySignal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { isSameZone } from "../model/time.ts";
import { BROWSER_ZONE, type ViewSettings } from "../model/view/view.ts";

/** Where the server reads the zone of a browser. */
export const ZONE_COOKIE = "tz";
/** And which tab of the overview was chosen last. */
export const PROVIDER_COOKIE = "provider";

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

/** Which zone the page was loaded anew for, so that a server that tells times in another one is not asked for ever. */
const ASKED_FOR = "zone-asked-for";

/**
 * Loads the page anew where another zone counts than the one in which the server made it: days, tables and charts are
 * made there, and a page must not tell times in two.
 *
 * @param made in which the server made the page
 */
export function useOneZone(zone: ReadonlySignal<string>, made: string): void {
  useSignalEffect(() => {
    const wanted = zone.value;
    if (isSameZone(wanted, made)) return;
    try {
      if (sessionStorage.getItem(ASKED_FOR) === `${made} ${wanted}`) return;
      sessionStorage.setItem(ASKED_FOR, `${made} ${wanted}`);
    } catch {
      // Where nothing may be kept it cannot be known whether asking again would help.
      return;
    }
    location.reload();
  });
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
