/**
 * The present instant as the page shows it. On the server, and until the page has come
 * alive, it is the instant at which the view was made; then it ticks once a second, by the
 * reader's clock corrected for how far it is from the server's.
 */
import { type ReadonlySignal, type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** Clocks that differ by less than this are taken for equal: it may as well be the way of the message. */
const MIN_SKEW_MS = 2000;

/** Ticks only where it is used in an island; `view.at` says when the server made what it sent last. */
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
    const shown = () => document.visibilityState === "visible" && tick();
    document.addEventListener("visibilitychange", shown);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", shown);
    };
  }, []);
  return now;
}
