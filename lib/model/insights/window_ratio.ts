/**
 * How many full short windows equal one long window of the same account: how often the short one can be
 * filled before the long one runs out.
 */
import { formatNumber, formatShare, formatWindow } from "../view/format.ts";
import type { InsightAccount, InsightQuota } from "./facts.ts";
import type { Rule } from "./rule.ts";
import { type InsightContext } from "./insight_context.ts";
import { type BucketPair, computePortion, measureSpan, measureUse, sharedBuckets, sum } from "./quota_use.ts";
import { countPhrase, roundRoughly } from "./words.ts";

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
        countPhrase(roundRoughly(ratio), `full ${short.label} window`)
      }: in the last 30 days ${formatNumber(roundRoughly(shortWindows))} of them took ${
        formatShare(longShare)
      } of it.`,
      evidence: [
        {
          label: short.label,
          value: countPhrase(roundRoughly(shortWindows), "full window"),
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

/** A quota with windows of a known length. */
interface Timed extends InsightQuota {
  readonly window: InsightQuota["window"] & { readonly seconds: number };
}

interface Pair extends Sides {
  readonly short: Timed;
  readonly long: Timed;
  readonly from: number;
  readonly to: number;
  readonly seen: number;
}

/**
 * Picks the pair that differs most in length; among equals the one whose long window was used most, then the first
 * by key.
 */
function pickPair(account: InsightAccount, context: InsightContext): Pair | null {
  const timed = account.quotas.filter(isTimed);
  const pairs = timed.flatMap((short) =>
    timed.filter((long) => long.unit === short.unit && long.window.seconds > short.window.seconds)
      .flatMap((long) => pairWindows(short, long, context) ?? [])
  );
  const measureDistance = ({ short, long }: Pair) => long.window.seconds / short.window.seconds;
  return pairs.sort((a, b) => measureDistance(b) - measureDistance(a) || b.longShare - a.longShare)[0] ??
    null;
}

function isTimed(quota: InsightQuota): quota is Timed {
  const { kind, seconds } = quota.window;
  return !quota.gone && (kind === "fixed" || kind === "rolling") && (seconds ?? 0) > 0;
}

function pairWindows(short: Timed, long: Timed, context: InsightContext): Pair | null {
  const shared = sharedBuckets(measureUse(short, context, 30)?.buckets ?? [], long.days);
  if (shared.length < MIN_DAYS) return null;
  const half = Math.floor(shared.length / 2);
  const whole = compareSides(short, long, shared);
  const halves = [shared.slice(0, half), shared.slice(half)].map((part) => compareSides(short, long, part));
  if (whole.longShare < MIN_LONG || whole.shortWindows < MIN_SHORT) return null;
  // Percentages of different limits are no counts.
  if (short.unit !== "percent" && !countTheSame(whole)) return null;
  if (!halves.every((half) => isNear(half, whole))) return null;
  return { short, long, ...whole, ...measureSpan(shared), seen: shared.length };
}

/** What both quotas consumed in the same time, and as windows: 0 without a limit. */
interface Sides {
  readonly shortUse: number;
  readonly longUse: number;
  readonly shortWindows: number;
  readonly longShare: number;
}

function compareSides(short: Timed, long: Timed, shared: readonly BucketPair[]): Sides {
  const shortUse = sum(shared.map(([bucket]) => bucket.consumed));
  const longUse = sum(shared.map(([, bucket]) => bucket.consumed));
  return {
    shortUse,
    longUse,
    shortWindows: computePortion(short, shortUse),
    longShare: computePortion(long, longUse),
  };
}

/**
 * Reports whether two quotas seem to count the same use. A ratio between, say, searches and chats would be
 * meaningless, and only the figures can tell them apart.
 */
function countTheSame({ shortUse, longUse }: Sides): boolean {
  return Math.abs(shortUse - longUse) <= SAME_COUNT * Math.max(shortUse, longUse);
}

/** Reports whether the ratio of a part of the time is about that of all of it; false when nothing was used. */
function isNear(part: Sides, whole: Sides): boolean {
  const apart = part.shortWindows / part.longShare / (whole.shortWindows / whole.longShare);
  return apart <= MAX_APART && apart >= 1 / MAX_APART;
}

function lengthText({ window }: Timed): string {
  return formatWindow(window.seconds);
}
