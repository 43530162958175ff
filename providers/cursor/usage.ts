/** Decodes a billing period of Cursor, from either of its two APIs. */
import * as v from "valibot";
import {
  badResponseError,
  computeRest,
  computeUsed,
  instantOrNull,
  isRecord,
  isStated,
  type KnownMembers,
  limitOrNull,
  member,
  slug,
} from "../../lib/provider_kit/decode.ts";
import type { Dropped, Reading } from "../../lib/model/quota.ts";
import { CALENDAR, type Gathering, percentReading, withStart } from "../../lib/provider_kit/readings.ts";
import {
  amount,
  cents,
  isBrokenLimit,
  type LeftOut,
  leftOut,
  percent,
  reportUnknownFigures,
} from "./figures.ts";

/** How the vendor writes "no limit". */
const NO_LIMIT = 2_147_483_647;
const centsLimit = v.pipe(
  limitOrNull,
  v.transform((value) => value === null || value >= NO_LIMIT ? null : value / 100),
);

const PLAN = {
  enabled: true,
  limit: true,
  remaining: true,
  includedSpend: true,
  used: true,
  totalSpend: true,
  bonusSpend: true,
  remainingBonus: true,
  autoPercentUsed: true,
  apiPercentUsed: true,
  totalPercentUsed: true,
  breakdown: true,
} as const;
const SPEND = { enabled: true, used: true, limit: true, remaining: true } as const;
const EDITORS_WAY: KnownMembers = {
  billingCycleStart: "instant",
  billingCycleEnd: "instant",
  displayThreshold: true,
  planUsage: PLAN,
  spendLimitUsage: {
    totalSpend: true,
    limitType: true,
    individualLimit: true,
    individualUsed: true,
    individualRemaining: true,
    pooledLimit: true,
    pooledUsed: true,
    pooledRemaining: true,
  },
};
const WEB_WAY: KnownMembers = {
  billingCycleStart: "instant",
  billingCycleEnd: "instant",
  // The individual parts of the sum.
  individualUsage: { plan: PLAN, onDemand: SPEND, overall: true },
  teamUsage: { onDemand: SPEND, pooled: SPEND },
};

/**
 * Returns the figure under the first of these names, or computes it
 * from what is left; otherwise the value of a missing figure.
 */
function spentIn(
  block: unknown,
  names: readonly string[],
  limit: number | null,
  missing: 0 | null,
): number | null {
  const values = names.map((name) => member(block, name));
  const stated = values.find(isStated);
  if (stated !== undefined) return v.parse(amount, stated);
  const remaining = member(block, "remaining");
  if (remaining !== undefined) return computeUsed(limit, v.parse(amount, remaining));
  return values.every((value) => value === undefined) ? missing : null;
}

/** When a period began and ends, if stated. */
interface Bounds {
  readonly startedAt: number | null;
  readonly resetsAt: number | null;
}

function readBounds(body: Readonly<Record<string, unknown>>): Bounds {
  return {
    startedAt: v.parse(instantOrNull, body.billingCycleStart),
    resetsAt: v.parse(instantOrNull, body.billingCycleEnd),
  };
}

/**
 * Decodes the period from the editor's API, which omits zeros. Returns true when the plan counts requests,
 * which another call reports.
 *
 * @throws {ProviderError} `bad_response` when nothing is recognised, or nothing in it is readable
 */
export function addPeriod(found: Gathering, body: unknown): boolean {
  const known = ["planUsage", "spendLimitUsage", "billingCycleStart", "billingCycleEnd"];
  const isOff = member(body, "enabled") === false;
  if (!isRecord(body) || (!isOff && !known.some((name) => Object.hasOwn(body, name)))) {
    throw badResponseError("Cursor answered without a known period", body);
  }
  const bounds = readBounds(body);
  reportUnknownFigures(found, body, EDITORS_WAY);
  const spend = body.spendLimitUsage;
  const missing = leftOut(spend, EDITORS_WAY.spendLimitUsage as KnownMembers, "zero");
  const isByRequest = addPlan(found, body.planUsage, { isUnlimited: false, bounds, what: "zero" });
  for (const [quota, part] of [["on-demand", "individual"], ["team-on-demand", "pooled"]] as const) {
    const [used, limit, remaining] = ["Used", "Limit", "Remaining"].map((name) => member(spend, part + name));
    addSpend(found, quota, { used, limit, remaining }, bounds, missing);
  }
  refuseUnread(found, body, isByRequest);
  return isByRequest;
}

/** Rejects a period without a single readable figure: another API may know more. */
function refuseUnread(found: Gathering, body: unknown, isByRequest: boolean): void {
  if (found.readings.length > 0 || found.dropped.length === 0 || isByRequest) return;
  const [first] = found.dropped as readonly [Dropped];
  throw badResponseError(`Cursor answered in an unknown format: "${first.what}" (${first.why})`, body);
}

/**
 * Decodes the period from the web page's API; otherwise like `addPeriod`.
 * @throws {ProviderError} `bad_response` when nothing is recognised, or nothing in it is readable
 */
export function addSummary(found: Gathering, body: unknown): boolean {
  const known = ["individualUsage", "teamUsage", "billingCycleEnd"];
  if (!isRecord(body) || !known.some((name) => Object.hasOwn(body, name))) {
    throw badResponseError("Cursor answered without a known summary", body);
  }
  const bounds = readBounds(body);
  const { individualUsage: own, teamUsage: team } = body;
  reportUnknownFigures(found, body, WEB_WAY);
  const isUnlimited = body.isUnlimited === true;
  const isByRequest = addPlan(found, member(own, "plan"), { isUnlimited, bounds, what: "unknown" });
  addSpend(found, "on-demand", member(own, "onDemand"), bounds, null);
  addSpend(found, "team-on-demand", member(team, "onDemand") ?? member(team, "pooled"), bounds, null);
  refuseUnread(found, body, isByRequest);
  return isByRequest;
}

