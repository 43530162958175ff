/** What Cursor says about a billing period, at the two places it can be asked, and on old plans by request. */
import * as v from "valibot";
import {
  amountOrNull,
  badResponse,
  instantOrNull,
  isRecord,
  lenientNumber,
  limitOrNull,
  member,
  orNull,
  restOf,
  slug,
} from "../../lib/decode.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { BALANCE, CALENDAR, ONE_WEEK, percentReading } from "../../lib/readings.ts";

/** How the vendor writes that there is no limit. */
const NO_LIMIT = 2_147_483_647;

export interface Period {
  readonly readings: readonly Reading[];
  /** Whether the plan counts requests, which are told elsewhere. */
  readonly isByRequest: boolean;
}

const percent = orNull(lenientNumber);
const cents = v.pipe(amountOrNull, v.transform((value) => value === null ? null : value / 100));
const centsLimit = v.pipe(
  limitOrNull,
  v.transform((value) => value === null || value >= NO_LIMIT ? null : value / 100),
);

const Plan = v.object({
  limit: amountOrNull,
  remaining: amountOrNull,
  // One or the other, by the place that is asked.
  includedSpend: amountOrNull,
  used: amountOrNull,
  autoPercentUsed: percent,
  apiPercentUsed: percent,
  totalPercentUsed: percent,
});

/**
 * The period as the editor sees it. Zeros are left out of the answer.
 * @throws {ProviderError} `bad_response` where nothing is recognised
 */
export function periodOf(body: unknown): Period {
  const known = ["planUsage", "spendLimitUsage", "billingCycleStart", "billingCycleEnd"];
  const isOff = member(body, "enabled") === false;
  if (!isRecord(body) || (!isOff && !known.some((name) => Object.hasOwn(body, name)))) {
    throw badResponse("Cursor answered with no period that is known", body);
  }
  const resetsAt = v.parse(instantOrNull, body.billingCycleEnd);
  const spend = body.spendLimitUsage;
  const plan = planReadings(body.planUsage, false, resetsAt);
  return {
    readings: [
      ...plan.readings,
      ...spendReading("on-demand", {
        used: member(spend, "individualUsed"),
        limit: member(spend, "individualLimit"),
        remaining: member(spend, "individualRemaining"),
      }, resetsAt),
      ...spendReading("team-on-demand", {
        used: member(spend, "pooledUsed"),
        limit: member(spend, "pooledLimit"),
        remaining: member(spend, "pooledRemaining"),
      }, resetsAt),
    ],
    isByRequest: plan.isByRequest,
  };
}

/**
 * The period as the web page sees it.
 * @throws {ProviderError} `bad_response` where nothing is recognised
 */
export function summaryOf(body: unknown): Period {
  const known = ["individualUsage", "teamUsage", "billingCycleEnd"];
  if (!isRecord(body) || !known.some((name) => Object.hasOwn(body, name))) {
    throw badResponse("Cursor answered with no summary that is known", body);
  }
  const resetsAt = v.parse(instantOrNull, body.billingCycleEnd);
  const { individualUsage: own, teamUsage: team } = body;
  const plan = planReadings(member(own, "plan"), body.isUnlimited === true, resetsAt);
  return {
    readings: [
      ...plan.readings,
      ...spendReading("on-demand", member(own, "onDemand"), resetsAt),
      ...spendReading("team-on-demand", member(team, "onDemand") ?? member(team, "pooled"), resetsAt),
    ],
    isByRequest: plan.isByRequest,
  };
}

function planReadings(block: unknown, isUnlimited: boolean, resetsAt: number | null): Period {
  const result = v.safeParse(Plan, block);
  if (!result.success) return { readings: [], isByRequest: false };
  const plan = result.output;
  const { totalPercentUsed: share, limit, autoPercentUsed, apiPercentUsed } = plan;
  const spent = plan.includedSpend ?? plan.used ?? restOf(limit, plan.remaining) ?? 0;
  // The amounts may read full while the pools, which count apart, are not.
  const total = share ?? (limit !== null && limit > 0 ? Math.min(spent / limit * 100, 1e9) : null);
  const readings: Reading[] = [];
  if (isUnlimited || total !== null) {
    const reading = percentReading("total", "Included usage", total ?? 0, CALENDAR, resetsAt);
    readings.push(isUnlimited ? { ...reading, limit: null, remaining: null } : reading);
  }
  if (autoPercentUsed !== null) {
    readings.push(percentReading("auto", "Auto and own models", autoPercentUsed, CALENDAR, resetsAt));
  }
  if (apiPercentUsed !== null) {
    readings.push(percentReading("api", "Models of others", apiPercentUsed, CALENDAR, resetsAt));
  }
  return { readings, isByRequest: !isUnlimited && limit === 0 && share === null };
}

