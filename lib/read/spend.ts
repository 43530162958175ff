/** Reads what was spent per account and month, what is left for today, and how much of each plan was used. */
import { harmless } from "../base/text.ts";
import { accountName, quotaName } from "../model/alerts/message.ts";
import { DAY_MS } from "../model/duration.ts";
import { isMonthWindow } from "../model/history/billing.ts";
import { countQuotas, NOT_COUNTED, type Pool } from "../model/history/counting.ts";
import { listSlots, mergeUse, type QuotaUses, type Slot, type Use } from "../model/history/usage.ts";
import { type AccountKey, isGauge, type QuotaKey, windowLengthMs } from "../model/quota.ts";
import { dayAllowance } from "../model/spend/allowance.ts";
import { findStatedForMonth, type Money, spendQuotas } from "../model/spend/money.ts";
import { findMonth, lastMonths, type Month } from "../model/spend/month.ts";
import { planUse } from "../model/spend/plan_use.ts";
import { type Projection, projectMonth } from "../model/spend/projection.ts";
import type {
  AccountSpend,
  MonthAmount,
  PlanSpend,
  QuotaAllowance,
  SpendTotal,
  SpendView,
} from "../model/spend/spend.ts";
import { dayStart, isFuture } from "../model/time.ts";
import { staleAfterMs } from "../model/engine/interval.ts";
import { isFromBeforeReset } from "../model/view/readiness.ts";
import type { AccountView, QuotaView } from "../model/view/view.ts";
import type { DisplayCycle } from "../model/view/display_cycle.ts";
import type { Analysis } from "./analysis.ts";

export interface SpendSources {
  readonly analysis: Pick<Analysis, "usage" | "cyclesInRange" | "lastUsed" | "insights">;
  readonly poolsOf: (provider: string) => readonly Pool[];
  readonly accounts: readonly AccountView[];
  /** Returns the monthly price of an account's plan as the user entered it; null when not set. */
  readonly priceOf: (account: AccountKey) => Money | null;
  /** Returns what an account may spend in a calendar month; 0 for no budget. */
  readonly budgetOf: (account: AccountKey) => number;
  readonly workDays: number;
  readonly zone: string;
  readonly now: number;
}

interface UseSources {
  readonly analysis: Pick<Analysis, "usage">;
  readonly zone: string;
}

const MONTHS = 12;
/** Number of days behind a projection. */
const PROJECTION_DAYS = 14;
/** Number of days behind the use of a plan. */
const PLAN_DAYS = 30;

/** Use by day, and when readings began. */
type DayUses = ReadonlyMap<QuotaKey, Pick<QuotaUses, "uses" | "since">>;

/** @throws {StoreError} */
export async function readSpend(sources: SpendSources): Promise<SpendView> {
  const { accounts, zone, now, poolsOf } = sources;
  const months = lastMonths(now, zone, MONTHS);
  const days = listSlots("1d", months.at(-1)!.from, now + 1, zone);
  const money = accounts.flatMap((account) =>
    [...spendQuotas(account.quotas, poolsOf(account.provider))]
      // A budget has no currency of its own: it applies to the first.
      .map(([currency, quotas], place) => ({ account, currency, quotas, hasBudget: place === 0 }))
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
    sources.analysis.insights({ range: "30d", accounts: accounts.map(({ key }) => key) }),
  ]);
  const rows = money.map((row): AccountSpend => ({
    account: row.account.key,
    provider: row.account.provider,
    title: harmless(accountName(row.account)),
    currency: row.currency,
    months: months.map((month) => sumMonth(row.quotas, month, { now, days, uses, cycles })),
    projection: null,
    budget: row.hasBudget ? sources.budgetOf(row.account.key) || null : null,
  })).map((spend, place): AccountSpend => ({
    ...spend,
    // Later days cannot tell what a month cost before its first reading.
    projection: spend.months[0]?.since === null
      ? project(spend.months[0].amount, money[place]!, months[0]!, { zone, now, days, uses })
      : null,
  }));
  const advice = Map.groupBy(
    insights.insights.filter(({ type, severity }) => type === "cycle-utilization" && severity !== "positive"),
    ({ account }) => account,
  );
  return {
    at: now,
    zone,
    months,
    accounts: rows,
    totals: sumSpend(rows),
    plans: plans.flatMap(({ account, quotas }): readonly PlanSpend[] => {
      const price = sources.priceOf(account.key);
      const currency = money.find((row) => row.account === account)?.currency ?? null;
      if (quotas.length === 0 && price === null && currency === null) return [];
      return [{
        account: account.key,
        title: harmless(accountName(account)),
        plan: account.plan,
        price,
        budget: sources.budgetOf(account.key) || null,
        currency,
        isBilled: quotas.length === 0,
        use: usePlan(quotas, { now, days, uses }),
        advice: (advice.get(account.key) ?? []).map(({ description }) => description),
      }];
    }),
    allowances: accounts.flatMap((account) =>
      account.quotas.flatMap((quota) => allow(account, quota, sources))
    ),
  };
}

/**
 * Returns what an account spent this month in its first currency; null without money, or when nothing is
 * known.
 *
 * @throws {StoreError}
 */
