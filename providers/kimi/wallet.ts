/** The wallet Kimi Code takes from when a limit is reached, and the ceiling of its month. */
import * as v from "valibot";
import { amountOrNull, isRecord, member, restOf, tidy } from "../../lib/decode.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { BALANCE, CALENDAR } from "../../lib/readings.ts";

/** Amounts of the balance per unit of the currency; those of the month come in cents. */
const FIXED_POINT = 1e8;

/** @param monthEndsAt when the month ends, as far as the vendor leaves that open */
export function walletReadings(wallet: unknown, monthEndsAt: number): readonly Reading[] {
  if (!isRecord(wallet)) return [];
  const currency = currencyOf(wallet);
  const money = currency === "USD"
    ? { unit: "usd", currency } as const
    : { unit: "credits", currency } as const;
  const readings: Reading[] = [];

  const limit = scaled(member(wallet.balance, "amount"), FIXED_POINT);
  const remaining = scaled(member(wallet.balance, "amountLeft"), FIXED_POINT);
  if (isRecord(wallet.balance) && (limit !== 0 || remaining !== 0)) {
    readings.push({
      quota: "booster",
      label: "Extra usage wallet",
      ...money,
      used: restOf(limit, remaining),
      limit,
      remaining,
      window: BALANCE,
      resetsAt: null,
    });
  }

  const hasCeiling = wallet.monthlyChargeLimitEnabled === true;
  if (hasCeiling || isRecord(wallet.monthlyUsed)) {
    const used = scaled(member(wallet.monthlyUsed, "priceInCents"), 100);
    const ceiling = hasCeiling ? scaled(member(wallet.monthlyChargeLimit, "priceInCents"), 100) : null;
    if (used !== 0 || ceiling !== 0) {
      readings.push({
        quota: "booster-monthly",
        label: "Extra usage this month",
        ...money,
        used,
        limit: ceiling,
        remaining: restOf(ceiling, used),
        window: CALENDAR,
        resetsAt: monthEndsAt,
      });
    }
  }
  return readings;
}

/** The vendor leaves out what is exactly nothing; what is there and no number is not known. */
function scaled(value: unknown, by: number): number | null {
  if (value === undefined) return 0;
  const amount = v.parse(amountOrNull, value);
  return amount === null ? null : tidy(amount / by);
}

function currencyOf(wallet: Readonly<Record<string, unknown>>): string {
  for (const name of ["monthlyUsed", "monthlyChargeLimit", "balance"]) {
    const code = member(member(wallet, name), "currency");
    if (typeof code === "string" && /^[a-z]{3}$/i.test(code.trim())) return code.trim().toUpperCase();
  }
  return "USD";
}
