/**
 * Small lines of the last day: 48 levels, one for each half hour. A level is one character, so that eighty
 * lines weigh a few kilobytes in a page, and server and browser draw the same from them.
 */
import type { Line } from "../model/history/history.ts";

export const SPARK_SLOTS = 48;
export const SLOT_MS = 30 * 60_000;
/** The level of the whole limit, and above. */
const TOP = 63;
const LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Marks a half hour without data. */
const GAP = "-";
/** Height of the box the line is drawn in. */
const HEIGHT = 20;

export interface Spark {
  /** Number of the half hour of the last character, counted since the epoch. */
  readonly slot: number;
  /** {@linkcode SPARK_SLOTS} characters, oldest first. */
  readonly levels: string;
}

/**
 * Computes the highest share in each half hour up to `now`; a half hour without a reading repeats the last one.
 */
export function buildSpark({ points }: Pick<Line, "points">, now: number): Spark {
  const slot = Math.floor(now / SLOT_MS);
  const first = slot - SPARK_SLOTS + 1;
  const levels: string[] = new Array(SPARK_SLOTS).fill("");
  let before = GAP;
  for (const [at, share] of points) {
    const place = Math.floor(at / SLOT_MS) - first;
    if (place >= SPARK_SLOTS) break;
    const level = encodeLevel(share);
    if (place < 0) before = level;
    else if (level === GAP) {
      // A gap starts at the reading that reports it: the next half hour is the first without data.
      if (place + 1 < SPARK_SLOTS) levels[place + 1] ||= GAP;
    } else levels[place] = pickHigher(levels[place]!, level);
  }
  for (const [place, level] of levels.entries()) {
    if (level === "") levels[place] = before;
    else before = level;
  }
  return { slot, levels: levels.join("") };
}

/** Adds a reading at the end; returns the same object when nothing changes. */
export function withReading(spark: Spark, at: number, share: number | null): Spark {
  if (share === null) return spark;
  const slot = Math.floor(at / SLOT_MS);
  const moved = slot - spark.slot;
  if (moved < 0) return spark;
  const last = spark.levels.at(-1)!;
  const filled = (spark.levels + last.repeat(Math.min(moved, SPARK_SLOTS))).slice(-SPARK_SLOTS);
  const levels = filled.slice(0, -1) + encodeLevel(share);
  return moved === 0 && levels === spark.levels ? spark : { slot, levels };
}

/**
 * Builds path commands in a box of 47 by 20 with the limit at the top; a run of equal levels is one stroke.
 */
export function sparkPath(levels: string): string {
  let path = "";
  let down = false;
  for (let x = 0; x < levels.length; x++) {
    const level = levels[x]!;
    if (level === GAP) {
      down = false;
      continue;
    }
    const same = down && levels[x - 1] === level;
    if (same && levels[x + 1] === level) continue;
    if (same) path += `H${x}`;
    else path += `${down ? "L" : "M"}${x} ${computeHeight(level)}`;
    // A single half hour between two gaps is a dot.
    if (!down && (levels[x + 1] ?? GAP) === GAP) path += "h.5";
    down = true;
  }
  return path;
}

function encodeLevel(share: number | null): string {
  return share === null ? GAP : LEVELS[Math.round(Math.min(1, Math.max(0, share)) * TOP)]!;
}

function pickHigher(one: string, other: string): string {
  return LEVELS.indexOf(one) > LEVELS.indexOf(other) ? one : other;
}

function computeHeight(level: string): number {
  return Math.round((1 - LEVELS.indexOf(level) / TOP) * HEIGHT * 10) / 10;
}
