/**
 * What past cycles taught, kept from one process to the next: a command that forecasts sixty quotas would otherwise
 * read their cycles and some hundred thousand buckets each time, which takes longer than all the rest.
 */
import type { PastCycle } from "../model/forecast/past_cycles.ts";
import type { QuotaKey, Window } from "../model/quota.ts";

/** Holds as long as the open cycle and the window are the same, and the store gives the same mark. */
export interface Lesson {
  /** When the open cycle began, epoch milliseconds. */
  readonly openedAt: number;
  readonly window: Window;
  /** The oldest cycle that counted; 0 for all of them. */
  readonly from: number;
  /** Of the cycles since then, and of the buckets they were learnt from. */
  readonly mark: string;
  /** Newest first. */
  readonly past: readonly PastCycle[];
}

export interface Lessons {
  /** Returns what was learnt last, not too long ago; null when nothing is known. */
  recall(quota: QuotaKey): Lesson | null;
  keep(quota: QuotaKey, lesson: Lesson): void;
}
