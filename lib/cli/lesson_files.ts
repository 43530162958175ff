/**
 * Caches what past cycles taught in files, one for each quota, so that the next command need not read the cycles
 * again. A missing, outdated or damaged file only costs that reading.
 */
import { VERSION } from "../base/version.ts";
import { writeCacheFile } from "../base/cache_file.ts";
import { CURVE_STEPS, type PastCycle } from "../model/forecast/past_cycles.ts";
import type { Lesson, Lessons } from "../read/lessons.ts";

/** A server caches it as long. */
const MAX_AGE_MS = 6 * 3_600_000;
/** One for each quota of a few databases, under 90 kB each. */
const MAX_FILES = 512;
const MAX_HEAD = 16_384;
const VALUES = CURVE_STEPS + 1;
const BYTES = Float64Array.BYTES_PER_ELEMENT;

/** First line of a file; the curves follow as numbers of 64 bits. */
interface Head extends Omit<Lesson, "past"> {
  readonly version: string;
  readonly quota: string;
  readonly dbPath: string;
  /** When it was written, epoch milliseconds. */
  readonly at: number;
  /** When the window of each cycle began. */
  readonly starts: readonly number[];
}

export interface LessonPlace {
  /** The user's home folder; nothing is stored where the program has no folder in it. */
  readonly home: string;
  readonly dbPath: string;
  readonly now: number;
}

export function lessonFiles({ home, dbPath, now }: LessonPlace): Lessons {
  const folder = `${home}/.syntrack/cache/past`;
  const fileOf = (quota: string) => `${nameOf(`${dbPath}\n${quota}`)}.bin`;
  return {
    recall(quota) {
      try {
        return readLesson(`${folder}/${fileOf(quota)}`, { quota, dbPath }, now);
      } catch {
        return null;
      }
    },
    keep(quota, { past, ...lesson }) {
      // A curve of another length would be misread.
      if (past.some(({ curve }) => curve.length !== VALUES)) return;
      try {
        const starts = past.map(({ startedAt }) => startedAt);
        const head: Head = { version: VERSION, dbPath, quota, at: now, ...lesson, starts };
        writeCacheFile({ path: folder, maxFiles: MAX_FILES }, fileOf(quota), bytesOf(head, past));
      } catch {
        // The folder cannot be written, or the disk is full: the next command reads the cycles again.
      }
    },
  };
}

function readLesson(
  path: string,
  { quota, dbPath }: Pick<Head, "quota" | "dbPath">,
  now: number,
): Lesson | null {
  if (!Deno.lstatSync(path).isFile) return null;
  const bytes = Deno.readFileSync(path);
  const end = bytes.subarray(0, MAX_HEAD).indexOf(0x0a);
  if (end < 0 || (end + 1) % BYTES !== 0) return null;
  const head: Head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  const isOurs = head.version === VERSION && head.dbPath === dbPath && head.quota === quota &&
    now >= head.at && now - head.at < MAX_AGE_MS;
  if (!isOurs || bytes.length !== end + 1 + head.starts.length * VALUES * BYTES) return null;
  const past = head.starts.map((startedAt, i) => ({
    startedAt,
    curve: new Float64Array(bytes.buffer, bytes.byteOffset + end + 1 + i * VALUES * BYTES, VALUES),
  }));
  return { ...head, past };
}

function bytesOf(head: Head, past: readonly PastCycle[]): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(head));
  // Numbers can be read in place only at a multiple of their size.
  const start = Math.ceil((text.length + 1) / BYTES) * BYTES;
  if (start > MAX_HEAD) throw new RangeError("The head of a lesson is too long");
  const bytes = new Uint8Array(start + past.length * VALUES * BYTES).fill(0x20, 0, start);
  bytes.set(text);
  bytes[start - 1] = 0x0a;
  past.forEach(({ curve }, i) =>
    new Float64Array(bytes.buffer, start + i * VALUES * BYTES, VALUES).set(curve)
  );
  return bytes;
}

/** Hashes a text to a short name. A file names its database and quota, so a collision only replaces it. */
function nameOf(text: string): string {
  let [one, other] = [0x811c9dc5, 0x1505];
  for (let at = 0; at < text.length; at++) {
    one = Math.imul(one ^ text.charCodeAt(at), 0x01000193);
    other = Math.imul(other, 33) ^ text.charCodeAt(at);
  }
  return [one, other].map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
}
