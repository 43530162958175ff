/**
 * The area in which readers explore a chart: the pointer, a finger or the arrow keys move a cursor, and a
 * screen reader announces what is at it once the keys have paused.
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface WalkerProps {
  /** Describes the chart to screen readers. */
  readonly label: string;
  /** Describes what is at the cursor. */
  readonly said: string;
  /** Called with the pointer's position in the drawing, both 0 to 1. */
  readonly onPoint: (x: number, y: number) => void;
  readonly onLeave: () => void;
  /** Handles a key; returns whether it did something. */
  readonly onKey: (key: string) => boolean;
  /**
   * Called while the mouse selects a range, and when it has (`done`); null when the selection is cancelled.
   */
  readonly onDrag?: (stretch: readonly [number, number] | null, done: boolean) => void;
  readonly children: ComponentChildren;
}

/** A drag shorter than this is a click, in pixels. */
const MIN_DRAG = 6;
/** Pause after the last key before the screen reader announces the result, in milliseconds. */
const REST_MS = 400;

export function Walker({ label, said, onPoint, onLeave, onKey, onDrag, children }: WalkerProps) {
  const spoken = useSignal("");
  const walked = useRef(false);
  const dragStart = useRef<{ readonly pixel: number; readonly x: number; moved: boolean } | null>(null);

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
    dragStart.current = { pixel: event.clientX, x: placeOf(event)[0], moved: false };
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  }

  function point(event: PointerEvent) {
    const [x, y] = placeOf(event);
    walked.current = false;
    onPoint(x, y);
    const { current } = dragStart;
    if (!current) return;
    current.moved ||= Math.abs(event.clientX - current.pixel) >= MIN_DRAG;
    if (current.moved) onDrag?.([current.x, x], false);
  }

  function up(event: PointerEvent) {
    const { current } = dragStart;
    dragStart.current = null;
    if (current?.moved) onDrag?.([current.x, placeOf(event)[0]], true);
  }

  function giveUp() {
    if (dragStart.current?.moved) onDrag?.(null, false);
    dragStart.current = null;
  }

  /** Lifting a finger leaves the cursor where it is. */
  function leave(event: PointerEvent) {
    if (event.pointerType === "mouse" && !dragStart.current) onLeave();
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
