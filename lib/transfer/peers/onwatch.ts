/**
 * The tracker of many vendors (onllm-dev/onwatch): the two tables of its predecessor, and for each further
 * vendor a table of snapshots with a table of their values.
 */
import type { Reading } from "../../model/quota.ts";
import type { PeerHistory, PeerPoll, PeerSource } from "./peer_source.ts";
import type { PeerDatabase } from "./peer_database.ts";
import {
  BALANCE,
  CALENDAR,
  counterReading,
  isUnreadable,
  nameAccounts,
  NO_FIGURE,
  parseId,
  parseNumber,
  parseText,
  type Row,
  shareReading,
  type SkippedRow,
  UNREADABLE,
} from "./peer_values.ts";
import { COUNTERS, HOURLY, LIMITS } from "./syntrack.ts";

/** Vendors with values in a separate table. */
const VENDORS = [
  "anthropic",
  "copilot",
  "codex",
  "antigravity",
  "minimax",
  "gemini",
  "cursor",
  "grok",
  "kimi",
] as const;

export function onwatchSources(db: PeerDatabase): PeerHistory {
  return {
    groups: [
      ...[COUNTERS, LIMITS, ...BALANCES].map((one) => [withAccounts(db, one)]),
      ...VENDORS.map((vendor) => [withAccounts(db, valuesSource(db, vendor))]),
    ],
    skippedTables: {
      ...HOURLY,
      api_integration_usage_events: "single calls; docs/custom.md shows how to log them",
    },
  };
}

function valuesSource(db: PeerDatabase, vendor: string): PeerSource {
  const values = [`${vendor}_quota_values`, `${vendor}_model_values`].find((table) => db.tables.has(table));
  return {
    table: `${vendor}_snapshots`,
    timeColumn: "captured_at",
    ...values !== undefined && { values: { table: values, column: "snapshot_id" } },
    read(row, rows): PeerPoll | string {
      if (values === undefined) return "no table with its values";
      if (rows.length === 0) return "no values";
      return {
        provider: vendor,
        name: "default",
        plan: parseText(row.plan_name) ?? parseText(row.plan_type) ?? parseText(row.copilot_plan) ??
          parseText(row.tier),
        readings: rows.map((value) => valueReading(value, row)),
      };
    },
  };
}

/** Returns the source with the rows of each account under its own name: they never share a history. */
function withAccounts(db: PeerDatabase, source: PeerSource): PeerSource {
  let names: ReadonlyMap<string, string> | undefined;
  return {
    ...source,
    read(row, values) {
      const poll = source.read(row, values);
      if (typeof poll === "string" || row.account_id === undefined) return poll;
      names ??= accountNames(db, source.table, poll.provider);
      return { ...poll, name: names.get(String(accountNumber(row))) ?? "default" };
    },
  };
}

/** By number; a single account is the default one. Rows of a removed account keep its number. */
function accountNames(db: PeerDatabase, table: string, vendor: string): ReadonlyMap<string, string> {
  const listed = db.tables.has("provider_accounts")
    ? [...db.rows("provider_accounts", ["id", "provider", "name"])].filter(({ provider }) =>
      provider === vendor
    )
    : [];
  const titles = new Map(listed.map(({ id, name }) => [Number(id), name]));
  for (const row of db.rows(table, ["account_id"])) {
    if (!titles.has(accountNumber(row))) titles.set(accountNumber(row), null);
  }
  const accounts = [...titles].map(([id, name]) => ({ id: String(id), name }));
  return accounts.length === 1 ? new Map([[accounts[0]!.id, "default"]]) : nameAccounts(accounts, "account");
}

/** Rows from before there were several accounts belong to the first. */
function accountNumber(row: Row): number {
  return parseNumber(row.account_id) ?? 1;
}

