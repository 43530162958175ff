/** Reads what was spent per account and month, what is left for today, and how much of each plan was used. */
import { harmless } from "../base/text.ts";
import type { Budget } from "../model/alerts/decide_budget.ts";
import { accountName, quotaName } from "../model/alerts/message.ts";
import { DAY_MS } from "../model/duration.ts";
import { isMonthWindow } from "../model/history/billing.ts";
import type { Pool } from "../model/history/counting.ts";
import { listSlots, type Slot } from "../model/history/usage.ts";
import type { AccountKey, QuotaKey } from "../model/quota.ts";
import { dayAllowance } from "../model/spend/allowance.ts";
import { findStatedForMonth, type Money, spendQuotas } from "../model/spend/money.ts";
import { findMonth, lastMonths, type Month } from "../model/spend/month.ts";
import { type PriceHistory, priceOn } from "../model/spend/price.ts";
import { type Projection, projectMonth } from "../model/spend/projection.ts";
import type {
  AccountSpend,
  MonthAmount,
  PlanSpend,
  QuotaAllowance,
  SpendTotal,
  SpendView,
} from "../model/spend/spend.ts";
import { dayStart, isFuture, isoDate } from "../model/time.ts";
import { staleAfterMs } from "../model/engine/interval.ts";
import { isFromBeforeReset } from "../model/view/readiness.ts";
import type { AccountView, QuotaView } from "../model/view/view.ts";
import type { DisplayCycle } from "../model/view/display_cycle.ts";
import type { Analysis } from "./analysis.ts";
import { type DayRead, type DayUses, findUsesWithin, spreadOverGaps } from "./day_uses.ts";
import { measureLength, planMonths, planQuotas, usePlan } from "./plan_spend.ts";

export interface SpendSources {
  readonly analysis: Pick<Analysis, "usage" | "cyclesInRange" | "lastUsed" | "insights">;
  readonly poolsOf: (provider: string) => readonly Pool[];
  readonly accounts: readonly AccountView[];
  /** Returns the monthly price of an account's plan as the user entered it over time; empty when not set. */
  readonly pricesOf: (account: AccountKey) => PriceHistory;
  /** Returns what an account may spend in a calendar month; null for no budget. */
  readonly budgetOf: (account: AccountKey) => Budget | null;
  readonly workDays: number;
  readonly zone: string;
  readonly now: number;
}

interface UseSources {
  readonly analysis: Pick<Analysis, "usage">;
  readonly zone: string;
}

const MONTHS = 12;
/** Quotas whose cycles are listed at once: a list is cut after thousands, of which a quota has some each month. */
const LISTED_TOGETHER = 100;
/** Number of days behind a projection. */
const PROJECTION_DAYS = 14;

