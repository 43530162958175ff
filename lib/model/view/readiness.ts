/**
 * Answers "can I work now, with what, until when?": each account's answer from the quotas that stop its work,
 * and the best account to work with. Stale figures give no answer.
 */
import { DAY_MS } from "../duration.ts";
import { findPlace, type Pool } from "../history/counting.ts";
import { findReset, isPaidOtherwise, isUsedUp } from "../quota.ts";
import { isFuture } from "../time.ts";
import { MIN_STALE_MS } from "../engine/interval.ts";
import { isRunOutUnlikely } from "./status.ts";
import type { AccountView, QuotaView } from "./view.ts";

/** `at-risk`: usable, but runs out before its reset; `out`: nothing is left, or the vendor refuses it. */
export type ReadyState = "ready" | "at-risk" | "out" | "unknown";

export interface Readiness {
  readonly account: AccountView;
  readonly state: ReadyState;
  /** The deciding quota; null when nothing is known. */
  readonly quota: QuotaView | null;
  /**
   * Epoch milliseconds: for `ready` its reset, for `at-risk` when it
   * runs out, for `out` when it is back; null when unknown.
   */
  readonly until: number | null;
  /** Pay-as-you-go accounts come last. */
  readonly isPaidByUse: boolean;
}

/** Running out later than this is no risk for work that starts now. */
const RISK_MS = DAY_MS;

/** Reports whether an account's figures are recent enough to count. */
export function isCurrent({ at, health: { state } }: AccountView, now: number): boolean {
  if (at === null || isFuture(at, now) || state === "stale" || state === "off" || state === "new") {
    return false;
  }
  return state === "fresh" || now - at <= MIN_STALE_MS;
}

/** @param pools which of its quotas see the same use; unknown for custom sources */
export function computeReadiness(account: AccountView, pools: readonly Pool[], now: number): Readiness {
  const stopping = isCurrent(account, now) ? stoppingQuotas(account, pools, now) : [];
  const isPaidByUse = stopping.some(({ quota }) => findPlace(quota, pools)?.counts === "spend");
  const out = stopping.filter(isOut);
  if (out.length > 0) {
    const [last] = out.toSorted((a, b) => compareInstants(findReset(b), findReset(a)));
    return { account, state: "out", quota: last ?? null, until: last ? findReset(last) : null, isPaidByUse };
  }
  const [soonest] = stopping.flatMap((quota) => {
    const { forecast } = quota;
    if (forecast?.state !== "runs-dry" || isRunOutUnlikely(forecast) || forecast.emptyAt === null) return [];
    return forecast.emptyAt - now <= RISK_MS ? [{ quota, emptyAt: forecast.emptyAt }] : [];
  }).toSorted((a, b) => a.emptyAt - b.emptyAt);
  if (soonest) {
    return { account, state: "at-risk", quota: soonest.quota, until: soonest.emptyAt, isPaidByUse };
  }
  const [tightest] = stopping.toSorted(compareFullness);
  if (!tightest) return { account, state: "unknown", quota: null, until: null, isPaidByUse };
  return { account, state: "ready", quota: tightest, until: findReset(tightest), isPaidByUse };
}

/**
 * Sorts the best account to work with first: those left without risk,
 * then those that last longest, then those back soonest.
 */
export function compareReadiness(a: Readiness, b: Readiness): number {
  return ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || Number(a.isPaidByUse) - Number(b.isPaidByUse) ||
    (a.state === "ready"
      ? (a.quota?.share ?? 0) - (b.quota?.share ?? 0)
      : a.state === "at-risk"
      ? compareInstants(b.until, a.until)
      : compareInstants(a.until, b.until));
}

const ORDER: readonly ReadyState[] = ["ready", "at-risk", "out", "unknown"];

/** Sorts the earlier one first, an unknown one last. */
function compareInstants(a: number | null, b: number | null): number {
  return a === b ? 0 : (a ?? Infinity) - (b ?? Infinity);
}

/** Below every share. */
const NO_SHARE = -1;

/** Sorts the fullest quota first, those without a known share last. */
export function compareFullness(a: Pick<QuotaView, "share">, b: Pick<QuotaView, "share">): number {
  return (b.share ?? NO_SHARE) - (a.share ?? NO_SHARE);
}

/**
 * Returns the quotas that stop an account when they are out: those in the pool of its first quota. A window
 * of one model stops only that model, and a separate pool, such as tool calls, stops nothing else.
 */
function stoppingQuotas({ quotas }: AccountView, pools: readonly Pool[], now: number): readonly QuotaView[] {
  const current = quotas.filter((quota) =>
    !quota.gone && quota.window.kind !== "allocation" && !isFromBeforeReset(quota, now)
  );
  // A quota without a limit stops nothing.
  const counted = current.filter((quota) =>
    findPlace(quota.quota, pools)?.counts !== "none" && quota.status !== "unknown"
  );
  const [main] = counted;
  if (!main) return [];
  const pool = findPlace(main.quota, pools);
  // When the pools are unknown, any quota may stop it.
  if (pool === null) return counted.filter(({ quota }) => findPlace(quota, pools) === null);
  return counted.filter((quota) => {
    if (quota === main) return true;
    const place = findPlace(quota.quota, pools);
    return place?.pool === pool.pool && isWhole(place, pools);
  });
}

/** Reports whether a quota is named explicitly, and not as one of many of a kind. */
function isWhole(
  { pool, view }: { readonly pool: string; readonly view: number },
  pools: readonly Pool[],
): boolean {
  const pattern = pools[Number(pool.split(" ")[0])]?.quotas[view];
  return typeof pattern === "string" && !pattern.includes("*");
}

/** Reports whether a reading is from before a passed reset and says nothing about the current window. */
export function isFromBeforeReset({ resetsAt, at, window }: QuotaView, now: number): boolean {
  return window.kind !== "rolling" && resetsAt !== null && resetsAt <= now && at < resetsAt;
}

/** Reports whether it stops work: it is blocked or used up, and not a spent balance beside another that still pays. */
export function isOut(quota: QuotaView): boolean {
  return quota.status === "blocked" || isUsedUp(quota) && !isPaidOtherwise(quota);
}
