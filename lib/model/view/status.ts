/** The words for how a quota stands: how full it is, where it is heading, and what its vendor says itself. */
import type { Forecast } from "../forecast/forecast.ts";
import { amountsOf, type Stated } from "../quota.ts";

/** `blocked` is the vendor's own verdict and wins over every figure by which something is left. */
export type StatusWord = "healthy" | "warning" | "danger" | "critical" | "blocked" | "unknown";

export const STATUS_WORDS: readonly StatusWord[] = [
  "healthy",
  "warning",
  "danger",
  "critical",
  "blocked",
  "unknown",
];

/** Lower bounds of the words, as shares of the limit, the highest first. */
export type StatusBounds = readonly (readonly [share: number, word: StatusWord])[];

/** The bounds unless somebody has set others. */
export const STATUS_BOUNDS: StatusBounds = [
  [0.95, "critical"],
  [0.80, "danger"],
  [0.50, "warning"],
  [0, "healthy"],
];

/** Where two of the words begin, as shares of the limit. */
export interface Thresholds {
  readonly warning: number;
  /** Above `warning`. */
  readonly critical: number;
}

export const THRESHOLDS: Thresholds = { warning: 0.5, critical: 0.95 };

const DANGER = 0.8;

/** Bounds with thresholds of one's own; danger begins where it always does, or half way where that is outside. */
export function statusBounds({ warning, critical }: Thresholds): StatusBounds {
  const danger = warning < DANGER && DANGER < critical ? DANGER : (warning + critical) / 2;
  return [[critical, "critical"], [danger, "danger"], [warning, "warning"], [0, "healthy"]];
}

/** @param share used share of the limit, 1 is all of it; null where it cannot be known */
export function statusOf(share: number | null, bounds: StatusBounds = STATUS_BOUNDS): StatusWord {
  if (share === null) return "unknown";
  // Used up is critical wherever somebody has the words begin.
  if (share >= 1) return "critical";
  return bounds.find(([bound]) => share >= bound)?.[1] ?? "healthy";
}

/** Below this chance a quota may run out; from it on it does. */
export const LIKELY = 0.6;

/** Whether what a forecast projects beyond the limit is less than likely by what past cycles did. */
export function isDoubtful(
  { state, runOutProbability }: Pick<Forecast, "state" | "runOutProbability">,
): boolean {
  return state === "runs-dry" && runOutProbability !== null && runOutProbability < LIKELY;
}

/** How a quota stands, from all that is known of it. */
export interface StatusInput {
  readonly share: number | null;
  /** The vendor's own verdict, where it gives one. */
  readonly allowed?: boolean | undefined;
  readonly forecast?: Pick<Forecast, "state" | "runOutProbability"> | null | undefined;
  /** Whether it is a purse: without a limit its forecast alone says how it stands. */
  readonly isBalance?: boolean;
  /** Whether nothing of it is left, also where no share is known. */
  readonly isUsedUp?: boolean;
}

/**
 * One word from level and forecast together: the graver of the two, so that no surface calls healthy what another
 * says runs dry. A forecast never makes less of a level.
 */
export function statusInWords(
  { share, allowed, forecast, isBalance = false, isUsedUp = false }: StatusInput,
  bounds: StatusBounds = STATUS_BOUNDS,
): StatusWord {
  const level = isUsedUp ? "critical" : statusOf(share, bounds);
  // That what is used up is refused as well says nothing new: it is blocked where something would be left.
  if (allowed === false) return isUsedUp || share !== null && share >= 1 ? "critical" : "blocked";
  const heading = forecast ? headingOf(forecast, level === "unknown" && isBalance) : "unknown";
  return GRAVITY.indexOf(heading) > GRAVITY.indexOf(level) ? heading : level;
}

const GRAVITY: readonly StatusWord[] = ["unknown", "healthy", "warning", "danger", "critical", "blocked"];

function headingOf(
  forecast: Pick<Forecast, "state" | "runOutProbability">,
  speaksForLevel: boolean,
): StatusWord {
  switch (forecast.state) {
    case "blocked":
      return "blocked";
    case "exhausted":
      return "critical";
    case "runs-dry":
      return isDoubtful(forecast) ? "warning" : "danger";
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

/** The status as people read it: what has no limit or is a purse is not simply unknown. */
export function statusLabel(
  { status, window, used, limit, remaining }: Stated & { readonly status: StatusWord },
): string {
  if (status !== "unknown") return status;
  if (window.kind === "balance" || window.kind === "allocation") return window.kind;
  const amounts = amountsOf({ used, limit, remaining, window });
  return amounts.used !== null && amounts.limit === null ? "no limit" : "unknown";
}