const Spend = v.object({ used: cents, limit: centsLimit, remaining: cents });

const SPEND_LABELS = {
  "on-demand": "On-demand spend",
  "team-on-demand": "On-demand spend of the team",
} as const;

/** Spend beyond the plan, where it is on: none, one, never more. */
function spendReading(
  quota: keyof typeof SPEND_LABELS,
  block: unknown,
  resetsAt: number | null,
): readonly Reading[] {
  const result = v.safeParse(Spend, block);
  const isTold = ["used", "limit", "remaining"].some((name) => (member(block, name) ?? null) !== null);
  if (!result.success || !isTold || member(block, "enabled") === false) return [];
  const { limit, remaining } = result.output;
  const used = result.output.used ?? restOf(limit, remaining) ?? 0;
  if (limit === 0 && used === 0) return [];
  return [{
    quota,
    label: SPEND_LABELS[quota],
    unit: "usd",
    used,
    limit,
    remaining: restOf(limit, used),
    window: CALENDAR,
    resetsAt,
  }];
}

const Requests = v.object({ numRequests: amountOrNull, maxRequestUsage: limitOrNull });

/**
 * Old plans: requests by model, of which only those with a maximum are quotas.
 * @throws {ProviderError} `bad_response` where nothing is recognised
 */
export function requestReadings(body: unknown): readonly Reading[] {
  if (!isRecord(body)) throw badResponse("Cursor answered with no requests that are known", body);
  const startedAt = v.parse(instantOrNull, body.startOfMonth);
  const found = new Map<string, Reading>();
  let isKnown = startedAt !== null;
  for (const [model, block] of Object.entries(body)) {
    const result = v.safeParse(Requests, block);
    if (!result.success || !Object.hasOwn(block as object, "numRequests")) continue;
    isKnown = true;
    const { numRequests: used, maxRequestUsage: limit } = result.output;
    const part = slug(model);
    if (limit === null || part === "" || found.has(part) || (limit === 0 && !used)) continue;
    found.set(part, {
      quota: `requests-${part}`,
      label: `Requests, ${model.slice(0, 80)}`,
      unit: "requests",
      used,
      limit,
      remaining: restOf(limit, used),
      window: CALENDAR,
      resetsAt: startedAt === null ? null : monthAfter(startedAt),
    });
  }
  if (!isKnown) throw badResponse("Cursor answered with no requests that are known", body);
  return [...found.values()];
}

/** The same day of the next month, or its last one. */
export function monthAfter(at: number): number {
  const date = new Date(at);
  const month = date.getUTCMonth() + 1;
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  return Date.UTC(date.getUTCFullYear(), month, day) + at % 86_400_000;
}

const Grants = v.object({ hasCreditGrants: v.literal(true), totalCents: cents, usedCents: cents });

/** Credits that were granted: used up, not reset. */
export function grantReading(body: unknown): Reading | null {
  const result = v.safeParse(Grants, body);
  if (!result.success) return null;
  const { totalCents: limit, usedCents } = result.output;
  if (limit === null || limit === 0) return null;
  const used = usedCents ?? 0;
  return {
    quota: "credits",
    label: "Credit grants",
    unit: "usd",
    used,
    limit,
    remaining: restOf(limit, used),
    window: BALANCE,
    resetsAt: null,
  };
}

const Bot = v.object({
  hasNonZeroIncludedLimit: v.literal(true),
  usagePercent: percent,
  nextResetTimestampUtc: instantOrNull,
});

export function botReading(body: unknown): Reading | null {
  const result = v.safeParse(Bot, body);
  if (!result.success) return null;
  const { usagePercent, nextResetTimestampUtc } = result.output;
  // Zeros are left out of the answer.
  return percentReading(
    "grok-bot",
    "Weekly bot allowance",
    usagePercent ?? 0,
    ONE_WEEK,
    nextResetTimestampUtc,
  );
}
