/** The median and other quantiles of measurements; NaN without any. */

export function computeMedian(values: readonly number[]): number {
  return computeQuantile(values, 0.5);
}

/** @param share 0 to 1 */
export function computeQuantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
