/**
 * How many full short windows equal one long window of the same account: how often the short one can be
 * filled before the long one runs out.
 */
import { formatNumber, formatShare, formatWindow } from "../view/format.ts";
import type { InsightAccount, InsightBucket, InsightQuota } from "./facts.ts";
import type { Rule } from "./rule.ts";
import { compareNames } from "../quota.ts";
import { type InsightContext } from "./insight_context.ts";
import { measureUse, sharedBuckets, sum } from "./quota_use.ts";
import { roundRoughly } from "./words.ts";

/** Minimum use of the long window, and number of short ones: below them, rounding to whole percents dominates. */
const MIN_LONG = 0.1;
const MIN_SHORT = 1;
const MIN_DAYS = 2;
/** Two quotas that count the same thing have similar ratios in each half of the time. */
const MAX_APART = 2;
/** Their counts must not differ by more than this either. */
const SAME_COUNT = 0.2;

export const windowRatio: Rule = {
  type: "window-ratio",
  find(account, context) {
    const found = pickPair(account, context);
    if (!found) return [];
    const { short, long, shortWindows, longShare, from, to, seen } = found;
    const ratio = shortWindows / longShare;
    const metric = `${formatNumber(roundRoughly(ratio))} to 1`;
    return [{
      quota: long.key,
      severity: "info",
      title: `${short.label} against ${long.label}`,
      metric,
      figure: { value: ratio, unit: "windows" },
      sublabel: `full windows of ${lengthText(short)} in one of ${lengthText(long)}`,
      description: `One ${long.label} window holds about ${
        formatNumber(roundRoughly(ratio))
      } full ${short.label} windows: in the last 30 days ${
        formatNumber(roundRoughly(shortWindows))
      } of them took ${formatShare(longShare)} of it.`,
      evidence: [
        {
          label: short.label,
          value: `${formatNumber(roundRoughly(shortWindows))} full windows`,
          from,
          to,
          count: seen,
        },
        { label: long.label, value: formatShare(longShare), from, to, count: seen },
      ],
      weight: ratio,
    }];
  },
};

/** A quota with a limit. */
type Limited = InsightQuota & { readonly limit: number };

interface Pair {
  readonly short: Limited;
  readonly long: Limited;
  readonly shortWindows: number;
  readonly longShare: number;
  readonly from: number;
  readonly to: number;
  readonly seen: number;
}

/** Picks the pair that differs most in length; among equals, the one whose long window was used most. */
function pickPair(account: InsightAccount, context: InsightContext): Pair | null {
  const timed = account.quotas.filter((quota): quota is Limited =>
    !quota.gone && windowLength(quota) > 0 && (quota.limit ?? 0) > 0
  );
  const pairs = timed.flatMap((short) =>
    timed.filter((long) => long.unit === short.unit && windowLength(long) > windowLength(short))
      .flatMap((long) => pairWindows(short, long, context) ?? [])
  );
  const apart = (pair: Pair) => windowLength(pair.long) / windowLength(pair.short);
  return pairs.sort((a, b) =>
    apart(b) - apart(a) || b.longShare - a.longShare || compareNames(a.long.key, b.long.key) ||
    compareNames(a.short.key, b.short.key)
  )[0] ?? null;
}

function pairWindows(short: Limited, long: Limited, context: InsightContext): Pair | null {
  const shared = sharedBuckets(
    measureUse(short, context, 30)?.buckets ?? [],
    measureUse(long, context, 30)?.buckets ?? [],
  );
  const [first, last] = [shared[0], shared.at(-1)];
  if (!first || !last || shared.length < MIN_DAYS) return null;
  const half = Math.floor(shared.length / 2);
  const whole = compareSides(short, long, shared);
  const halves = [shared.slice(0, half), shared.slice(half)].map((part) => compareSides(short, long, part));
  if (whole.longShare < MIN_LONG || whole.shortWindows < MIN_SHORT) return null;
  if (!countTheSame(short, long, whole, halves)) return null;
  return {
    short,
    long,
    ...whole,
    from: Math.min(first[0].firstAt, first[1].firstAt),
    to: Math.max(last[0].lastAt, last[1].lastAt),
    seen: shared.length,
  };
}

interface Sides {
  readonly shortWindows: number;
  readonly longShare: number;
}

function compareSides(
  short: Limited,
  long: Limited,
  shared: readonly (readonly [InsightBucket, InsightBucket])[],
): Sides {
  return {
    shortWindows: sum(shared.map(([bucket]) => bucket.consumed)) / short.limit,
    longShare: sum(shared.map(([, bucket]) => bucket.consumed)) / long.limit,
  };
}

/**
 * Reports whether two quotas seem to count the same use. A ratio between, say, searches and chats would be
 * meaningless, and only the figures can tell them apart.
 */
function countTheSame(
  short: Limited,
  long: Limited,
  whole: Sides,
  halves: readonly Sides[],
): boolean {
  if (short.unit !== "percent") {
    const [few, many] = [whole.shortWindows * short.limit, whole.longShare * long.limit];
    if (Math.abs(few - many) > SAME_COUNT * Math.max(few, many)) return false;
  }
  const ratio = whole.shortWindows / whole.longShare;
  return halves.every(({ shortWindows, longShare }) => {
    if (shortWindows <= 0 || longShare <= 0) return false;
    const apart = shortWindows / longShare / ratio;
    return apart <= MAX_APART && apart >= 1 / MAX_APART;
  });
}

function windowLength({ window }: InsightQuota): number {
  return window.kind === "fixed" || window.kind === "rolling" ? window.seconds ?? 0 : 0;
}

function lengthText({ window }: InsightQuota): string {
  return formatWindow(window.seconds ?? 0);
}
