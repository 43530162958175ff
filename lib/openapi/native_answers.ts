/** The responses of `/api/v1`. */
import * as v from "valibot";
import { EVIDENCE } from "../model/engine/cycle.ts";
import { FORECAST_STATES } from "../model/forecast/forecast.ts";
import { RANGES } from "../model/history/history.ts";
import { INSIGHT_RANGES, INSIGHT_RULES } from "../model/insights/insight.ts";
import { UNITS, WINDOW_KINDS } from "../model/quota.ts";
import {
  AccountsSet,
  Density,
  Display,
  Failure,
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

const Head = { at: Instant, timeZone: v.string() };
const Next = { next: MaybeText };

const ForecastWords = {
  state: v.picklist(FORECAST_STATES),
  reason: v.string(),
  confidence: v.nullable(v.picklist(["low", "medium", "high"])),
};

const ForecastFigures = {
  ratePerHour: MaybeNumber,
  projectedUsed: MaybeNumber,
  projectedShare: MaybeNumber,
  emptyAt: MaybeInstant,
  marginSeconds: v.nullable(v.pipe(v.number(), v.integer())),
  runOutProbability: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
};

export const Quota = v.strictObject({
  key: v.string(),
  quota: v.string(),
  label: v.string(),
  unit: UnitWord,
  window: v.strictObject({
    kind: v.picklist(WINDOW_KINDS),
    seconds: MaybeNumber,
  }),
  readAt: Instant,
  used: MaybeNumber,
  limit: MaybeNumber,
  remaining: MaybeNumber,
  utilization: v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  share: MaybeNumber,
  status: Status,
  /** The vendor's own verdict; false while it refuses work, null without a verdict. */
  allowed: v.nullable(v.boolean()),
  resetsAt: MaybeInstant,
  ratePerHour: MaybeNumber,
  /** The time range the rate is computed over. */
  rateSeconds: v.nullable(Whole),
  refillPerHour: MaybeNumber,
  cycle: v.strictObject({
    startedAt: Instant,
    peak: MaybeNumber,
    consumed: MaybeNumber,
    whole: v.boolean(),
  }),
  forecast: v.nullable(v.strictObject({ ...ForecastWords, ...ForecastFigures })),
  gone: v.boolean(),
  parts: v.array(v.strictObject({ name: v.string(), used: v.number() })),
  currency: MaybeText,
  usedUsd: MaybeNumber,
  limitUsd: MaybeNumber,
});

export const Snapshot = v.strictObject({
  ...Head,
  accounts: v.array(v.strictObject({
    key: v.string(),
    provider: v.string(),
    providerName: v.string(),
    name: v.string(),
    label: MaybeText,
    source: MaybeText,
    expiresAt: MaybeInstant,
    plan: MaybeText,
    facts: v.array(
      v.strictObject({ key: v.string(), label: v.string(), count: Whole, expiresAt: MaybeInstant }),
    ),
    dropped: v.array(v.strictObject({ what: v.string(), why: v.string() })),
    health: v.strictObject({
      state: HealthState,
      failure: v.nullable(Failure),
      hint: MaybeText,
      triedAt: MaybeInstant,
      okAt: MaybeInstant,
      nextAt: MaybeInstant,
    }),
    readAt: MaybeInstant,
    quotas: v.array(Quota),
  })),
  trouble: v.nullable(v.strictObject({ message: v.string(), hint: v.string(), since: Instant })),
});

/** Points are pairs of epoch milliseconds and a share of the limit, null where a gap begins. */
export const Series = v.strictObject({
  range: v.nullable(v.picklist(RANGES.map(({ name }) => name))),
  from: v.number(),
  to: v.number(),
  lines: v.array(v.strictObject({ key: v.string(), points: v.array(v.array(MaybeNumber)) })),
  sessions: v.array(v.strictObject({ account: v.string(), spans: v.array(v.array(v.number())) })),
  notes: v.array(v.strictObject({ id: v.string(), at: v.number(), text: v.string() })),
});

export const Cycles = v.strictObject({
  ...Head,
  cycles: v.array(v.strictObject({
    quota: v.string(),
    account: v.string(),
    startedAt: Instant,
    endedAt: MaybeInstant,
    resetsAt: MaybeInstant,
    peak: MaybeNumber,
    peakShare: MaybeNumber,
    limit: MaybeNumber,
    consumed: MaybeNumber,
    readings: Whole,
    lastAt: Instant,
    whole: v.boolean(),
    endedBy: v.array(v.picklist(EVIDENCE)),
  })),
  ...Next,
});

export const Sessions = v.strictObject({
  ...Head,
  sessions: v.array(v.strictObject({
    account: v.string(),
    startedAt: Instant,
    endedAt: MaybeInstant,
    lastRiseAt: Instant,
    readings: Whole,
    quotas: v.array(v.strictObject({
      quota: v.string(),
      startedAt: Instant,
      lastRiseAt: Instant,
      start: MaybeNumber,
      end: MaybeNumber,
      leftStart: MaybeNumber,
      leftEnd: MaybeNumber,
      consumed: v.number(),
    })),
  })),
  ...Next,
});

const FIGURE_UNITS = [...UNITS, "share", "change", "windows", "days", "tokens-per-request"] as const;

export const Insights = v.strictObject({
  ...Head,
  range: v.picklist(INSIGHT_RANGES),
  stats: v.array(v.strictObject({ value: v.string(), label: v.string(), sublabel: MaybeText })),
  insights: v.array(v.strictObject({
    key: v.string(),
    type: v.picklist(INSIGHT_RULES.map(({ type }) => type)),
    account: v.string(),
    quota: MaybeText,
    severity: Severity,
    title: v.string(),
    metric: v.string(),
    figure: v.strictObject({ value: v.number(), unit: v.picklist(FIGURE_UNITS) }),
    sublabel: v.string(),
    description: v.string(),
    evidence: v.array(v.strictObject({
      label: v.string(),
      value: v.string(),
      from: MaybeInstant,
      to: MaybeInstant,
      count: v.nullable(v.number()),
    })),
  })),
});

export const Forecasts = v.strictObject({
  ...Head,
  forecasts: v.array(v.strictObject({
    quota: v.string(),
    account: v.string(),
    label: v.string(),
    unit: UnitWord,
    currency: MaybeText,
    readAt: Instant,
    used: MaybeNumber,
    limit: MaybeNumber,
    resetsAt: MaybeInstant,
    ...ForecastWords,
    cyclePerHour: MaybeNumber,
    recentPerHour: MaybeNumber,
    basis: v.nullable(v.strictObject({ cycle: v.number(), recent: v.number(), past: v.number() })),
    ...ForecastFigures,
    pastCycles: Whole,
    pace: v.nullable(v.strictObject({
      expected: v.number(),
      delta: v.number(),
      stage: v.picklist([
        "on-track",
        "slightly-ahead",
        "ahead",
        "far-ahead",
        "slightly-behind",
        "behind",
        "far-behind",
      ]),
      lasts: v.boolean(),
      emptyInSeconds: v.nullable(v.pipe(v.number(), v.integer())),
      multiplier: MaybeNumber,
      workDays: Whole,
    })),
  })),
});

export const Settings = v.strictObject({
  timeZone: MaybeText,
  timeZoneInForce: v.string(),
  hiddenInsights: v.array(v.string()),
  display: Display,
  thresholds: v.strictObject({ warning: v.number(), critical: v.number() }),
  workDays: Whole,
  theme: Theme,
  density: Density,
  keepReadingsDays: v.nullable(Whole),
  accountOrder: v.array(v.string()),
  accounts: AccountsSet,
});

/** What a command prints, and how it ends. */
export const CommandAnswer = v.strictObject({
  exitCode: Whole,
  stdout: v.string(),
  stderr: v.string(),
  error: v.nullable(v.strictObject({ message: v.string(), hint: MaybeText })),
});

export const Account = v.strictObject({
  key: v.string(),
  provider: v.string(),
  name: v.string(),
  label: MaybeText,
  stored: v.boolean(),
  addedAt: MaybeInstant,
  settings: v.array(v.string()),
  source: MaybeText,
  polling: v.boolean(),
  hidden: v.boolean(),
  fingerprint: MaybeText,
  expiresAt: MaybeInstant,
  expired: v.boolean(),
  renewable: v.boolean(),
  refresh: v.nullable(v.array(v.picklist(["expired", "limited"]))),
  outcome: v.nullable(v.strictObject({
    kind: v.union([v.literal("ok"), Failure]),
    reason: v.nullable(v.literal("expired")),
    hint: MaybeText,
    at: Instant,
  })),
});

export const Accounts = v.strictObject({
  schemaVersion: v.number(),
  at: Instant,
  accounts: v.array(Account),
  providers: v.array(v.strictObject({
    id: v.string(),
    name: v.string(),
    settings: v.array(v.strictObject({ name: v.string(), secret: v.boolean(), help: v.string() })),
  })),
});

export const RemovedAccount = v.strictObject({ removed: v.string(), purged: v.boolean() });
