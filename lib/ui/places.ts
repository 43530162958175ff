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

/** Each place with its letter, in navigation order. */
const LETTERS = [
  ["overview", "o"],
  ["analytics", "a"],
  ["cycles", "c"],
  ["sessions", "s"],
  ["history", "h"],
  ["stats", "t"],
  ["spend", "p"],
  ["alerts", "l"],
  ["settings", "e"],
] as const;

/** In navigation order. */
export const PLACES: readonly PlaceLink[] = LETTERS.map(([place, letter]) => ({
  place,
  href: place === "overview" ? "/" : `/${place}`,
  label: place[0]!.toUpperCase() + place.slice(1),
  letter,
}));

/** What a phone shows in its navigation; the others are behind "More". */
export const PHONE_PLACES: readonly Place[] = ["overview", "analytics", "history", "alerts"];

/** Returns the value of `aria-current`: whether a link leads to the current page, or to the page above it. */
export function ariaCurrent(link: Place, place: Place): "page" | "true" | "false" {
  if (link === place) return "page";
  return link === "overview" && place === "account" ? "true" : "false";
}
