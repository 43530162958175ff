/** The responses of the quota API. */
import * as v from "valibot";
import {
  AccountsSet,
  Density,
  Display,
  Failure,
  forAll,
  HealthState,
  Instant,
  MaybeInstant,
  MaybeNumber,
  MaybeText,
  Severity,
  Status,
  Theme,
  UnitWord,
  Whole,
} from "./parts.ts";

const UntilReset = {
  timeUntilReset: v.string(),
  timeUntilResetSeconds: v.nullable(Whole),
};

export const NamedQuota = v.strictObject({
  name: v.string(),
  description: v.string(),
  unit: UnitWord,
  currency: v.optional(v.string()),
  usage: MaybeNumber,
  limit: MaybeNumber,
  percent: MaybeNumber,
  status: Status,
  renewsAt: MaybeInstant,
  ...UntilReset,
  currentRate: MaybeNumber,
  projectedUsage: MaybeNumber,
  insight: v.optional(MaybeText),
  usageDetails: v.optional(v.array(v.strictObject({ modelCode: v.string(), usage: v.number() }))),
});

export const ListedQuota = v.strictObject({
  name: v.string(),
  displayName: v.string(),
  unit: UnitWord,
  currency: v.optional(v.string()),
  used: MaybeNumber,
  limit: MaybeNumber,
  remaining: MaybeNumber,
  utilization: MaybeNumber,
  status: Status,
  resetsAt: MaybeInstant,
  ...UntilReset,
  ratePerHour: MaybeNumber,
  currentRate: MaybeNumber,
  currentRateUnit: v.literal("percent"),
  projectedUsage: MaybeNumber,
  projectedUtil: MaybeNumber,
});

const CurrentHead = {
  capturedAt: MaybeInstant,
  health: v.nullable(HealthState),
  plan: MaybeText,
  account: v.optional(MaybeText),
  accounts: v.optional(v.array(v.string())),
};

/** Quotas under their own names for the documented providers, and as a list for all others. */
export const Current = forAll(v.union([
  v.strictObject({ ...CurrentHead, quotas: v.array(ListedQuota) }),
  v.objectWithRest(CurrentHead, v.nullable(NamedQuota)),
]));

export const HistoryRows = forAll(v.array(v.objectWithRest({ capturedAt: Instant }, MaybeNumber)));

export const Cycles = forAll(v.array(v.strictObject({
  id: v.pipe(v.number(), v.integer()),
  quotaType: v.string(),
  cycleStart: Instant,
  cycleEnd: MaybeInstant,
  renewsAt: MaybeInstant,
  peakRequests: MaybeNumber,
  totalDelta: MaybeNumber,
})));

export const QuotaSummary = v.strictObject({
  quotaType: v.string(),
  unit: UnitWord,
  currency: v.optional(v.string()),
  currentUsage: MaybeNumber,
  currentLimit: MaybeNumber,
  usagePercent: MaybeNumber,
  renewsAt: MaybeInstant,
  timeUntilReset: v.string(),
  currentRate: MaybeNumber,
  projectedUsage: MaybeNumber,
  completedCycles: Whole,
  avgPerCycle: MaybeNumber,
  peakCycle: MaybeNumber,
  totalTracked: v.number(),
  trackingSince: MaybeInstant,
});

export const Summary = forAll(v.union([
  v.strictObject({ quotas: v.array(QuotaSummary) }),
  v.record(v.string(), v.nullable(QuotaSummary)),
]));

export const Sessions = forAll(v.array(v.strictObject({
  id: v.string(),
  startedAt: Instant,
  endedAt: MaybeInstant,
  pollInterval: Whole,
  maxSubRequests: MaybeNumber,
  maxSearchRequests: MaybeNumber,
  maxToolRequests: MaybeNumber,
  startSubRequests: MaybeNumber,
  startSearchRequests: MaybeNumber,
  startToolRequests: MaybeNumber,
  snapshotCount: Whole,
})));

export const Insights = forAll(v.strictObject({
  stats: v.array(v.strictObject({
    value: v.string(),
    label: v.string(),
    sublabel: v.optional(v.string()),
  })),
  insights: v.array(v.strictObject({
    key: v.string(),
    type: v.picklist(["recommendation", "trend", "factual"]),
    severity: Severity,
    title: v.string(),
    metric: v.string(),
    sublabel: v.string(),
    description: v.string(),
  })),
}));

const Thresholds = v.strictObject({ warning: v.number(), critical: v.number() });

export const Settings = v.strictObject({
  timezone: v.string(),
  hidden_insights: v.array(v.string()),
  display: Display,
  thresholds: Thresholds,
  work_days: Whole,
  theme: Theme,
  density: Density,
  keep_readings_days: v.nullable(Whole),
  account_order: v.array(v.string()),
  accounts: AccountsSet,
});

/** Only what was sent is returned. */
export const SavedSettings = v.partial(Settings);

export const CycleOverview = forAll(v.strictObject({
  groupBy: v.string(),
  provider: v.string(),
  quotaNames: v.array(v.string()),
  cycles: v.array(v.strictObject({
    cycleId: v.pipe(v.number(), v.integer()),
    quotaType: v.string(),
    cycleStart: Instant,
    cycleEnd: MaybeInstant,
    peakValue: MaybeNumber,
    totalDelta: v.number(),
    peakTime: MaybeInstant,
    crossQuotas: v.array(v.strictObject({
      name: v.string(),
      value: MaybeNumber,
      limit: MaybeNumber,
      percent: MaybeNumber,
      startPercent: MaybeNumber,
      delta: MaybeNumber,
    })),
  })),
}));

export const LoggingHistory = forAll(v.strictObject({
  provider: v.string(),
  quotaNames: v.array(v.string()),
  logs: v.array(v.strictObject({
    id: v.pipe(v.number(), v.integer()),
    capturedAt: Instant,
    crossQuotas: v.array(v.strictObject({
      name: v.string(),
      value: MaybeNumber,
      limit: MaybeNumber,
      percent: MaybeNumber,
      delta: MaybeNumber,
    })),
  })),
}));

export const Capabilities = v.strictObject({
  version: v.string(),
  platform: v.string(),
  menubar_supported: v.boolean(),
  menubar_running: v.boolean(),
});

export const Providers = v.strictObject({
  providers: v.array(v.string()),
  current: MaybeText,
  provider_labels: v.record(v.string(), v.string()),
});

/** Unauthenticated callers get only the first two. */
export const Health = v.strictObject({
  status: v.picklist(["ok", "failing"]),
  instance: v.string(),
  version: v.optional(v.string()),
  startedAt: v.optional(Instant),
  now: v.optional(Instant),
  accounts: v.optional(v.nullable(v.strictObject({
    fresh: Whole,
    stale: Whole,
    waiting: Whole,
    failing: Whole,
    expired: Whole,
    off: Whole,
    new: Whole,
  }))),
  trouble: v.optional(MaybeText),
  certificate: v.optional(v.strictObject({ expiresAt: Instant, problem: MaybeText })),
});

export const Refreshed = v.strictObject({
  outcomes: v.array(v.strictObject({
    account: v.string(),
    kind: v.union([v.literal("ok"), Failure]),
    at: Instant,
    hint: MaybeText,
    nextAt: MaybeInstant,
  })),
});
