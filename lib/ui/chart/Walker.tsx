/**
 * The place in which a chart is looked at closely: the pointer, a finger or the arrow keys move a cursor, and
 * what stands there is spoken, once the keys have rested for a moment.
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface WalkerProps {
  /** What the chart is, for who cannot see it. */
  readonly label: string;
  /** What stands at the cursor, in words. */
  readonly said: string;
  /** The pointer is at this place of the drawing, both 0 to 1. */
  readonly onPoint: (x: number, y: number) => void;
  readonly onLeave: () => void;
  /** A key was pressed; says whether it meant something. */
  readonly onKey: (key: string) => boolean;
  /** A stretch is being marked with the mouse, or was (`done`); null where it was given up. */
  readonly onDrag?: (stretch: readonly [number, number] | null, done: boolean) => void;
  readonly children: ComponentChildren;
}

/** A mouse that moves less than this while its button is down has only clicked, in pixels. */
const MIN_DRAG = 6;
/** Keys have to rest so long before what they led to is spoken, in milliseconds. */
const REST_MS = 400;

export function Walker({ label, said, onPoint, onLeave, onKey, onDrag, children }: WalkerProps) {
  const spoken = useSignal("");
  const walked = useRef(false);
  const begun = useRef<{ readonly pixel: number; readonly x: number; moved: boolean } | null>(null);

  useEffect(() => {
    if (!walked.current) return;
    const timer = setTimeout(() => spoken.value = said, REST_MS);
    return () => clearTimeout(timer);
  }, [said]);

  function placeOf(event: PointerEvent): readonly [number, number] {
    const box = (event.currentTarget as HTMLElement).querySelector(".plot")!.getBoundingClientRect();
    const clamp = (place: number) => Math.min(1, Math.max(0, place));
    return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
  }

  function down(event: PointerEvent) {
    point(event);
    if (!onDrag || event.pointerType !== "mouse" || event.button !== 0) return;
    begun.current = { pixel: event.clientX, x: placeOf(event)[0], moved: false };
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  }

  function point(event: PointerEvent) {
    const [x, y] = placeOf(event);
    walked.current = false;
    onPoint(x, y);
    const { current } = begun;
    if (!current) return;
    current.moved ||= Math.abs(event.clientX - current.pixel) >= MIN_DRAG;
    if (current.moved) onDrag?.([current.x, x], false);
  }

  function up(event: PointerEvent) {
    const { current } = begun;
    begun.current = null;
    if (current?.moved) onDrag?.([current.x, placeOf(event)[0]], true);
  }

  function giveUp() {
    if (begun.current?.moved) onDrag?.(null, false);
    begun.current = null;
  }

  /** A finger that is lifted leaves the cursor where it is. */
  function leave(event: PointerEvent) {
    if (event.pointerType === "mouse" && !begun.current) onLeave();
  }

  function press(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") giveUp();
    walked.current = true;
    if (onKey(event.key)) event.preventDefault();
  }

  return (
    <div
      class="chart-area relative flex rounded"
      role="group"
      tabIndex={0}
      aria-roledescription="chart"
      aria-label={label}
      onPointerDown={down}
      onPointerMove={point}
      onPointerUp={up}
      onPointerCancel={giveUp}
      onPointerLeave={leave}
      onKeyDown={press}
      onBlur={onLeave}
    >
      {children}
      <p class="chart-spoken sr-only" role="status" aria-live="polite">{spoken}</p>
    </div>
  );
}
