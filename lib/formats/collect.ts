/**
 * The JSON of `syntrack collect` and `syntrack status`: accounts with their health and quotas, in camelCase.
 * Instants are ISO 8601 in UTC, `utilization` is 0 to 1, and unknown values are null. A `schemaVersion` may
 * gain fields.
 */
import type { Forecast } from "../model/forecast/forecast.ts";
import type { FailureKind, HealthState, Outcome, OutcomeKind } from "../model/outcome.ts";
import {
  type AccountFact,
  type AccountKey,
  type Dropped,
  splitAccountKey,
  type Unit,
} from "../model/quota.ts";
import { shownStatus, type StatusWord } from "../model/view/status.ts";
import { isoInstant } from "../model/time.ts";
import { type AccountView, isLate, type QuotaView } from "../model/view/view.ts";
import { type ForecastJson, forecastJson } from "./forecast.ts";
import { SCHEMA_VERSION } from "./version.ts";

export interface QuotaJson {
  readonly key: string;
  readonly label: string;
  readonly unit: Unit;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly utilization: number | null;
  readonly resetsAt: string | null;
  readonly windowSeconds: number | null;
  /** The vendor's own verdict, present while it refuses work. */
  readonly allowed?: false;
  /** ISO 4217 code, when the amounts are money. */
  readonly currency?: string;
  /** The source of the figure when it is not the vendor's endpoint: `statusline`. */
  readonly source?: string;
  /** The same use in dollars, when the vendor states both a share and money. */
  readonly usedUsd?: number | null;
  readonly limitUsd?: number | null;
}

/** Something countable an account has besides quotas, for example reset credits. */
export interface FactJson {
  readonly key: string;
  readonly label: string;
  readonly count: number;
  /** When the first of them expires. */
  readonly expiresAt: string | null;
}

export function factsJson(facts: readonly AccountFact[] = []): readonly FactJson[] {
  return facts.map(({ key, label, count, expiresAt }) => {
    return { key, label, count, expiresAt: isoInstant(expiresAt) };
  });
}

export function quotaJson(quota: QuotaView): QuotaJson {
  return {
    key: quota.quota,
    label: quota.label,
    unit: quota.unit,
    used: quota.used,
    limit: quota.limit,
    remaining: quota.remaining,
    utilization: quota.utilization,
    resetsAt: isoInstant(quota.resetsAt),
    windowSeconds: quota.window.seconds,
    ...quota.allowed === false ? { allowed: false } : {},
    ...quota.currency === undefined ? {} : { currency: quota.currency },
    ...quota.source === undefined ? {} : { source: quota.source },
    ...quota.usd === undefined ? {} : { usedUsd: quota.usd.used, limitUsd: quota.usd.limit },
  };
}

export interface CollectAccountJson {
  readonly provider: string;
  readonly account: string;
  readonly outcome: OutcomeKind;
  /**
   * Present when this run did not poll the vendor because it had been
   * polled moments before; the outcome is of that poll.
   */
  readonly asked?: false;
  readonly askedAt?: string;
  /** What to do about the outcome; for a success, a remark if there is one. */
  readonly hint?: string;
  readonly plan: string | null;
  /** Facts of the account besides its quotas. */
  readonly facts: readonly FactJson[];
  /** The quotas this poll read; empty when it failed. */
  readonly quotas: readonly QuotaJson[];
  /** Parts of the answer that yielded no quota; absent when there are none. */
  readonly dropped?: readonly Dropped[];
}

export interface CollectJson {
  readonly schemaVersion: number;
  readonly at: string;
  /** Number of accounts that failed; the exit code is 1 when all did. */
  readonly failed: number;
  readonly accounts: readonly CollectAccountJson[];
}

/** The outcome of collecting one account, with the view it shows afterwards. */
export interface CollectedAccount {
  readonly account: AccountKey;
  readonly outcome: Pick<Outcome, "kind" | "hint" | "retryAt"> & { readonly at: number | null };
  readonly view: AccountView | null;
  /** When it was polled, epoch milliseconds, if not in this run. */
  readonly askedAt?: number;
}

