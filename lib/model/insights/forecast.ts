/** Where a quota is heading, in the words of its forecast; this recomputes nothing. */
import { displayUnit, formatDuration, formatRate, formatShare } from "../view/format.ts";
import { findReset } from "../quota.ts";
import type { InsightForecast, InsightQuota } from "./facts.ts";
import type { Finding, InsightEvidence, Rule } from "./rule.ts";
import type { InsightContext } from "./insight_context.ts";
import { countPhrase } from "./words.ts";

export const forecast: Rule = {
  type: "forecast",
  find(account, context) {
    return account.quotas.flatMap((quota) => {
      if (quota.gone || quota.forecast === null) return [];
      const finding = toFinding(quota, quota.forecast, context);
      return finding ? [{ ...finding, quota: quota.key }] : [];
    });
  },
};

function toFinding(quota: InsightQuota, forecast: InsightForecast, context: InsightContext): Finding | null {
  const evidence = describeEvidence(quota, forecast, context);
  switch (forecast.state) {
    case "analysing":
    case "unknown":
      return null;
    case "blocked":
      return {
        severity: "negative",
        title: `${quota.label}: ${STATE_WORDS.blocked}`,
        metric: STATE_WORDS.blocked,
        figure: { value: 1, unit: "share" },
        sublabel: "by its vendor",
        description: `The vendor is refusing requests on ${quota.label}, whatever share of it is used${
          resetText(quota, context)
        }.`,
        evidence,
        // More severe than being used up: it applies even when much is left.
        weight: 3,
      };
    case "idle":
      return {
        severity: "positive",
        title: `${quota.label}: ${STATE_WORDS.idle}`,
        metric: formatRate(0, displayUnit(quota)),
        figure: { value: 0, unit: quota.unit },
        sublabel: "at present",
        description: `${quota.label} is not in use: ${formatRate(0, displayUnit(quota))}.`,
        evidence,
        weight: 0,
      };
    case "exhausted":
      return {
        severity: "negative",
        title: `${quota.label}: ${STATE_WORDS.exhausted}`,
        metric: formatShare(1),
        figure: { value: 1, unit: "share" },
        sublabel: "of the limit used",
        description: `Nothing is left of ${quota.label}: ${formatShare(1)} of its limit is used${
          resetText(quota, context)
        }.`,
        evidence,
        weight: 2,
      };
    case "runs-dry":
    case "tight":
    case "lasts":
      return describeHeading(quota, forecast, context, evidence);
  }
}

const STATE_WORDS: Readonly<Record<InsightForecast["state"], string>> = {
  idle: "not in use",
  analysing: "too early to say",
  lasts: "lasts",
  tight: "tight",
  "runs-dry": "runs out",
  exhausted: "nothing is left",
  blocked: "blocked",
  unknown: "unknown",
};

const SEVERITY = { "runs-dry": "negative", tight: "warning", lasts: "positive" } as const;

function describeHeading(
  quota: InsightQuota,
  forecast: InsightForecast,
  context: InsightContext,
  evidence: readonly InsightEvidence[],
): Finding | null {
  const { state, emptyAt, marginMs, projectedShare } = forecast;
  if (state !== "runs-dry" && state !== "tight" && state !== "lasts") return null;
  const base = { severity: SEVERITY[state], title: `${quota.label}: ${STATE_WORDS[state]}`, evidence };
  const pace = forecast.ratePerHour === null
    ? ""
    : `At ${formatRate(forecast.ratePerHour, displayUnit(quota))}, `;
  if (emptyAt !== null && emptyAt >= context.now) {
    const until = formatDuration(emptyAt - context.now);
    const early = marginMs === null ? "" : `, ${formatDuration(marginMs)} before its reset`;
    return {
      ...base,
      metric: `in ${until}`,
      figure: { value: (emptyAt - context.now) / 1000, unit: "seconds" },
      sublabel: marginMs === null ? "at this pace" : `${formatDuration(marginMs)} before its reset`,
      description: `${pace}${quota.label} runs out in ${until}${early}.`,
      // The sooner, the more severe.
      weight: context.now - emptyAt,
    };
  }
  if (projectedShare === null) return null;
  const share = formatShare(projectedShare);
  return {
    ...base,
    metric: share,
    figure: { value: projectedShare, unit: "share" },
    sublabel: "of the limit at its reset",
    description: `${pace}${quota.label} reaches ${share} of its limit by its reset${
      resetText(quota, context)
    }.`,
    weight: projectedShare,
  };
}

/** Names what a rate is based on, because a card shows the rate of the last hour. */
function spanText(basis: InsightForecast["basis"]): string {
  if (!basis) return "";
  const spans = [
    basis.cycle > 0 ? "this cycle" : "",
    basis.recent > 0 ? "the recent past" : "",
    basis.past > 0 ? "earlier cycles" : "",
  ].filter((span) => span !== "");
  const last = spans.pop();
  if (last === undefined) return "";
  return ` over ${spans.length > 0 ? `${spans.join(", ")} and ` : ""}${last}`;
}

function resetText(quota: InsightQuota, { now }: InsightContext): string {
  const resetsAt = findReset(quota);
  return resetsAt !== null && resetsAt > now ? `; it resets in ${formatDuration(resetsAt - now)}` : "";
}

function describeEvidence(
  quota: InsightQuota,
  forecast: InsightForecast,
  context: InsightContext,
): readonly InsightEvidence[] {
  const { ratePerHour, runOutProbability, pastCycles, basis } = forecast;
  const resetsAt = findReset(quota);
  return [
    { label: "Forecast", value: STATE_WORDS[forecast.state] },
    ...ratePerHour === null ? [] : [{
      label: "Rate",
      value: `${formatRate(ratePerHour, displayUnit(quota))}${spanText(basis)}`,
    }],
    ...resetsAt === null || resetsAt <= context.now ? [] : [{
      label: "Until the reset",
      value: formatDuration(resetsAt - context.now),
      from: context.now,
      to: resetsAt,
    }],
    ...runOutProbability === null ? [] : [{
      label: "Chance of running out",
      value: `${formatShare(runOutProbability)}, from ${countPhrase(pastCycles, "past cycle")}`,
      count: pastCycles,
    }],
  ];
}
