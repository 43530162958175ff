/** Runs work that ends by itself, at a deadline, or when everything stops. */
import type { Clock } from "../base/clock.ts";

export type DeadlineResult<T> =
  | { readonly how: "done"; readonly value: T }
  /** The deadline passed; the work was aborted and any later result is ignored. */
  | { readonly how: "late" }
  /** `signal` was aborted. */
  | { readonly how: "stopped" };

/** Why signals are aborted. Each `abort()` without a reason makes one, which takes longer than all else here. */
const OVER = new DOMException("The work has ended", "AbortError");

/**
 * Runs `work` with its own signal, which is aborted at the deadline and together with `signal`. Abandons work
 * that ignores it, so this ends even when the work never does.
 *
 * @throws whatever `work` throws in time
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<DeadlineResult<T>> {
  if (signal.aborted) return { how: "stopped" };
  const own = new AbortController();
  const timer = new AbortController();
  const stop = () => timer.abort(OVER);
  signal.addEventListener("abort", stop);
  try {
    const done = (async () => ({ how: "done", value: await work(own.signal) }) as const)();
    // Abandoned work may still fail, with no one left to handle it.
    done.catch(() => {});
    const over = clock.sleep(ms, timer.signal).then((): DeadlineResult<T> => ({
      how: signal.aborted ? "stopped" : "late",
    }));
    return await Promise.race([done, over]);
  } finally {
    signal.removeEventListener("abort", stop);
    timer.abort(OVER);
    own.abort(OVER);
  }
}
