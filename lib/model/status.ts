/** The words for how full a quota is. */

export type StatusWord = "healthy" | "warning" | "danger" | "critical" | "unknown";

/** Lower bounds of the words, as shares of the limit. */
export const STATUS_BOUNDS: readonly (readonly [number, StatusWord])[] = [
  [0.95, "critical"],
  [0.80, "danger"],
  [0.50, "warning"],
  [0, "healthy"],
];

/** @param share used share of the limit, 1 is all of it; null where it cannot be known */
export function statusOf(share: number | null): StatusWord {
  if (share === null) return "unknown";
  return STATUS_BOUNDS.find(([bound]) => share >= bound)?.[1] ?? "healthy";
}
