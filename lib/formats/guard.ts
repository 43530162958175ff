/** The JSON of `syntrack guard`. Shares are 0 to 1, instants ISO 8601 in UTC, unknown is null. Pure. */
import type { GuardResult, GuardVerdict, NoVerdictReason } from "../model/view/guard_rule.ts";
import type { AccountKey, Window } from "../model/quota.ts";
import { splitAccountKey } from "../model/quota.ts";
import { isoInstant } from "../model/time.ts";
import { SCHEMA_VERSION } from "./version.ts";

/** One quota the guard checked. */
export interface GuardedQuota extends GuardResult {
  readonly account: AccountKey;
  readonly quota: string;
  /** When it was read, epoch milliseconds. */
  readonly at: number;
  readonly window: Window;
  readonly resetsAt: number | null;
}

export interface GuardJson {
  readonly schemaVersion: number;
  readonly at: string;
  readonly verdict: GuardVerdict;
  readonly leastRemaining: number;
  readonly quotas: readonly {
    readonly provider: string;
    readonly account: string;
    readonly key: string;
    readonly verdict: GuardVerdict;
    readonly doubt: NoVerdictReason | null;
    readonly remaining: number | null;
    /** True while the vendor itself refuses work on it, however much is left. */
    readonly blocked: boolean;
    readonly readAt: string;
    readonly resetsAt: string | null;
  }[];
}

export function guardJson(
  verdict: GuardVerdict,
  quotas: readonly GuardedQuota[],
  minLeft: number,
  now: number,
): GuardJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    at: isoInstant(now),
    verdict,
    leastRemaining: minLeft,
    quotas: quotas.map(({ account, quota, verdict, doubt, left, blocked = false, at, resetsAt }) => {
      const { provider, name } = splitAccountKey(account);
      return {
        provider,
        account: name,
        key: quota,
        verdict,
        doubt,
        remaining: left,
        blocked,
        readAt: isoInstant(at),
        resetsAt: isoInstant(resetsAt),
      };
    }),
  };
}
