/** Per-minute rate limits and spend limits. */
import * as v from "valibot";
import type { ProviderContext } from "../../lib/provider/context.ts";
import {
  amountOrNull,
  computeRest,
  decode,
  instantOrNull,
  type KnownMembers,
  limitOrNull,
  orNull,
  slug,
  tidy,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import type { Reading, Unit } from "../../lib/model/quota.ts";
import { utcMonth } from "../../lib/provider_kit/pages.ts";
import {
  CALENDAR,
  countFigures,
  type Gathering,
  minuteReading,
  ONE_DAY,
  ONE_MINUTE,
  ONE_WEEK,
  withStart,
} from "../../lib/provider_kit/readings.ts";
import type { RequestTarget } from "../../lib/provider_kit/request_json.ts";
import { fetchPages, ORIGIN } from "./reports.ts";

const CEILINGS: Readonly<Record<string, readonly [quota: string, label: string, unit: Unit]>> = {
  requests_per_minute: ["requests-per-minute", "Requests per minute", "requests"],
  input_tokens_per_minute: ["input-tokens-per-minute", "Input tokens per minute", "tokens"],
  output_tokens_per_minute: ["output-tokens-per-minute", "Output tokens per minute", "tokens"],
};

/** Limits of another kind, such as the size of a queue. */
const NO_CEILINGS = ["enqueued_batch_requests"];

const Group = v.object({ type: orNull(v.string()), display_name: orNull(v.string()) });
const Ceilings = v.object({
  data: v.array(v.object({
    group: orNull(Group),
    group_type: orNull(v.string()),
    limits: v.array(v.object({ type: v.string(), value: limitOrNull })),
  })),
});

/** Returns the per-minute limits. The vendor does not say how much is used. */
export async function fetchCeilings(
  ctx: ProviderContext,
  party: RequestTarget,
  found: Gathering,
): Promise<readonly Reading[]> {
  const readings = new Map<string, Reading>();
  for (const page of await fetchPages(ctx, party, `${ORIGIN}/rate_limits?limit=1000`)) {
    for (const { group, group_type: type, limits } of decode(Ceilings, page).data) {
      const name = group?.display_name ?? group?.type ?? type ?? "";
      for (const one of limits) {
        const known = Object.hasOwn(CEILINGS, one.type) ? CEILINGS[one.type] : undefined;
        if (NO_CEILINGS.includes(one.type)) continue;
        if (!known || one.value === null) {
          found.drop(
            `rate_limits ${one.type.slice(0, 60)}`,
            known ? "no figure" : "an unknown kind of limit",
          );
          continue;
        }
        if (one.value === 0) continue;
        const [quota, label, unit] = known;
        const key = [quota, slug(name)].filter(Boolean).join("-");
        const before = readings.get(key)?.limit;
        if (before !== undefined && before !== null && before !== one.value) {
          found.drop(`${key} of ${Math.min(before, one.value)}`, "a higher limit of the same name is shown");
        }
        if ((before ?? -1) >= one.value) continue;
        readings.set(key, {
          quota: key,
          label: name === "" ? label : `${label} (${name.slice(0, 80)})`,
          unit,
          used: null,
          limit: one.value,
          remaining: null,
          window: ONE_MINUTE,
          resetsAt: null,
        });
      }
    }
  }
  return [...readings.values()];
}

const PERIODS = { daily: "Daily", weekly: "Weekly", monthly: "Monthly" } as const;
const SpendLimits = v.object({
  data: v.array(v.object({
    amount: limitOrNull,
    currency: v.optional(v.string(), "USD"),
    period: v.string(),
    period_to_date_spend: amountOrNull,
  })),
});

const KNOWN_LIMITS: KnownMembers = {
  data: {
    actor: true,
    amount: "figure",
    created_at: true,
    period_to_date_spend: "amount",
    scope: true,
    spend_limit_id: true,
    updated_at: true,
    workspace_id: true,
  },
  next_page: true,
};

/** Returns the spend limits; of several for one period, the one closest to exhaustion. */
export async function fetchSpendLimits(
  ctx: ProviderContext,
  party: RequestTarget,
  found: Gathering,
): Promise<readonly Reading[]> {
  const month = utcMonth(ctx.now());
  const day = Math.floor(ctx.now() / 86_400_000) * 86_400_000;
  const byPeriod = new Map<string, Reading>();
  for (const page of await fetchPages(ctx, party, `${ORIGIN}/spend_limits/effective`)) {
    for (const { what, why } of unknownFigures(page, KNOWN_LIMITS)) found.drop(`spend limits ${what}`, why);
    for (const row of decode(SpendLimits, page).data) {
      const label = Object.hasOwn(PERIODS, row.period) ? PERIODS[row.period as keyof typeof PERIODS] : null;
      if (label === null || row.currency.toUpperCase() !== "USD") {
        found.drop(
          `spend_limits ${row.period.slice(0, 60)}`,
          label === null ? "an unknown period" : "in a currency other than dollars",
        );
      }
      if (label === null || row.amount === null || row.currency.toUpperCase() !== "USD") continue;
      const limit = tidy(row.amount / 100);
      const used = row.period_to_date_spend === null ? null : tidy(row.period_to_date_spend / 100);
      const before = byPeriod.get(row.period);
      if (before && (before.used !== used || before.limit !== limit)) {
        found.drop(`spend_limits ${row.period}`, "another limit of the same period is fuller");
      }
      if (
        before && countFigures(before) >= countFigures({ used, limit, remaining: computeRest(limit, used) })
      ) {
        continue;
      }
      const reading: Reading = {
        quota: `spend-limit-${row.period}`,
        label: `${label} spend limit`,
        unit: "usd",
        used,
        limit,
        remaining: computeRest(limit, used),
        window: row.period === "monthly" ? CALENDAR : row.period === "weekly" ? ONE_WEEK : ONE_DAY,
        // The vendor does not say when a week begins.
        resetsAt: row.period === "monthly" ? month.end : row.period === "daily" ? day + 86_400_000 : null,
      };
      byPeriod.set(row.period, withStart(reading, month.start));
    }
  }
  return [...byPeriod.values()];
}

const HEADERS: readonly (readonly [header: string, quota: string, label: string, unit: Unit])[] = [
  ["requests", "requests-per-minute", "Requests per minute", "requests"],
  ["tokens", "tokens-per-minute", "Tokens per minute", "tokens"],
  ["input-tokens", "input-tokens-per-minute", "Input tokens per minute", "tokens"],
  ["output-tokens", "output-tokens-per-minute", "Output tokens per minute", "tokens"],
];

/** Returns the per-minute limits in the headers of a model call's response, which another program made. */
export function limitsFromHeaders(headers: Pick<Headers, "get">): readonly Reading[] {
  return HEADERS.flatMap(([name, quota, label, unit]) => {
    const get = (what: string) => headers.get(`anthropic-ratelimit-${name}-${what}`);
    const resetsAt = v.parse(instantOrNull, get("reset"));
    const pair = { limit: get("limit"), remaining: get("remaining") };
    return minuteReading(quota, label, unit, pair, resetsAt) ?? [];
  });
}
