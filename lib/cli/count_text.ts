/** `1 cycle`, `1,200 cycles`. */
import { formatNumber } from "../model/format.ts";

export function countText(count: number, word: string): string {
  return `${formatNumber(count)} ${count === 1 ? word : `${word}s`}`;
}
