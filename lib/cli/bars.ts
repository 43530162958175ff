/** Bars and sparklines made of characters. They accept any number and never fail. */

const LEVELS = " ▁▂▃▄▅▆▇█";

/** Draws a bar: a share of 1 fills it, a larger one too, no smaller one does, and an unknown one is empty. */
export function drawBar(share: number | null, width: number): string {
  const filled = clampShare(share);
  const full = filled < 1 ? Math.min(Math.round(filled * width), Math.max(1, width - 1)) : width;
  return "█".repeat(full) + "░".repeat(width - full);
}

/** Draws one character for each value, from a space (0 or unknown) to a full block (`top`). */
export function drawSparkline(values: readonly (number | null)[], top: number): string {
  const most = LEVELS.length - 1;
  return values.map((value) => {
    const share = value === null || top <= 0 ? 0 : clampShare(value / top);
    // A value above zero is always visible.
    return LEVELS[share > 0 ? Math.max(1, Math.round(share * most)) : 0] ?? " ";
  }).join("");
}

function clampShare(share: number | null): number {
  return share === null || !(share > 0) ? 0 : Math.min(1, share);
}
