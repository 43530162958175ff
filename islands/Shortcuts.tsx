import { pathTo } from "@/lib/ui/base_path.ts";
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { PLACES } from "../lib/ui/places.ts";
import { loadWholeStyles } from "../lib/ui/whole_styles.ts";

/** How long `g` waits for its letter, in milliseconds. */
const CHORD_MS = 1500;

type OverlayComponent = ComponentType<{ readonly onClose: () => void }>;

/** Global keyboard shortcuts; the list of them and the command palette load on first use. */
export default function Shortcuts() {
  const opened = useSignal<{ readonly Opened: OverlayComponent } | null>(null);

  /** @param load loads a component that opens over the page */
  async function open(load: () => Promise<{ readonly default: OverlayComponent }>) {
    if (document.querySelector("dialog[open]")) return;
    const [loaded] = await Promise.all([load(), loadWholeStyles()]).catch(() => [null]);
    // A new version of the program has other file names, so the page must reload; offline, that would help
    // nothing.
    if (loaded === null) return navigator.onLine ? location.reload() : undefined;
    document.querySelector(".bottom-more[open]")?.removeAttribute("open");
    opened.value = { Opened: loaded.default };
  }

  const openPalette = () => void open(() => import("../lib/ui/palette/Palette.tsx"));
  const openList = () => void open(() => import("../lib/ui/ShortcutDialog.tsx"));

  useEffect(() => {
    let chordUntil = 0;

    function press(event: KeyboardEvent) {
      // Also from within a field; the browser would go to its own search.
      if (isPaletteChord(event)) {
        event.preventDefault();
        openPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
      const { key } = event;
      if (document.querySelector("dialog.shortcuts")) return;
      if (event.timeStamp < chordUntil) {
        chordUntil = 0;
        const place = PLACES.find(({ letter }) => letter === key);
        if (place) location.assign(pathTo(place.href));
      } else if (key === "g") chordUntil = event.timeStamp + CHORD_MS;
      else if (key === "p") openPalette();
      else if (key === "?") openList();
      else if (key === "r") document.querySelector<HTMLButtonElement>("#refresh-btn")?.click();
      else if (key === "/") {
        const field = filterField();
        if (!field) return;
        field.focus();
        if (field instanceof HTMLInputElement) field.select();
      } else return;
      event.preventDefault();
    }

    function click({ target }: MouseEvent) {
      if (target instanceof Element && target.closest("[data-palette]")) openPalette();
    }

    document.addEventListener("keydown", press);
    document.addEventListener("click", click);
    return () => {
      document.removeEventListener("keydown", press);
      document.removeEventListener("click", click);
    };
  }, []);

  if (opened.value === null) return null;
  const { Opened } = opened.value;
  return <Opened onClose={() => opened.value = null} />;
}

/** The marked element may be a field, or a form with fields. */
function filterField(): HTMLElement | null {
  const fields = ":is(input:not([type=hidden]), select)";
  return document.querySelector<HTMLElement>(`${fields}[data-filter], [data-filter] ${fields}`);
}

function isPaletteChord({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return (ctrlKey !== metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k";
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
