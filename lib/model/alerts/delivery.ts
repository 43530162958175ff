/** Decides when a channel sends an alert: at once, after quiet hours, or never. Pure. */
import { HOUR_MS } from "../duration.ts";
import { findReachedAt, wallTime } from "../time.ts";
import type { AccountKey, QuotaKey } from "../quota.ts";
import type { Alert, AlertKind, AlertSeverity } from "./alert.ts";
import { dayMinuteText, parseDayMinute } from "./day_minute.ts";
import type { SummaryTimes } from "./summary.ts";

/**
 * `from` and `to` are minutes of the day in the user's zone; a
 * range that ends before it begins spans midnight.
 */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** Which alerts a channel accepts. */
export interface ChannelRule {
  /** The minimum severity; any by default. */
  readonly least?: AlertSeverity;
  /** The only kinds; all by default. */
  readonly kinds?: readonly AlertKind[];
  readonly quiet?: QuietHours;
  /**
   * Severities also sent in quiet hours.
   * @default {"critical"}
   */
  readonly urgent?: AlertSeverity | "none";
  /** When summaries are sent; none by default. Their schedule ignores the other rules of the channel. */
  readonly summaries?: SummaryTimes;
}

/** A user's request to silence alerts for a while. */
export interface Snooze {
  /** `*` for all of them. */
  readonly target: AccountKey | QuotaKey | "*";
  /** All kinds by default. */
  readonly kind?: AlertKind;
  /** Epoch milliseconds. */
  readonly until: number;
}

export type DeliveryReason = "now" | "quiet-hours" | "snoozed" | "not-wanted" | "expired";

export interface DeliveryTime {
  /** When to send, epoch milliseconds; null for never. */
  readonly at: number | null;
  readonly reason: DeliveryReason;
}

const ORDER: readonly AlertSeverity[] = ["info", "warning", "critical"];
const FIRST_RETRY_MS = 30_000;

export function deliveryTime(
  alert: Pick<Alert, "kind" | "severity" | "account" | "quota" | "expiresAt">,
  rule: ChannelRule,
  snoozes: readonly Snooze[],
  now: number,
  zone: string,
): DeliveryTime {
  const omit = (reason: DeliveryReason): DeliveryTime => ({ at: null, reason });
  if (alert.kind !== "test") {
    if (alert.expiresAt <= now) return omit("expired");
    if (snoozes.some((one) => one.until > now && isSnoozed(alert, one))) return omit("snoozed");
    if (alert.kind === "summary") return { at: now, reason: "now" };
    if (rule.least !== undefined && ORDER.indexOf(alert.severity) < ORDER.indexOf(rule.least)) {
      return omit("not-wanted");
    }
    if (rule.kinds !== undefined && !rule.kinds.includes(alert.kind)) return omit("not-wanted");
    const end = rule.quiet === undefined ? null : quietEnd(rule.quiet, now, zone);
    const urgent = rule.urgent ?? "critical";
    const isUrgent = urgent !== "none" && ORDER.indexOf(alert.severity) >= ORDER.indexOf(urgent);
    if (end !== null && !isUrgent) return { at: end, reason: "quiet-hours" };
  }
  return { at: now, reason: "now" };
}

/** Reports whether a snooze covers an alert, whatever its time. */
export function isSnoozed(
  { account, quota, kind }: Pick<Alert, "account" | "quota" | "kind">,
  snooze: Snooze,
): boolean {
  if (snooze.kind !== undefined && snooze.kind !== kind) return false;
  return snooze.target === "*" || snooze.target === account ||
    quota !== null && snooze.target === `${account}/${quota}`;
}

/** Returns when the current quiet hours end, epoch milliseconds; null outside quiet hours. */
export function quietEnd({ from, to }: QuietHours, now: number, zone: string): number | null {
  if (from === to) return null;
  const wall = wallTime(now, zone);
  const at = (day: number, minute: number) =>
    findReachedAt({ ...wall, day, hour: Math.floor(minute / 60), minute: minute % 60 }, zone);
  // By the calendar and as instants: a clock change shows some times twice and skips others.
  for (const day of [wall.day, wall.day - 1]) {
    const end = at(from < to ? day : day + 1, to);
    if (at(day, from) <= now && now < end) return end;
  }
  return null;
}

/** Parses quiet hours such as `22:00-07:30`; null when invalid. */
export function parseQuietHours(text: string): QuietHours | null {
  const [from, to, ...more] = text.split("-").map(parseDayMinute);
  return from == null || to == null || more.length > 0 ? null : { from, to };
}

/** Formats `22:00-07:30`. */
export function quietHoursText({ from, to }: QuietHours): string {
  return `${dayMinuteText(from)}-${dayMinuteText(to)}`;
}

/**
 * Returns the delay before the next attempt after this many
 * failures, in milliseconds: 30 s, then doubling up to an hour.
 */
export function retryDelayMs(failures: number): number {
  return Math.min(HOUR_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1));
}
