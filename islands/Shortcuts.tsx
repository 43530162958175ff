import { pathTo } from "@/lib/ui/base_path.ts";
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { followFilters } from "../lib/ui/filters.ts";
import { PLACES } from "../lib/ui/places.ts";
import { ShortcutList } from "../lib/ui/ShortcutList.tsx";

/** How long `g` waits for its letter, in milliseconds. */
const CHORD_MS = 1500;

type PaletteType = ComponentType<{ readonly onClose: () => void }>;

/** Global keyboard shortcuts, their list, and the command palette, which is loaded when first asked for. */
export default function Shortcuts() {
  const dialog = useRef<HTMLDialogElement>(null);
  // The page contains nothing of the list until it is opened.
  const asked = useSignal(false);
  const palette = useSignal<{ readonly Palette: PaletteType } | null>(null);

  async function openPalette() {
    if (document.querySelector("dialog[open]")) return;
    const loaded = await import("../lib/ui/palette/Palette.tsx").catch(() => null);
    // Another version runs by now, whose parts have other names; without a network nothing is gained by loading.
    if (loaded === null) return navigator.onLine ? location.reload() : undefined;
    const { default: Palette } = loaded;
    document.querySelector(".bottom-more[open]")?.removeAttribute("open");
    palette.value = { Palette };
  }

  useEffect(followFilters, []);

  useEffect(() => {
    if (asked.value) dialog.current?.showModal();
  }, [asked.value]);

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
      if (dialog.current?.open) return;
      if (event.timeStamp < chordUntil) {
        chordUntil = 0;
        const place = PLACES.find(({ letter }) => letter === key);
        if (place) location.assign(pathTo(place.href));
      } else if (key === "g") chordUntil = event.timeStamp + CHORD_MS;
      else if (key === "p") openPalette();
      else if (key === "?") asked.value = true;
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

  if (palette.value) {
    const { Palette } = palette.value;
    return <Palette onClose={() => palette.value = null} />;
  }
  if (!asked.value) return null;
  return (
    <dialog
      ref={dialog}
      class="shortcuts rounded-xl border border-line bg-surface p-6 text-ink"
      aria-labelledby="shortcuts-title"
      onClose={() => asked.value = false}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <h2 id="shortcuts-title" class="text-lg font-semibold">Keys</h2>
      <ShortcutList />
      <form method="dialog" class="mt-4 text-right">
        <button type="submit" class="button">Close</button>
      </form>
    </dialog>
  );
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
