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
 * Returns the fullest, at most as many as were asked for. If no number was asked for: all when some were named, or without
 * a terminal.
 *
 * @param byDefault the maximum on a terminal
 */
export function pickTightest(
  tools: Tools,
  chosen: readonly SelectedQuota[],
  byDefault: number,
  asked: number | null = null,
): TightestQuotas {
  const { typed, rows, paint, width } = tools;
  const isNamed = SELECTION.some((name) => parseTypedText(typed, name) !== undefined);
  const most = asked ?? (isNamed || rows === null || tools.json ? Infinity : byDefault);
  if (chosen.length <= most) return { quotas: chosen, note: [] };
  const quotas = chosen.toSorted((a, b) => computeTightness(b) - computeTightness(a)).slice(0, most);
  if (most === 0) return { quotas, note: [] };
  const text = `${
    most === 1 ? "This is the" : `These are the ${most}`
  } tightest of ${chosen.length} quotas. Name others with --quota, --account or --provider.`;
  return { quotas, note: wrapWords(text, width).map(paint.dim) };
}

function computeTightness({ gone, state: { reading } }: SelectedQuota): number {
  if (gone) return -1;
  return reading.allowed === false ? Infinity : readingShare(reading) ?? -1;
}