function valueReading(value: Row, snapshot: Row): Reading | SkippedRow {
  const name = parseText(value.quota_name) ?? parseText(value.model_id) ?? parseText(value.model_name);
  const quota = parseId(name);
  if (name === null || quota === null) return { left: "a value without a name" };
  const label = parseText(value.label) ?? parseText(value.display_name) ?? name.replaceAll("_", " ");
  const resetsAt = value.resets_at ?? value.reset_time ?? value.reset_at ?? snapshot.reset_date;
  if ("entitlement" in value) return readEntitlement(value, quota, label, resetsAt);
  if ("limit_value" in value && value.format !== "percent" && parseNumber(value.limit_value)) {
    const unit = value.format === "count" ? "requests" : "usd";
    const { used, limit_value: limit } = value;
    return counterReading({ quota, label, unit, window: CALENDAR, used, limit, resetsAt });
  }
  if ("total" in value && parseNumber(value.total)) {
    const { used, total: limit, remain: remaining } = value;
    return counterReading({
      quota,
      label,
      unit: "requests",
      window: CALENDAR,
      used,
      limit,
      remaining,
      resetsAt,
    });
  }
  return shareReading(quota, label, readPercent(value), resetsAt);
}

/** A remaining count; unlimited ones have no limit. */
function readEntitlement(value: Row, quota: string, label: string, resetsAt: unknown): Reading | SkippedRow {
  const [limit, remaining] = [parseNumber(value.entitlement), parseNumber(value.remaining)];
  if (isUnreadable(value.remaining)) return UNREADABLE;
  if (parseNumber(value.unlimited) || limit === null || remaining === null) return { left: "no limit" };
  const used = limit - remaining + (parseNumber(value.overage_count) ?? 0);
  return counterReading({
    quota,
    label,
    unit: "requests",
    window: CALENDAR,
    used: Math.max(0, used),
    limit,
    resetsAt,
  });
}

function readPercent(value: Row): number | null {
  for (const column of ["utilization", "usage_percent", "used_percent"]) {
    const used = parseNumber(value[column]);
    if (used !== null) return used;
  }
  const left = parseNumber(value.remaining_percent) ?? toPercent(parseNumber(value.remaining_fraction));
  return left === null ? null : 100 - left;
}

function toPercent(fraction: number | null): number | null {
  return fraction === null ? null : fraction * 100;
}

function balanceSource(vendor: string, read: (row: Row) => readonly (Reading | SkippedRow)[]): PeerSource {
  return {
    table: `${vendor}_snapshots`,
    timeColumn: "captured_at",
    read: (row) => ({ provider: vendor, name: "default", plan: null, readings: read(row) }),
  };
}

function readBalance(quota: string, value: unknown, currency: string): Reading | SkippedRow {
  const remaining = parseNumber(value);
  if (remaining === null) return isUnreadable(value) ? UNREADABLE : NO_FIGURE;
  const inDollars = currency === "USD";
  return {
    quota,
    label: `Balance (${currency})`,
    unit: inDollars ? "usd" : "credits",
    used: null,
    limit: null,
    remaining,
    window: BALANCE,
    resetsAt: null,
    ...inDollars ? {} : { currency },
  };
}

const BALANCES: readonly PeerSource[] = [
  balanceSource("openrouter", (row) => [
    row.credit_limit === null ? { left: "no limit" } : counterReading({
      quota: "key-limit",
      label: "Key limit",
      unit: "usd",
      window: CALENDAR,
      used: row.usage,
      limit: row.credit_limit,
      remaining: row.limit_remaining,
    }),
  ]),
  balanceSource("deepseek", (row) => {
    const currency = (parseText(row.currency) ?? "USD").toUpperCase();
    return [readBalance(`balance-${currency.toLowerCase()}`, row.total_balance ?? row.balance, currency)];
  }),
  balanceSource("moonshot", (row) => [
    readBalance(
      "balance",
      row.available_balance ?? row.balance,
      (parseText(row.currency) ?? "USD").toUpperCase(),
    ),
  ]),
];
