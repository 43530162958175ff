/** Decodes Grok's billing figures, in credits and in money. Amounts come in cents. */
import * as v from "valibot";
import {
  amountOrNull,
  computeRest,
  instantOrNull,
  isRecord,
  isStated,
  type KnownMembers,
  lenientNumber,
  member,
  orNull,
  slug,
  tidy,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import type { Reading, Window } from "../../lib/model/quota.ts";
import {
  balanceReading,
  CALENDAR,
  type Gathering,
  ONE_WEEK,
  percentReading,
  withStart,
} from "../../lib/provider_kit/readings.ts";

export type Billing = Readonly<Record<string, unknown>>;

/**
 * Converts cents to dollars. A present but empty amount is 0, because the vendor omits zeros; one with other
 * content than its value is not understood.
 */
export function parseCents(amount: unknown): number | null {
  const value = isRecord(amount) ? Object.keys(amount).length === 0 ? 0 : amount.val : amount;
  const number = v.parse(orNull(lenientNumber), value);
  return number === null ? null : tidy(number / 100);
}

function parseDollars(amount: unknown): number | null {
  const value = parseCents(amount);
  return value === null || value < 0 ? null : value;
}

interface Period {
  readonly window: Window;
  readonly startedAt: number | null;
  readonly resetsAt: number | null;
}

function readPeriod(config: Billing): Period {
  const { currentPeriod } = config;
  const type = member(currentPeriod, "type");
  const isWeekly = typeof type === "string" && /_WEEKLY$/i.test(type);
  const window = isWeekly ? ONE_WEEK : CALENDAR;
  const resetsAt = v.parse(instantOrNull, member(currentPeriod, "end"));
  if (resetsAt === null) return { window, ...billingPeriodOf(config) };
  return { window, startedAt: v.parse(instantOrNull, member(currentPeriod, "start")), resetsAt };
}

function billingPeriodOf(config: Billing): Pick<Period, "startedAt" | "resetsAt"> {
  return {
    startedAt: v.parse(instantOrNull, config.billingPeriodStart),
    resetsAt: v.parse(instantOrNull, config.billingPeriodEnd),
  };
}

/** Returns the credits in percent; use is unknown when neither they nor the products have a figure. */
export function creditsPart(config: Billing): Reading | undefined {
  const parts = listShares(config);
  const used = v.parse(amountOrNull, config.creditUsagePercent) ??
    (parts.length === 0 ? null : tidy(parts.reduce((sum, { used }) => sum + used, 0)));
  if (used === null && !isRecord(config.currentPeriod)) return undefined;
  const { window, startedAt, resetsAt } = readPeriod(config);
  return withStart(percentReading("credits", "Grok credits", used, window, resetsAt), startedAt);
}

interface Share {
  readonly name: string;
  readonly used: number;
}

function listShares({ productUsage }: Billing): readonly Share[] {
  if (!Array.isArray(productUsage)) return [];
  return productUsage.flatMap((item: unknown) => {
    const name = member(item, "product");
    const used = v.parse(amountOrNull, member(item, "usagePercent"));
    return typeof name === "string" && used !== null ? [{ name: name.trim().slice(0, 80), used }] : [];
  });
}

/** Adds each product's share of the credits: a breakdown, not limits of their own. */
export function addProducts(found: Gathering, config: Billing): void {
  const { window, startedAt, resetsAt } = readPeriod(config);
  for (const { name, used } of listShares(config)) {
    const quota = `product-${slug(name) || "other"}`;
    const reading = percentReading(quota, name || "Other product", used, window, resetsAt);
    found.add(withStart(reading, startedAt), `productUsage ${name}`);
  }
  const { productUsage } = config;
  for (const item of Array.isArray(productUsage) ? productUsage as readonly unknown[] : []) {
    const stated = member(item, "usagePercent");
    const isRead = typeof member(item, "product") === "string" && v.parse(amountOrNull, stated) !== null;
    if (!isRead && isStated(stated)) found.drop("productUsage", "no readable share");
  }
}

const AMOUNT = { val: true } as const;
const CONFIG: KnownMembers = {
  creditUsagePercent: true,
  currentPeriod: { type: true, start: "instant", end: "instant" },
  productUsage: { product: true, usagePercent: true },
  onDemandCap: AMOUNT,
  onDemandUsed: AMOUNT,
  prepaidBalance: AMOUNT,
  monthlyLimit: AMOUNT,
  used: AMOUNT,
  billingPeriodStart: "instant",
  billingPeriodEnd: "instant",
  history: true,
};

/** Reports unknown figures, and stated amounts that are unreadable. */
export function reportUnknown(found: Gathering, config: Billing): void {
  for (const { what, why } of unknownFigures(config, CONFIG)) found.drop(what, why);
  for (const name of ["onDemandCap", "onDemandUsed", "prepaidBalance", "monthlyLimit", "used"]) {
    const amount = parseCents(config[name]);
    if (isStated(config[name]) && amount === null) found.drop(name, "no amount");
    else if (amount !== null && amount < 0 && name !== "prepaidBalance") {
      found.drop(name, "a negative amount");
    }
  }
  const percent = config.creditUsagePercent;
  if (isStated(percent) && v.parse(amountOrNull, percent) === null) {
    found.drop("creditUsagePercent", "no readable share");
  }
}

/** Returns the month's allowance in money; a limit of 0 means none. */
export function readSpend(config: Billing): Reading | undefined {
  const limit = parseDollars(config.monthlyLimit);
  // A limit of 0 is a placeholder.
  if (limit === null || limit === 0) return undefined;
  const used = parseDollars(config.used);
  const { startedAt, resetsAt } = billingPeriodOf(config);
  return withStart({
    quota: "monthly-spend",
    label: "Monthly allowance",
    unit: "usd",
    used,
    limit,
    remaining: computeRest(limit, used),
    window: CALENDAR,
    resetsAt,
  }, startedAt);
}

/** Returns pay-as-you-go spend. Without a cap it is switched off, but what was spent before stays spent. */
export function onDemand(config: Billing, plain: Billing = {}): Reading | undefined {
  const limit = parseDollars(config.onDemandCap ?? plain.onDemandCap);
  const used = parseDollars(config.onDemandUsed ?? plain.onDemandUsed);
  if (limit === null || (limit === 0 && !used)) return undefined;
  const { startedAt, resetsAt } = billingPeriodOf(isStated(config.billingPeriodEnd) ? config : plain);
  return withStart({
    quota: "on-demand",
    label: "Pay-as-you-go",
    unit: "usd",
    used,
    limit,
    remaining: computeRest(limit, used),
    window: CALENDAR,
    resetsAt,
  }, startedAt);
}

/** Returns the prepaid balance; an empty one only for people who once filled it. */
export function readPrepaid(
  { prepaidBalance, topUpMethod }: Billing,
  wasFilled: boolean,
): Reading | undefined {
  const remaining = parseCents(prepaidBalance);
  if (remaining === null || (remaining === 0 && !topUpMethod && !wasFilled)) return undefined;
  return balanceReading("prepaid-balance", "Prepaid balance", remaining);
}
