/** What the usage endpoint of a Claude subscription says: windows by name, a newer list of limits, and extra spend. */
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
import { textAt } from "../../lib/login_file.ts";
import type { Reading, Window } from "../../lib/model/quota.ts";
import { CALENDAR, FIVE_HOURS, ONE_WEEK, percentReading } from "../../lib/readings.ts";

/** Members that are no windows. */
const OTHERS = ["extra_usage", "limits", "spend"];
const KNOWN = /^(?:five_hour|seven_day(?:_\w+)?|extra_usage|limits)$/;
const ORDER = ["five-hour", "seven-day"];
const LAST = "extra-usage";

/**
 * The readings, the session first; none where no window applies to the plan.
 * @throws {ProviderError} `bad_response` where nothing is recognised
 */
export function usageReadings(body: unknown): readonly Reading[] {
  if (!isRecord(body)) throw badResponse("Anthropic answered with something else than an object", body);
  const found = new Map<string, Reading>();
  let isBroken = false;
  const add = (reading: Reading | "broken" | null) => {
    if (reading === "broken") isBroken = true;
    else if (reading && !found.has(reading.quota)) found.set(reading.quota, reading);
  };
  for (const [name, value] of Object.entries(body)) {
    if (!OTHERS.includes(name) && isRecord(value) && Object.hasOwn(value, "utilization")) {
      add(windowReading(nameOf(name), value.utilization, value.resets_at));
    }
  }
  const limits = Array.isArray(body.limits) ? body.limits : [];
  for (const limit of limits) add(limitReading(limit));
  add(extraUsage(body.extra_usage));
  if (found.size === 0 && (isBroken || !Object.keys(body).some((name) => KNOWN.test(name)))) {
    throw badResponse("Anthropic answered with no window that is known", body);
  }
  return [...found.values()].toSorted((a, b) => rank(a.quota) - rank(b.quota));
}

function rank(quota: string): number {
  const index = ORDER.indexOf(quota);
  return index >= 0 ? index : quota === LAST ? ORDER.length + 1 : ORDER.length;
}

interface Name {
  readonly quota: string;
  readonly label: string;
  readonly window: Window;
}

export const SESSION: Name = { quota: "five-hour", label: "5-hour session", window: FIVE_HOURS };
export const WEEK: Name = { quota: "seven-day", label: "Weekly, all models", window: ONE_WEEK };

/** Windows come and go under names nobody announces, so unknown ones are shown by them. */
function nameOf(name: string): Name | null {
  if (name === "five_hour") return SESSION;
  if (name === "seven_day") return WEEK;
  if (name.startsWith("seven_day_")) return weekOf(name.slice("seven_day_".length));
  const quota = slug(name);
  if (quota === "" || quota === LAST) return null;
  const words = name.slice(0, 80).replaceAll("_", " ");
  return { quota, label: words, window: name.startsWith("five_hour") ? FIVE_HOURS : CALENDAR };
}

function weekOf(what: string): Name | null {
  const part = slug(what);
  if (part === "") return null;
  const words = what.slice(0, 80).replaceAll("_", " ").trim();
  const label = `Weekly, ${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return { quota: `seven-day-${part}`, label, window: ONE_WEEK };
}

/** One window of which nothing is stated does not apply to the plan. */
function windowReading(
  name: Name | null,
  utilization: unknown,
  resetsAt: unknown,
): Reading | "broken" | null {
  if (name === null || utilization === null || utilization === undefined) return null;
  const used = v.safeParse(lenientNumber, utilization);
  if (!used.success) return "broken";
  return percentReading(name.quota, name.label, used.output, name.window, v.parse(instantOrNull, resetsAt));
}

/** The list repeats the windows, and adds those of single models. */
function limitReading(limit: unknown): Reading | "broken" | null {
  const kind = member(limit, "kind");
  const model = textAt(limit, "scope", "model", "display_name");
  const name = kind === "session"
    ? SESSION
    : kind === "weekly_all"
    ? WEEK
    : kind === "weekly_scoped" && model !== undefined && slug(model) !== "all-models"
    ? weekOf(model)
    : null;
  return windowReading(name, member(limit, "percent"), member(limit, "resets_at"));
}

const Extra = v.object({
  is_enabled: v.literal(true),
  monthly_limit: limitOrNull,
  used_credits: amountOrNull,
  currency: orNull(v.pipe(v.string(), v.regex(/^[A-Z]{3}$/))),
  decimal_places: v.fallback(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(6)), 2),
});

/** Spend beyond the plan in the smallest coin. When its month ends is not said. */
function extraUsage(block: unknown): Reading | null {
  const result = v.safeParse(Extra, block);
  if (!result.success) return null;
  const { monthly_limit, used_credits, currency, decimal_places } = result.output;
  const inCoins = (amount: number | null) => amount === null ? null : amount / 10 ** decimal_places;
  const [used, limit] = [inCoins(used_credits), inCoins(monthly_limit)];
  if (limit === 0 && !used) return null;
  const isForeign = currency !== null && currency !== "USD";
  return {
    quota: LAST,
    label: "Extra usage (monthly)",
    unit: isForeign ? "credits" : "usd",
    used,
    limit,
    remaining: restOf(limit, used),
    window: CALENDAR,
    resetsAt: null,
    ...isForeign ? { currency } : {},
  };
}
