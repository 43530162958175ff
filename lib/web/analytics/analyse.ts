/** Builds the data of the analytics page and its images. */
import { displayUnit } from "../../model/view/format.ts";
import { MINUTE_MS } from "../../model/duration.ts";
import { Cache } from "../../base/cache.ts";
import { isGauge, type QuotaKey } from "../../model/quota.ts";
import { SERIES_COLOURS } from "../../ui/series.ts";
import {
  type Interval,
  isShort,
  listSlots,
  type QuotaUses,
  type Slot,
  sumUses,
  watchedMs,
} from "../../model/history/usage.ts";
import {
  columnHighs,
  columnSums,
  combineValues,
  findDepletions,
  type GroupRow,
  groupRows,
  isSum,
  limitRows,
  type Measure,
  relativeChange,
  type UsageGroup,
} from "../../model/history/usage_groups.ts";
import type { DashboardView } from "../../model/view/view.ts";
import type { AppContext } from "../../app/context.ts";
import type { DayMapData } from "../../ui/chart/DayMapPlot.tsx";
import type { UseData } from "../../ui/chart/use_kinds.ts";
import type { AnalyticsQuery } from "./query.ts";
import { type AmountKind, countMembers, findCommonest, identifyKind, listKinds } from "./counted.ts";
import { assignColours, listMembers, type Member } from "./members.ts";
import type { BreakdownRow, DepletionRow, SummaryRow } from "../../ui/analytics/kinds.ts";

export interface Analytics {
  readonly use: UseData;
  /** The kind of the amounts shown, if amounts are. */
  readonly kind: string | null;
  /** The data as charts: one of all groups if they may be added up, else one for each. */
  readonly charts: readonly UseData[];
  /** Number of quotas left out, because more lines could not be told apart. */
  readonly undrawn: number;
  /** Quotas that count the same use as another of their account, and so are left out of sums. */
  readonly views: readonly string[];
  readonly days: DayMapData;
  readonly breakdown: readonly BreakdownRow[];
  readonly summary: readonly SummaryRow[];
  readonly depletion: readonly DepletionRow[];
  /** Available units, with the number of quotas counted in each. */
  readonly units: readonly AmountKind[];
  /** Quotas without a limit, which have no share. */
  readonly unlimited: readonly string[];
  /** Quotas counted by the minute, which cannot be added up. */
  readonly gauges: readonly string[];
  /** Number of days with readings in this period and in the compared one; null without a comparison. */
  readonly coverage: Coverage | null;
  /** Whether there was any use at all. */
  readonly isEmpty: boolean;
}

export interface Coverage {
  readonly now: number;
  readonly before: number;
  /** Whether there are enough days in the other period to compute a change. */
  readonly enough: boolean;
}

/** More groups than there are colours are merged into one. */
const MAX_GROUPS = 12;
const REST = "all others";

type Sources = Pick<AppContext, "analysis" | "clock" | "hub" | "poolsOf">;

/** One per server: rebuilt after an event and every minute, since the current day moves on with both. */
const caches = new WeakMap<AppContext["analysis"], Cache<string, Analytics>>();
const MAX_CACHED = 32;

/**
 * Cached until something changes.
 *
 * @param only keys of the quotas to analyse; default: all
 */
export function analyse(
  services: Sources,
  view: DashboardView,
  query: AnalyticsQuery,
  zone: string,
  only?: readonly QuotaKey[],
): Promise<Analytics> {
  const { reader: _, page: __, ...words } = query;
  const key = JSON.stringify([words, zone, only]);
  const mark = `${services.hub.lastId} ${Math.floor(services.clock.now() / MINUTE_MS)}`;
  let all = caches.get(services.analysis);
  if (!all) caches.set(services.analysis, all = new Cache({ max: MAX_CACHED }));
  return all.load(key, mark, () => computeAnalytics(services, view, query, zone, only));
}

