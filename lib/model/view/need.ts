/**
 * Orders quotas by need: first those that are out, then those that run out soonest, then the fullest; stale
 * and unknown ones last.
 */
import { compareFullness, isCurrent, isFromBeforeReset, isOut } from "./readiness.ts";
import { isRunOutUnlikely } from "./status.ts";
import type { AccountView, QuotaView } from "./view.ts";

/** How urgently a user needs to know about a quota. */
export type Need = "out" | "runs-out" | "tight" | "fine" | "unknown" | "old";

const NEEDS: readonly Need[] = ["out", "runs-out", "tight", "fine", "unknown", "old"];

export interface RankedQuota {
  readonly account: AccountView;
  readonly quota: QuotaView;
  readonly need: Need;
}

export function computeNeed(account: AccountView, quota: QuotaView, now: number): Need {
  if (quota.gone || !isCurrent(account, now) || isFromBeforeReset(quota, now)) return "old";
  if (isOut(quota)) return "out";
  const { status, forecast } = quota;
  if (quota.window.kind !== "allocation" && forecast?.state === "runs-dry" && !isRunOutUnlikely(forecast)) {
    return "runs-out";
  }
  if (status === "critical" || status === "danger" || status === "warning") return "tight";
  return status === "healthy" ? "fine" : "unknown";
}

/**
 * Reports whether a quota deserves attention before the others: it is out, runs out or may run out before its
 * reset, or is nearly full. Half used is not enough.
 */
export function isTight({ need, quota: { status, forecast } }: Omit<RankedQuota, "account">): boolean {
  if (need === "out" || need === "runs-out") return true;
  if (need !== "tight") return false;
  return status !== "warning" || forecast?.state === "tight" || forecast?.state === "runs-dry";
}

/** Returns every quota with its account, most urgent first. */
export function rankByNeed(accounts: readonly AccountView[], now: number): readonly RankedQuota[] {
  return accounts.flatMap((account) =>
    account.quotas.map((quota): RankedQuota => ({ account, quota, need: computeNeed(account, quota, now) }))
  ).toSorted((a, b) =>
    NEEDS.indexOf(a.need) - NEEDS.indexOf(b.need) ||
    (a.need === "runs-out" ? findEmptyAt(a) - findEmptyAt(b) : 0) ||
    compareFullness(a.quota, b.quota)
  );
}

function findEmptyAt({ quota: { forecast } }: RankedQuota): number {
  return forecast?.emptyAt ?? Number.MAX_SAFE_INTEGER;
}

/** Accounts that need action: an expired login, a failing or a silent account. */
export interface Trouble {
  readonly account: AccountView;
  readonly kind: "sign-in" | "failing" | "silent";
}

/** An account whose last reading is older than this is no longer in use, and needs no action. */
const MAX_UNUSED_MS = 7 * 24 * 3_600_000;

export function findTroubles(accounts: readonly AccountView[], now: number): readonly Trouble[] {
  return accounts.flatMap((account): readonly Trouble[] => {
    const { health, at } = account;
    const readAt = Math.max(at ?? -Infinity, health.okAt ?? -Infinity);
    // One that never worked needs action as long as it is polled.
    const since = readAt === -Infinity ? health.triedAt ?? now : readAt;
    if (account.paused || health.state === "off" || health.state === "new" || health.state === "waiting") {
      return [];
    }
    if (health.state === "expired" || health.failure === "auth") return [{ account, kind: "sign-in" }];
    if (now - since > MAX_UNUSED_MS) return [];
    if (health.state === "failing") return [{ account, kind: "failing" }];
    return health.state === "stale" ? [{ account, kind: "silent" }] : [];
  });
}
