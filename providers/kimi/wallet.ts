/** The wallet Kimi Code draws on when a limit is reached, and its monthly cap. */
import * as v from "valibot";
import {
  amountOrNull,
  computeRest,
  computeUsed,
  containsFigure,
  isRecord,
  isStated,
  member,
  tidy,
} from "../../lib/provider_kit/decode.ts";
import { utcMonth } from "../../lib/provider_kit/pages.ts";
import { BALANCE, CALENDAR, type Gathering } from "../../lib/provider_kit/readings.ts";

/** Balance amounts per currency unit; monthly amounts come in cents. */
const FIXED_POINT = 1e8;

/** @param now its calendar month is the month of the figures, because the vendor does not state one */
export function addWallet(found: Gathering, wallet: unknown, now: number): void {
  if (!isStated(wallet)) return;
  if (!isRecord(wallet)) return found.drop("boosterWallet", "no block of figures");
  const currency = readCurrency(wallet);
  const money = currency === "USD"
    ? { unit: "usd", currency } as const
    : { unit: "credits", currency } as const;

  const limit = readScaled(wallet.balance, "amount", FIXED_POINT);
  const remaining = readScaled(wallet.balance, "amountLeft", FIXED_POINT);
  if (isStated(wallet.balance) && (limit !== 0 || remaining !== 0)) {
    if (limit === null && remaining === null) found.drop("boosterWallet.balance", "no amount");
    else {
      found.add({
        quota: "booster",
        label: "Extra usage wallet",
        ...money,
        used: computeUsed(limit, remaining),
        limit,
        remaining,
        window: BALANCE,
        resetsAt: null,
      });
    }
  }

  const hasCeiling = wallet.monthlyChargeLimitEnabled === true;
  if (!hasCeiling && !isStated(wallet.monthlyUsed)) return;
  const used = readScaled(wallet.monthlyUsed, "priceInCents", 100);
  const ceiling = hasCeiling ? readScaled(wallet.monthlyChargeLimit, "priceInCents", 100) : null;
  if (used === 0 && ceiling === 0) return;
  if (used === null && ceiling === null) return found.drop("boosterWallet.monthlyUsed", "no amount");
  const { start, end } = utcMonth(now);
  found.add({
    quota: "booster-monthly",
    label: "Extra usage this month",
    ...money,
    used,
    limit: ceiling,
    remaining: computeRest(ceiling, used),
    window: CALENDAR,
    startedAt: start,
    resetsAt: end,
  });
}

/**
 * Reads a scaled amount. The vendor omits an amount of exactly 0, and only the amount: when its block is
 * missing, of another type, empty or has a figure under another name, the amount is unknown.
 */
function readScaled(block: unknown, name: string, by: number): number | null {
  if (!isRecord(block)) return null;
  if (!Object.hasOwn(block, name)) {
    const others = Object.entries(block);
    const isRenamed = others.some(([other, value]) => !BLOCK.includes(other) && containsFigure(value));
    return others.length === 0 || isRenamed ? null : 0;
  }
  const amount = v.parse(amountOrNull, block[name]);
  return amount === null ? null : tidy(amount / by);
}

const BLOCK = ["amount", "amountLeft", "priceInCents", "currency", "type", "id"];

function readCurrency(wallet: Readonly<Record<string, unknown>>): string {
  for (const name of ["monthlyUsed", "monthlyChargeLimit", "balance"]) {
    const code = member(member(wallet, name), "currency");
    if (typeof code === "string" && /^[a-z]{3}$/i.test(code.trim())) return code.trim().toUpperCase();
  }
  return "USD";
}
