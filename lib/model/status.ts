/** The words for how full a quota is. */

export type StatusWord = "healthy" | "warning" | "danger" | "critical" | "unknown";

/** Lower bounds of the words, as shares of the limit, the highest first. */
export type StatusBounds = readonly (readonly [share: number, word: StatusWord])[];

/** The bounds unless somebody has set others. */
export const STATUS_BOUNDS: StatusBounds = [
  [0.95, "critical"],
  [0.80, "danger"],
  [0.50, "warning"],
  [0, "healthy"],
];

/** Where two of the words begin, as shares of the limit. */
export interface Thresholds {
  readonly warning: number;
  /** Above `warning`. */
  readonly critical: number;
}

export const THRESHOLDS: Thresholds = { warning: 0.5, critical: 0.95 };

const DANGER = 0.8;

/** Bounds with thresholds of one's own; danger begins where it always does, or half way where that is outside. */
export function statusBounds({ warning, critical }: Thresholds): StatusBounds {
  const danger = warning < DANGER && DANGER < critical ? DANGER : (warning + critical) / 2;
  return [[critical, "critical"], [danger, "danger"], [warning, "warning"], [0, "healthy"]];
}

/** @param share used share of the limit, 1 is all of it; null where it cannot be known */
export function statusOf(share: number | null, bounds: StatusBounds = STATUS_BOUNDS): StatusWord {
  if (share === null) return "unknown";
  return bounds.find(([bound]) => share >= bound)?.[1] ?? "healthy";
}
