/** The responses of the service API. Its times are unix seconds, and it has no null. */
import * as v from "valibot";
import { UnitWord, Whole } from "./parts.ts";

const Seconds = Whole;
const Figure = v.number();

export const Service = v.strictObject({
  id: v.string(),
  name: v.string(),
  provider: v.string(),
  hasApiKey: v.boolean(),
  hasBearerToken: v.boolean(),
  baseUrl: v.optional(v.string()),
  enabled: v.boolean(),
  displayOrder: Whole,
  createdAt: Seconds,
  updatedAt: Seconds,
  lastError: v.optional(v.string()),
  lastErrorKind: v.optional(v.picklist(["auth", "rate_limit", "network", "unknown"])),
});
export const ServiceList = v.array(Service);

const Type = v.picklist(["usage", "credits", "rate_limit"]);

export const UsageQuota = v.strictObject({
  id: v.string(),
  serviceId: v.string(),
  metric: v.string(),
  limit: Figure,
  used: Figure,
  remaining: Figure,
  resetAt: Seconds,
  createdAt: Seconds,
  updatedAt: Seconds,
  replenishmentRate: v.optional(v.strictObject({ amount: Figure, period: v.literal("hour") })),
  type: Type,
  metricMetadata: v.strictObject({
    format: v.picklist(["currency", "percentage", "integer", "decimal"]),
    displayName: v.string(),
    currencySymbol: v.optional(v.string()),
    precision: v.optional(Whole),
    priority: Whole,
    warnWhenLow: v.boolean(),
    warnThreshold: Figure,
    errorThreshold: Figure,
    notation: v.optional(v.literal("compact")),
  }),
  unknown: v.optional(v.array(v.picklist(["limit", "used", "remaining"]))),
});
export const UsageQuotas = v.array(UsageQuota);

export const ServiceStatus = v.strictObject({
  service: Service,
  quotas: UsageQuotas,
  lastUpdated: Seconds,
  isHealthy: v.boolean(),
  error: v.optional(v.string()),
  authError: v.boolean(),
  tokenExpiration: v.optional(Seconds),
});
export const ServiceStatuses = v.array(ServiceStatus);

export const HistoryValues = v.array(v.strictObject({
  id: v.string(),
  serviceId: v.string(),
  metric: v.string(),
  value: Figure,
  ts: Seconds,
  service_name: v.string(),
}));

const NAMES = {
  service_name: v.string(),
  provider: v.string(),
  serviceId: v.string(),
  metric: v.string(),
};

export const Analytics = v.strictObject({
  timeSeries: v.array(v.strictObject({
    ...NAMES,
    unit: UnitWord,
    ts: Seconds,
    avg_value: Figure,
    min_value: Figure,
    max_value: Figure,
    data_points: Whole,
  })),
  quotas: v.array(v.strictObject({ ...NAMES, limit: Figure, used: Figure, type: Type })),
  summary: v.array(v.strictObject({
    ...NAMES,
    unit: UnitWord,
    min_value: Figure,
    max_value: Figure,
    avg_value: Figure,
    total_consumed: Figure,
    first_record_ts: Seconds,
    last_record_ts: Seconds,
    active_days: Whole,
  })),
  days: Whole,
  generatedAt: Seconds,
});

export const ProviderAnalytics = v.strictObject({
  providers: v.array(v.strictObject({
    provider: v.string(),
    service_count: Whole,
    metric_count: Whole,
    total_usage: Figure,
    avg_usage: Figure,
    peak_usage: Figure,
    data_points: Whole,
  })),
  days: Whole,
  generatedAt: Seconds,
});

export const Logs = v.strictObject({
  entries: v.array(v.strictObject({
    /** Milliseconds, unlike all others. */
    ts: Whole,
    level: v.picklist(["debug", "info", "warn", "error"]),
    message: v.string(),
    details: v.optional(v.string()),
  })),
});

export const AuthStatus = v.strictObject({ enabled: v.literal(true), hasUsers: v.boolean() });
export const SignedIn = v.strictObject({
  token: v.string(),
  user: v.strictObject({ id: v.string(), username: v.string() }),
});
export const Done = v.strictObject({ ok: v.literal(true) });
export const Me = v.strictObject({ id: v.string(), username: v.string(), createdAt: Seconds });

const KEY = {
  id: v.string(),
  name: v.string(),
  keyPrefix: v.string(),
  createdAt: Seconds,
  lastUsedAt: v.nullable(Seconds),
  scopes: v.array(v.string()),
  expiresAt: v.nullable(Seconds),
};
export const KeyList = v.array(v.strictObject(KEY));
export const NewKey = v.strictObject({ ...KEY, key: v.string() });

export const Alive = v.strictObject({ status: v.literal("ok"), ts: Seconds });
export const Version = v.strictObject({ version: v.string(), commitSha: v.string() });
