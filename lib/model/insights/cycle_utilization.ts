/** How full the cycles of a quota get, and whether a larger or a smaller plan would fit better. */
import { computeShare } from "../quota.ts";
import { DAY_MS } from "../duration.ts";
import { formatPlan, formatShare } from "../view/format.ts";
import { type Band, steadyBand } from "./band.ts";
import type { InsightAccount, InsightQuota } from "./facts.ts";
import type { Finding, Insight, Rule, Severity } from "./rule.ts";
import type { InsightContext } from "./insight_context.ts";
import { computeMean, roundDigits, summarizeCycles } from "./quota_use.ts";
import { countPhrase } from "./words.ts";

/** With fewer cycles the insight is omitted. */
export const MIN_CYCLES = 3;
/** Advice on the plan needs this many cycles, or fewer if each lasts a week or longer. */
export const MIN_FOR_ADVICE = 5;
/** And at least this much time, however short the cycles are. */
const MIN_ADVICE_MS = 7 * DAY_MS;
const LONG_MS = 6.5 * DAY_MS;

/** By the final band, so that sentence and severity never disagree. */
const SEVERITY: Readonly<Record<Band, Severity>> = {
  unused: "positive",
  light: "positive",
  good: "info",
  high: "warning",
  full: "negative",
};

export const cycleUtilization: Rule = {
  type: "cycle-utilization",
  find(account, context) {
    const standings = account.quotas.flatMap((quota) => findLevelInWindow(quota, context) ?? []);
    return standings.map((standing) => createFinding(account, standing, standings, context));
  },
};

/** Returns the mean of the first value, of the first two, and so on. */
function computeRunningMeans(values: readonly number[]): readonly number[] {
  let total = 0;
  return values.map((value, index) => {
    total += value;
    return roundDigits(total / (index + 1));
  });
}

interface LevelInWindow {
  readonly quota: InsightQuota;
  readonly word: string;
  readonly average: number;
  readonly highest: number;
  readonly count: number;
  readonly idle: number;
  readonly from: number;
  readonly to: number;
  readonly band: Band;
  /** True with enough data to advise a change of plan. */
  readonly firm: boolean;
}

/**
 * Leaves out cycles without use (nights, holidays), which say nothing about how well a plan fits the work.
 */
function findLevelInWindow(quota: InsightQuota, context: InsightContext): LevelInWindow | null {
  if (quota.gone) return null;
  const { word, cycles } = summarizeCycles(quota, context);
  // How full another plan got says nothing about this one.
  const since = quota.planSince ?? -Infinity;
  const known = cycles.flatMap((cycle) =>
    cycle.share === null || cycle.from < since ? [] : [{ ...cycle, share: cycle.share }]
  );
  const used = known.filter((cycle) => cycle.share > 0 || cycle.consumed > 0);
  const shares = used.map((cycle) => cycle.share);
  const band = steadyBand(computeRunningMeans(shares).slice(MIN_CYCLES - 1));
  if (band === null) return null;
  const [first, last] = [used[0]!, used.at(-1)!];
  const long = computeMean(used.map((cycle) => cycle.to - cycle.from)) >= LONG_MS;
  return {
    quota,
    word,
    average: computeMean(shares),
    highest: Math.max(...shares),
    count: used.length,
    idle: known.length - used.length,
    from: first.from,
    to: last.to,
    band,
    firm: used.length >= (long ? MIN_CYCLES : MIN_FOR_ADVICE) && last.to - first.from >= MIN_ADVICE_MS,
  };
}

function createFinding(
  account: InsightAccount,
  standing: LevelInWindow,
  all: readonly LevelInWindow[],
  context: InsightContext,
): Finding {
  const { quota, average, highest, count, idle, from, to, word } = standing;
  const of = `${countPhrase(count, word)} with use`;
  const { advice, words } = describeAdvice(account, standing, all);
  const left = idle === 0 ? "" : `, not counting ${countPhrase(idle, "idle one")}`;
  return {
    quota: quota.key,
    severity: SEVERITY[standing.band],
    title: `${quota.label}: peak use`,
    metric: formatShare(average),
    figure: { value: average, unit: "share" },
    sublabel: `average peak of ${of}`,
    description: `On average, ${quota.label} peaked at ${formatShare(average)} of its limit (${
      formatShare(highest)
    } at most) over ${of} since ${context.date(from)}${left}. ${words}`,
    ...advice && { advice },
    evidence: [
      { label: "Average peak", value: formatShare(average), from, to, count },
      { label: "Highest peak", value: formatShare(highest), from, to },
      ...idle === 0
        ? []
        : [{ label: "Not counted, without use", value: countPhrase(idle, word), count: idle }],
    ],
    weight: average,
  };
}

function describeAdvice(
  account: InsightAccount,
  standing: LevelInWindow,
  all: readonly LevelInWindow[],
): { readonly words: string; readonly advice?: Insight["advice"] } {
  const plan = account.plan === null ? "plan" : `plan than ${formatPlan(account.plan)}`;
  switch (standing.band) {
    case "full":
      return standing.firm
        ? { words: `It is at its limit: a larger ${plan} would leave room.`, advice: "larger" }
        : { words: "It is at its limit." };
    case "high":
      return { words: "Little room is left." };
    case "good":
      return { words: "The limit fits the use." };
    case "light":
      return { words: "There is room to spare." };
    case "unused":
      return mayShrink(account, standing, all)
        ? { words: `Most of it goes unused: a smaller ${plan} may be enough.`, advice: "smaller" }
        : { words: "Most of it goes unused." };
  }
}

/**
 * Reports whether a smaller plan may fit: one idle quota is no reason while another one, or its own worst
 * cycle, needs the larger plan.
 */
function mayShrink(account: InsightAccount, standing: LevelInWindow, all: readonly LevelInWindow[]): boolean {
  const isIdle = (other: InsightQuota) => shareNow(other) < 0.5;
  return standing.firm && standing.highest < 0.5 && account.quotas.every(isIdle) &&
    all.every((other) => (other.band === "unused" || other.band === "light") && other.highest < 0.8);
}

function shareNow(quota: InsightQuota): number {
  return quota.gone ? 0 : computeShare(quota.used, quota.limit) ?? 0;
}
