/** What Cursor reports besides the period: requests of old plans, granted credits, and the bot. */
import * as v from "valibot";
import {
  badResponseError,
  computeRest,
  containsFigure,
  instantOrNull,
  isRecord,
  isStated,
  type KnownMembers,
  limitOrNull,
  member,
  slug,
} from "../../lib/provider_kit/decode.ts";
import {
  BALANCE,
  CALENDAR,
  type Gathering,
  ONE_WEEK,
  percentReading,
} from "../../lib/provider_kit/readings.ts";
import { amount, cents, isBrokenLimit, leftOut, percent, reportUnknownFigures } from "./figures.ts";

const Requests = v.object({ numRequests: amount, maxRequestUsage: limitOrNull });
const REQUESTS: KnownMembers = {
  startOfMonth: "instant",
  "*": {
    numRequests: true,
    numRequestsTotal: true,
    maxRequestUsage: true,
    numTokens: true,
    maxTokenUsage: true,
  },
};

/**
 * Reads old plans: requests by model; only those with a maximum are quotas.
 * @throws {ProviderError} `bad_response` when nothing is recognised
 */
export function addRequests(found: Gathering, body: unknown): void {
  if (!isRecord(body)) throw badResponseError("Cursor answered without any known requests", body);
  reportUnknownFigures(found, body, REQUESTS);
  const startedAt = v.parse(instantOrNull, body.startOfMonth);
  let isKnown = startedAt !== null;
  for (const [model, block] of Object.entries(body)) {
    const result = v.safeParse(Requests, block);
    if (!result.success || !Object.hasOwn(block as object, "numRequests")) continue;
    isKnown = true;
    const { numRequests: used, maxRequestUsage: limit } = result.output;
    const part = slug(model);
    if (limit === null) {
      if (isBrokenLimit(member(block, "maxRequestUsage"))) {
        found.drop(model.slice(0, 80), "its limit is not a number");
      }
      continue;
    }
    if (part === "" || (limit === 0 && !used)) continue;
    if (used === null) found.drop(model.slice(0, 80), "no number of requests");
    found.add({
      quota: `requests-${part}`,
      label: `Requests, ${model.slice(0, 80)}`,
      unit: "requests",
      used,
      limit,
      remaining: computeRest(limit, used),
      window: CALENDAR,
      ...startedAt === null ? { resetsAt: null } : { startedAt, resetsAt: monthAfter(startedAt) },
    }, model.slice(0, 80));
  }
  if (!isKnown) throw badResponseError("Cursor answered without any known requests", body);
}

/** Returns the same day of the next month, or its last one. */
export function monthAfter(at: number): number {
  const date = new Date(at);
  const month = date.getUTCMonth() + 1;
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  return Date.UTC(date.getUTCFullYear(), month, day) + at % 86_400_000;
}

const GRANTS: KnownMembers = { hasCreditGrants: true, totalCents: true, usedCents: true };

/** Adds granted credits: they are used up, and never reset. */
export function addGrants(found: Gathering, body: unknown): void {
  if (!isRecord(body) || body.hasCreditGrants === false) return;
  reportUnknownFigures(found, body, GRANTS);
  if (body.hasCreditGrants !== true) return reportMissing(found, body, GRANTS, "hasCreditGrants");
  const limit = v.parse(cents, body.totalCents);
  if (limit === null && isStated(body.totalCents)) found.drop("totalCents", "no amount");
  if (limit === null || limit === 0) return;
  const spent = body.usedCents === undefined
    ? leftOut(body, GRANTS, "zero")
    : v.parse(amount, body.usedCents);
  if (spent === null) found.drop("usedCents", "no amount");
  const used = spent === null ? null : spent / 100;
  found.add({
    quota: "credits",
    label: "Credit grants",
    unit: "usd",
    used,
    limit,
    remaining: computeRest(limit, used),
    window: BALANCE,
    resetsAt: null,
  });
}

/** Reports figures whose presence flag is missing: the vendor omits that flag only when there are none. */
function reportMissing(found: Gathering, body: unknown, known: KnownMembers, name: string): void {
  const figures = Object.entries(Object(body)).filter(([one]) => one !== name && Object.hasOwn(known, one));
  const isUsed = figures.some(([, value]) => containsFigure(value) && Number(value) > 0);
  if (isStated(member(body, name)) || isUsed) {
    found.drop(name, "the answer does not say whether there is any");
  }
}

const BOT: KnownMembers = {
  currentPeriodStart: true,
  nextResetTimestampUtc: "instant",
  usagePercent: true,
  hasAvailableUsage: true,
  hasNonZeroIncludedLimit: true,
};

export function addBot(found: Gathering, body: unknown): void {
  if (!isRecord(body) || body.hasNonZeroIncludedLimit === false) return;
  reportUnknownFigures(found, body, BOT);
  if (body.hasNonZeroIncludedLimit !== true) {
    return reportMissing(found, body, { usagePercent: true }, "hasNonZeroIncludedLimit");
  }
  const used = body.usagePercent === undefined
    ? leftOut(body, BOT, "zero")
    : v.parse(percent, body.usagePercent);
  if (used === null) found.drop("usagePercent", "no readable share");
  const resetsAt = v.parse(instantOrNull, body.nextResetTimestampUtc);
  const { hasAvailableUsage: allowed } = body;
  found.add({
    ...percentReading("grok-bot", "Weekly bot allowance", used, ONE_WEEK, resetsAt),
    ...typeof allowed === "boolean" ? { allowed } : {},
  });
}
