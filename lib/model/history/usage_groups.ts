/**
 * Groups the uses of many quotas into a few rows: by provider, by
 * account or one by one; and compares them with another period.
 */
import { HOUR_MS } from "../duration.ts";
import { type QuotaUses, type Slot, type Use, watchedMs } from "./usage.ts";

export const GROUPINGS = ["provider", "account", "quota"] as const;
export type Grouping = typeof GROUPINGS[number];

/**
 * - `share`: limits consumed, added up over a group's quotas.
 * - `amount`: the same, in the unit all the group's quotas share.
 * - `used`: the highest used share, of the group's fullest quota.
 * - `left`: the lowest remaining share, of the same.
 */
export const MEASURES = ["share", "amount", "used", "left"] as const;
export type Measure = typeof MEASURES[number];

/** Reports whether values of the measure may be added up, over slots and over groups. */
export function isSum(measure: Measure): boolean {
  return measure === "share" || measure === "amount";
}

/** Uses with their group. */
export interface UsageGroup extends QuotaUses {
  readonly group: string;
}

export interface GroupRow {
  readonly group: string;
  /** One for each slot; null without data. */
  readonly values: readonly (number | null)[];
}

/** Builds a row for each group, in order of first appearance. */
export function groupRows(quotas: readonly UsageGroup[], measure: Measure): readonly GroupRow[] {
  const rows = new Map<string, (number | null)[]>();
  for (const { group, uses } of quotas) {
    const values = rows.get(group);
    const own = uses.map((use) => use === null ? null : selectValue(use, measure));
    rows.set(group, values ? values.map((value, i) => combinePair(value, own[i] ?? null, measure)) : own);
  }
  return [...rows].map(([group, values]) => ({ group, values }));
}

function selectValue(use: Use, measure: Measure): number | null {
  switch (measure) {
    case "share":
      return use.share;
    case "amount":
      return use.consumed;
    case "used":
      return use.high;
    case "left":
      return use.high === null ? null : Math.max(0, 1 - use.high);
  }
}

function combinePair(one: number | null, other: number | null, measure: Measure): number | null {
  if (one === null || other === null) return one ?? other;
  if (isSum(measure)) return one + other;
  return measure === "used" ? Math.max(one, other) : Math.min(one, other);
}

/** Combines all values: their sum, or the extreme of values that do not add up. Null for none. */
export function combineValues(values: readonly (number | null)[], measure: Measure): number | null {
  return values.reduce((sum, value) => combinePair(sum, value, measure), null);
}

/**
 * Limits the rows to `max`: keeps those with the largest totals, in order, and merges the others into one
 * called `rest` at the end.
 */
export function limitRows(
  rows: readonly GroupRow[],
  max: number,
  measure: Measure,
  rest: string,
): readonly GroupRow[] {
  if (rows.length <= max) return rows;
  const computeWeight = (row: GroupRow) => {
    const total = combineValues(row.values, measure);
    return total === null ? -Infinity : measure === "left" ? -total : total;
  };
  const kept = new Set([...rows].sort((a, b) => computeWeight(b) - computeWeight(a)).slice(0, max - 1));
  const others = rows.filter((row) => !kept.has(row));
  const values = others.slice(1).reduce(
    (sum, row) => sum.map((value, i) => combinePair(value, row.values[i] ?? null, measure)),
    [...others[0]!.values],
  );
  return [...rows.filter((row) => kept.has(row)), { group: rest, values }];
}

/**
 * Returns the change from one value to another, as a share of the
 * former: 0.5 means half as much again. Null when meaningless.
 */
export function relativeChange(now: number | null, before: number | null): number | null {
  return now === null || before === null || before <= 0 ? null : now / before - 1;
}

/** Sums all rows by slot. */
export function columnSums(rows: readonly GroupRow[]): readonly (number | null)[] {
  const [first, ...others] = rows;
  if (!first) return [];
  return others.reduce<readonly (number | null)[]>(
    (sum, { values }) => sum.map((value, i) => combinePair(value, values[i] ?? null, "share")),
    first.values,
  );
}

/** Returns the highest of all rows by slot, for values that make no sum. */
export function columnHighs(rows: readonly GroupRow[]): readonly (number | null)[] {
  const [first, ...others] = rows;
  if (!first) return [];
  return others.reduce<readonly (number | null)[]>(
    (high, { values }) => high.map((value, i) => combinePair(value, values[i] ?? null, "used")),
    first.values,
  );
}

/** Returns the heat level of a day: 0 for nothing, otherwise 1 to 4, by quarters of the greatest of all days. */
export function heatLevel(value: number | null, greatest: number): number {
  return value === null || greatest <= 0 ? 0 : Math.ceil(value / greatest * 4);
}

/** How fast a quota drains. */
export interface Depletion {
  readonly key: QuotaUses["key"];
  /** Share of the limit per hour in its fastest slot, and that slot's time. */
  readonly fastest: number;
  readonly fastestAt: number;
  /** Share of the limit per hour over all slots with readings. */
  readonly mean: number;
  /** Average limits consumed per window, if it has one: above 1 it would run out. */
  readonly perWindow: number | null;
}

/** Returns the quotas with consumption, the fastest first. @param now the current slot counts up to it */
export function findDepletions(
  quotas: readonly (QuotaUses & { readonly windowMs: number | null })[],
  slots: readonly Slot[],
  now: number,
): readonly Depletion[] {
  return quotas.flatMap(({ key, uses, since, windowMs }): Depletion[] => {
    let [fastest, fastestAt, consumed, hours, shortest] = [0, NaN, 0, 0, 0];
    slots.forEach((slot, i) => {
      const share = uses[i]?.share ?? null;
      const length = watchedMs(slot, now, since);
      if (share === null || length <= 0) return;
      consumed += share;
      hours += length / HOUR_MS;
      // A slot that was watched for a moment only would make anything look fast.
      const least = (slot.to - slot.from) / 4;
      shortest = Math.max(shortest, least / HOUR_MS);
      const speed = share / (Math.max(length, least) / HOUR_MS);
      if (speed > fastest) [fastest, fastestAt] = [speed, slot.from];
    });
    if (fastest <= 0) return [];
    const mean = consumed / Math.max(hours, shortest);
    return [{
      key,
      fastest,
      fastestAt,
      mean,
      perWindow: windowMs === null ? null : mean * windowMs / HOUR_MS,
    }];
  }).sort((a, b) => b.fastest - a.fastest);
}
