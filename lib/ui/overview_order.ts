/**
 * The order of the overview: tight quotas first, then the rest by account. It is fixed when the page loads:
 * moving items while people read is worse than one item a place too low.
 */
import { sortByName } from "../model/quota.ts";
import { isTight, rankByNeed, type RankedQuota } from "../model/view/need.ts";
import {
  type AccountView,
  computeTightness,
  type DashboardView,
  type QuotaView,
} from "../model/view/view.ts";
import { fullTitle, markStale } from "./words.ts";

export const SORTS = ["need", "name", "used", "reset"] as const;
/** How the list is sorted; by need it is grouped as well. */
export type Sort = typeof SORTS[number];

export interface Order {
  /** Keys of quotas that need attention first. */
  readonly tight: readonly string[];
  /** Account keys. */
  readonly accounts: readonly string[];
  /** Quota keys, by need. */
  readonly quotas: readonly string[];
}

/** Accounts the user ordered keep that order. */
export function computeOrder(
  { at, accounts, settings }: Pick<DashboardView, "at" | "accounts" | "settings">,
): Order {
  const findTightest = (account: AccountView) => Math.max(-2, ...account.quotas.map(computeTightness));
  const sortQuotas = settings.ordered
    ? accounts
    : accounts.toSorted((a, b) => byTightness(findTightest(a), findTightest(b)));
  const needed = neededAt(accounts, at);
  return {
    tight: needed.filter(isTight).map(({ quota }) => quota.key),
    accounts: sortQuotas.map(({ key }) => key),
    quotas: needed.map(({ quota }) => quota.key),
  };
}

/** Reports whether a page loaded now would show other quotas as tight than the order does. */
export function isOutOfOrder(
  { accounts }: Pick<DashboardView, "accounts">,
  { tight }: Order,
  now: number,
): boolean {
  const current = neededAt(accounts, now).filter(isTight);
  return current.length !== tight.length || current.some(({ quota }) => !tight.includes(quota.key));
}

function neededAt(accounts: readonly AccountView[], now: number): readonly RankedQuota[] {
  return rankByNeed(accounts.map((account) => markStale(account, now)), now);
}

/** Compares tightness, tightest first; equal infinities compare as equal. */
function byTightness(a: number, b: number): number {
  return a === b ? 0 : b - a;
}

/** Sorts by an earlier order; unknown items come last. */
export function inOrder<T extends { readonly key: string }>(
  items: readonly T[],
  order: readonly string[],
): readonly T[] {
  const places = new Map(order.map((key, place) => [key, place]));
  const placeOf = ({ key }: T) => places.get(key) ?? order.length;
  return items.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** A quota with its account. */
export interface AccountQuota {
  readonly account: AccountView;
  readonly quota: QuotaView;
}

/** Sorts the list: by name, the fullest first, or the next reset first; by need it stays as it is. */
export function sortList(quotas: readonly AccountQuota[], sort: Sort): readonly AccountQuota[] {
  switch (sort) {
    case "need":
      return quotas;
    case "name":
      return sortByName(quotas, ({ account, quota }) => fullTitle(account, quota));
    case "used":
      return quotas.toSorted((a, b) => byTightness(a.quota.share ?? -1, b.quota.share ?? -1));
    case "reset":
      return quotas.toSorted((a, b) => byTightness(-findReset(a), -findReset(b)));
  }
}

function findReset({ quota }: AccountQuota): number {
  return quota.resetsAt ?? Infinity;
}