async function computeAnalytics(
  services: Sources,
  view: DashboardView,
  query: AnalyticsQuery,
  zone: string,
  only?: readonly QuotaKey[],
): Promise<Analytics> {
  const { from, to, interval, measure, before, length } = query;
  const now = services.clock.now();
  const chosen = listMembers(view).filter(({ provider, quota }) =>
    (query.provider === null || provider === query.provider) && (only?.includes(quota.key) ?? true)
  );
  const members = chosen.filter(({ quota }) => !isGauge(quota.window));
  const quotas = members.map(({ quota }) => quota.key);
  const read = (slots: readonly Slot[], interval: "5m" | "30m" | "1h" | "1d") =>
    services.analysis.usage({ quotas, interval, slots, zone });

  const days = listCalendarSlots("1d", from, to, zone);
  const daily = await read(days, "1d");
  const slots = listCalendarSlots(interval, from, to, zone);
  const uses = isShort(interval) ? await read(slots, interval as "1h") : sumSlots(daily, days, slots);
  const daysBefore = before === null
    ? []
    : listCalendarSlots("1d", before, endOfComparison(days, before, length), zone);
  const dailyBefore = before === null ? null : await read(daysBefore, "1d");

  const counted = countMembers(members, services);
  const units = listKinds(members);
  const chosenKind = units.find(({ kind }) => kind === query.unit) ?? findCommonest(members);
  const isByQuota = query.group === "quota";
  // Each quota is shown separately then, and nothing is added up.
  const isCounted = (i: number) => {
    const { share, amount } = counted(members[i]!);
    return measure === "share" ? share : measure === "amount" ? amount : true;
  };
  const isShare = (_: unknown, i: number) => counted(members[i]!).share;
  // Shares of different limits do not add up, so a group with several shows each separately.
  const shareGroupOf = distinguishMembers(groupName(query), members.filter(isShare));
  const groupOf = measure === "share" ? shareGroupOf : groupName(query);
  const assignGroups = (all: readonly QuotaUses[], nameOf = shareGroupOf): readonly UsageGroup[] =>
    all.map((one, i) => ({ ...one, group: nameOf(members[i]!) }));
  const isOfUnit = (_: unknown, i: number) =>
    measure !== "amount" || identifyKind(members[i]!) === chosenKind?.kind;
  const isShown = (one: unknown, i: number) => isOfUnit(one, i) && (isByQuota || isCounted(i));
  const all = groupRows(assignGroups(uses, groupOf).filter(isShown), measure).filter(hasValues);
  const isAdded = measure === "amount" && !isByQuota;
  const few = limitRows(all, MAX_GROUPS, measure, REST);
  // Views of the same use leave no rest that could be added up.
  const rows = isAdded || !isSum(measure) ? few : few.filter(({ group }) => group !== REST);
  const series = assignColours(rows.map(({ group }) => group).filter((group) => group !== REST));
  const isListed = isByQuota ? () => true : isShare;
  const shares = groupRows(assignGroups(daily).filter(isListed), "share");
  const sharesBefore = dailyBefore && groupRows(assignGroups(dailyBefore).filter(isListed), "share");
  const busiest = columnHighs(groupRows(assignGroups(daily).filter(isShare), "share"));
  const known = columnSums(groupRows(assignGroups(daily), "share"));
  const knownBefore = dailyBefore && columnSums(groupRows(assignGroups(dailyBefore), "share"));
  const coverage = knownBefore && measureCoverage(known, knownBefore);
  const beforeOf = (isOf: (one: unknown, i: number) => boolean) =>
    dailyBefore && !isShort(interval)
      ? beforeTotals(dailyBefore.filter(isOf), daysBefore, slots, days, measure)
      : null;
  const use: UseData = {
    edges: [...slots.map((slot) => slot.from), slots.at(-1)?.to ?? to],
    interval,
    measure,
    unit: measure === "amount" ? chosenKind?.unit ?? null : null,
    isAdded,
    rows: rows.map(({ group, values }) => ({
      name: group,
      series: group === REST ? -1 : series.get(group) ?? -1,
      values: values.map(roundShort),
    })),
    before: isAdded ? beforeOf(isShown) : null,
  };
  const oneByOne = (row: UseData["rows"][number]): UseData => ({
    ...use,
    isAdded: true,
    rows: [row],
    before: isByQuota ? null : beforeOf((one, i) => isShown(one, i) && groupOf(members[i]!) === row.name),
  });
  return {
    use,
    kind: measure === "amount" ? chosenKind?.kind ?? null : null,
    charts: isAdded || !isSum(measure) ? [use] : use.rows.map(oneByOne),
    undrawn: isAdded ? 0 : all.length - rows.filter(({ group }) => group !== REST).length,
    views: members.filter((member) => {
      const { share, amount } = counted(member);
      return !share && !amount;
    }).map(({ name }) => name),
    days: { days: days.map((day) => day.from), values: busiest.map(roundShort) },
    breakdown: createBreakdown(
      groupRows(
        assignGroups(daily, distinguishMembers(({ providerName }) => providerName, members.filter(isShare)))
          .filter(isShare),
        "share",
      ),
    ),
    summary: createSummary({
      shares,
      sharesBefore,
      coverage,
      daily: assignGroups(daily),
      days,
      series,
      members,
      groupOf: shareGroupOf,
      query,
      now,
    }),
    depletion: isShort(interval)
      ? describeDepletion(members, uses, slots, now, series)
      : describeDepletion(members, daily, days, now, series),
    units,
    coverage,
    gauges: chosen.filter(({ quota }) => isGauge(quota.window)).map(({ name }) => name),
    unlimited: members.filter(({ quota }) => quota.limit === null).map(({ name }) => name),
    isEmpty: known.every((value) => value === null || value === 0),
  };
}

