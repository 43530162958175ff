/** Which theme a page has: the one chosen in this browser, else the one that was set for everybody. */

export type Theme = "system" | "light" | "dark";

/** Where the browser keeps what was chosen in it. */
export const THEME_KEY = "theme";

/** What was chosen in this browser, or null. */
export function chosenTheme(): Theme | null {
  try {
    const theme = localStorage.getItem(THEME_KEY);
    return theme === "system" || theme === "light" || theme === "dark" ? theme : null;
  } catch {
    return null;
  }
}

export function showTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
}

/** Shows what was set for everybody, unless this browser has a choice of its own. */
export function followTheme(theme: Theme): void {
  if (chosenTheme() === null) showTheme(theme);
}
