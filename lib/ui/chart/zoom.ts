/** The time range after a zoom. */
const MIN_ZOOM_MS = 5 * 60_000;
const MAX_ZOOM_MS = 366 * 86_400_000;

/** Returns a chosen range, limited to lengths that can be shown, and moved to end by `now`. */
export function zoomRange(
  from: number,
  to: number,
  now: number,
): { readonly from: number; readonly to: number } {
  const length = Math.min(MAX_ZOOM_MS, Math.max(MIN_ZOOM_MS, to - from));
  const end = Math.min(now, Math.round((from + to + length) / 2));
  return { from: Math.max(0, Math.round(end - length)), to: end };
}
