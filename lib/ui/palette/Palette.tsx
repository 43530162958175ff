/** The command palette: a list of everywhere to go and everything to do, narrowed by a few letters. */
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { pathTo } from "../base_path.ts";
import {
  accountEntries,
  actionEntries,
  pageEntries,
  type PaletteEntry,
  rangeEntries,
  viewEntries,
} from "./entries.ts";
import { findEntries } from "./match.ts";
import { loadViews, storeViews, viewName, withView } from "./saved_views.ts";

/** Maximum number of rows; more letters narrow the list. */
const MAX_SHOWN = 60;

export default function Palette({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const typed = useSignal("");
  const chosen = useSignal(0);
  const views = useSignal(loadViews());
  const remote = useSignal<readonly PaletteEntry[]>([]);
  const state = useSignal<"loading" | "here" | "lost">("loading");
  /** True when the browser stored no view. */
  const isRefused = useSignal(false);

  useEffect(() => {
    dialog.current?.showModal();
    field.current?.focus();
    accountEntries().then((entries) => {
      remote.value = entries;
      state.value = "here";
    }, () => state.value = "lost");
  }, []);

  const found = useComputed(() => {
    const name = viewName(typed.value);
    const all = [
      ...viewEntries(views.value),
      ...pageEntries(),
      ...rangeEntries(),
      ...remote.value.filter(({ kind }) => kind === "account"),
      ...actionEntries(),
      // There are many of these, so they come last while nothing is typed.
      ...remote.value.filter(({ kind }) => kind !== "account"),
    ];
    const entries = findEntries(all, typed.value).slice(0, MAX_SHOWN);
    return name === "" ? entries : [...entries, ...viewActions(name)];
  });

  /** Returns the actions on the typed name: save this view under it, and delete the saved view of that name. */
  function viewActions(shown: string): readonly PaletteEntry[] {
    const isSaved = views.value.some((view) => view.name === shown);
    const save: PaletteEntry = {
      id: "save",
      kind: "save",
      title: `Save this view as "${shown}"`,
      act() {
        const root = pathTo("/").replace(/\/$/, "");
        const href = `${location.pathname.slice(root.length) || "/"}${location.search}`;
        return storeViews(withView(views.peek(), { name: shown, href }));
      },
    };
    const forget: PaletteEntry = {
      id: "forget",
      kind: "forget",
      title: `Delete the saved view "${shown}"`,
      act: () => storeViews(views.peek().filter((view) => view.name !== shown)),
    };
    return isSaved ? [save, forget] : [save];
  }

  useSignalEffect(() => {
    const at = chosen.value;
    dialog.current?.querySelector(`#palette-${at}`)?.scrollIntoView({ block: "nearest" });
  });

  function run(entry: PaletteEntry | undefined, inNewTab: boolean) {
    if (!entry) return;
    const { act } = entry;
    if (typeof act === "string" && inNewTab) {
      open(pathTo(act), "_blank", "noopener");
      return;
    }
    if (typeof act !== "string" && (entry.kind === "save" || entry.kind === "forget")) {
      if (act() === false) isRefused.value = true;
      else dialog.current?.close();
      return;
    }
    dialog.current?.close();
    if (typeof act === "string") location.assign(pathTo(act));
    else act();
  }

  function press(event: KeyboardEvent) {
    // The key that ends a composed word chooses nothing.
    if (event.isComposing) return;
    const count = found.value.length;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (event.key === "Enter") run(found.value[chosen.value], event.ctrlKey || event.metaKey);
    else if (step !== undefined && count > 0) {
      const next = chosen.value + step;
      // Single steps wrap around; page steps stop at the ends.
      chosen.value = Math.abs(step) === 1 ? (next + count) % count : Math.min(count - 1, Math.max(0, next));
    } else return;
    event.preventDefault();
  }

  const { value: entries } = found;
  const isLost = state.value === "lost";
  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label="Search"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <input
        ref={field}
        class="palette-field"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-autocomplete="list"
        aria-activedescendant={entries.length > 0 ? `palette-${chosen.value}` : undefined}
        aria-label="Search pages, accounts, quotas and actions"
        placeholder="Search pages, accounts, quotas, actions"
        maxLength={100}
        autocomplete="off"
        spellcheck={false}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={press}
      />
      <div id="palette-list" class="palette-list" role="listbox" aria-label="Results">
        {entries.map((entry, place) => {
          const { id, title, kind, detail, act } = entry;
          const props = {
            id: `palette-${place}`,
            class: "palette-entry",
            role: "option",
            "aria-selected": place === chosen.value,
            "data-kind": kind,
            onPointerMove: () => chosen.value = place,
          } as const;
          const content = (
            <>
              <span class="palette-title outside-text">{title}</span>
              <span class="palette-kind">{[detail, kind].filter(Boolean).join(", ")}</span>
            </>
          );
          return typeof act === "string"
            ? <a key={id} {...props} href={pathTo(act)} tabIndex={-1} aria-current="false">{content}</a>
            : (
              <div key={id} {...props} onClick={() => run(entry, false)}>
                {content}
              </div>
            );
        })}
      </div>
      <p class="palette-state" role="status">
        {isRefused.value &&
          "This browser cannot save views: private windows and blocked site data prevent it. "}
        {isLost && "Accounts and quotas could not be loaded, so they are not listed. "}
        {state.value === "loading"
          ? "Loading accounts"
          : entries.length === 1
          ? "1 entry"
          : `${entries.length} entries`}
        {typed.value === "" && ". Type a new name to save this view."}
      </p>
    </dialog>
  );
}
