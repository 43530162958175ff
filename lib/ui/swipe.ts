/** Swiping sideways with one finger, as a second way to links that are on the page. */

const MIN_DISTANCE_PX = 70;
const MAX_DURATION_MS = 700;
/** A swipe from the edge of a screen belongs to the system. */
const EDGE_PX = 24;
/** Elements that use sideways movement themselves, to scroll or to draw. */
const OTHERS =
  "input, select, textarea, dialog, svg, .table-scroll, .link-row, .overflow-x-auto, [data-no-swipe]";

export interface SwipeStart {
  readonly x: number;
  readonly y: number;
  readonly at: number;
}

/** Returns the direction of a swipe, or null for none: `next` is to the left, as when turning a page. */
export function detectSwipe(from: SwipeStart, to: SwipeStart, width: number): "previous" | "next" | null {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const isEdge = from.x < EDGE_PX || from.x > width - EDGE_PX;
  if (isEdge || to.at - from.at > MAX_DURATION_MS) return null;
  if (Math.abs(dx) < MIN_DISTANCE_PX || Math.abs(dx) < 2 * Math.abs(dy)) return null;
  return dx < 0 ? "next" : "previous";
}

/** Calls back for each swipe over the page's content. @returns a function that stops listening */
export function followSwipes(swiped: (way: "previous" | "next") => void): () => void {
  let from: SwipeStart | null = null;
  const toStart = ({ clientX: x, clientY: y }: Touch, { timeStamp: at }: TouchEvent): SwipeStart => ({
    x,
    y,
    at,
  });
  const begin = (event: TouchEvent) => {
    const [finger, second] = event.touches;
    const isOther = event.target instanceof Element && event.target.closest(OTHERS) !== null;
    // On a zoomed page one finger pans, and leaving a form would lose what is typed.
    const isBusy = (visualViewport?.scale ?? 1) > 1 || document.querySelector("form[data-dirty]") !== null;
    from = finger && !second && !isOther && !isBusy ? toStart(finger, event) : null;
  };
  const end = (event: TouchEvent) => {
    const [finger] = event.changedTouches;
    const way = from && finger ? detectSwipe(from, toStart(finger, event), innerWidth) : null;
    from = null;
    if (way) swiped(way);
  };
  const cancel = () => from = null;
  const main = document.querySelector("main") ?? document.body;
  main.addEventListener("touchstart", begin, { passive: true });
  main.addEventListener("touchend", end, { passive: true });
  main.addEventListener("touchcancel", cancel, { passive: true });
  return () => {
    main.removeEventListener("touchstart", begin);
    main.removeEventListener("touchend", end);
    main.removeEventListener("touchcancel", cancel);
  };
}
