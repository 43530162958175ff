/** The theme of a page: the one selected in this browser, else the one set for everyone. */

import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

/** Storage key of this browser's selection. */
export const THEME_KEY = "theme";

/** Returns this browser's selection, or null. */
export function readTheme(): Theme | null {
  try {
    const theme = localStorage.getItem(THEME_KEY);
    return theme === "system" || theme === "light" || theme === "dark" ? theme : null;
  } catch {
    return null;
  }
}

/** The theme that the button in the header shows; an island reads it from the document first. */
export const shownTheme = signal<Theme>("system");

/** Selects it for this browser, and shows it. */
export function selectTheme(theme: Theme): void {
  showTheme(theme);
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // A browser without storage still shows the choice until the reader leaves the page.
  }
}

export function showTheme(theme: Theme): void {
  shownTheme.value = theme;
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
}

/** Applies the theme set for everyone, unless this browser has its own selection. */
export function followTheme(theme: Theme): void {
  if (readTheme() === null) showTheme(theme);
}
