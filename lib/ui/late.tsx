/**
 * A part of a page that the server has drawn completely: its code is loaded when somebody first uses it, and when
 * it no longer shows what is known.
 */
import { useSignalEffect } from "@preact/signals";
import { type ComponentChildren, render, type VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type FirstUse, onFirstUse } from "./first_use.ts";

/** Holds what the server drew. @param id as {@linkcode useLate} is told */
export function LatePart({ id, children }: { readonly id: string; readonly children: ComponentChildren }) {
  return <div id={id} class="late-part">{children}</div>;
}

export interface Late {
  /** The id of the {@linkcode LatePart}. */
  readonly id: string;
  /** Selects what pointers and keys are followed in. */
  readonly area?: string;
  /** For how long it shows what is known, if not for ever, in milliseconds. */
  readonly lastsMs?: number;
  /** Reads signals, and returns whether it has to be drawn again. */
  readonly isOutdated: () => boolean;
  /** Loads the code, and returns what the server drew with it. */
  readonly load: () => Promise<VNode>;
}

export function useLate({ id, area, lastsMs, isOutdated, load }: Late): void {
  const use = useRef<FirstUse>(null);

  useEffect(() => {
    const place = document.getElementById(id);
    if (!place) return;
    const first = use.current = onFirstUse(place, area, async () => adopt(await load(), place));
    const timer = lastsMs === undefined ? undefined : setTimeout(first.wake, lastsMs);
    return () => {
      clearTimeout(timer);
      first.end();
    };
  }, []);

  useSignalEffect(() => {
    if (isOutdated()) use.current?.wake();
  });
}

/** Renders into what is there. What a reader has opened stays open, and the focus where it is. */
function adopt(part: VNode, place: HTMLElement) {
  const focused = document.activeElement;
  const all = Array.from(place.querySelectorAll("details"), (details) => [details, details.open] as const);
  render(part, place);
  for (const [details, isOpen] of all) details.open = isOpen;
  // Attributes are written anew, and an element without its `tabindex` for a moment loses the focus.
  if (focused instanceof HTMLElement && place.contains(focused)) focused.focus({ preventScroll: true });
}
