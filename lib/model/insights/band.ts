/**
 * How well a plan fits, from how full its cycles get. Leaves a band only when the average is past its edge by
 * a margin, so that advice does not flip with every cycle.
 */
import { roundDigits } from "./quota_use.ts";

export type Band = "unused" | "light" | "good" | "high" | "full";

/** Lower edges of the bands, as shares of the limit. */
export const BAND_EDGES: readonly (readonly [edge: number, band: Band])[] = [
  [0, "unused"],
  [0.25, "light"],
  [0.5, "good"],
  [0.8, "high"],
  [0.95, "full"],
];

/** How far past an edge an average must be to leave its band. */
export const BAND_MARGIN = 0.02;

export function findBand(share: number): Band {
  return BAND_EDGES.findLast(([edge]) => share >= edge)?.[1] ?? "unused";
}

/**
 * Returns the band after a history of averages, oldest first; the first determines its band without a margin.
 * Null for an empty history.
 */
export function steadyBand(averages: readonly number[]): Band | null {
  let band: Band | null = null;
  for (const average of averages) {
    if (band === null || isBeyond(average, band)) band = findBand(average);
  }
  return band;
}

function isBeyond(average: number, band: Band): boolean {
  const index = BAND_EDGES.findIndex(([, name]) => name === band);
  const [lower] = BAND_EDGES[index]!;
  const upper = BAND_EDGES[index + 1]?.[0] ?? Infinity;
  return average < roundDigits(lower - BAND_MARGIN) || average >= roundDigits(upper + BAND_MARGIN);
}
