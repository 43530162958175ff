/** The pages of the dashboard: what the navigation lists, and the letters that open them. */

export type Place =
  | "overview"
  | "account"
  | "analytics"
  | "cycles"
  | "sessions"
  | "history"
  | "stats"
  | "spend"
  | "alerts"
  | "settings"
  | "help";

export interface PlaceLink {
  readonly place: Place;
  readonly href: string;
  readonly label: string;
  /** Pressed after `g`. */
  readonly letter: string;
}

/** In navigation order. */
export const PLACES: readonly PlaceLink[] = [
  { place: "overview", href: "/", label: "Overview", letter: "o" },
  { place: "analytics", href: "/analytics", label: "Analytics", letter: "a" },
  { place: "cycles", href: "/cycles", label: "Cycles", letter: "c" },
  { place: "sessions", href: "/sessions", label: "Sessions", letter: "s" },
  { place: "history", href: "/history", label: "History", letter: "h" },
  { place: "stats", href: "/stats", label: "Stats", letter: "t" },
  { place: "spend", href: "/spend", label: "Spend", letter: "p" },
  { place: "alerts", href: "/alerts", label: "Alerts", letter: "l" },
  { place: "settings", href: "/settings", label: "Settings", letter: "e" },
];

/** What a phone shows in its navigation; the others are behind "More". */
export const PHONE_PLACES: readonly Place[] = ["overview", "analytics", "history", "alerts"];

/** Returns the value of `aria-current`: whether a link leads to the current page, or to the page above it. */
export function ariaCurrent(link: Place, place: Place): "page" | "true" | "false" {
  if (link === place) return "page";
  return link === "overview" && place === "account" ? "true" : "false";
}
