import { pathTo } from "@/lib/ui/base_path.ts";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { PLACES } from "../lib/ui/places.ts";
import { ShortcutList } from "../lib/ui/ShortcutList.tsx";

/** How long `g` waits for its letter, in milliseconds. */
const CHORD_MS = 1500;

/** Global keyboard shortcuts, and their list. */
export default function Shortcuts() {
  const dialog = useRef<HTMLDialogElement>(null);
  // The page contains nothing of the list until it is opened.
  const asked = useSignal(false);

  useEffect(() => {
    if (asked.value) dialog.current?.showModal();
  }, [asked.value]);

  useEffect(() => {
    let chordUntil = 0;

    function press(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
      const { key } = event;
      if (dialog.current?.open) return;
      if (event.timeStamp < chordUntil) {
        chordUntil = 0;
        const place = PLACES.find(({ letter }) => letter === key);
        if (place) location.assign(pathTo(place.href));
      } else if (key === "g") chordUntil = event.timeStamp + CHORD_MS;
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

    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);

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

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
