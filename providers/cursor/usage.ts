/** What Cursor says about a billing period, at the two places it can be asked, and on old plans by request. */
import * as v from "valibot";
import {
  badResponse,
  instantOrNull,
  isRecord,
  lenientNumber,
  limitOrNull,
  member,
  orNull,
  restOf,
  slug,
  usedOf,
} from "../../lib/provider_kit/decode.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { BALANCE, CALENDAR, ONE_WEEK, percentReading } from "../../lib/provider_kit/readings.ts";

/** How the vendor writes that there is no limit. */
const NO_LIMIT = 2_147_483_647;

export interface Period {
  readonly readings: readonly Reading[];
  /** Whether the plan counts requests, which are told elsewhere. */
  readonly isByRequest: boolean;
}

const percent = orNull(v.pipe(lenientNumber, v.minValue(0)));
const amount = orNull(v.pipe(lenientNumber, v.minValue(0)));
const cents = v.pipe(amount, v.transform((value) => value === null ? null : value / 100));
const centsLimit = v.pipe(
  limitOrNull,
  v.transform((value) => value === null || value >= NO_LIMIT ? null : value / 100),
);

/** The vendor leaves zeros out; what is there and cannot be read is not one. */
function zeroIfLeftOut(value: unknown, schema: typeof amount): number | null {
  return value === undefined ? 0 : v.parse(schema, value);
}

