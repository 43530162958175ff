/** Formats numbers and times for people. Never use it for machine-readable data. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../duration.ts";
import type { Unit } from "../quota.ts";
import { CLOCK_TOLERANCE_MS } from "../time.ts";

/** Shown for an unknown or invalid figure. */
export const UNKNOWN = "unknown";

/** Formats `138.5`, `4,050`, `1.2M`: abbreviates above a hundred thousand, at most two decimals. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  const size = Math.abs(value);
  // The bounds match where rounding would reach them, so that nothing reads "1000K".
  if (size >= 999_950_000) return `${groupDigits(trim(value / 1e9, 1))}B`;
  if (size >= 999_950) return `${trim(value / 1e6, 1)}M`;
  if (size >= 99_999.5) return `${trim(value / 1e3, 1)}K`;
  return groupDigits(trim(value, size >= 1000 ? 0 : size >= 100 ? 1 : 2));
}

/**
 * Formats a whole number with all its digits: `1,234,567`. `toLocaleString` would take thirty times as long.
 */
export function formatCount(count: number): string {
  return groupDigits(String(count));
}

/** What an amount is shown in: its unit, or the ISO 4217 code of its currency. */
export type DisplayUnit = Unit | Uppercase<string>;

/** Returns what amounts of a quota are shown in: credits that are money, in their currency. */
export function displayUnit(
  { unit, currency }: { readonly unit: Unit; readonly currency?: string | undefined },
): DisplayUnit {
  return unit === "credits" && currency !== undefined ? currency as Uppercase<string> : unit;
}

/** Returns what amounts of an earlier unit are shown in; without one, those of the quota itself. */
export function earlierDisplayUnit(
  quota: { readonly unit: Unit; readonly currency?: string | undefined },
  earlier: Unit | undefined,
): DisplayUnit {
  return earlier === undefined || earlier === quota.unit ? displayUnit(quota) : earlier;
}

/** Reports whether amounts in the unit are money, which is shown to the cent. */
export function isMoney(unit: DisplayUnit): boolean {
  return unit === "usd" || isCurrency(unit);
}

function isCurrency(unit: DisplayUnit): unit is Uppercase<string> {
  return /^[A-Z]/.test(unit);
}

/**
 * Formats a value in its unit: `$12.84`, `4.90 CNY`, `27%`, `138.5`. The caller shows the unit's word once, elsewhere.
 */
export function formatAmount(value: number | null, unit: DisplayUnit): string {
  if (value === null || !Number.isFinite(value)) return UNKNOWN;
  if (isMoney(unit)) {
    const cents = value.toFixed(2);
    const sign = Number(cents) < 0 ? "-" : "";
    const figure = groupDigits(cents.replace("-", ""));
    return unit === "usd" ? `${sign}$${figure}` : `${sign}${figure} ${unit}`;
  }
  if (unit === "percent") return `${groupDigits(trim(value, 1))}%`;
  return formatNumber(value);
}

/** Formats a value with its unit's word: `97.2 requests`, `1 request`, `$12.84`, `27%`. */
export function formatQuantity(value: number | null, unit: DisplayUnit): string {
  const amount = formatAmount(value, unit);
  const word = unitWord(unit, amount);
  return word === "" || amount === UNKNOWN ? amount : `${amount} ${word}`;
}

/**
 * Returns the unit as a word; empty when the figure already shows it.
 * @param amount the figure before the word, as shown: after `1` the word is singular
 */
export function unitWord(unit: DisplayUnit, amount?: string): string {
  if (unit === "percent" || isMoney(unit)) return "";
  return amount === "1" ? unit.replace(/s$/, "") : unit;
}

/** Neither all used nor all left is shown before it is. */
const MAX_USED = 99.9;
const MIN_LEFT = 0.1;

/** Formats a share, 1 for all: `27%`, `4.5%`. Never rounds up to 100 while anything is left. */
export function formatShare(share: number | null): string {
  const percent = roundPercent(share ?? NaN);
  return Number.isFinite(percent) ? `${groupDigits(String(percent))}%` : UNKNOWN;
}

/**
 * Formats the share that is left: `73%`, `3.7%`. From ten percent on, it completes what {@linkcode formatShare} shows as
 * used to 100; below, a tenth matters. Never 0 while anything is left; 0% when more than all is used.
 */
export function formatLeft(left: number | null): string {
  if (left === null || !Number.isFinite(left)) return UNKNOWN;
  if (left <= 0) return "0%";
  const percent = left < 0.1 ? Math.max(MIN_LEFT, roundPercent(left)) : 100 - roundPercent(1 - left);
  return `${groupDigits(String(percent))}%`;
}

/** Rounds a share to the percentage that is shown. */
function roundPercent(share: number): number {
  // Without the noise of a difference, which would decide at a half.
  const percent = Number((share * 100).toFixed(9));
  // A tenth matters below ten percent, and near the limit.
  const shown = Number(percent.toFixed(percent < 10 || Math.abs(percent - 100) < 1 ? 1 : 0));
  return share < 1 ? Math.min(MAX_USED, shown) : shown;
}

/** Formats a sum of shares, which may be many limits: `0.4%`, `83%`, `5,327%`. */
export function formatLimits(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return UNKNOWN;
  const percent = share * 100;
  return `${groupDigits(trim(percent, Math.abs(percent) < 10 ? 1 : 0))}%`;
}

