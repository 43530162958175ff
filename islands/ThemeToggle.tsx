import "@/lib/ui/base_path.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { MoonIcon, SunIcon, SystemIcon } from "../lib/ui/icons.tsx";
import { showTheme, type Theme, THEME_KEY } from "../lib/ui/theme.ts";

const NEXT: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
const WORDS: Readonly<Record<Theme, string>> = { system: "as the system", light: "light", dark: "dark" };

/** Light, dark, or following the system. The browser stores the choice under `theme`. */
export default function ThemeToggle() {
  const theme = useSignal<Theme>("system");

  useEffect(() => {
    const set = document.documentElement.dataset["theme"];
    if (set === "light" || set === "dark") theme.value = set;
  }, []);

  function choose(next: Theme) {
    theme.value = next;
    showTheme(next);
    try {
      localStorage.setItem(THEME_KEY, next);
    } catch {
      // A browser without storage still shows the choice until the reader leaves the page.
    }
  }

  return (
    <button
      id="theme-toggle"
      type="button"
      class="icon-button needs-script touch-target"
      aria-label={`Theme: ${WORDS[theme.value]}. Change to ${WORDS[NEXT[theme.value]]}`}
      title={`Theme: ${WORDS[theme.value]}`}
      onClick={() => choose(NEXT[theme.value])}
    >
      {theme.value === "light" ? <SunIcon /> : theme.value === "dark" ? <MoonIcon /> : <SystemIcon />}
    </button>
  );
}
