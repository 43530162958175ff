/** Preferences a browser stores and sends along: its zone, and the density of the overview. */
import type { Density } from "../model/setting_limits.ts";
import { BROWSER_ZONE } from "../model/view/view.ts";
import { isZone } from "../model/time.ts";
import { PROVIDER_COOKIE, ZONE_COOKIE } from "../ui/zone.ts";
import { DISMISSED_COOKIE } from "../ui/alerts/open.ts";
import type { AppContext } from "../app/context.ts";
import { parseDismissed } from "./dismissed.ts";

/** Valid provider names, here and in config files. */
const PROVIDER_ID = /^[a-z0-9][a-z0-9-]{0,39}$/;

const YEAR_S = 31_536_000;

export interface Preferences {
  /** An IANA zone the runtime knows, or null. */
  readonly zone: string | null;
  /** Null unless the browser has chosen. */
  readonly density: Density | null;
  /** Id of the provider whose quotas were shown last; absent for all. */
  readonly provider?: string;
  /** Marks of alerts dismissed from the top of pages; absent for none. */
  readonly dismissed?: readonly string[];
}

/** @param header the Cookie header, which may hold anything */
export function parsePreferences(header: string | null): Preferences {
  const zone = findCookie(header, ZONE_COOKIE);
  const density = findCookie(header, "density");
  const provider = findCookie(header, PROVIDER_COOKIE) ?? "";
  const dismissed = parseDismissed(findCookie(header, DISMISSED_COOKIE));
  return {
    zone: zone !== null && zone.length <= 64 && isZone(zone) ? zone : null,
    density: density === "compact" || density === "comfortable" ? density : null,
    ...PROVIDER_ID.test(provider) && { provider },
    ...dismissed.length > 0 && { dismissed },
  };
}

/** The zone in which a page shows times: the browser's if it applies, else the server's. */
export function pageZone({ services, preferences }: {
  readonly services: Pick<AppContext, "settings" | "zone">;
  readonly preferences: Preferences;
}): string {
  const follows = services.settings.current.zone === BROWSER_ZONE;
  return follows ? preferences.zone ?? services.zone : services.zone;
}

/** A `set-cookie` header that keeps a preference in this browser. */
export function preferenceCookie(name: string, value: string): string {
  return `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax`;
}

export function findCookie(header: string | null, name: string): string | null {
  for (const part of header?.split(";") ?? []) {
    const [key, value] = part.trim().split("=", 2);
    if (key !== name || value === undefined) continue;
    try {
      return decodeURIComponent(value);
    } catch {
      return null;
    }
  }
  return null;
}
