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
  readonly onDrag?: (timeRange: readonly [number, number] | null, done: boolean) => void;
  /**
   * Called while two fingers move, with where they came down and where they are: 0 to 1 of the drawing, and
   * beyond when they are beside it. `done` when one is lifted; null when the gesture is cancelled.
   */
  readonly onPinch?: (fingers: Fingers | null, done: boolean) => void;
  readonly children: ComponentChildren;
}

export interface Fingers {
  readonly start: readonly [number, number];
  readonly now: readonly [number, number];
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  Home: -Infinity,
  End: Infinity,
};

/** Returns by how many points a key moves the cursor; null for every other key. */
export function countSteps(key: string, page: number): number | null {
  if (key === "PageUp" || key === "PageDown") return key === "PageUp" ? page : -page;
  return STEPS[key] ?? null;
}

/** A drag shorter than this is a click, in pixels. */
const MIN_DRAG = 6;
/** Pause after the last key before the screen reader announces the result, in milliseconds. */
const REST_MS = 400;

export function Walker(props: WalkerProps) {
  const { label, said, onPoint, onLeave, onKey, onDrag, onPinch, children } = props;
  const spoken = useSignal("");
  const walked = useRef(false);
  const dragStart = useRef<{ readonly pixel: number; readonly x: number; moved: boolean } | null>(null);

  useEffect(() => {
    if (!walked.current) return;
    const timer = setTimeout(() => spoken.value = said, REST_MS);
    return () => clearTimeout(timer);
  }, [said]);

  /** Where each finger on the drawing came down, by pointer id; in pairs once there are two. */
  const fingers = useRef(new Map<number, number>());
  const pair = useRef<Fingers | null>(null);

  function measureBox(event: PointerEvent): DOMRect {
    return (event.currentTarget as HTMLElement).querySelector(".plot")!.getBoundingClientRect();
  }

  function locatePointer(event: PointerEvent): readonly [number, number] {
    const box = measureBox(event);
    const clamp = (place: number) => Math.min(1, Math.max(0, place));
    return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
  }

  /** Follows the fingers of a touch screen; returns true when they are a pinch, so that they move no cursor. */
  function follow(event: PointerEvent): boolean {
    if (!onPinch || event.pointerType !== "touch") return false;
    // After a pinch, the remaining finger does nothing until it comes down again.
    if (event.type === "pointermove" && !fingers.current.has(event.pointerId)) return true;
    const box = measureBox(event);
    if (event.type === "pointerdown" || fingers.current.has(event.pointerId)) {
      fingers.current.set(event.pointerId, (event.clientX - box.left) / box.width);
    }
    if (fingers.current.size !== 2) return fingers.current.size > 2;
    const [one, other] = [...fingers.current.values()] as [number, number];
    const now = [one, other] as const;
    pair.current = { start: pair.current?.start ?? now, now };
    if (event.type === "pointerdown") onLeave();
    else onPinch(pair.current, false);
    return true;
  }

  function lift(event: PointerEvent, isCancelled: boolean) {
    if (!fingers.current.delete(event.pointerId) || !pair.current) return;
    onPinch?.(isCancelled ? null : pair.current, true);
    pair.current = null;
    // The other finger would move the cursor from here on: it has to come down again.
    fingers.current.clear();
  }

  function startDrag(event: PointerEvent) {
    if (follow(event)) return;
    movePointer(event);
    if (!onDrag || event.pointerType !== "mouse" || event.button !== 0) return;
    dragStart.current = { pixel: event.clientX, x: locatePointer(event)[0], moved: false };
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  }

  function movePointer(event: PointerEvent) {
    if (event.type === "pointermove" && follow(event)) return;
    const [x, y] = locatePointer(event);
    walked.current = false;
    onPoint(x, y);
    const { current } = dragStart;
    if (!current) return;
    current.moved ||= Math.abs(event.clientX - current.pixel) >= MIN_DRAG;
    if (current.moved) onDrag?.([current.x, x], false);
  }

  function release(event: PointerEvent) {
    lift(event, false);
    const { current } = dragStart;
    dragStart.current = null;
    if (current?.moved) onDrag?.([current.x, locatePointer(event)[0]], true);
  }

  function cancel(event: PointerEvent) {
    lift(event, true);
    giveUp();
  }

  function giveUp() {
    if (dragStart.current?.moved) onDrag?.(null, false);
    dragStart.current = null;
  }

  /** Keeps the page from scrolling under two fingers. */
  function keep(event: TouchEvent) {
    if (onPinch && event.touches.length > 1 && event.cancelable) event.preventDefault();
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
      onPointerDown={startDrag}
      onPointerMove={movePointer}
      onPointerUp={release}
      onPointerCancel={cancel}
      onPointerLeave={leave}
      onTouchMove={keep}
      onKeyDown={press}
      onBlur={onLeave}
    >
      {children}
      <p class="chart-spoken sr-only" role="status" aria-live="polite">{spoken.value || null}</p>
    </div>
  );
}