function isStated(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** What is stated under the first of these names; 0 where none is, unless a rest says what it must be. */
function spentIn(block: unknown, names: readonly string[], limit: number | null): number | null {
  const stated = names.map((name) => member(block, name)).find(isStated);
  if (stated !== undefined) return v.parse(amount, stated);
  const remaining = member(block, "remaining");
  if (remaining !== undefined) return usedOf(limit, v.parse(amount, remaining));
  return zeroIfLeftOut(names.map((name) => member(block, name)).find((value) => value !== undefined), amount);
}

/** When a period began and when it ends, as far as that is told. */
interface Bounds {
  readonly startedAt: number | null;
  readonly resetsAt: number | null;
}

function boundsOf(body: Readonly<Record<string, unknown>>): Bounds {
  return {
    startedAt: v.parse(instantOrNull, body.billingCycleStart),
    resetsAt: v.parse(instantOrNull, body.billingCycleEnd),
  };
}

/** The reading with the beginning of its period, by which alone its pace can be told. */
function within({ startedAt, resetsAt }: Bounds, reading: Reading): Reading {
  return startedAt === null || resetsAt === null || startedAt >= resetsAt
    ? reading
    : { ...reading, startedAt };
}

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
  const bounds = boundsOf(body);
  const spend = body.spendLimitUsage;
  const plan = planReadings(body.planUsage, false, bounds);
  return {
    readings: [
      ...plan.readings,
      ...spendReading("on-demand", {
        used: member(spend, "individualUsed"),
        limit: member(spend, "individualLimit"),
        remaining: member(spend, "individualRemaining"),
      }, bounds),
      ...spendReading("team-on-demand", {
        used: member(spend, "pooledUsed"),
        limit: member(spend, "pooledLimit"),
        remaining: member(spend, "pooledRemaining"),
      }, bounds),
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
  const bounds = boundsOf(body);
  const { individualUsage: own, teamUsage: team } = body;
  const plan = planReadings(member(own, "plan"), body.isUnlimited === true, bounds);
  return {
    readings: [
      ...plan.readings,
      ...spendReading("on-demand", member(own, "onDemand"), bounds),
      ...spendReading("team-on-demand", member(team, "onDemand") ?? member(team, "pooled"), bounds),
    ],
    isByRequest: plan.isByRequest,
  };
}

/** Members of a plan by one of which it is recognised. */
const PLAN_MEMBERS = [
  "enabled",
  "limit",
  "remaining",
  "includedSpend",
  "used",
  "totalSpend",
  "bonusSpend",
  "remainingBonus",
  "autoPercentUsed",
  "apiPercentUsed",
  "totalPercentUsed",
  "breakdown",
];

/**
 * The two pools the vendor's own page shows come first. Its total holds bonuses besides what is included, so where
 * there are pools it says nothing that anybody is stopped by.
 *
 * @throws {ProviderError} `bad_response` where the plan states things and none of them is known
 */
function planReadings(block: unknown, isUnlimited: boolean, bounds: Bounds): Period {
  if (block === undefined || block === null) return { readings: [], isByRequest: false };
  const names = isRecord(block) ? Object.keys(block) : [];
  if (isRecord(block) && names.length === 0) return { readings: [], isByRequest: false };
  if (!isRecord(block) || !names.some((name) => PLAN_MEMBERS.includes(name))) {
    throw badResponse("Cursor answered with a plan in which nothing is known", block);
  }
  const limit = v.parse(amount, block.limit);
  const pool = (name: string, quota: string, label: string): readonly Reading[] => {
    if (!isStated(block[name])) return [];
    return [
      within(
        bounds,
        percentReading(quota, label, v.parse(percent, block[name]), CALENDAR, bounds.resetsAt),
      ),
    ];
  };
  const pools = [
    ...pool("autoPercentUsed", "auto", "Auto and own models"),
    ...pool("apiPercentUsed", "api", "Models of others"),
  ];
  const isByRequest = !isUnlimited && limit === 0 && !isStated(block.totalPercentUsed);
  return { readings: [...pools, ...totalReading(block, limit, isUnlimited, bounds)], isByRequest };
}

/** Of included use and bonuses together. The amounts may read full while the pools, which count apart, are not. */
function totalReading(
  block: Readonly<Record<string, unknown>>,
  limit: number | null,
  isUnlimited: boolean,
  bounds: Bounds,
): readonly Reading[] {
  const share = block.totalPercentUsed;
  const hasLimit = limit !== null && limit > 0;
  if (!isUnlimited && !isStated(share) && !hasLimit) return [];
  const total = isStated(share) || !hasLimit
    ? zeroIfLeftOut(share, percent)
    : percentOf(spentIn(block, ["includedSpend", "used"], limit), limit);
  const reading = percentReading("total", "Total, bonus included", total, CALENDAR, bounds.resetsAt);
  return [within(bounds, isUnlimited ? { ...reading, limit: null, remaining: null } : reading)];
}

function percentOf(part: number | null, whole: number): number | null {
  return part === null ? null : Math.min(part / whole * 100, 1e9);
}

const Spend = v.object({ limit: centsLimit, remaining: cents });

const SPEND_LABELS = {
  "on-demand": "On-demand spend",
  "team-on-demand": "On-demand spend of the team",
} as const;

/** Spend beyond the plan, where it is on: none, one, never more. */
function spendReading(
  quota: keyof typeof SPEND_LABELS,
  block: unknown,
  bounds: Bounds,
): readonly Reading[] {
  const result = v.safeParse(Spend, block);
  const isTold = ["used", "limit", "remaining"].some((name) => isStated(member(block, name)));
  if (!result.success || !isTold || member(block, "enabled") === false) return [];
  const { limit } = result.output;
  const spent = spentIn(block, ["used"], limit === null ? null : limit * 100);
  const used = spent === null ? null : spent / 100;
  if (limit === 0 && used === 0) return [];
  return [within(bounds, {
    quota,
    label: SPEND_LABELS[quota],
    unit: "usd",
    used,
    limit,
    remaining: restOf(limit, used),
    window: CALENDAR,
    resetsAt: bounds.resetsAt,
  })];
}

const Requests = v.object({ numRequests: amount, maxRequestUsage: limitOrNull });

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
      ...startedAt === null ? { resetsAt: null } : { startedAt, resetsAt: monthAfter(startedAt) },
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

const Grants = v.object({ hasCreditGrants: v.literal(true), totalCents: cents });

/** Credits that were granted: used up, not reset. */
export function grantReading(body: unknown): Reading | null {
  const result = v.safeParse(Grants, body);
  if (!result.success) return null;
  const { totalCents: limit } = result.output;
  if (limit === null || limit === 0) return null;
  const spent = zeroIfLeftOut(member(body, "usedCents"), amount);
  const used = spent === null ? null : spent / 100;
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
  nextResetTimestampUtc: instantOrNull,
});

export function botReading(body: unknown): Reading | null {
  const result = v.safeParse(Bot, body);
  if (!result.success) return null;
  const { nextResetTimestampUtc } = result.output;
  return percentReading(
    "grok-bot",
    "Weekly bot allowance",
    zeroIfLeftOut(member(body, "usagePercent"), percent),
    ONE_WEEK,
    nextResetTimestampUtc,
  );
}