export function collectJson(collected: readonly CollectedAccount[], now: number): CollectJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    at: isoInstant(now),
    failed: collected.filter(({ outcome }) => outcome.kind !== "ok").length,
    accounts: collected.map(({ account, outcome, view, askedAt }) => {
      const { provider, name } = splitAccountKey(account);
      const ok = outcome.kind === "ok";
      return {
        provider,
        account: name,
        outcome: outcome.kind,
        ...askedAt === undefined ? {} : { asked: false as const, askedAt: isoInstant(askedAt) },
        ...ok && outcome.hint === undefined ? {} : { hint: outcome.hint ?? "" },
        plan: ok ? view?.plan ?? null : null,
        facts: factsJson(ok ? view?.facts : []),
        quotas: readQuotas({ outcome, view, ...askedAt !== undefined && { askedAt } }).map(quotaJson),
        ...ok && view?.dropped ? { dropped: view.dropped } : {},
      };
    }),
  };
}

/**
 * Returns the quotas that the poll of this run read: neither those that are gone nor those in a part that failed.
 * Without a poll in this run, those that are not gone.
 */
export function readQuotas(
  { outcome, view, askedAt }: Pick<CollectedAccount, "outcome" | "view" | "askedAt">,
): readonly QuotaView[] {
  if (outcome.kind !== "ok" || view === null) return [];
  const since = askedAt === undefined ? outcome.at ?? -Infinity : -Infinity;
  return view.quotas.filter((quota) => !quota.gone && quota.at >= since);
}

export interface StatusAccountJson {
  readonly provider: string;
  readonly account: string;
  /** Where its credential is now, never its value; null when there is none. */
  readonly source: string | null;
  readonly expiresAt: string | null;
  readonly plan: string | null;
  /** Facts of the account besides its quotas. */
  readonly facts: readonly FactJson[];
  readonly health: {
    readonly state: HealthState;
    readonly failure: FailureKind | null;
    readonly hint: string | null;
    readonly triedAt: string | null;
    readonly okAt: string | null;
    readonly nextAt: string | null;
  };
  /** Parts of its last answer that yielded no quota. */
  readonly dropped: readonly Dropped[];
  /** When its quotas were read, but for those that state another time. */
  readonly at: string | null;
  readonly quotas: readonly (QuotaJson & {
    /** When it was read, if the last reading of the account did not include it. */
    readonly at?: string;
    /** `unknown` once the vendor no longer reports it. */
    readonly status: StatusWord;
    readonly ratePerHour: number | null;
    /** The time range the rate is computed over. */
    readonly rateSeconds: number | null;
    /** Amount refilled per hour; absent when the vendor does not say. */
    readonly refillPerHour?: number;
    /** Null when there is no forecast. */
    readonly forecast: ForecastJson | null;
  })[];
}

/** The answer to "can I work now, with what, until when?" */
export interface HeadlineJson {
  readonly state: "ready" | "at-risk" | "out" | "unknown";
  /** A sentence for people, which may change. */
  readonly text: string;
  /** Key of the best account to work with. */
  readonly account: string | null;
  /** Key of the quota that decides. */
  readonly quota: string | null;
  /** When it resets, for `at-risk` when it runs out, for `out` when it is back. */
  readonly until: string | null;
}

export interface StatusJson {
  readonly schemaVersion: number;
  readonly at: string;
  readonly headline: HeadlineJson;
  readonly accounts: readonly StatusAccountJson[];
}

export function statusJson(
  accounts: readonly AccountView[],
  now: number,
  forecasts: ReadonlyMap<string, Forecast>,
  headline: HeadlineJson,
): StatusJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    at: isoInstant(now),
    headline,
    accounts: accounts.map((
      { provider, name, source, expiresAt, plan, facts, dropped, health, at, quotas },
    ) => ({
      provider,
      account: name,
      source: source ?? null,
      expiresAt: isoInstant(expiresAt ?? null),
      plan,
      facts: factsJson(facts),
      health: {
        state: health.state,
        failure: health.failure,
        hint: health.hint,
        triedAt: isoInstant(health.triedAt),
        okAt: isoInstant(health.okAt),
        nextAt: isoInstant(health.nextAt),
      },
      dropped: dropped ?? [],
      at: isoInstant(at),
      quotas: quotas.map((quota) => {
        const forecast = forecasts.get(quota.key);
        return {
          ...quotaJson(quota),
          ...isLate({ at }, quota) ? { at: isoInstant(quota.at) } : {},
          status: shownStatus(quota),
          ratePerHour: quota.ratePerHour,
          rateSeconds: quota.rateSpanMs === null ? null : Math.round(quota.rateSpanMs / 1000),
          ...quota.refillPerHour === undefined ? {} : { refillPerHour: quota.refillPerHour },
          forecast: forecast ? forecastJson(forecast) : null,
        };
      }),
    })),
  };
}
