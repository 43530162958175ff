/**
 * Can I work now, with what, until when? Each account's answer from the quotas that stop its work, and the account that
 * is best to work with. Old figures give no answer.
 */
import { placeOf, type Pool } from "../history/counting.ts";
import { isUsedUp } from "../quota.ts";
import { isFuture } from "../time.ts";
import { MIN_STALE_MS } from "./health.ts";
import { isDoubtful } from "./status.ts";
import type { AccountView, QuotaView } from "./view.ts";

/** `at-risk`: it can be worked with, and runs out before its reset; `out`: nothing is left, or it is refused. */
export type ReadyState = "ready" | "at-risk" | "out" | "unknown";

export interface Readiness {
  readonly account: AccountView;
  readonly state: ReadyState;
  /** The quota that decides; null where nothing is known. */
  readonly quota: QuotaView | null;
  /**
   * Epoch milliseconds: of what is ready its reset, of what is at risk when it runs out, of what is out when it is
   * back; null where that is not known.
   */
  readonly until: number | null;
  /** What is paid by use is worked with last. */
  readonly isPaidByUse: boolean;
}

/** What runs out later than this is no risk for work that begins now. */
const RISK_MS = 24 * 3_600_000;

/** Whether the figures of an account are recent enough to say anything. */
export function isCurrent({ at, health: { state } }: AccountView, now: number): boolean {
  if (at === null || isFuture(at, now) || state === "stale" || state === "off" || state === "new") {
    return false;
  }
  return state === "fresh" || now - at <= MIN_STALE_MS;
}

/** @param pools which quotas of it see the same use; nothing is known of sources somebody declared */
export function readinessOf(account: AccountView, pools: readonly Pool[], now: number): Readiness {
  const stopping = isCurrent(account, now) ? stoppingQuotas(account, pools, now) : [];
  const isPaidByUse = stopping.some(({ quota }) => placeOf(quota, pools)?.counts === "spend");
  const out = stopping.filter(isOut);
  if (out.length > 0) {
    const [last] = out.toSorted((a, b) => (b.resetsAt ?? Infinity) - (a.resetsAt ?? Infinity));
    return { account, state: "out", quota: last ?? null, until: last?.resetsAt ?? null, isPaidByUse };
  }
  const [soonest] = stopping.flatMap((quota) => {
    const { forecast } = quota;
    if (forecast?.state !== "runs-dry" || isDoubtful(forecast) || forecast.emptyAt === null) return [];
    return forecast.emptyAt - now <= RISK_MS ? [{ quota, emptyAt: forecast.emptyAt }] : [];
  }).toSorted((a, b) => a.emptyAt - b.emptyAt);
  if (soonest) {
    return { account, state: "at-risk", quota: soonest.quota, until: soonest.emptyAt, isPaidByUse };
  }
  const [tightest] = stopping.toSorted((a, b) => (b.share ?? -1) - (a.share ?? -1));
  if (!tightest) return { account, state: "unknown", quota: null, until: null, isPaidByUse };
  return { account, state: "ready", quota: tightest, until: tightest.resetsAt, isPaidByUse };
}

/** The best to work with first: what is left without a risk, then what lasts longest, then what is back soonest. */
export function compareReadiness(a: Readiness, b: Readiness): number {
  return ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || Number(a.isPaidByUse) - Number(b.isPaidByUse) ||
    (a.state === "ready"
      ? (a.quota?.share ?? 0) - (b.quota?.share ?? 0)
      : a.state === "at-risk"
      ? (b.until ?? 0) - (a.until ?? 0)
      : compareInstants(a.until, b.until));
}

const ORDER: readonly ReadyState[] = ["ready", "at-risk", "out", "unknown"];

function compareInstants(a: number | null, b: number | null): number {
  return a === b ? 0 : a === null ? 1 : b === null ? -1 : a - b;
}

/**
 * The quotas that stop an account when they are out: those of the pool its first quota is of. A window of one model
 * stops that model alone, and a pool of its own, such as tool calls, stops nothing else.
 */
function stoppingQuotas({ quotas }: AccountView, pools: readonly Pool[], now: number): readonly QuotaView[] {
  const current = quotas.filter((quota) =>
    !quota.gone && quota.window.kind !== "allocation" && !isBehindReset(quota, now)
  );
  // What has no limit stops nobody.
  const counted = current.filter((quota) =>
    placeOf(quota.quota, pools)?.counts !== "none" &&
    (quota.share !== null || quota.status !== "unknown" || isOut(quota))
  );
  const [main] = counted;
  if (!main) return [];
  const pool = placeOf(main.quota, pools);
  // Where nothing is known of its quotas, any of them may stop it.
  if (pool === null) return counted.filter(({ quota }) => placeOf(quota, pools) === null);
  return counted.filter((quota) => {
    if (quota === main) return true;
    const place = placeOf(quota.quota, pools);
    return place?.pool === pool.pool && isWhole(place, pools);
  });
}

/** Whether a quota is named as such, and not as one of many of a kind. */
function isWhole(
  { pool, view }: { readonly pool: string; readonly view: number },
  pools: readonly Pool[],
): boolean {
  const pattern = pools[Number(pool.split(" ")[0])]?.quotas[view];
  return typeof pattern === "string" && !pattern.includes("*");
}

/** What was read before a reset that has passed says nothing of the window since. */
function isBehindReset({ resetsAt, at, window }: QuotaView, now: number): boolean {
  return window.kind !== "rolling" && resetsAt !== null && resetsAt <= now && at < resetsAt;
}

function isOut(quota: QuotaView): boolean {
  return quota.status === "blocked" || isUsedUp(quota) || (quota.share ?? 0) >= 1;
}
