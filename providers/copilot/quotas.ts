/** Decodes a Copilot seat's quotas: counters that count down, in two shapes that may both be present. */
import * as v from "valibot";
import { monthBefore } from "../../lib/provider_kit/calendar.ts";
import {
  badResponseError,
  computeUsed,
  instantOrNull,
  isRecord,
  isStated,
  type KnownMembers,
  lenientNumber,
  member,
  orNull,
  slug,
  tidy,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import { textAt } from "../../lib/provider_kit/login_file.ts";
import type { Reading, Unit } from "../../lib/model/quota.ts";
import type { Answer } from "../../lib/provider/contract.ts";
import {
  CALENDAR,
  createAnswer,
  createGathering,
  percentReading,
  withStart,
} from "../../lib/provider_kit/readings.ts";

const PREMIUM = "premium_interactions";
const LABELS: Readonly<Record<string, string>> = {
  [PREMIUM]: "Premium requests",
  chat: "Chat",
  completions: "Code completions",
};
const ORDER = ["premium-interactions", "chat", "completions"];

const SNAPSHOT = {
  entitlement: "figure",
  remaining: "figure",
  quota_remaining: "figure",
  percent_remaining: true,
  overage_count: true,
  quota_reset_at: "instant",
  timestamp_utc: true,
  // Lags behind.
  credits_used: true,
} as const;
const KNOWN: KnownMembers = {
  login: true,
  assigned_date: true,
  organization_login_list: true,
  organization_list: true,
  endpoints: true,
  analytics_tracking_id: true,
  quota_reset_date: "instant",
  quota_reset_date_utc: "instant",
  limited_user_reset_date: "instant",
  limited_user_quotas: { "*": "figure" },
  limited_user_subscribed_day: true,
  monthly_quotas: { "*": "figure" },
  quota_snapshots: { "*": SNAPSHOT },
};

/**
 * Decodes the readings, the paid ones first; none for a seat whose use is counted for its company.
 * @throws {ProviderError} `bad_response` when nothing is recognised
 */
export function quotaAnswer(body: unknown, more: Pick<Answer, "identity"> = {}): Answer {
  if (!isRecord(body)) throw badResponseError("GitHub answered with something other than an object", body);
  const plan = textAt(body, "copilot_plan") ?? textAt(body, "access_type_sku");
  const snapshots = parseList(body.quota_snapshots);
  const limited = parseList(body.limited_user_quotas);
  if (snapshots === null && limited === null && plan === undefined) {
    throw badResponseError("GitHub answered without any known quota", body);
  }
  const found = createGathering();
  for (const { what, why } of unknownFigures(body, KNOWN)) found.drop(what, why);
  const add = (what: string, reading: Reading | string | null) => {
    if (typeof reading === "string") found.drop(what.slice(0, 100), reading);
    // Every quota of a seat lasts a month.
    else if (reading) found.add(withStart(reading, monthBefore(reading.resetsAt)), what.slice(0, 100));
  };
  if (snapshots === "broken") found.drop("quota_snapshots", "no block of quotas");
  if (limited === "broken") found.drop("limited_user_quotas", "no block of quotas");
  const resetsAt = v.parse(instantOrNull, body.quota_reset_date_utc) ??
    v.parse(instantOrNull, body.quota_reset_date);
  const isCredits = isOn(body.token_based_billing);
  for (const [name, block] of Array.isArray(snapshots) ? snapshots : []) {
    add(`quota_snapshots.${name}`, snapshotReading(name, block, resetsAt, isCredits));
  }
  const limitedResetsAt = v.parse(instantOrNull, body.limited_user_reset_date);
  for (const [name, left] of Array.isArray(limited) ? limited : []) {
    add(
      `limited_user_quotas.${name}`,
      limitedReading(name, left, member(body.monthly_quotas, name), limitedResetsAt),
    );
  }
  for (const name of Object.keys(isRecord(body.monthly_quotas) ? body.monthly_quotas : {})) {
    if (Array.isArray(limited) && !limited.some(([one]) => one === name)) {
      found.drop(`monthly_quotas.${name.slice(0, 60)}`, "what is left of it is not reported");
    }
  }
  const readings = found.readings.toSorted((a, b) => rank(a.quota) - rank(b.quota));
  return createAnswer("GitHub", body, { readings, dropped: found.dropped }, {
    ...plan === undefined ? {} : { plan },
    ...more,
  });
}

function rank(quota: string): number {
  const index = ORDER.indexOf(quota);
  return index < 0 ? ORDER.length : index;
}

function parseList(value: unknown): readonly (readonly [string, unknown])[] | "broken" | null {
  if (value === undefined || value === null) return null;
  return isRecord(value) ? Object.entries(value) : "broken";
}

function isOn(value: unknown): boolean {
  return value === true || member(value, "enabled") === true;
}

/** How older responses write "no limit". */
const NO_LIMIT = -1;
const figure = orNull(lenientNumber);
const Snapshot = v.object({
  entitlement: figure,
  remaining: figure,
  // The same value, unrounded.
  quota_remaining: figure,
  percent_remaining: figure,
  unlimited: v.fallback(v.boolean(), false),
  overage_permitted: v.fallback(v.boolean(), false),
});

/** Returns the reading, null when the seat does not include the quota, or why there is none. */
function snapshotReading(
  name: string,
  block: unknown,
  resetsAt: number | null,
  isCredits: boolean,
): Reading | string | null {
  if (block === null) return null;
  const result = v.safeParse(Snapshot, block);
  if (!result.success) return "no block of figures";
  const { entitlement, percent_remaining: percent, unlimited } = result.output;
  // Use beyond the allowance is billed, so work continues.
  const verdict = result.output.overage_permitted ? { allowed: true } : {};
  const id = findName(name);
  if (id === null) return "no name";
  const unit: Unit = name === PREMIUM && isCredits ? "credits" : "requests";
  if (unlimited || entitlement === NO_LIMIT) {
    return {
      ...id,
      unit,
      used: 0,
      limit: null,
      remaining: null,
      window: CALENDAR,
      resetsAt,
      allowed: true,
    };
  }
  const left = computeLeft(result.output);
  if (entitlement === null) {
    if (percent === null && left !== null && left <= 0) {
      return { ...id, unit, used: null, limit: null, remaining: 0, window: CALENDAR, resetsAt, ...verdict };
    }
    if (percent === null) return "no figure";
    // A seat without its own figures shows an untouched allowance of 0.
    if (percent === 100 && left === 0) return "its allowance is not reported";
    if (percent > 100) return "more than all is left";
    return { ...percentReading(id.quota, id.label, 100 - percent, CALENDAR, resetsAt), ...verdict };
  }
  if (entitlement < 0) return "its allowance is below nothing";
  if (entitlement === 0 && (left === null || left >= 0)) return null;
  return { ...countReading(id, unit, entitlement, left, resetsAt), ...verdict };
}

/** Returns what is left; negative when more was used. */
function computeLeft(
  { entitlement, remaining, quota_remaining, percent_remaining }: v.InferOutput<typeof Snapshot>,
): number | null {
  const left = quota_remaining ?? remaining;
  if (entitlement === null || percent_remaining === null) return left;
  const byPercent = entitlement * percent_remaining / 100;
  // Counters stop at 0 while the percentage continues below it.
  return left === null || (percent_remaining < 0 && left >= 0) ? byPercent : left;
}

/** Reads the free plan: what is left, and the month's allowance. */
function limitedReading(
  name: string,
  left: unknown,
  total: unknown,
  resetsAt: number | null,
): Reading | string | null {
  const id = findName(name);
  const [remaining, limit] = [v.parse(figure, left), v.parse(figure, total)];
  if (remaining === null && limit === null) return isStated(left) || isStated(total) ? "no figure" : null;
  if (id === null) return "no name";
  if (limit === null || limit < 0) {
    return {
      ...id,
      unit: "requests",
      used: null,
      limit: null,
      remaining: remaining !== null && remaining < 0 ? null : remaining,
      window: CALENDAR,
      resetsAt,
    };
  }
  return limit === 0 && !remaining ? null : countReading(id, "requests", limit, remaining, resetsAt);
}

/** This vendor counts below 0 when use exceeds the allowance. */
function countReading(
  id: { readonly quota: string; readonly label: string },
  unit: Unit,
  limit: number,
  left: number | null,
  resetsAt: number | null,
): Reading {
  const used = computeUsed(limit, left);
  const remaining = left === null ? null : Math.max(0, tidy(left));
  return { ...id, unit, used, limit, remaining, window: CALENDAR, resetsAt };
}

function findName(name: string): { readonly quota: string; readonly label: string } | null {
  const quota = slug(name);
  if (quota === "") return null;
  const label = Object.hasOwn(LABELS, name) ? LABELS[name] : undefined;
  return { quota, label: label ?? name.slice(0, 80).replaceAll("_", " ") };
}
