/** Which quotas a long answer is about on a terminal, where nobody said which: the tightest. */
import { readingShare } from "../model/quota.ts";
import type { SelectedQuota } from "./select.ts";
import type { Tools } from "./tools.ts";
import { textOf } from "./values.ts";
import { wrapWords } from "./wrap.ts";

export interface Shown {
  readonly quotas: readonly SelectedQuota[];
  /** What to say about those that are left out; none where nothing is. */
  readonly note: readonly string[];
}

/**
 * All where somebody named some, or nobody looks at a terminal; else the fullest.
 *
 * @param most how many otherwise
 */
export function tightestOf(tools: Tools, chosen: readonly SelectedQuota[], most: number): Shown {
  const { typed, rows, paint, width } = tools;
  const isNamed = ["quota", "account", "provider"].some((name) => textOf(typed, name) !== undefined);
  if (isNamed || rows === null || tools.json || chosen.length <= most) return { quotas: chosen, note: [] };
  const quotas = chosen.toSorted((a, b) => tightness(b) - tightness(a)).slice(0, most);
  const text =
    `These are the ${most} tightest of ${chosen.length} quotas. Name others with --quota, --account or --provider.`;
  return { quotas, note: wrapWords(text, width).map(paint.dim) };
}

function tightness({ state: { reading } }: SelectedQuota): number {
  return reading.allowed === false ? Infinity : readingShare(reading) ?? -1;
}
