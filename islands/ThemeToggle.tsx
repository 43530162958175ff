import "@/lib/ui/base_path.ts";
import { useEffect } from "preact/hooks";
import { MoonIcon, SunIcon, SystemIcon } from "../lib/ui/icons.tsx";
import { selectTheme, shownTheme as theme, type Theme } from "../lib/ui/theme.ts";

const NEXT: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
const WORDS: Readonly<Record<Theme, string>> = { system: "system", light: "light", dark: "dark" };

/** Light, dark, or following the system. The browser stores the choice under `theme`. */
export default function ThemeToggle() {
  useEffect(() => {
    const set = document.documentElement.dataset["theme"];
    if (set === "light" || set === "dark") theme.value = set;
  }, []);

  return (
    <button
      id="theme-toggle"
      type="button"
      class="icon-button needs-script touch-target"
      aria-label={`Theme: ${WORDS[theme.value]}. Change to ${WORDS[NEXT[theme.value]]}`}
      title={`Theme: ${WORDS[theme.value]}`}
      onClick={() => selectTheme(NEXT[theme.value])}
    >
      {theme.value === "light" ? <SunIcon /> : theme.value === "dark" ? <MoonIcon /> : <SystemIcon />}
    </button>
  );
}
