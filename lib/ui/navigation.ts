/** The pages of the dashboard: what the navigation lists, and the letters that open them. */

export type PageName =
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

export interface NavigationLink {
  readonly page: PageName;
  readonly href: string;
  readonly label: string;
  /** Pressed after `g`. */
  readonly letter: string;
}

/** Each page with its letter, in navigation order. */
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
export const NAVIGATION: readonly NavigationLink[] = LETTERS.map(([page, letter]) => ({
  page,
  href: page === "overview" ? "/" : `/${page}`,
  label: page[0]!.toUpperCase() + page.slice(1),
  letter,
}));

/** What a phone shows in its navigation; the others are behind "More". */
export const PHONE_NAVIGATION: readonly PageName[] = ["overview", "analytics", "history", "alerts"];

/** Returns the value of `aria-current`: whether a link leads to the current page, or to the page above it. */
export function ariaCurrent(link: PageName, page: PageName): "page" | "true" | "false" {
  if (link === page) return "page";
  return link === "overview" && page === "account" ? "true" : "false";
}