export async function readMonthSpend(
  account: AccountView,
  sources: UseSources & Pick<SpendSources, "poolsOf" | "now">,
): Promise<{ readonly month: Month; readonly money: Money } | null> {
  const { zone, now, poolsOf } = sources;
  const [first] = spendQuotas(account.quotas, poolsOf(account.provider));
  if (first === undefined) return null;
  const [currency, quotas] = first;
  const month = findMonth(now, zone);
  const days = listSlots("1d", month.from, now + 1, zone);
  const uses = await readUses(sources, quotas.map(({ key }) => key), days);
  const sum = sumMonth(quotas, month, { now, days, uses, cycles: new Map() });
  return sum && { month, money: { amount: sum.amount, currency } };
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
  { analysis }: SpendSources,
  quotas: readonly QuotaView[],
  months: readonly Month[],
): Promise<ReadonlyMap<QuotaKey, readonly ClosedCycle[]>> {
  if (quotas.length === 0) return new Map();
  // As many as it lists at most.
  const range = { from: months.at(-1)!.from, to: months[0]!.to, limit: Infinity };
  const { items } = await analysis.cyclesInRange(quotas.map(({ key }) => key), range);
  const closed = await Promise.all(
    items.map(async (cycle) => ({ ...cycle, billed: await analysis.lastUsed(cycle) ?? cycle.peak })),
  );
  return Map.groupBy(closed, ({ quota }) => quota);
}

/** A cycle with what its last reading states: after a refund less than its peak. */
type ClosedCycle = DisplayCycle & { readonly billed: number | null };

interface Read {
  readonly now: number;
  readonly days: readonly Slot[];
  readonly uses: DayUses;
}

/** Returns the vendor's own figure for the month if there is one, else the consumption counted in it. */
function sumMonth(
  quotas: readonly QuotaView[],
  month: Month,
  read: Read & { readonly cycles: ReadonlyMap<QuotaKey, readonly ClosedCycle[]> },
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
  { now, cycles }: { readonly now: number; readonly cycles: ReadonlyMap<QuotaKey, readonly ClosedCycle[]> },
): number | null {
  const own = (cycles.get(quota.key) ?? []).find(({ endedAt }) =>
    endedAt !== null && endedAt <= now && Math.abs(endedAt - month.to) <= DAY_MS
  );
  // A month counted in another unit cannot be added.
  return own && (own.unit ?? quota.unit) === quota.unit ? own.billed : null;
}

function findUsesWithin(quota: QuotaKey, { from, to }: Slot, { days, uses }: Read): Use | null {
  const own = (uses.get(quota)?.uses ?? []).filter((use, day): use is Use =>
    use !== null && days[day]!.from >= from && days[day]!.from < to
  );
  return own.length === 0 ? null : own.reduce(mergeUse);
}

function project(
  spent: number,
  { account, quotas }: { readonly account: AccountView; readonly quotas: readonly QuotaView[] },
  month: Month,
  read: Read & { readonly zone: string },
): Projection | null {
  const { now, zone, days, uses } = read;
  // Nothing more is spent without a login of its own; but another process may still use one.
  const { state, failure } = account.health;
  const isRemoved = (state === "off" || failure === "missing") &&
    !quotas.some((quota) => isRecent(quota, now));
  if (isRemoved) return { amount: spent, perDay: 0, days: 0 };
  const [from, to] = [dayStart(now, zone, -PROJECTION_DAYS), dayStart(now, zone)];
  const known = days.flatMap((day, place): readonly (number | null)[] => {
    if (day.from < from || day.from >= to) return [];
    const own = quotas.flatMap(({ key }) => {
      const read = uses.get(key);
      // The day of the first reading is not complete.
      const isWhole = (read?.since ?? day.from) <= day.from;
      return isWhole ? read?.uses[place]?.consumed ?? [] : [];
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

/** Returns the allowances of a plan: quotas with a limit and a length that are not money. */
function planQuotas(account: AccountView, poolsOf: SpendSources["poolsOf"]): readonly QuotaView[] {
  const counted = countQuotas(account.quotas, poolsOf(account.provider));
  return account.quotas.filter((quota) =>
    !quota.gone && quota.limit !== null && !isGauge(quota.window) && quota.window.kind !== "balance" &&
    measureLength(quota) !== null && !(counted.get(quota.quota) ?? NOT_COUNTED).spend
  );
}

function measureLength(quota: QuotaView): number | null {
  const { window, resetsAt, cycle } = quota;
  // A cycle first read while under way is longer than the observed part.
  return windowLengthMs({ window, resetsAt, ...cycle.whole && { startedAt: cycle.startedAt } });
}

function usePlan(quotas: readonly QuotaView[], read: Read): PlanSpend["use"] {
  const { now, days, uses } = read;
  const since = now - PLAN_DAYS * DAY_MS;
  const first = days.find(({ to }, day) =>
    to > since && quotas.some(({ key }) => (uses.get(key)?.uses[day] ?? null) !== null)
  );
  if (!first) return null;
  const { from } = first;
  const begun = quotas.flatMap(({ key }) => uses.get(key)?.since ?? []);
  return planUse(
    quotas.map((quota) => ({
      windowMs: measureLength(quota)!,
      limits: findUsesWithin(quota.key, { from, to: Infinity }, read)?.share ?? null,
    })),
    now - Math.max(from, Math.min(...begun, now)),
  );
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