interface PlanContext {
  readonly isUnlimited: boolean;
  readonly bounds: Bounds;
  readonly what: LeftOut;
}

const POOLS: readonly (readonly [name: string, quota: string, label: string])[] = [
  ["autoPercentUsed", "auto", "Auto and own models"],
  ["apiPercentUsed", "api", "Models of others"],
];

/** Lists pools with unknown names, in the form of those that are known. They are reported anyway. */
function otherPools(names: readonly string[]): typeof POOLS {
  return names.filter((name) => !Object.hasOwn(PLAN, name)).flatMap((name) => {
    const part = /^(\w{1,40})PercentUsed$/.exec(name)?.[1];
    if (part === undefined) return [];
    const words = part.replace(/([a-z])(?=[A-Z0-9])/g, "$1 ").toLowerCase();
    return [[name, slug(`pool ${words}`), `Pool ${words}`] as const];
  });
}

/**
 * Adds the two pools first, as the vendor's own page does. Its total includes bonuses beside the included
 * use, so next to pools it is not a limit that stops work.
 *
 * @throws {ProviderError} `bad_response` when the plan states figures and none of them is known
 */
function addPlan(found: Gathering, block: unknown, context: PlanContext): boolean {
  if (block === undefined || block === null) return false;
  const names = isRecord(block) ? Object.keys(block) : [];
  if (isRecord(block) && names.length === 0) return false;
  if (!isRecord(block) || !names.some((name) => Object.hasOwn(PLAN, name))) {
    throw badResponseError("Cursor answered with a plan without any known field", block);
  }
  const { isUnlimited, bounds } = context;
  for (const [name, quota, label] of [...POOLS, ...otherPools(names)]) {
    if (!isStated(block[name])) continue;
    const used = v.parse(percent, block[name]);
    if (used === null) found.drop(name, "no readable share");
    const reading = percentReading(quota, label, used, CALENDAR, bounds.resetsAt);
    found.add(withStart(reading, bounds.startedAt), name);
  }
  const limit = v.parse(amount, block.limit);
  if (limit === null && isStated(block.limit)) found.drop("limit of the plan", "no amount");
  const total = totalReading(block, limit, context, found.readings.some(({ used }) => used !== null));
  if (total?.used === null) found.drop("totalPercentUsed", "no readable share");
  if (total) found.add(total, "totalPercentUsed");
  return !isUnlimited && limit === 0 && !isStated(block.totalPercentUsed);
}

/**
 * Returns the total of included use and bonuses. The amounts may show full while the pools, which count
 * separately, do not, so next to pools they say nothing about a missing total.
 */
function totalReading(
  block: Readonly<Record<string, unknown>>,
  limit: number | null,
  { isUnlimited, bounds, what }: PlanContext,
  hasPools: boolean,
): Reading | undefined {
  const share = block.totalPercentUsed;
  const hasLimit = limit !== null && limit > 0;
  if (!isStated(share) && (hasPools || (!isUnlimited && !hasLimit))) return undefined;
  const missing = share === undefined ? leftOut(block, PLAN, isUnlimited ? "zero" : what) : null;
  const total = isStated(share)
    ? v.parse(percent, share)
    : hasLimit
    ? computePercent(spentIn(block, ["includedSpend", "used"], limit, missing), limit)
    : missing;
  const reading = percentReading("total", "Total, bonus included", total, CALENDAR, bounds.resetsAt);
  return withStart(
    isUnlimited ? { ...reading, limit: null, remaining: null } : reading,
    bounds.startedAt,
  );
}

function computePercent(part: number | null, whole: number): number | null {
  return part === null ? null : Math.min(part / whole * 100, 1e9);
}

const Spend = v.object({ limit: centsLimit, remaining: cents });

const SPEND_LABELS = {
  "on-demand": "On-demand spend",
  "team-on-demand": "On-demand spend of the team",
} as const;

/** Adds spend beyond the plan, when it is on: one reading at most. */
function addSpend(
  found: Gathering,
  quota: keyof typeof SPEND_LABELS,
  block: unknown,
  bounds: Bounds,
  missing: 0 | null,
): void {
  if (!isStated(block)) return;
  if (!isRecord(block)) return found.drop(SPEND_LABELS[quota], "no block of figures");
  const isTold = ["used", "limit", "remaining"].some((name) => isStated(block[name]));
  if (!isTold || block.enabled === false) return;
  const { limit, remaining } = v.parse(Spend, block);
  const spent = spentIn(block, ["used"], limit === null ? null : limit * 100, missing);
  const used = spent === null ? null : spent / 100;
  if (used === null) found.drop(SPEND_LABELS[quota], "no amount that was used");
  if (limit === null && isBrokenLimit(block.limit)) {
    found.drop(SPEND_LABELS[quota], "its limit is not an amount");
    // Without a limit it would look unlimited.
    if (remaining !== 0) return;
  }
  if (limit === 0 && used === 0) return;
  found.add(
    withStart({
      quota,
      label: SPEND_LABELS[quota],
      unit: "usd",
      used,
      limit,
      remaining: computeRest(limit, used) ?? remaining,
      window: CALENDAR,
      resetsAt: bounds.resetsAt,
    }, bounds.startedAt),
  );
}
