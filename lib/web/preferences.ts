/** What a browser keeps for itself and sends along: its zone, and how close together it wants the overview. */
import { BROWSER_ZONE } from "../model/view.ts";
import { isZone } from "../model/time.ts";
import { ZONE_COOKIE } from "../ui/zone.ts";
import type { State } from "./state.ts";

export type Density = "comfortable" | "compact";

export interface Preferences {
  /** An IANA zone the runtime knows, or null. */
  readonly zone: string | null;
  /** Null where the browser has not chosen. */
  readonly density: Density | null;
}

/** @param header the Cookie header, which may hold anything */
export function preferencesOf(header: string | null): Preferences {
  const zone = cookieOf(header, ZONE_COOKIE);
  const density = cookieOf(header, "density");
  return {
    zone: zone !== null && zone.length <= 64 && isZone(zone) ? zone : null,
    density: density === "compact" || density === "comfortable" ? density : null,
  };
}

/** The zone in which a page tells times: that of the browser where it is to count, else that of the server. */
export function pageZone({ services, preferences }: Pick<State, "services" | "preferences">): string {
  const follows = services.settings.current.zone === BROWSER_ZONE;
  return follows ? preferences.zone ?? services.zone : services.zone;
}

function cookieOf(header: string | null, name: string): string | null {
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
