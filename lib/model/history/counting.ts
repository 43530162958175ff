/**
 * Decides what may be added up. The quotas of an account see the same use many times: a
 * dollar counts in the day, the week, the month and the balance, a request in five hours
 * and in the week. Each provider groups the quotas that see the same thing into pools; of
 * each pool one view counts, and every sum leaves the others out.
 *
 * Pools never share a quota, so a sum over what counts contains each dollar and each share once.
 */
import { isGauge, type Reading, type Unit } from "../quota.ts";

/** Quotas that see the same money or the same use, or that must not be added up. */
export interface Pool {
  /** `spend`: money paid. `use`: a plan's allowance. `none`: levels, allocations, per-minute limits. */
  readonly counts: "spend" | "use" | "none";
  /**
   * Patterns of quota ids, in order of preference: the first that exists and has the requested figure counts.
   * A list names parts that together form one view. `*` matches any text, `#` digits, and `<name>` text that
   * puts quotas differing in it into separate pools.
   */
  readonly quotas: readonly (string | readonly string[])[];
}

/** The sums a quota belongs to. */
export interface Counting {
  /** Sums of shares of limits. */
  readonly share: boolean;
  /** Sums of amounts of its kind. */
  readonly amount: boolean;
  /** Sums of money paid. */
  readonly spend: boolean;
}

export const NOT_COUNTED: Counting = { share: false, amount: false, spend: false };

type Countable = Pick<Reading, "quota" | "unit" | "limit" | "window" | "currency"> & {
  /** True when the provider no longer mentions it; a quota that is still mentioned takes precedence. */
  readonly gone?: boolean;
};

/**
 * Returns what amounts must have in common to be added up: `usd`, `requests`, `credits-cny`. A vendor's
 * credits are a currency of their own.
 */
export function amountKind(
  { unit, currency }: { readonly unit: Unit; readonly currency?: string | undefined },
  provider: string,
): string {
  if (unit === "usd") return unit;
  if (currency !== undefined) return `${unit}-${currency.toLowerCase()}`;
  return unit === "credits" ? `${unit}-${provider}` : unit;
}

/** The position of a quota: its pool, and its rank among the pool's views. */
interface Place {
  readonly pool: string;
  readonly counts: Pool["counts"];
  readonly view: number;
  /** True when quotas of the same rank are parts of one view rather than alternative views. */
  readonly areParts: boolean;
}

/** Returns the pool of a quota, or null when its provider assigns none. */
export function findPlace(quota: string, pools: readonly Pool[]): Place | null {
  for (const [index, { counts, quotas }] of pools.entries()) {
    for (const [view, patterns] of quotas.entries()) {
      for (const pattern of typeof patterns === "string" ? [patterns] : patterns) {
        const match = compilePattern(pattern).exec(quota);
        if (!match) continue;
        const areParts = typeof patterns !== "string";
        return { pool: [index, ...match.slice(1)].join(" "), counts, view, areParts };
      }
    }
  }
  return null;
}

/** Reports whether a quota id matches one of the patterns. */
export function matchesAny(quota: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => compilePattern(pattern).test(quota));
}

const regexes = new Map<string, RegExp>();

function compilePattern(pattern: string): RegExp {
  const known = regexes.get(pattern);
  if (known) return known;
  const text = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".+").replaceAll("#", "\\d+")
    .replace(/<[^>]*>/g, "(.+?)");
  const regex = new RegExp(`^${text}$`);
  regexes.set(pattern, regex);
  return regex;
}

/**
 * Decides which quotas of one account count in which sums. Of quotas in no pool, the one with the longest
 * window counts: whatever they are, a longer window includes what a shorter one saw.
 */
export function countQuotas(
  quotas: readonly Countable[],
  pools: readonly Pool[],
): ReadonlyMap<string, Counting> {
  const members = new Map<string, PlacedQuota[]>();
  for (const quota of quotas) {
    const place = findPlace(quota.quota, pools) ?? placeUnnamed(quota);
    if (isGauge(quota.window) || place.counts === "none") continue;
    members.set(place.pool, [...members.get(place.pool) ?? [], { quota, place }]);
  }
  const counted = new Map<string, Counting>(quotas.map(({ quota }) => [quota, NOT_COUNTED]));
  const mark = (those: readonly PlacedQuota[], as: (place: Place) => Partial<Counting>) => {
    for (const { quota: { quota }, place } of those) {
      counted.set(quota, { ...counted.get(quota) ?? NOT_COUNTED, ...as(place) });
    }
  };
  for (const views of members.values()) {
    mark(firstView(views.filter(({ quota }) => quota.limit !== null)), () => ({ share: true }));
    for (const kind of new Set(views.map(({ quota }) => amountKind(quota, "")))) {
      const those = firstView(views.filter(({ quota }) => amountKind(quota, "") === kind));
      mark(those, ({ counts }) => ({ amount: true, spend: counts === "spend" }));
    }
  }
  return counted;
}

interface PlacedQuota {
  readonly quota: Countable;
  readonly place: Place;
}

/** Ranks shorter windows later; a window without a length counts as the longest. */
function placeUnnamed({ unit, currency, window }: Countable): Place {
  return {
    pool: "unnamed",
    counts: unit === "usd" || currency !== undefined ? "spend" : "use",
    view: -(window.seconds ?? Infinity),
    areParts: false,
  };
}

/** Returns the quotas of the first view that exists, preferring quotas that are still mentioned. */
function firstView(all: readonly PlacedQuota[]): readonly PlacedQuota[] {
  const present = all.filter(({ quota }) => quota.gone !== true);
  const those = present.length > 0 ? present : all;
  const best = those.reduce<PlacedQuota | null>(
    (b, one) => b && b.place.view <= one.place.view ? b : one,
    null,
  );
  if (best === null) return [];
  return best.place.areParts ? those.filter(({ place }) => place.view === best.place.view) : [best];
}
