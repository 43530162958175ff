/** Selects the quotas of a long answer on a terminal when none were named: the tightest. */
import { SELECTION } from "./options.ts";
import { readingShare } from "../model/quota.ts";
import type { SelectedQuota } from "./select.ts";
import type { Tools } from "./tools.ts";
import { parseTypedText } from "./values.ts";
import { wrapWords } from "./wrap.ts";

export interface TightestQuotas {
  readonly quotas: readonly SelectedQuota[];
  /** A note about those left out; none when nothing is. */
  readonly note: readonly string[];
}

/**
 * Returns all when some were named, or without a terminal; else the fullest.
 *
 * @param most the maximum otherwise
 */
export function pickTightest(tools: Tools, chosen: readonly SelectedQuota[], most: number): TightestQuotas {
  const { typed, rows, paint, width } = tools;
  const isNamed = SELECTION.some((name) => parseTypedText(typed, name) !== undefined);
  if (isNamed || rows === null || tools.json || chosen.length <= most) return { quotas: chosen, note: [] };
  const quotas = chosen.toSorted((a, b) => tightness(b) - tightness(a)).slice(0, most);
  const text = `${
    most === 1 ? "This is the" : `These are the ${most}`
  } tightest of ${chosen.length} quotas. Name others with --quota, --account or --provider.`;
  return { quotas, note: wrapWords(text, width).map(paint.dim) };
}

function tightness({ state: { reading } }: SelectedQuota): number {
  return reading.allowed === false ? Infinity : readingShare(reading) ?? -1;
}