/** @throws {StoreError} */
export async function readSpend(sources: SpendSources): Promise<SpendView> {
  const { accounts, zone, now, poolsOf } = sources;
  const months = lastMonths(now, zone, MONTHS);
  const days = listSlots("1d", months.at(-1)!.from, now + 1, zone);
  const money = accounts.flatMap((account) =>
    [...spendQuotas(account.quotas, poolsOf(account.provider))]
      .map(([currency, quotas]) => ({ account, currency, quotas }))
  );
  const plans = accounts.map((account) => ({ account, quotas: planQuotas(account, poolsOf) }));
  const keys = [
    ...new Set([
      ...money.flatMap(({ quotas }) => quotas.map(({ key }) => key)),
      ...plans.flatMap(({ quotas }) => quotas.map(({ key }) => key)),
    ]),
  ];
  const [uses, cycles, insights] = await Promise.all([
    readUses(sources, keys, days),
    readCycles(
      sources,
      money.flatMap(({ quotas }) => quotas.filter(countsMonth)),
      months,
    ),
    sources.analysis.insights({
      range: "30d",
      type: "cycle-utilization",
      accounts: accounts.map(({ key }) => key),
    }),
  ]);
  const currencies = new Map(accounts.map((account) => [account, {
    first: money.find((row) => row.account === account)?.currency ?? null,
    budget: sources.budgetOf(account.key)?.currency ??
      firstCurrency(money.filter((row) => row.account === account), uses),
  }]));
  const rows = money.map((row): AccountSpend => ({
    account: row.account.key,
    provider: row.account.provider,
    title: harmless(accountName(row.account)),
    currency: row.currency,
    months: months.map((month) => sumMonth(row.quotas, month, { now, days, uses, cycles })),
    projection: null,
    budget: currencies.get(row.account)!.budget === row.currency
      ? sources.budgetOf(row.account.key)?.amount ?? null
      : null,
  })).map((spend, place): AccountSpend => ({
    ...spend,
    // Later days cannot tell what a month cost before its first reading.
    projection: spend.months[0]?.since === null
      ? project(spend.months[0].amount, money[place]!, months[0]!, { zone, now, days, uses })
      : null,
  }));
  const advice = Map.groupBy(
    // Much room is good news, unless a smaller plan would do.
    insights.insights.filter(({ type, severity, advice }) =>
      type === "cycle-utilization" && (severity !== "positive" || advice !== undefined)
    ),
    ({ account }) => account,
  );
  return {
    at: now,
    zone,
    months,
    accounts: rows,
    totals: sumSpend(rows),
    plans: plans.flatMap(({ account, quotas }): readonly PlanSpend[] => {
      const prices = sources.pricesOf(account.key);
      const { first: currency, budget: budgetCurrency } = currencies.get(account)!;
      if (quotas.length === 0 && prices.length === 0 && currency === null) return [];
      return [{
        account: account.key,
        title: harmless(accountName(account)),
        plan: account.plan,
        price: priceOn(prices, isoDate(now, zone)),
        prices,
        months: planMonths(prices, months, firstReading(account, uses), zone),
        budget: sources.budgetOf(account.key)?.amount ?? null,
        budgetCurrency,
        currency,
        isBilled: quotas.length === 0,
        ...usePlan(quotas, prices, { now, days, uses }, zone),
        advice: (advice.get(account.key) ?? []).map(({ description }) => description),
      }];
    }),
    allowances: accounts.flatMap((account) =>
      account.quotas.flatMap((quota) => allow(account, quota, sources))
    ),
  };
}

/**
 * Returns what an account spent this month in a currency; null without money in it, or when nothing is known.
 *
 * @param wanted null for the currency of a budget that was stored without one
 * @throws {StoreError}
 */
export async function readMonthSpend(
  account: AccountView,
  wanted: string | null,
  sources: Pick<SpendSources, "poolsOf" | "now" | "zone"> & {
    readonly analysis: Pick<Analysis, "usage" | "cyclesInRange" | "lastUsed">;
  },
): Promise<{ readonly month: Month; readonly money: Money } | null> {
  const { zone, now, poolsOf } = sources;
  const money = [...spendQuotas(account.quotas, poolsOf(account.provider))]
    .map(([currency, quotas]) => ({ currency, quotas }));
  const month = findMonth(now, zone);
  const days = listSlots("1d", month.from, now + 1, zone);
  const uses = await readUses(sources, money.flatMap(({ quotas }) => quotas.map(({ key }) => key)), days);
  const currency = wanted ?? firstCurrency(money, uses);
  const quotas = money.find((one) => one.currency === currency)?.quotas;
  if (currency === null || quotas === undefined) return null;
  // In the hours between, the vendor's month may be over already.
  const ended = quotas.filter((quota) =>
    countsMonth(quota) && findStatedForMonth(quota, month, now) === null
  );
  const cycles = await readCycles(sources, ended, [month]);
  const sum = sumMonth(quotas, month, { now, days, uses, cycles });
  return sum && { month, money: { amount: sum.amount, currency } };
}

/**
 * Returns the currency in which an account was first seen to have money, that of budgets stored without one: they do not
 * change when a purse in another is added. Null without money.
 */
