/**
 * What past cycles taught, stored for the next process: a command that forecasts sixty quotas would otherwise
 * read their cycles and some hundred thousand buckets each time, which takes longer than everything else.
 */
import type { PastCycle } from "../model/forecast/past_cycles.ts";
import { type QuotaKey, quotaKey, type Window } from "../model/quota.ts";
import { listVisibleQuotas } from "../model/view/view.ts";
import type { AccountRecord, PastMarkQuery, Store } from "../store/store.ts";

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
  /** Returns the last lesson unless it is too old; null when nothing is known. It may be used until `close`. */
  recall(quota: QuotaKey): Lesson | null;
  keep(quota: QuotaKey, lesson: Lesson): void;
  /** Stores what was kept since the last time, if anything was, and releases what was recalled. */
  close(): void;
}

/** The lessons that were found valid, and the place for new ones. */
export interface OpenLessons extends Pick<Lessons, "keep" | "close"> {
  /** What the forecast learns from, newest first, by quota. */
  readonly valid: ReadonlyMap<QuotaKey, readonly PastCycle[]>;
}

/** Checks the lessons of all visible quotas at once, since each question to the store costs as much as its answer. */
export async function openLessons(
  lessons: Lessons,
  store: Pick<Store, "pastMarks">,
  records: readonly AccountRecord[],
): Promise<OpenLessons> {
  const found = records.flatMap(({ account, state }) =>
    listVisibleQuotas(state).flatMap(({ cycle, reading: { quota: id, window } }) => {
      const quota = quotaKey(account, id);
      const lesson = lessons.recall(quota);
      const isSame = lesson?.openedAt === cycle.startedAt && lesson.window.kind === window.kind &&
        lesson.window.seconds === window.seconds;
      return isSame ? [{ quota, lesson }] : [];
    })
  );
  const queries = found.map(({ quota, lesson: { from, openedAt } }) => ({ quota, from, to: openedAt }));
  const marks = queries.length === 0 ? [] : await readMarks(lessons, store, queries);
  const valid = found.filter(({ lesson }, at) => marks[at] === lesson.mark)
    .map(({ quota, lesson: { past } }) => [quota, past] as const);
  return { valid: new Map(valid), keep: lessons.keep.bind(lessons), close: lessons.close.bind(lessons) };
}

async function readMarks(
  lessons: Pick<Lessons, "close">,
  store: Pick<Store, "pastMarks">,
  queries: readonly PastMarkQuery[],
): Promise<readonly string[]> {
  try {
    return await store.pastMarks?.(queries) ?? [];
  } catch (error) {
    lessons.close();
    throw error;
  }
}
