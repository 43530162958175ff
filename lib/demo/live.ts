/** The live part of the demo: polls more often than any real vendor would allow, because a user is watching. */
import type { Clock } from "../base/clock.ts";

export const LIVE_EVERY_MS = 5_000;

export interface LiveOptions {
  /** Polls every account once, for example the scheduler's `pollNow`. */
  readonly pollNow: () => Promise<unknown>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /**
   * Milliseconds between polls.
   * @default {5000}
   */
  readonly everyMs?: number;
}

/**
 * Polls repeatedly until `signal` is aborted, then resolves.
 *
 * @throws whatever `pollNow` throws
 */
export async function pollForever({ pollNow, clock, signal, everyMs }: LiveOptions): Promise<void> {
  while (!signal.aborted) {
    await pollNow();
    await clock.sleep(everyMs ?? LIVE_EVERY_MS, signal);
  }
}