function firstCurrency(
  money: readonly { readonly currency: string; readonly quotas: readonly QuotaView[] }[],
  uses: DayUses,
): string | null {
  const starts = money.map(({ currency, quotas }) => ({
    currency,
    since: Math.min(...quotas.map(({ key }) => uses.get(key)?.since ?? Infinity)),
  }));
  return starts.toSorted((a, b) => a.since === b.since ? 0 : a.since - b.since)[0]?.currency ?? null;
}

/** Returns the first reading of those quotas of an account that were looked at; null without any. */
function firstReading({ quotas }: AccountView, uses: DayUses): number | null {
  const all = quotas.flatMap(({ key }) => uses.get(key)?.since ?? []);
  return all.length === 0 ? null : Math.min(...all);
}

async function readUses(
  { analysis, zone }: UseSources,
  quotas: readonly QuotaKey[],
  slots: readonly Slot[],
): Promise<DayUses> {
  const uses = await analysis.usage({ quotas, interval: "1d", slots, zone });
  return new Map(uses.map((one) => [one.key, one]));
}

async function readCycles(
  { analysis }: { readonly analysis: Pick<Analysis, "cyclesInRange" | "lastUsed"> },
  quotas: readonly QuotaView[],
  months: readonly Month[],
): Promise<ReadonlyMap<QuotaKey, readonly ClosedCycle[]>> {
  if (quotas.length === 0) return new Map();
  // West of Greenwich, a vendor's month begins before that of the zone.
  const range = { from: months.at(-1)!.from - DAY_MS, to: months[0]!.to, limit: Infinity };
  const items: DisplayCycle[] = [];
  for (let place = 0; place < quotas.length; place += LISTED_TOGETHER) {
    const keys = quotas.slice(place, place + LISTED_TOGETHER).map(({ key }) => key);
    items.push(...(await analysis.cyclesInRange(keys, range)).items);
  }
  const closed = await Promise.all(
    items.map(async (cycle) => ({ ...cycle, billed: await analysis.lastUsed(cycle) ?? cycle.peak })),
  );
  return Map.groupBy(closed, ({ quota }) => quota);
}

/** A cycle with what its last reading states: after a refund less than its peak. */
type ClosedCycle = DisplayCycle & { readonly billed: number | null };

/** Returns the vendor's own figure for the month if there is one, else the consumption counted in it. */
function sumMonth(
  quotas: readonly QuotaView[],
  month: Month,
  read: DayRead & { readonly cycles: ReadonlyMap<QuotaKey, readonly ClosedCycle[]> },
): MonthAmount | null {
  return addAmounts(quotas.flatMap((quota): readonly MonthAmount[] => {
    const stated = countsMonth(quota)
      ? findStatedForMonth(quota, month, read.now) ?? closedMonth(quota, month, read)
      : null;
    if (stated !== null) return [{ amount: stated, since: null }];
    const seen = findUsesWithin(quota.key, month, read);
    if (seen === null) return [];
    const { uses, since } = read.uses.get(quota.key)!;
    const first = read.days[uses.findIndex((use) => use !== null)]!.from;
    return [{
      amount: seen.consumed,
      since: (since ?? first) > month.from ? Math.max(first, month.from) : null,
    }];
  }));
}

function addAmounts(amounts: readonly MonthAmount[]): MonthAmount | null {
  if (amounts.length === 0) return null;
  const starts = amounts.flatMap((one) => one.since ?? []);
  const since = starts.length === 0 ? null : Math.max(...starts);
  return {
    amount: amounts.reduce((sum, { amount }) => sum + amount, 0),
    since,
    ...amounts.some((one) => one.since !== since || one.isPartly) && { isPartly: true },
  };
}

/** A window without a stated length is as long as its own cycles: a custom source may count a day. */
function countsMonth(quota: QuotaView): boolean {
  const lengthMs = measureLength(quota);
  return isMonthWindow({ ...quota.window, seconds: lengthMs === null ? null : lengthMs / 1000 });
}

