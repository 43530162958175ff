/**
 * A part of a page that the server has rendered completely: its code loads when a reader first uses it, and when
 * its content is outdated.
 */
import { type ReadonlySignal, useSignalEffect } from "@preact/signals";
import { type ComponentChild, type ComponentChildren, render, type VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type FirstUse, onFirstUse } from "./first_use.ts";
import { type PageView, waitForWhole } from "./packed_view.ts";

/** Contains what the server rendered. @param id the same as for {@linkcode useLate} */
export function LatePart({ id, children }: { readonly id: string; readonly children: ComponentChildren }) {
  return <div id={id} class="late-part">{children}</div>;
}

export interface Late {
  /** The id of the {@linkcode LatePart}. */
  readonly id: string;
  /** Selects where pointers and keys count as use. */
  readonly area?: string;
  /** What it shows; it is not rendered again before that is known as a whole. */
  readonly view?: ReadonlySignal<PageView>;
  /** How long its content stays current, in milliseconds; forever if absent. */
  readonly lastsMs?: number;
  /** Reads signals, and returns whether to render it again. */
  readonly isOutdated: () => boolean;
  /** Loads the code, and returns the same element that the server rendered. */
  readonly load: () => Promise<VNode>;
}

export function useLate({ id, view, area, lastsMs, isOutdated, load }: Late): void {
  const use = useRef<FirstUse>(null);

  useEffect(() => {
    const place = document.getElementById(id);
    if (!place) return;
    const first = use.current = onFirstUse(place, area, async () => {
      const part = await load();
      if (view) await waitForWhole(view);
      adopt(part, place);
    });
    const timer = lastsMs && setTimeout(first.wake, lastsMs);
    return () => {
      clearTimeout(timer);
      first.end();
    };
  }, []);

  useSignalEffect(() => {
    if (isOutdated()) use.current?.wake();
  });
}

/** Renders into the existing markup: what a reader has opened stays open, and the focus stays where it is. */
export function adopt(part: ComponentChild, place: HTMLElement) {
  const focused = document.activeElement;
  const all = Array.from(place.querySelectorAll("details"), (details) => [details, details.open] as const);
  render(part, place);
  for (const [details, isOpen] of all) details.open = isOpen;
  // Rendering rewrites attributes, and an element briefly without its `tabindex` loses the focus.
  if (focused instanceof HTMLElement && place.contains(focused)) focused.focus({ preventScroll: true });
}
