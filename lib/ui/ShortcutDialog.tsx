/** The list of keys, over a page. */
import { useEffect, useRef } from "preact/hooks";
import { ShortcutList } from "./ShortcutList.tsx";

export default function ShortcutDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="shortcuts rounded-xl border border-line bg-surface p-6 text-ink"
      aria-labelledby="shortcuts-title"
      onClose={onClose}
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
