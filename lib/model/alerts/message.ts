/** Writes the texts of alerts: what, how much, until when, and what to do. */
import { formatMoney } from "../spend/words.ts";
import { displayUnit, formatAmount, formatDuration, formatQuantity, formatShare } from "../view/format.ts";
import { findReset } from "../quota.ts";
import { clockText, isoDate } from "../time.ts";
import { withoutName } from "../view/without_name.ts";
import type { AccountView, QuotaView } from "../view/view.ts";

/** Names a quota: `Claude 5-hour limit`, `Claude (work) Weekly`, with the vendor's name once. */
export function quotaName(account: AccountView, quota: QuotaView): string {
  const who = accountName(account);
  return `${who} ${withoutName(quota.label, who, account.providerName)}`;
}

export function accountName({ label, providerName, name }: AccountView): string {
  if (label) return label;
  return name === "default" ? providerName : `${providerName} (${name})`;
}

/** Formats `92% used`, or an amount when the share is unknown; empty without either. */
export function usedWords(quota: QuotaView): string {
  const { share, used, remaining, window } = quota;
  if (window.kind !== "balance") {
    if (share !== null) return `${formatShare(share)} used`;
    if (used !== null) return `${amountWords(used, quota)} used`;
  }
  return remaining === null ? "" : `${amountWords(remaining, quota)} left`;
}

/** Formats an amount of a quota with its unit or currency: `86 requests`, `$4.90`, `4.90 CNY`. */
export function amountWords(
  amount: number | null,
  { unit, currency }: Pick<QuotaView, "unit" | "currency">,
): string {
  return currency === undefined ? formatQuantity(amount, unit) : formatMoney(amount, currency);
}

/** Formats `86 of 100 requests used, 14 left`; empty when the share says it all. */
export function amountsWords(quota: QuotaView): string {
  const { used, limit, remaining, window } = quota;
  const unit = displayUnit(quota);
  if (unit === "percent" || window.kind === "balance" || used === null || limit === null) return "";
  const left = remaining ?? Math.max(0, limit - used);
  return joinParts(
    `${formatAmount(used, unit)} of ${formatQuantity(limit, unit)} used`,
    `${formatAmount(left, unit)} left`,
  );
}

/** Joins the non-empty sentences into the text of a message. */
export function joinSentences(...sentences: readonly string[]): string {
  return sentences.filter((one) => one !== "").join(" ");
}

/** Formats `resets at 18:00 (in 2h 10m)`, with the date on any other day; empty when none is ahead. */
export function resetWords(quota: Pick<QuotaView, "window" | "resetsAt">, now: number, zone: string): string {
  const resetsAt = findReset(quota);
  if (resetsAt === null || resetsAt <= now) return "";
  return `resets ${instantWords(resetsAt, now, zone)}`;
}

/** Formats `at 18:00 (in 2h 10m)`, `on 2026-12-03 at 18:00 (in 4d 2h)`. */
export function instantWords(at: number, now: number, zone: string): string {
  return `${clockWords(at, now, zone)} (in ${formatDuration(at - now)})`;
}

/** Formats `at 18:00`, `on 2026-12-03 at 18:00`. */
export function clockWords(at: number, now: number, zone: string): string {
  const day = isoDate(at, zone);
  const on = day === isoDate(now, zone) ? "" : `on ${day} `;
  return `${on}at ${clockText(at, zone)}`;
}

/** Joins the non-empty parts with commas into a sentence: `92% used, resets at 18:00.` */
export function joinParts(...parts: readonly string[]): string {
  const text = parts.filter((part) => part !== "").join(", ");
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Formats how often rules would have alerted: `of nothing`, `once`, `4 times`. */
export function timesWords(count: number): string {
  return count === 0 ? "of nothing" : count === 1 ? "once" : `${count} times`;
}
