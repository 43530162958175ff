/** The status words of a quota: how full it is, where it is heading, and the vendor's own verdict. */
import type { Forecast } from "../forecast/forecast.ts";
import { completeAmounts, isUnlimited, type StatedAmounts } from "../quota.ts";

/** `blocked` is the vendor's own verdict and overrides every figure that leaves something. */
export type StatusWord = "healthy" | "warning" | "danger" | "critical" | "blocked" | "unknown";

export const STATUS_WORDS: readonly StatusWord[] = [
  "healthy",
  "warning",
  "danger",
  "critical",
  "blocked",
  "unknown",
];

/** Lower bounds of the words, as shares of the limit, highest first. */
export type StatusBounds = readonly (readonly [share: number, word: StatusWord])[];

/** Where two of the words begin, as shares of the limit. */
export interface Thresholds {
  readonly warning: number;
  /** Above `warning`. */
  readonly critical: number;
}

export const THRESHOLDS: Thresholds = { warning: 0.5, critical: 0.95 };

const DANGER = 0.8;

/**
 * Returns bounds for custom thresholds; danger begins at its default, or half way when that is outside them.
 */
export function statusBounds({ warning, critical }: Thresholds): StatusBounds {
  const danger = warning < DANGER && DANGER < critical ? DANGER : (warning + critical) / 2;
  return [[critical, "critical"], [danger, "danger"], [warning, "warning"], [0, "healthy"]];
}

/** The default bounds. */
export const STATUS_BOUNDS = statusBounds(THRESHOLDS);

/** @param share used share of the limit, 1 for all of it; null when unknown */
export function statusFromShare(share: number | null, bounds: StatusBounds = STATUS_BOUNDS): StatusWord {
  if (share === null) return "unknown";
  // Used up is critical, whatever the thresholds.
  if (share >= 1) return "critical";
  return bounds.find(([bound]) => share >= bound)?.[1] ?? "healthy";
}

/** Run-out probability that separates "may run out" from "runs out". */
export const MIN_LIKELY = 0.6;

/** Reports whether past cycles make a projected run-out unlikely. */
export function isRunOutUnlikely(
  { state, runOutProbability }: Pick<Forecast, "state" | "runOutProbability">,
): boolean {
  return state === "runs-dry" && runOutProbability !== null && runOutProbability < MIN_LIKELY;
}

/** Everything that determines the status of a quota. */
export interface StatusInput {
  readonly share: number | null;
  /** The vendor's own verdict, if it gives one. */
  readonly allowed?: boolean | undefined;
  readonly forecast?: Pick<Forecast, "state" | "runOutProbability"> | null | undefined;
  /** True for a balance: without a limit, its forecast alone determines the status. */
  readonly isBalance?: boolean;
  /** True when nothing of it is left, even without a known share. */
  readonly isUsedUp?: boolean;
}

/**
 * Combines level and forecast into one word: the more severe of the two, so that no surface calls healthy
 * what another says runs out. A forecast never improves on the level.
 */
export function determineStatus(
  { share, allowed, forecast, isBalance = false, isUsedUp = false }: StatusInput,
  bounds: StatusBounds = STATUS_BOUNDS,
): StatusWord {
  const level = isUsedUp ? "critical" : statusFromShare(share, bounds);
  // A refusal adds nothing to being used up; `blocked` is for quotas with something left.
  if (allowed === false) return isUsedUp || share !== null && share >= 1 ? "critical" : "blocked";
  const heading = forecast ? describeHeading(forecast, level === "unknown" && isBalance) : "unknown";
  return SEVERITY_ORDER[Math.max(SEVERITY_ORDER.indexOf(heading), SEVERITY_ORDER.indexOf(level))]!;
}

const SEVERITY_ORDER: readonly StatusWord[] = [
  "unknown",
  "healthy",
  "warning",
  "danger",
  "critical",
  "blocked",
];

function describeHeading(
  forecast: Pick<Forecast, "state" | "runOutProbability">,
  speaksForLevel: boolean,
): StatusWord {
  switch (forecast.state) {
    case "blocked":
      return "blocked";
    case "exhausted":
      return "critical";
    case "runs-dry":
      return isRunOutUnlikely(forecast) ? "warning" : "danger";
    case "tight":
      return "warning";
    case "lasts":
    case "idle":
      return speaksForLevel ? "healthy" : "unknown";
    case "analysing":
    case "unknown":
      return "unknown";
  }
}

/** Returns the status to show: what the last reading of a quota stated that is no longer reported is not its status now. */
export function shownStatus(
  { gone, status }: { readonly gone: boolean; readonly status: StatusWord },
): StatusWord {
  return gone ? "unknown" : status;
}

/** Returns the status for people: a quota without a limit or a balance is not simply unknown. */
export function statusLabel(
  { gone = false, status, allowed, window, used, limit, remaining }: StatedAmounts & {
    readonly status: StatusWord;
    readonly allowed?: boolean | undefined;
    readonly gone?: boolean;
  },
): string {
  if (gone) return "not reported";
  if (status !== "unknown") return status;
  if (isUnlimited({ used, limit, remaining, allowed })) return "no limit";
  if (window.kind === "balance" || window.kind === "allocation") return window.kind;
  const amounts = completeAmounts({ used, limit, remaining, window });
  return amounts.used !== null && amounts.limit === null ? "no limit" : "unknown";
}