/** Returns the last amount of a monthly counter in a past month: the vendor's total, whenever readings began. */
function closedMonth(
  quota: QuotaView,
  month: Month,
  { now, cycles, uses }: DayRead & { readonly cycles: ReadonlyMap<QuotaKey, readonly ClosedCycle[]> },
): number | null {
  const since = uses.get(quota.key)?.since ?? -Infinity;
  const own = (cycles.get(quota.key) ?? []).find(({ endedAt, endedBy }) =>
    // One that ended before amounts can be told was counted in another unit or currency.
    endedAt !== null && endedAt <= now && endedAt >= since && !endedBy.includes("unit-changed") &&
    Math.abs(endedAt - month.to) <= DAY_MS
  );
  // A month counted in another unit cannot be added.
  return own && (own.unit ?? quota.unit) === quota.unit ? own.billed : null;
}

function project(
  spent: number,
  { account, quotas }: { readonly account: AccountView; readonly quotas: readonly QuotaView[] },
  month: Month,
  read: DayRead & { readonly zone: string },
): Projection | null {
  const { now, zone, days, uses } = read;
  // Nothing more is spent without a login of its own; but another process may still use one.
  const { state, failure } = account.health;
  const isRemoved = (state === "off" || failure === "missing") &&
    !quotas.some((quota) => isRecent(quota, now));
  if (isRemoved) return { amount: spent, perDay: 0, days: 0 };
  const [from, to] = [dayStart(now, zone, -PROJECTION_DAYS), dayStart(now, zone)];
  const byDay = quotas.map((quota) => {
    const own = uses.get(quota.key)?.uses ?? [];
    // What is counted for longer than the gap is complete after it; a counter of days has lost what was before.
    return quota.window.kind === "balance" || countsMonth(quota)
      ? spreadOverGaps(own)
      : own.map((use) => use?.consumed ?? null);
  });
  const known = days.flatMap((day, place): readonly (number | null)[] => {
    if (day.from < from || day.from >= to) return [];
    const own = quotas.flatMap((quota, which) => {
      // The day of the first reading is not complete.
      const isWhole = (uses.get(quota.key)?.since ?? day.from) <= day.from;
      return isWhole ? byDay[which]![place] ?? [] : [];
    });
    return [own.length === 0 ? null : own.reduce((sum, one) => sum + one, 0)];
  });
  return projectMonth({ spent, days: known, now, monthEnd: month.to });
}

function sumSpend(rows: readonly AccountSpend[]): readonly SpendTotal[] {
  return [...Map.groupBy(rows, ({ currency }) => currency)].map(([currency, own]): SpendTotal => {
    const budgets = own.flatMap(({ budget }) => budget ?? []);
    const current = own.filter(({ months }) => months[0] !== null);
    return {
      currency,
      months: own[0]!.months.map((_, back) => addAmounts(own.flatMap(({ months }) => months[back] ?? []))),
      projected: current.length > 0 && current.every(({ projection }) => projection !== null)
        ? current.reduce((sum, { projection }) => sum + projection!.amount, 0)
        : null,
      budget: budgets.length < own.length ? null : budgets.reduce((sum, one) => sum + one, 0),
    };
  });
}

/** Goes by the reading alone: a login says nothing about past readings, or those another process takes. */
function isRecent({ at, intervalMs }: QuotaView, now: number): boolean {
  return !isFuture(at, now) && now - at <= staleAfterMs(intervalMs ?? 0);
}

function allow(
  account: AccountView,
  quota: QuotaView,
  { zone, now, workDays }: SpendSources,
): readonly QuotaAllowance[] {
  const { share, resetsAt, gone } = quota;
  // As with the pace, a sliding window has no end by which to use it up; and old readings say nothing about today.
  const hasPace = quota.window.kind === "fixed" || quota.window.kind === "calendar";
  if (gone || !hasPace || !isRecent(quota, now) || isFromBeforeReset(quota, now)) return [];
  const allowance = dayAllowance({ share, windowMs: measureLength(quota), resetsAt, now, workDays, zone });
  if (allowance === null) return [];
  return [{
    ...allowance,
    quota: quota.key,
    title: harmless(quotaName(account, quota)),
    share: share!,
    resetsAt: resetsAt!,
  }];
}
