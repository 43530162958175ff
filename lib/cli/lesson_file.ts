/**
 * The file of what past cycles taught. A forecast needs two neighbouring steps of each curve and its end, out of 169,
 * so the file holds step after step and not curve after curve: a few kB are read of several MB.
 *
 * First the length of the head, then the head as JSON, then numbers of 64 bits: of each lesson when its cycles began
 * and where their curves end, and then of each lesson the earlier steps, each of all its cycles.
 */
import { VERSION } from "../base/version.ts";
import { type Curve, CURVE_STEPS, LEARNING_VERSION, type PastCycle } from "../model/forecast/past_cycles.ts";
import type { QuotaKey } from "../model/quota.ts";
import type { Lesson } from "../read/lessons.ts";

const BYTES = Float64Array.BYTES_PER_ELEMENT;
/** Digits of the length of the head, and the end of their line. */
const LENGTH_BYTES = 16;
const MAX_HEAD = 16 * 1024 * 1024;

/** A lesson with the numbers of its cycles. */
export interface StoredLesson {
  readonly lesson: Lesson;
  /** When it was learnt, epoch milliseconds. */
  readonly at: number;
  /** Returns the curves step by step, each of all cycles, without the last step. */
  readonly steps: () => Float64Array;
}

/** Lessons in the order in which they were kept. */
export type StoredLessons = ReadonlyMap<QuotaKey, StoredLesson>;

interface Head {
  readonly version: string;
  readonly learning: number;
  readonly dbPath: string;
  readonly lessons: readonly (
    & Omit<Lesson, "past">
    & Pick<StoredLesson, "at">
    & { readonly quota: QuotaKey; readonly cycles: number }
  )[];
}

/** A file whose curves are read when they are used, until it is disposed of. */
export interface LessonFile extends Disposable {
  readonly lessons: StoredLessons;
}

/** @returns null for a missing, foreign or damaged file */
export function openLessonFile(path: string, dbPath: string): LessonFile | null {
  let file: Deno.FsFile | undefined;
  try {
    // A link could name something that never ends.
    if (!Deno.lstatSync(path).isFile) return null;
    file = Deno.openSync(path, { read: true });
    const opened = new OpenFile(file);
    const lessons = readLessons(opened, dbPath);
    if (lessons === null) file.close();
    return lessons && { lessons, [Symbol.dispose]: () => opened.close() };
  } catch {
    file?.close();
    return null;
  }
}

class OpenFile {
  readonly size: number;
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    this.#file = file;
    this.size = file.statSync().size;
  }

  /** @throws {Error} when the file ends before */
  bytes(start: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    this.#file.seekSync(start, Deno.SeekMode.Start);
    for (let at = 0; at < length;) {
      const read = this.#file.readSync(bytes.subarray(at));
      if (read === null) throw new Error("The file of past cycles was cut off");
      at += read;
    }
    return bytes;
  }

  numbers(start: number, count: number): Float64Array {
    return new Float64Array(this.bytes(start, count * BYTES).buffer);
  }

  close(): void {
    this.#file.close();
  }
}

function readLessons(file: OpenFile, dbPath: string): StoredLessons | null {
  const decoder = new TextDecoder();
  const length = Number(decoder.decode(file.bytes(0, LENGTH_BYTES)));
  if (!Number.isInteger(length) || length < 0 || length > MAX_HEAD) return null;
  const head: Head = JSON.parse(decoder.decode(file.bytes(LENGTH_BYTES, length)));
  if (head.version !== VERSION || head.learning !== LEARNING_VERSION || head.dbPath !== dbPath) return null;
  const cycles = head.lessons.reduce((sum, { cycles }) => sum + cycles, 0);
  const start = LENGTH_BYTES + length;
  if (file.size !== start + cycles * (2 + CURVE_STEPS) * BYTES) return null;

  const facts = file.numbers(start, 2 * cycles);
  let stepsAt = start + 2 * cycles * BYTES;
  let factsAt = 0;
  const lessons = new Map<QuotaKey, StoredLesson>();
  for (const { quota, at, cycles, ...lesson } of head.lessons) {
    const starts = facts.subarray(factsAt, factsAt + cycles);
    const steps = new StepsInFile(file, stepsAt, facts.subarray(factsAt + cycles, factsAt + 2 * cycles));
    const past = Array.from(starts, (startedAt, cycle): PastCycle => ({
      startedAt,
      curve: new StoredCurve(steps, cycle),
    }));
    lessons.set(quota, { lesson: { ...lesson, past }, at, steps: () => steps.all() });
    factsAt += 2 * cycles;
    stepsAt += CURVE_STEPS * cycles * BYTES;
  }
  return lessons;
}

/** The steps of all cycles of a lesson. Reads two neighbours at once, since a value between them needs both. */
class StepsInFile {
  readonly #file: OpenFile;
  readonly #start: number;
  readonly #ends: Float64Array;
  #first = Number.NaN;
  #values: Float64Array = new Float64Array();

  constructor(file: OpenFile, start: number, ends: Float64Array) {
    this.#file = file;
    this.#start = start;
    this.#ends = ends;
  }

  valueOf(cycle: number, step: number): number | undefined {
    const count = this.#ends.length;
    if (step === CURVE_STEPS) return this.#ends[cycle];
    if (step !== this.#first && step !== this.#first + 1) {
      this.#first = Math.min(step, CURVE_STEPS - 2);
      this.#values = this.#file.numbers(this.#start + this.#first * count * BYTES, 2 * count);
    }
    return this.#values[(step - this.#first) * count + cycle];
  }

  all(): Float64Array {
    return this.#file.numbers(this.#start, CURVE_STEPS * this.#ends.length);
  }
}

class StoredCurve implements Curve {
  readonly length = CURVE_STEPS + 1;
  readonly #steps: StepsInFile;
  readonly #cycle: number;

  constructor(steps: StepsInFile, cycle: number) {
    this.#steps = steps;
    this.#cycle = cycle;
  }

  at(step: number): number | undefined {
    return this.#steps.valueOf(this.#cycle, step);
  }
}

/** Arranges new curves as a file holds them. */
export function transposeCurves(past: readonly PastCycle[]): Float64Array {
  const steps = new Float64Array(CURVE_STEPS * past.length);
  for (let step = 0, at = 0; step < CURVE_STEPS; step++) {
    for (const { curve } of past) steps[at++] = curve.at(step) ?? 0;
  }
  return steps;
}

export function encodeLessons(dbPath: string, lessons: StoredLessons): Uint8Array {
  const head: Head = {
    version: VERSION,
    learning: LEARNING_VERSION,
    dbPath,
    lessons: Array.from(lessons, ([quota, { lesson: { past, ...lesson }, at }]) => ({
      quota,
      at,
      cycles: past.length,
      ...lesson,
    })),
  };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const all = [...lessons.values()];
  const facts = all.flatMap(({ lesson: { past } }) => [
    ...past.map(({ startedAt }) => startedAt),
    ...past.map(({ curve }) => curve.at(CURVE_STEPS) ?? 0),
  ]);
  const parts = [
    new TextEncoder().encode(`${String(text.length).padEnd(LENGTH_BYTES - 1)}\n`),
    text,
    Float64Array.from(facts),
    ...all.map(({ steps }) => steps()),
  ].map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
