/**
 * The page's current time. On the server, and until the page hydrates, it is the time the view was built;
 * then it ticks once a second, by the reader's clock corrected to the server's.
 */
import { type ReadonlySignal, type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** A smaller difference between the clocks may just be network delay, so it counts as none. */
const MIN_SKEW_MS = 2000;

/** Ticks only inside an island; `view.at` is the server's time when it built what it sent last. */
export function useNow(view: ReadonlySignal<{ readonly at: number }>): Signal<number> {
  const now = useSignal(view.peek().at);
  const ahead = useRef(0);
  useSignalEffect(() => {
    const difference = Date.now() - view.value.at;
    ahead.current = Math.abs(difference) < MIN_SKEW_MS ? 0 : difference;
    now.value = Date.now() - ahead.current;
  });
  useEffect(() => {
    const tick = () => now.value = Date.now() - ahead.current;
    const timer = setInterval(tick, 1000);
    const tickIfVisible = () => document.visibilityState === "visible" && tick();
    document.addEventListener("visibilitychange", tickIfVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tickIfVisible);
    };
  }, []);
  return now;
}
