/**
 * Caches what past cycles taught in a file, one for each database, so that the next command need not read the cycles
 * again. A missing, outdated or damaged file only costs that reading.
 */
import { writeCacheFile } from "../base/cache_file.ts";
import { CURVE_STEPS } from "../model/forecast/past_cycles.ts";
import type { QuotaKey } from "../model/quota.ts";
import type { Lessons } from "../read/lessons.ts";
import {
  encodeLessons,
  type LessonFile,
  openLessonFile,
  type StoredLesson,
  transposeCurves,
} from "./lesson_file.ts";

/** A server caches it as long. */
const MAX_AGE_MS = 6 * 3_600_000;
const MAX_FILES = 16;
/** Of up to 60 cycles for each quota: some hundred quotas, in 33 MB. */
const MAX_CURVES = 24_000;

export interface LessonPlace {
  /** The user's home folder; nothing is stored where the program has no folder in it. */
  readonly home: string;
  readonly dbPath: string;
  readonly now: () => number;
}

export function lessonFiles({ home, dbPath, now }: LessonPlace): Lessons {
  const folder = { path: `${home}/.syntrack/cache/past`, maxFiles: MAX_FILES };
  const name = `${hashName(dbPath)}.bin`;
  let file: LessonFile | null = null;
  let known: Map<QuotaKey, StoredLesson> | undefined;
  let isChanged = false;

  function load(): Map<QuotaKey, StoredLesson> {
    if (known) return known;
    file = openLessonFile(`${folder.path}/${name}`, dbPath);
    const instant = now();
    const isRecent = ({ at }: StoredLesson) => instant >= at && instant - at < MAX_AGE_MS;
    return known = new Map([...file?.lessons ?? []].filter(([, lesson]) => isRecent(lesson)));
  }

  function save(lessons: ReadonlyMap<QuotaKey, StoredLesson>): void {
    try {
      writeCacheFile(folder, name, encodeLessons(dbPath, lessons));
    } catch {
      // The folder cannot be written, or the disk is full: the next command reads the cycles again.
    }
  }

  return {
    recall: (quota) => load().get(quota)?.lesson ?? null,
    keep(quota, lesson) {
      const { past } = lesson;
      // A curve of another length would be misread.
      if (past.some(({ curve }) => curve.length !== CURVE_STEPS + 1)) return;
      const lessons = load();
      lessons.delete(quota);
      // Rather than push out others, which the next command would then have to learn, a new one is left out.
      if (countCurves(lessons) + past.length > MAX_CURVES) return;
      lessons.set(quota, { lesson, at: now(), steps: () => transposeCurves(past) });
      isChanged = true;
    },
    close() {
      if (known && isChanged) save(known);
      file?.[Symbol.dispose]();
      file = null;
      known = undefined;
      isChanged = false;
    },
  };
}

function countCurves(lessons: ReadonlyMap<QuotaKey, StoredLesson>): number {
  let count = 0;
  for (const { lesson: { past } } of lessons.values()) count += past.length;
  return count;
}

/** Hashes a text to a short name. A file names its database, so a collision only replaces it. */
function hashName(text: string): string {
  let [one, other] = [0x811c9dc5, 0x1505];
  for (let at = 0; at < text.length; at++) {
    one = Math.imul(one ^ text.charCodeAt(at), 0x01000193);
    other = Math.imul(other, 33) ^ text.charCodeAt(at);
  }
  return [one, other].map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
}
