/** Every figure of one quota, for its own page. */
import { REASON_WORDS } from "../../model/view/forecast_reasons.ts";
import {
  displayUnit,
  formatAmount,
  formatQuantity,
  formatRate,
  formatShare,
} from "../../model/view/format.ts";
import { findReset, isGauge } from "../../model/quota.ts";
import type { QuotaView } from "../../model/view/view.ts";
import { momentText } from "../dates.ts";

/** All-time usage; null while unknown. */
export interface Lifetime {
  readonly completedCycles: number;
  readonly averagePerCycle: number | null;
  readonly peak: number | null;
  readonly consumed: number;
  /** The first reading, epoch milliseconds. */
  readonly since: number | null;
}

export interface QuotaFiguresProps {
  readonly quota: QuotaView;
  readonly lifetime: Lifetime | null;
  readonly zone: string;
}

export function QuotaFigures({ quota, lifetime, zone }: QuotaFiguresProps) {
  const { cycle, forecast, parts } = quota;
  const unit = displayUnit(quota);
  const figures: (readonly [name: string, value: string])[] = [
    ...isGauge(quota.window) ? [] : [
      ["Cycle started", `${cycle.whole ? "" : "before "}${momentText(cycle.startedAt, zone)}`] as const,
    ],
    ...cycle.peak === null ? [] : [["Peak of this cycle", formatAmount(cycle.peak, unit)] as const],
    ...cycle.consumed === null || isGauge(quota.window)
      ? []
      : [["Consumed in this cycle", formatQuantity(cycle.consumed, unit)] as const],
  ];
  if (quota.allowed === false) figures.push(["Blocked", "The vendor is refusing requests"]);
  if (quota.resetsAt !== null) {
    figures.push([findReset(quota) === null ? "Full again" : "Resets", momentText(quota.resetsAt, zone)]);
  }
  if (forecast) {
    figures.push(["Forecast", REASON_WORDS[forecast.reason]]);
    const { emptyAt, runOutProbability, confidence } = forecast;
    if (quota.refillPerHour !== undefined) figures.push(["Refills", formatRate(quota.refillPerHour, unit)]);
    if (emptyAt !== null) figures.push(["Empty", momentText(emptyAt, zone)]);
    if (runOutProbability !== null) figures.push(["Chance of running out", formatShare(runOutProbability)]);
    if (confidence !== null) figures.push(["Confidence", confidence]);
  }
  if (lifetime) {
    if (lifetime.since !== null) figures.push(["First reading", momentText(lifetime.since, zone)]);
    figures.push(
      ["Cycles since", String(lifetime.completedCycles)],
      ["Consumed since", formatQuantity(lifetime.consumed, unit)],
    );
    if (lifetime.averagePerCycle !== null) {
      figures.push(["Average per cycle", formatQuantity(lifetime.averagePerCycle, unit)]);
    }
    if (lifetime.peak !== null) figures.push(["Highest so far", formatAmount(lifetime.peak, unit)]);
  }
  // The parts of a balance are what is left of it.
  const isBalance = quota.window.kind === "balance";
  for (const { name, used } of parts) {
    figures.push([isBalance ? `Left, ${name.toLowerCase()}` : `Used by ${name}`, formatQuantity(used, unit)]);
  }
  return (
    <dl class="quota-figures card-shadow grid grid-cols-2 gap-x-6 gap-y-3 rounded-xl border border-line bg-surface p-4 text-sm lg:grid-cols-3">
      {figures.map(([name, value]) => (
        <div key={name} class="min-w-0">
          <dt class="outside-text text-muted">{name}</dt>
          <dd class="outside-text font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
