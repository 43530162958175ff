/**
 * A clock that stands still until a test moves it. Sleepers wake in order of their wake-up
 * times, and between two of them everything that can run does run.
 */
import { setImmediate } from "node:timers";
import type { Clock } from "../../lib/base/clock.ts";

interface Sleeper {
  /** On the monotonic clock, which `jump` does not move. */
  readonly at: number;
  readonly wake: () => void;
}

export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  readonly #sleepers = new Set<Sleeper>();

  constructor(now: number) {
    this.#now = now;
  }

  /** Number of sleepers. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const sleeper: Sleeper = { at: this.#monotonic + Math.max(0, ms), wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", wake);
    });
  }

  /** Lets `ms` pass, waking every sleeper at its time. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await this.settle();
    for (;;) {
      let first: Sleeper | null = null;
      for (const sleeper of this.#sleepers) {
        if (sleeper.at <= end && (first === null || sleeper.at < first.at)) first = sleeper;
      }
      if (first === null) break;
      this.#passTo(first.at);
      first.wake();
      await this.settle();
    }
    this.#passTo(end);
    await this.settle();
  }

  /** Moves only the wall clock, as after sleep or setting the clock: no sleeper wakes. */
  jump(ms: number): void {
    this.#now += ms;
  }

  /** Runs everything that is ready to run. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #passTo(monotonic: number) {
    const ms = Math.max(0, monotonic - this.#monotonic);
    this.#monotonic += ms;
    this.#now += ms;
  }
}
