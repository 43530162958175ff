/**
 * The service API: the JSON that pages, scripts and monitors of another tracker expect under `/api/services`,
 * `/api/quotas` and `/api/status`. Pure functions. Where that tracker returns secrets, this only says whether
 * there is one.
 */
import type { FailureKind, Outcome } from "../../model/outcome.ts";
import { type AccountKey, splitAccountKey } from "../../model/quota.ts";
import type { Thresholds } from "../../model/view/status.ts";
import type { AccountView } from "../../model/view/view.ts";
import { unixSeconds, type UsageQuota, usageQuota } from "./figures.ts";
import { providerWord, serviceId } from "./names.ts";

/** The input of a service. */
export interface ServiceFacts {
  readonly key: AccountKey;
  readonly providerName: string;
  /** The user's name for it; null when not set. */
  readonly label: string | null;
  readonly enabled: boolean;
  /** Counted from 1. */
  readonly place: number;
  /** When it was added, epoch milliseconds; null for a discovered one. */
  readonly addedAt: number | null;
  /** Names of its stored settings. */
  readonly settings: readonly string[];
  /** True when its credential is found, wherever it is stored. */
  readonly found: boolean;
  /** The origin that replaces the vendor's default, or null. */
  readonly baseUrl: string | null;
  readonly outcome: Pick<Outcome, "kind" | "reason" | "hint" | "at"> | null;
}

export type ErrorKind = "auth" | "rate_limit" | "network" | "unknown";

export interface Service {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  /** True when there is one; its value never leaves the server. */
  readonly hasApiKey: boolean;
  readonly hasBearerToken: boolean;
  readonly baseUrl?: string;
  readonly enabled: boolean;
  readonly displayOrder: number;
  /** 0 for a discovered account. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastError?: string;
  readonly lastErrorKind?: ErrorKind;
}

export interface ServiceStatus {
  readonly service: Service;
  readonly quotas: readonly UsageQuota[];
  /** 0 before the first reading. */
  readonly lastUpdated: number;
  readonly isHealthy: boolean;
  readonly error?: string;
  readonly authError: boolean;
  readonly tokenExpiration?: number;
}

const KINDS: Readonly<Record<FailureKind, ErrorKind>> = {
  missing: "auth",
  auth: "auth",
  rate_limited: "rate_limit",
  unavailable: "network",
  bad_response: "unknown",
};

const FAILURE_WORDS: Readonly<Record<ErrorKind, string>> = {
  auth: "The vendor refuses the credential",
  rate_limit: "The vendor asks to wait",
  network: "The vendor does not respond",
  unknown: "The vendor's response was not recognized",
};

export function serviceJson(facts: ServiceFacts): Service {
  const { key, settings, found, outcome, baseUrl } = facts;
  const { provider } = splitAccountKey(key);
  const created = unixSeconds(facts.addedAt ?? 0);
  const error = toError(outcome);
  const hasToken = settings.some((name) => name.includes("TOKEN"));
  return {
    id: serviceId(key),
    name: serviceName(facts),
    provider: providerWord(provider),
    hasApiKey: settings.some((name) => !name.includes("TOKEN")) || (found && !hasToken),
    hasBearerToken: hasToken,
    ...baseUrl !== null && { baseUrl },
    enabled: facts.enabled,
    displayOrder: facts.place,
    createdAt: created,
    updatedAt: Math.max(created, unixSeconds(outcome?.at ?? 0)),
    ...error && { lastError: error.message, lastErrorKind: error.kind },
  };
}

/** Names a service without a label: its vendor, and its own name if it has one. */
export function serviceName(
  { key, label, providerName }: Pick<ServiceFacts, "key" | "label" | "providerName">,
): string {
  const { name } = splitAccountKey(key);
  return label ?? (name === "default" ? providerName : `${providerName} ${name}`);
}

/** @param view its current view; null before the first poll */
export function serviceStatus(
  facts: ServiceFacts,
  view: AccountView | null,
  thresholds: Thresholds,
): ServiceStatus {
  const quotas = currentQuotas(view, thresholds);
  const error = toError(facts.outcome) ?? findDoubt(view, quotas);
  return {
    service: serviceJson(facts),
    quotas,
    lastUpdated: unixSeconds(view?.at ?? 0),
    isHealthy: error === null,
    ...error && { error: error.message },
    authError: error?.kind === "auth",
    ...view?.expiresAt !== undefined && { tokenExpiration: unixSeconds(view.expiresAt) },
  };
}

/** Returns the quotas of an account that its provider still mentions. */
export function currentQuotas(view: AccountView | null, thresholds: Thresholds): readonly UsageQuota[] {
  return (view?.quotas ?? []).filter(({ gone }) => !gone)
    .map((quota, place) => usageQuota(quota, place, thresholds));
}

interface ReportedError {
  readonly kind: ErrorKind;
  readonly message: string;
}

function toError(outcome: ServiceFacts["outcome"]): ReportedError | null {
  if (outcome === null || outcome.kind === "ok") return null;
  const kind = KINDS[outcome.kind];
  return { kind, message: outcome.hint ?? FAILURE_WORDS[kind] };
}

/** Returns why a service is unhealthy although its last poll did not fail. */
function findDoubt(view: AccountView | null, quotas: readonly UsageQuota[]): ReportedError | null {
  const createUnknown = (message: string) => ({ kind: "unknown" as const, message });
  if (view === null || quotas.length === 0) return createUnknown("No quota has been read yet");
  const { state, hint } = view.health;
  if (state === "expired") return { kind: "auth", message: hint ?? "The login has ended" };
  return state === "stale"
    ? createUnknown("There have been no readings for too long, so the figures may be out of date")
    : null;
}
