/** How much of the range was observed at all, which limits every other insight. */
import { bucketStart, DAY, HOUR } from "../engine/bucket.ts";
import { formatNumber, formatShare } from "../view/format.ts";
import type { InsightAccount } from "./facts.ts";
import type { Rule } from "./rule.ts";
import { type InsightContext, RANGE_DAYS } from "./insight_context.ts";
import { findFirstReading, roundDigits, sum } from "./quota_use.ts";
import { countPhrase } from "./words.ts";

/** Below this, the insight says that sums are too low. */
const GOOD = 0.8;

export const coverage: Rule = {
  type: "coverage",
  find(account, context) {
    const seen = measureCoverage(account, context);
    if (!seen) return [];
    const { share, known, readings, since, from, word } = seen;
    const good = share >= GOOD;
    return [{
      severity: good ? "info" : "warning",
      title: good ? "Coverage" : "Low coverage",
      metric: formatShare(share),
      figure: { value: share, unit: "share" },
      sublabel: `${countPhrase(readings, "reading")}, the first on ${context.date(since)}`,
      description: `There are readings ${coveredWords(seen)}, ${formatNumber(readings)} in all${
        good ? "" : "; what was used may be more than what is shown"
      }.`,
      evidence: [
        {
          label: `With readings`,
          value: countPhrase(known, word),
          from: Math.max(from, since),
          to: context.now,
          count: known,
        },
        {
          label: "Readings",
          value: formatNumber(readings),
          from: Math.max(from, since),
          to: context.now,
          count: readings,
        },
      ],
      weight: -share,
    }];
  },
};

/** Formats `on 3 of the 5 days since the first one`. */
function coveredWords({ known, slots, since, from, word }: Coverage): string {
  const preposition = word === "day" ? "on" : "in";
  if (since <= from) return `${preposition} ${formatNumber(known)} of the last ${countPhrase(slots, word)}`;
  return slots === 1
    ? `${preposition} one ${word} so far`
    : `${preposition} ${formatNumber(known)} of the ${countPhrase(slots, word)} since the first one`;
}

export interface Coverage {
  /** Days or hours of the range with readings, and all of them since the first reading. */
  readonly known: number;
  readonly slots: number;
  readonly word: "day" | "hour";
  readonly share: number;
  readonly readings: number;
  /** The first reading ever. */
  readonly since: number;
  /** The start of the range. */
  readonly from: number;
}

/** Returns null for an account without readings. */
export function measureCoverage(account: InsightAccount, context: InsightContext): Coverage | null {
  const firsts = account.quotas.flatMap((quota) => findFirstReading(quota) ?? []);
  if (firsts.length === 0) return null;
  const since = Math.min(...firsts);
  if (since > context.now) return null;
  const days = RANGE_DAYS[context.range];
  const hourly = days === 1;
  const from = hourly ? bucketStart(context.now, HOUR) - 23 * HOUR : context.daysFrom(days);
  const bySlot = new Map<number, number>();
  for (const quota of account.quotas) {
    for (const bucket of hourly ? quota.hours : quota.days) {
      if (bucket.start < from) continue;
      // The quotas of an account are read together, so the one with most readings gives their number.
      bySlot.set(bucket.start, Math.max(bucket.count, bySlot.get(bucket.start) ?? bucket.count));
    }
  }
  const known = bySlot.size;
  const slots = Math.max(
    known,
    hourly ? hoursSince(since, from, context.now) : daysSince(since, from, context),
  );
  const readings = sum([...bySlot.values()]);
  return {
    known,
    slots,
    word: hourly ? "hour" : "day",
    share: roundDigits(known / slots),
    readings,
    since,
    from,
  };
}

function hoursSince(since: number, from: number, now: number): number {
  return (bucketStart(now, HOUR) - bucketStart(Math.max(since, from), HOUR)) / HOUR + 1;
}

/** Counts days, rounded because days with a clock change differ by an hour. */
function daysSince(since: number, from: number, context: InsightContext): number {
  const today = context.daysFrom(1);
  const start = context.dayOf(Math.max(since, from));
  return Math.round((today - start) / DAY) + 1;
}
