import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Overlay, OverlayComponent } from "../lib/ui/shortcut_actions.ts";

/** How long `g` waits for its letter, in milliseconds. */
const CHORD_MS = 1500;

/** Global keyboard shortcuts. The code of those that open something over the page or leave it loads on first use. */
export default function Shortcuts() {
  const opened = useSignal<{ readonly Opened: OverlayComponent } | null>(null);

  async function act(run: (actions: typeof import("../lib/ui/shortcut_actions.ts")) => unknown) {
    try {
      await run(await import("../lib/ui/shortcut_actions.ts"));
    } catch {
      // A new version of the program has other file names, so the page must reload; offline, that would help
      // nothing.
      if (navigator.onLine) location.reload();
    }
  }

  function open(overlay: Overlay) {
    void act(async ({ loadOverlay }) => {
      const Opened = await loadOverlay(overlay);
      if (Opened) opened.value = { Opened };
    });
  }

  useEffect(() => {
    let chordUntil = 0;

    function press(event: KeyboardEvent) {
      // Also from within a field; the browser would go to its own search.
      if (isPaletteChord(event)) {
        event.preventDefault();
        open("palette");
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
      const { key } = event;
      if (document.querySelector("dialog.shortcuts")) return;
      if (event.timeStamp < chordUntil) {
        chordUntil = 0;
        void act(({ goTo }) => goTo(key));
      } else if (key === "g") chordUntil = event.timeStamp + CHORD_MS;
      else if (key === "p") open("palette");
      else if (key === "?") open("list");
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
      if (target instanceof Element && target.closest("[data-palette]")) open("palette");
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