/** Names a member by its group when it is the only one in it, else by its own name. */
function distinguishMembers(
  nameOf: (member: Member) => string,
  members: readonly Member[],
): (member: Member) => string {
  const counts = new Map<string, number>();
  for (const member of members) counts.set(nameOf(member), (counts.get(nameOf(member)) ?? 0) + 1);
  return (member) => (counts.get(nameOf(member)) ?? 0) > 1 ? member.name : nameOf(member);
}

function groupName({ group }: AnalyticsQuery): (member: Member) => string {
  if (group === "provider") return ({ providerName }) => providerName;
  return group === "account" ? ({ account }) => account : ({ name }) => name;
}

/**
 * Caches the slots of a period: calendar lookups are slow, and cached readings are keyed by the slots.
 */
const calendars = new Cache<string, readonly Slot[]>({ max: 64 });

function listCalendarSlots(interval: Interval, from: number, to: number, zone: string): readonly Slot[] {
  const key = `${interval} ${from} ${to} ${zone}`;
  const known = calendars.get(key);
  if (known) return known;
  const slots = listSlots(interval, from, to, zone);
  calendars.set(key, slots);
  return slots;
}

/** Returns the end of the period of equal length that begins at `before`. */
function endOfComparison(days: readonly Slot[], before: number, length: number): number {
  const back = (days[0]?.from ?? before) - before;
  const end = (days.at(-1)?.to ?? before) - back;
  // One of the two may contain a clock change; an hour less still ends within the last day.
  return Math.min(end, before + length * 86_400_000) - 2 * 3_600_000;
}

function sumSlots(
  uses: readonly QuotaUses[],
  days: readonly Slot[],
  slots: readonly Slot[],
): readonly QuotaUses[] {
  if (slots.length === days.length && slots[0]?.from === days[0]?.from) return uses;
  return uses.map((one) => ({ key: one.key, uses: sumUses(one.uses, days, slots) }));
}

function beforeTotals(
  uses: readonly QuotaUses[],
  days: readonly Slot[],
  slots: readonly Slot[],
  current: readonly Slot[],
  measure: Measure,
): readonly (number | null)[] {
  // Place each day on the matching day of this period, so that both share their slots.
  const beside = current.map((slot, i) => ({ slot, place: i })).filter(({ place }) => place < days.length);
  const aligned = uses.map(({ key, uses }) => ({
    key,
    group: "",
    uses: beside.map(({ place }) => uses[place] ?? null),
  }));
  const sums = aligned.map((one) => ({
    ...one,
    uses: sumUses(one.uses, beside.map(({ slot }) => slot), slots),
  }));
  return groupRows(sums, measure)[0]?.values.map(roundShort) ?? [];
}

function hasValues({ values }: GroupRow): boolean {
  return values.some((value) => value !== null);
}

