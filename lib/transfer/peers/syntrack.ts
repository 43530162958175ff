/** The tracker of two vendors (onllm-dev/syntrack): three counters of one, two limits of the other. */
import type { Reading, Window } from "../../model/quota.ts";
import type { PeerHistory, PeerSource } from "./peer_source.ts";
import {
  CALENDAR,
  counterReading,
  FIVE_HOURS,
  isUnreadable,
  ONE_DAY,
  ONE_HOUR,
  ONE_WEEK,
  parseNumber,
  type Row,
  shareReading,
  type SkippedRow,
  UNREADABLE,
} from "./peer_values.ts";

export function quotaSources(): PeerHistory {
  return { groups: [[COUNTERS], [LIMITS]], skippedTables: HOURLY };
}

/** Declared by the other program, but never filled. */
export const HOURLY = { zai_hourly_usage: "hourly sums are computed from the readings" };

const PARTS: readonly (readonly [prefix: string, quota: string, label: string, window: Window])[] = [
  ["sub", "subscription", "Subscription requests", FIVE_HOURS],
  ["search", "search", "Search", ONE_HOUR],
  ["tool", "tool-calls", "Tool calls", ONE_DAY],
];

export const COUNTERS: PeerSource = {
  table: "quota_snapshots",
  timeColumn: "captured_at",
  read(row) {
    // Early versions knew one vendor and had no column for it.
    const provider = row.provider ?? "synthetic";
    if (provider !== "synthetic") {
      return `unknown counters of the provider ${JSON.stringify(provider)}`;
    }
    return {
      provider: "synthetic",
      name: "default",
      plan: null,
      readings: PARTS.map(([prefix, quota, label, window]) =>
        counterReading({
          quota,
          label,
          unit: "requests",
          window,
          used: row[`${prefix}_requests`],
          limit: row[`${prefix}_limit`],
          resetsAt: row[`${prefix}_renews_at`],
        })
      ),
    };
  },
};

export const LIMITS: PeerSource = {
  table: "zai_snapshots",
  timeColumn: "captured_at",
  read: (row) => ({
    provider: "zai",
    name: "default",
    plan: null,
    readings: [
      limitReading(row, "tokens", tokensName(row), "tokens", row.tokens_next_reset),
      limitReading(
        row,
        "time",
        { quota: "tool-calls", label: "Tool calls (monthly)", window: CALENDAR },
        "requests",
        null,
      ),
    ],
  }),
};

interface Name {
  readonly quota: string;
  readonly label: string;
  readonly window: Window;
}

/** The vendor's unit 3 is hours, 6 is weeks. */
function tokensName(row: Row): Name {
  const isWeek = row.tokens_unit === 6;
  return isWeek
    ? { quota: "weekly", label: "Weekly quota", window: ONE_WEEK }
    : { quota: "five-hour", label: "5-hour quota", window: FIVE_HOURS };
}

/** `usage` is the budget, `current_value` the part used of it; some plans give only a share. */
function limitReading(
  row: Row,
  prefix: string,
  name: Name,
  unit: "tokens" | "requests",
  resetsAt: unknown,
): Reading | SkippedRow {
  const [budget, used, percent] = ["usage", "current_value", "percentage"].map((part) =>
    parseNumber(row[`${prefix}_${part}`])
  );
  if (isUnreadable(row[`${prefix}_current_value`])) return UNREADABLE;
  if (!budget && !used && percent) {
    return { ...shareReading(name.quota, name.label, percent, resetsAt), window: name.window };
  }
  return counterReading({ ...name, unit, used, limit: budget, resetsAt });
}
