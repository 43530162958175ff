/**
 * What may be added up. The quotas of an account see the same use many times: a dollar stands in the day, the week,
 * the month and the balance, a request in five hours and in the week. Each provider says which of its quotas see the
 * same thing, as pools; of each pool one view counts, and the others are left out of every sum.
 *
 * A pool never shares a quota with another one, so a sum over what counts holds each dollar and each share once.
 */
import { isGauge, type Reading, type Unit } from "../quota.ts";

/** Quotas that see the same money, or the same use, or that nothing can be added up of. */
export interface Pool {
  /** `spend`: money that is paid. `use`: what a plan allows. `none`: levels, allocations, limits by the minute. */
  readonly counts: "spend" | "use" | "none";
  /**
   * Patterns of quota ids, the one that counts first: the first that is there and has the figure that is asked for.
   * A list stands for parts that together are one view. `*` is any text, `#` digits, `<name>` text that makes a pool
   * of its own of each quota it differs in.
   */
  readonly quotas: readonly (string | readonly string[])[];
}

/** Which sums a quota belongs to. */
export interface Counting {
  /** Sums of shares of limits. */
  readonly share: boolean;
  /** Sums of amounts of its kind. */
  readonly amount: boolean;
  /** Sums of money that is paid. */
  readonly spend: boolean;
}

export const NOT_COUNTED: Counting = { share: false, amount: false, spend: false };

type Countable = Pick<Reading, "quota" | "unit" | "limit" | "window" | "currency"> & {
  /** True when the provider no longer mentions it: then one that is mentioned counts before it. */
  readonly gone?: boolean;
};

/**
 * What amounts have to share to be added up: `usd`, `requests`, `credits-cny`. Credits of a vendor are a currency of
 * its own.
 */
export function amountKind(
  { unit, currency }: { readonly unit: Unit; readonly currency?: string | undefined },
  provider: string,
): string {
  if (unit === "usd") return unit;
  if (currency !== undefined) return `${unit}-${currency.toLowerCase()}`;
  return unit === "credits" ? `${unit}-${provider}` : unit;
}

/** Where a quota stands: in which pool, and at which of its views. */
interface Place {
  readonly pool: string;
  readonly counts: Pool["counts"];
  readonly view: number;
  /** Whether quotas at the same place are parts of one view, and not views of one another. */
  readonly areParts: boolean;
}

/** The pool of a quota, or null where its provider says nothing of it. */
export function placeOf(quota: string, pools: readonly Pool[]): Place | null {
  for (const [index, { counts, quotas }] of pools.entries()) {
    for (const [view, patterns] of quotas.entries()) {
      for (const pattern of typeof patterns === "string" ? [patterns] : patterns) {
        const match = regexOf(pattern).exec(quota);
        if (!match) continue;
        const areParts = typeof patterns !== "string";
        return { pool: [index, ...match.slice(1)].join(" "), counts, view, areParts };
      }
    }
  }
  return null;
}

const regexes = new Map<string, RegExp>();

function regexOf(pattern: string): RegExp {
  const known = regexes.get(pattern);
  if (known) return known;
  const text = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".+").replaceAll("#", "\\d+")
    .replace(/<[^>]*>/g, "(.+?)");
  const regex = new RegExp(`^${text}$`);
  regexes.set(pattern, regex);
  return regex;
}

/**
 * Which quotas of one account count in which sums. Of quotas no pool names, the one with the longest window counts:
 * whatever else they are, a longer window holds what a shorter one saw.
 */
export function countQuotas(
  quotas: readonly Countable[],
  pools: readonly Pool[],
): ReadonlyMap<string, Counting> {
  const members = new Map<string, Placed[]>();
  for (const quota of quotas) {
    const place = isGauge(quota.window) ? GAUGE : placeOf(quota.quota, pools) ?? unnamed(quota);
    if (place.counts === "none") continue;
    members.set(place.pool, [...members.get(place.pool) ?? [], { quota, place }]);
  }
  const counted = new Map<string, Counting>(quotas.map(({ quota }) => [quota, NOT_COUNTED]));
  const mark = (those: readonly Placed[], as: (place: Place) => Partial<Counting>) => {
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

interface Placed {
  readonly quota: Countable;
  readonly place: Place;
}

const GAUGE: Place = { pool: "gauges", counts: "none", view: 0, areParts: false };

/** Shorter windows come later; what has no length is longer than what has one. */
function unnamed({ unit, window }: Countable): Place {
  return {
    pool: "unnamed",
    counts: unit === "usd" ? "spend" : "use",
    view: window.seconds === null ? 0 : 1 / window.seconds,
    areParts: false,
  };
}

/** What stands at the first view there is, of those that are still mentioned unless none is. */
function firstView(all: readonly Placed[]): readonly Placed[] {
  const present = all.filter(({ quota }) => quota.gone !== true);
  const those = present.length > 0 ? present : all;
  const best = those.reduce<Placed | null>((b, one) => b && b.place.view <= one.place.view ? b : one, null);
  if (best === null) return [];
  return best.place.areParts ? those.filter(({ place }) => place.view === best.place.view) : [best];
}