function createBreakdown(rows: readonly GroupRow[]): readonly BreakdownRow[] {
  return rows.map(({ group, values }, series) => ({
    name: group,
    total: combineValues(values, "share"),
    series: series < SERIES_COLOURS ? series : -1,
  })).sort((a, b) => (b.total ?? -1) - (a.total ?? -1));
}

/** A change against a period with only some days known would measure the gaps. */
const MIN_COVERAGE = 0.75;

function measureCoverage(now: readonly (number | null)[], before: readonly (number | null)[]): Coverage {
  const [here, there] = [now, before].map((days) => days.filter((value) => value !== null).length);
  return { now: here!, before: there!, enough: there! >= here! * MIN_COVERAGE };
}

interface SummaryParts {
  readonly shares: readonly GroupRow[];
  readonly sharesBefore: readonly GroupRow[] | null;
  readonly coverage: Coverage | null;
  readonly daily: readonly UsageGroup[];
  readonly days: readonly Slot[];
  readonly series: ReadonlyMap<string, number>;
  readonly members: readonly Member[];
  readonly groupOf: (member: Member) => string;
  readonly query: AnalyticsQuery;
  readonly now: number;
}

function createSummary(parts: SummaryParts): readonly SummaryRow[] {
  const { shares, sharesBefore, coverage, daily, days, series, members, groupOf, query, now } = parts;
  const highs = new Map(
    groupRows(daily, "used").map(({ group, values }) => [group, combineValues(values, "used")]),
  );
  const before = new Map(sharesBefore?.map(({ group, values }) => [group, combineValues(values, "share")]));
  return shares.map(({ group, values }): SummaryRow => {
    const total = combineValues(values, "share");
    const own = members.findIndex((member) => groupOf(member) === group);
    const since = daily[own]?.since ?? null;
    // Unknown days are not days without use; of today only the elapsed part counts, and of the first day the part that was read.
    const passed = days.reduce((sum, day, i) => {
      return values[i] === null ? sum : sum + watchedMs(day, now, since) / (day.to - day.from);
    }, 0);
    // The first hours with a quota are no day.
    const isDay = passed >= 1 || since === null || since < days[0]!.from;
    const busiest = values.reduce<number>((best, value, i) => {
      return (value ?? 0) > (values[best] ?? 0) ? i : best;
    }, 0);
    const then = before.get(group) ?? null;
    return {
      name: group,
      series: series.get(group) ?? -1,
      total,
      perDay: total === null || passed <= 0 || !isDay ? null : total / passed,
      busiestAt: (values[busiest] ?? 0) > 0 ? days[busiest]!.from : null,
      busiest: values[busiest] ?? null,
      high: highs.get(group) ?? null,
      amount: query.group === "quota" ? sumAmount(daily[own]!) : null,
      unit: members[own] ? displayUnit(members[own].quota) : null,
      before: then,
      change: coverage?.enough ? relativeChange(total, then) : null,
    };
  }).sort((a, b) => (b.total ?? -1) - (a.total ?? -1));
}

function sumAmount({ uses }: QuotaUses): number | null {
  return uses.reduce<number | null>((sum, use) => use === null ? sum : (sum ?? 0) + use.consumed, null);
}

const MAX_DEPLETIONS = 8;

function describeDepletion(
  members: readonly Member[],
  uses: readonly QuotaUses[],
  slots: readonly Slot[],
  now: number,
  series: ReadonlyMap<string, number>,
): readonly DepletionRow[] {
  const byKey = new Map<QuotaKey, Member>(members.map((member) => [member.quota.key, member]));
  const quotas = uses.map((one) => {
    const seconds = byKey.get(one.key)?.quota.window.seconds ?? null;
    return { ...one, windowMs: seconds === null ? null : seconds * 1000 };
  });
  return findDepletions(quotas, slots, now).slice(0, MAX_DEPLETIONS).map(({ key, ...rest }) => {
    const { name, quota } = byKey.get(key)!;
    const windowSeconds = quota.window.seconds;
    return { name, series: series.get(name) ?? -1, windowSeconds, forecast: quota.forecast ?? null, ...rest };
  });
}

/** Rounds to four digits, finer than can be drawn or read. */
function roundShort(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000;
}
