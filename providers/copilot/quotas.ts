/** What GitHub says about a Copilot seat: counters that count down, in two shapes that may both be there. */
import * as v from "valibot";
import {
  badResponse,
  instantOrNull,
  isRecord,
  lenientNumber,
  member,
  orNull,
  slug,
  tidy,
} from "../../lib/decode.ts";
import { textAt } from "../../lib/login_file.ts";
import type { Reading, Unit } from "../../lib/model/quota.ts";
import type { Answer } from "../../lib/provider.ts";
import { CALENDAR, percentReading } from "../../lib/readings.ts";

const PREMIUM = "premium_interactions";
const LABELS: Readonly<Record<string, string>> = {
  [PREMIUM]: "Premium requests",
  chat: "Chat",
  completions: "Code completions",
};
const ORDER = ["premium-interactions", "chat", "completions"];

/**
 * The readings, those that cost first; none for a seat whose use is counted for its company.
 * @throws {ProviderError} `bad_response` where nothing is recognised
 */
export function quotaAnswer(body: unknown): Answer {
  if (!isRecord(body)) throw badResponse("GitHub answered with something else than an object", body);
  const plan = textAt(body, "copilot_plan") ?? textAt(body, "access_type_sku");
  const found = new Map<string, Reading>();
  let isBroken = false;
  const add = (reading: Reading | "broken" | null) => {
    if (reading === "broken") isBroken = true;
    else if (reading && !found.has(reading.quota)) found.set(reading.quota, reading);
  };
  const snapshots = listOf(body.quota_snapshots);
  const limited = listOf(body.limited_user_quotas);
  if (snapshots === "broken" || limited === "broken") isBroken = true;
  const resetsAt = v.parse(instantOrNull, body.quota_reset_date_utc) ??
    v.parse(instantOrNull, body.quota_reset_date);
  const isCredits = isOn(body.token_based_billing);
  for (const [name, block] of Array.isArray(snapshots) ? snapshots : []) {
    add(snapshotReading(name, block, resetsAt, isCredits));
  }
  const limitedResetsAt = v.parse(instantOrNull, body.limited_user_reset_date);
  for (const [name, left] of Array.isArray(limited) ? limited : []) {
    add(limitedReading(name, left, member(body.monthly_quotas, name), limitedResetsAt));
  }
  if (found.size === 0 && (isBroken || (snapshots === null && limited === null && plan === undefined))) {
    throw badResponse("GitHub answered with no quota that is known", body);
  }
  const readings = [...found.values()].toSorted((a, b) => rank(a.quota) - rank(b.quota));
  return plan === undefined ? { readings } : { readings, plan };
}

function rank(quota: string): number {
  const index = ORDER.indexOf(quota);
  return index < 0 ? ORDER.length : index;
}

function listOf(value: unknown): readonly (readonly [string, unknown])[] | "broken" | null {
  if (value === undefined || value === null) return null;
  return isRecord(value) ? Object.entries(value) : "broken";
}

function isOn(value: unknown): boolean {
  return value === true || member(value, "enabled") === true;
}

const figure = orNull(lenientNumber);
const Snapshot = v.object({
  entitlement: figure,
  remaining: figure,
  // The same, but exact.
  quota_remaining: figure,
  percent_remaining: figure,
  unlimited: v.fallback(v.boolean(), false),
});

function snapshotReading(
  name: string,
  block: unknown,
  resetsAt: number | null,
  isCredits: boolean,
): Reading | "broken" | null {
  if (block === null) return null;
  const result = v.safeParse(Snapshot, block);
  if (!result.success) return "broken";
  const { entitlement, percent_remaining: percent, unlimited } = result.output;
  const id = nameOf(name);
  if (id === null) return null;
  const unit: Unit = name === PREMIUM && isCredits ? "credits" : "requests";
  if (unlimited || (entitlement !== null && entitlement < 0)) {
    return { ...id, unit, used: 0, limit: null, remaining: null, window: CALENDAR, resetsAt };
  }
  const left = leftOf(result.output);
  if (entitlement === null) {
    return percent === null
      ? "broken"
      : percentReading(id.quota, id.label, 100 - percent, CALENDAR, resetsAt);
  }
  // A seat without figures of its own shows an allowance of nothing, untouched.
  if (entitlement === 0 && (left === null || left >= 0)) return null;
  return countReading(id, unit, entitlement, left, resetsAt);
}

/** What is left, below nothing where more was used. */
function leftOf(
  { entitlement, remaining, quota_remaining, percent_remaining }: v.InferOutput<typeof Snapshot>,
): number | null {
  const left = quota_remaining ?? remaining;
  if (entitlement === null || percent_remaining === null) return left;
  const byPercent = entitlement * percent_remaining / 100;
  // Counters stop at nothing where the percentage goes on.
  return left === null || (percent_remaining < 0 && left >= 0) ? byPercent : left;
}

/** The free plan: what is left, beside what there is in a month. */
function limitedReading(
  name: string,
  left: unknown,
  total: unknown,
  resetsAt: number | null,
): Reading | "broken" | null {
  const id = nameOf(name);
  const [remaining, limit] = [v.parse(figure, left), v.parse(figure, total)];
  if (id === null || (remaining === null && limit === null)) return id === null ? null : "broken";
  if (limit === null || limit < 0) {
    return {
      ...id,
      unit: "requests",
      used: null,
      limit: null,
      remaining: atLeastNothing(remaining),
      window: CALENDAR,
      resetsAt,
    };
  }
  return limit === 0 && !remaining ? null : countReading(id, "requests", limit, remaining, resetsAt);
}

function countReading(
  id: { readonly quota: string; readonly label: string },
  unit: Unit,
  limit: number,
  left: number | null,
  resetsAt: number | null,
): Reading {
  const used = left === null ? null : Math.max(0, tidy(limit - left));
  return { ...id, unit, used, limit, remaining: atLeastNothing(left), window: CALENDAR, resetsAt };
}

function atLeastNothing(value: number | null): number | null {
  return value === null ? null : Math.max(0, tidy(value));
}

function nameOf(name: string): { readonly quota: string; readonly label: string } | null {
  const quota = slug(name);
  if (quota === "") return null;
  const label = Object.hasOwn(LABELS, name) ? LABELS[name] : undefined;
  return { quota, label: label ?? name.slice(0, 80).replaceAll("_", " ") };
}