/**
 * Formats a share with exactly one decimal, for columns:
 * `65.9%`. Never rounds up to 100 while anything is left.
 */
export function formatShareExactly(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return UNKNOWN;
  const percent = share * 100;
  return `${(percent < 100 ? Math.min(percent, MAX_USED) : percent).toFixed(1).replace(/^-0\.0$/, "0.0")}%`;
}

/** Formats `4d 11h`, `4h 16m`, `16m`, `45s`: at most two parts; a negative duration is `0s`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  if (ms < MINUTE_MS) return `${Math.max(0, Math.floor(ms / 1000))}s`;
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor(ms % DAY_MS / HOUR_MS);
  const minutes = Math.floor(ms % HOUR_MS / MINUTE_MS);
  if (days > 0) return hours > 0 ? `${days}d ${hours}h` : `${days}d`;
  if (hours > 0) return minutes > 0 ? `${hours}h ${minutes}m` : `${hours}h`;
  return `${minutes}m`;
}

/** Formats an estimated duration in one part: `9 days`, `5 hours`, `40 minutes`. */
export function formatAbout(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  const minutes = Math.max(1, Math.round(ms / MINUTE_MS));
  if (minutes < 90) return `${minutes} minute${minutes === 1 ? "" : "s"}`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${formatCount(Math.round(ms / DAY_MS))} days`;
}

/** Formats a ticking countdown: `04:16:09`; days without seconds: `3d 4h`. */
export function formatCountdown(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  const whole = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(whole / 86_400);
  if (days > 0) return formatDuration(whole * 1000);
  return [Math.floor(whole / 3600), Math.floor(whole % 3600 / 60), whole % 60]
    .map((part) => String(part).padStart(2, "0")).join(":");
}

/** Formats `just now`, `45s ago`, `16m ago`, `4h 16m ago`; a future instant as `1h in the future`. */
export function formatAge(ms: number): string {
  if (!Number.isFinite(ms)) return UNKNOWN;
  if (ms < -CLOCK_TOLERANCE_MS) return `${formatDuration(-ms)} in the future`;
  return ms < 5000 ? "just now" : `${formatDuration(ms)} ago`;
}

/** Puts the preposition before an instant: `at 15:20`, `on Sat 15:20`, `on 28 Nov 17:00`. */
export function withPreposition(text: string): string {
  return `${text.includes(" ") ? "on" : "at"} ${text}`;
}

/**
 * Formats an hourly rate with its unit, in three digits, because more would suggest false precision: `12.5
 * requests/h`, `$0.42/h`, `3.1%/h`.
 */
export function formatRate(perHour: number | null, unit: DisplayUnit): string {
  if (perHour === null || !Number.isFinite(perHour)) return UNKNOWN;
  const amount = rateAmount(Number(perHour.toPrecision(3)), unit);
  const word = unitWord(unit, amount);
  return `${amount}${word ? ` ${word}` : ""}/h`;
}

/** Shows two significant digits of a small rate, so that it never reads as zero. */
function rateAmount(perHour: number, unit: DisplayUnit): string {
  if (perHour < 0) return `-${rateAmount(-perHour, unit)}`;
  const decimals = unit === "percent" ? 1 : 2;
  /** Position of the first digit after the point, none for amounts of 1 and more. */
  const position = -Math.floor(Math.log10(perHour));
  if (perHour === 0 || position <= decimals) return formatAmount(perHour, unit);
  if (perHour < 1e-6) return `under ${formatAmount(10 ** -decimals, unit)}`;
  const digits = trim(perHour, position + 1);
  if (isCurrency(unit)) return `${digits} ${unit}`;
  return unit === "usd" ? `$${digits}` : unit === "percent" ? `${digits}%` : digits;
}

/**
 * Formats a plan: some vendors use ids such as `individual_pro` or
 * `LEVEL_INTERMEDIATE`. Leaves anything else unchanged.
 */
export function formatPlan(plan: string): string {
  const id = /^[A-Z0-9]+(?:_[A-Z0-9]+)+$/.test(plan) ? plan.toLowerCase() : plan;
  if (!/^[a-z0-9]+(?:[_-][a-z0-9]+)*$/.test(id)) return plan;
  return id.split(/[_-]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

/** Formats the time range of a rate: `last hour`, `last 25m`, `last 2h 30m`. */
export function formatSpan(ms: number): string {
  // Polls do not run to the second, so about an hour counts as an hour.
  if (Math.abs(ms - HOUR_MS) < 5 * MINUTE_MS) return "last hour";
  return `last ${formatDuration(ms)}`;
}

/** Formats the length of a window: `5 h`, `7 days`, `1 h`. */
export function formatWindow(seconds: number): string {
  if (!Number.isFinite(seconds)) return UNKNOWN;
  if (seconds % 86_400 === 0) return seconds === 86_400 ? "1 day" : `${seconds / 86_400} days`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function trim(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  if (text.includes("e")) return value.toExponential(1);
  const cut = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return cut === "-0" ? "0" : cut;
}

function groupDigits(text: string): string {
  const [whole = "0", rest] = text.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return rest === undefined ? spaced : `${spaced}.${rest}`;
}
