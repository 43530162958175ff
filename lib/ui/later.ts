/** Lets heavy drawings follow the figures of a page in tasks of their own. */
import { type ReadonlySignal, useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChild } from "preact";

/**
 * Follows a signal in a later task: figures change at once and the page stays responsive, drawings come right after.
 * Values that another one has replaced meanwhile are left out.
 */
export function useLater<T>(source: ReadonlySignal<T>): ReadonlySignal<T> {
  const later = useSignal(source.peek());
  useSignalEffect(() => {
    if (source.value === later.peek()) return;
    const timer = setTimeout(() => later.value = source.peek());
    return () => clearTimeout(timer);
  });
  return later;
}

interface LaterProps {
  readonly draw: () => ComponentChild;
}

/** Draws its first content at once, and each change in a later task: many of them share out a long update. */
export function Later({ draw }: LaterProps): ComponentChild {
  const shown = useSignal(draw);
  if (shown.peek() !== draw) setTimeout(() => shown.value = draw);
  return shown.value();
}
