/** A bar for each day or week, newest first, relative to the largest. */
import { type DisplayUnit, formatAmount } from "../model/view/format.ts";
import { drawBar } from "./bars.ts";
import type { Paint } from "./paint.ts";
import type { SummedPeriod } from "../read/periods.ts";

export function barLines(
  sums: readonly SummedPeriod[],
  unit: DisplayUnit,
  width: number,
  paint: Paint,
): readonly string[] {
  const most = Math.max(...sums.map(({ sum }) => sum?.consumed ?? 0));
  return sums.map(({ label, sum }) => {
    const filled = drawBar(sum && most > 0 ? sum.consumed / most : 0, width);
    const value = sum ? formatAmount(sum.consumed, unit) : paint.dim("no readings");
    return `${label} ${paint.dim("│")}${sum ? paint.cyan(filled) : paint.dim(filled)}${
      paint.dim("│")
    } ${value}`;
  });
}
