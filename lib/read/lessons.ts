/**
 * What past cycles taught, stored for the next process: a command that forecasts sixty quotas would otherwise
 * read their cycles and some hundred thousand buckets each time, which takes longer than everything else.
 */
import type { PastCycle } from "../model/forecast/past_cycles.ts";
import type { QuotaKey, Window } from "../model/quota.ts";

/** Valid while the open cycle and the window are the same and the store returns the same mark. */
export interface Lesson {
  /** When the open cycle began, epoch milliseconds. */
  readonly openedAt: number;
  readonly window: Window;
  /** Start of the oldest cycle that counted; 0 for all of them. */
  readonly from: number;
  /** The store's mark of the cycles since then, and of the buckets they were learnt from. */
  readonly mark: string;
  /** Newest first. */
  readonly past: readonly PastCycle[];
}

export interface Lessons {
  /** Returns the last lesson unless it is too old; null when nothing is known. */
  recall(quota: QuotaKey): Lesson | null;
  keep(quota: QuotaKey, lesson: Lesson): void;
}
