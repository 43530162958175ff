/** Finds alerts that still need attention: they still hold, and nothing newer contradicts them. Pure. */
import type { AccountView, QuotaView } from "../view/view.ts";
import type { Alert, AlertKind } from "./alert.ts";
import { isClear, isCrossed, type Threshold } from "./threshold.ts";
import type { AlertRules } from "./rules.ts";
import { isSnoozed, type Snooze } from "./delivery.ts";
import { isInForce } from "./in_force.ts";
import { hasCycles, isEmpty } from "./quota_pass.ts";

/** Kinds that describe one thing in degrees: only the newest counts. */
const LEVELS: ReadonlySet<AlertKind> = new Set(["threshold", "used-up", "blocked", "balance-low"]);
const STATES: Partial<Readonly<Record<AlertKind, string>>> = {
  failing: "failing",
  "sign-in-expired": "expired",
  silent: "stale",
};

/**
 * Returns the open alerts in the order of `raised`.
 *
 * @param raised newest first
 * @param snoozes leaves out alerts that are snoozed now
 * @param rules leaves out alerts for a budget or threshold that is no longer set
 */
export function openAlerts<T extends Alert>(
  raised: readonly T[],
  accounts: readonly AccountView[],
  snoozes: readonly Snooze[],
  now: number,
  rules?: AlertRules,
): readonly T[] {
  const withdrawn = new Set(
    raised.flatMap(({ kind, resolves }) => kind === "withdrawn" ? resolves ?? [] : []),
  );
  const ended = new Set(raised.flatMap(({ id, resolves }) => withdrawn.has(id) ? [] : resolves ?? []));
  const places = new Set<string>();
  const silent = snoozes.filter(({ until }) => until > now);
  return raised.filter((alert) => {
    const account = accounts.find(({ key }) => key === alert.account);
    if (alert.severity === "info" || account === undefined) return false;
    if (rules && !isInForce(alert, account, rules)) return false;
    const occasion = isOccasion(alert) ? alert.repeats ?? alert.id : "";
    const kind = LEVELS.has(alert.kind) ? "level" : alert.kind;
    const place = `${alert.account}|${alert.quota ?? ""}|${kind}|${occasion}`;
    // An older alert of the same kind adds nothing.
    if (places.has(place)) return false;
    places.add(place);
    return !account.hidden && !account.paused &&
      !ended.has(alert.repeats ?? alert.id) &&
      !silent.some((one) => isSnoozed(alert, one)) && isStillTrue(alert, account, now);
  });
}

/** Several credits may expire at once. */
function isOccasion({ kind }: Alert): boolean {
  return kind === "credit-lapses";
}

function isStillTrue(alert: Alert, account: AccountView, now: number): boolean {
  const { kind, expiresAt } = alert;
  const state = STATES[kind];
  if (state !== undefined) return account.health.state === state;
  if (kind === "sign-in-expires") {
    return expiresAt > now && (account.expiresAt === undefined || account.expiresAt === expiresAt);
  }
  if (kind === "credit-lapses") {
    return expiresAt > now &&
      (account.facts ?? []).some((fact) => fact.expiresAt === expiresAt && fact.count > 0);
  }
  if (alert.quota === null) return expiresAt > now;
  const quota = account.quotas.find((one) => one.quota === alert.quota);
  return quota !== undefined && !quota.gone && isStillTrueOfQuota(alert, quota, now);
}

function isStillTrueOfQuota({ kind, at, expiresAt, figures }: Alert, quota: QuotaView, now: number): boolean {
  if (hasCycles(quota) && quota.cycle.startedAt > at) return false;
  // The announced reset has passed without a reading since.
  if (quota.resetsAt !== null && quota.resetsAt <= now) return false;
  const threshold = figures?.threshold ?? null;
  switch (kind) {
    case "threshold":
      return threshold === null || isStillPast(restoreThreshold(threshold, figures), quota);
    case "used-up":
      return isEmpty(quota);
    case "blocked":
      return quota.allowed === false || quota.status === "blocked";
    case "balance-low":
      return threshold === null || quota.remaining === null || quota.remaining < threshold;
    case "runs-out":
      return expiresAt > now && !isEmpty(quota) && quota.forecast?.state !== "lasts";
    default:
      return expiresAt > now;
  }
}

/** Unknown figures end nothing. */
function isStillPast(line: Threshold, quota: QuotaView): boolean {
  return hasCycles(quota) ? isCrossed(line, quota) !== false : !isClear(line, quota);
}

function restoreThreshold(threshold: number, figures: Alert["figures"]): Threshold {
  return figures?.thresholdOf === undefined ? threshold : { of: figures.thresholdOf, amount: threshold };
}
