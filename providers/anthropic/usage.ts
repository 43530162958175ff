/**
 * Decodes the usage endpoint of a Claude subscription: windows
 * by name, a newer list of limits, and extra spend.
 */
import * as v from "valibot";
import {
  amountOrNull,
  badResponseError,
  computeRest,
  containsFigure,
  instantOrNull,
  isNoLimit,
  isRecord,
  isStated,
  type KnownMembers,
  lenientNumber,
  limitOrNull,
  member,
  orNull,
  slug,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import { textAt } from "../../lib/provider_kit/login_file.ts";
import type { Reading, Window } from "../../lib/model/quota.ts";
import type { Answer } from "../../lib/provider/contract.ts";
import {
  CALENDAR,
  createAnswer,
  createGathering,
  FIVE_HOURS,
  ONE_DAY,
  ONE_WEEK,
  percentReading,
} from "../../lib/provider_kit/readings.ts";

/** Fields that are not windows. */
const OTHERS = ["extra_usage", "limits", "spend"];
const NAMED = /^(?:five_hour|seven_day(?:_\w+)?|extra_usage|limits)$/;
const ORDER = ["five-hour", "seven-day"];
const LAST = "extra-usage";

const WINDOW = {
  utilization: "unsigned",
  used_percentage: "unsigned",
  resets_at: "instant",
  limit_dollars: true,
  used_dollars: true,
  remaining_dollars: true,
} as const;
const AMOUNT = { amount_minor: true, exponent: true } as const;
const KNOWN: KnownMembers = {
  extra_usage: {
    monthly_limit: true,
    used_credits: "amount",
    utilization: true,
    decimal_places: true,
  },
  // A second copy of the same figures, used when the first is missing.
  spend: {
    used: { ...AMOUNT, amount_minor: "amount" },
    limit: AMOUNT,
    percent: true,
  },
  limits: { percent: "unsigned", resets_at: "instant", scope: true },
  five_hour: WINDOW,
  seven_day: WINDOW,
  seven_day_opus: WINDOW,
  seven_day_sonnet: WINDOW,
  "*": WINDOW,
};

/**
 * Decodes the response, the session first; no readings when no window applies to the plan.
 * @throws {ProviderError} `bad_response` when nothing is recognised
 */
export function usageAnswer(body: unknown, more: Pick<Answer, "plan"> = {}): Answer {
  if (!isRecord(body)) throw badResponseError("Anthropic answered with something other than an object", body);
  if (!Object.keys(body).some((name) => NAMED.test(name))) {
    const isWindow = (one: unknown) => isRecord(one) && Object.hasOwn(one, "utilization");
    if (!Object.values(body).some(isWindow)) {
      throw badResponseError("Anthropic answered without any known window", body);
    }
  }
  const found = createGathering();
  for (const { what, why } of unknownFigures(body, KNOWN)) found.drop(what, why);
  const add = (what: string, reading: Reading | string | null) => {
    if (typeof reading === "string") found.drop(what, reading);
    else if (reading) found.add(reading, what);
  };
  for (const [name, value] of Object.entries(body)) {
    if (!OTHERS.includes(name) && isRecord(value)) add(name, windowReading(toName(name), value));
  }
  const limits: readonly unknown[] = Array.isArray(body.limits) ? body.limits : [];
  for (const limit of limits) add(limitWords(limit), limitReading(limit, limits));
  if (isStated(body.extra_usage)) add("extra_usage", extraUsage(body.extra_usage));
  else add("spend", extraUsage(extraOfSpend(body.spend)));
  const readings = found.readings.toSorted((a, b) => rank(a.quota) - rank(b.quota));
  return createAnswer("Anthropic", body, { readings, dropped: found.dropped }, more);
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

/** Names a window. Windows come and go without notice, so unknown ones appear under their own names. */
function toName(name: string): Name | null {
  if (name === "five_hour") return SESSION;
  if (name === "seven_day") return WEEK;
  if (name.startsWith("seven_day_")) return toWeek(name.slice("seven_day_".length));
  const quota = slug(name);
  if (quota === "" || quota === LAST) return null;
  const words = name.slice(0, 80).replaceAll("_", " ");
  return { quota, label: words, window: name.startsWith("five_hour") ? FIVE_HOURS : CALENDAR };
}

function toWeek(what: string): Name | null {
  const part = slug(what);
  if (part === "") return null;
  const words = what.slice(0, 80).replaceAll("_", " ").trim();
  const label = `Weekly, ${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return { quota: `seven-day-${part}`, label, window: ONE_WEEK };
}

/** Returns the reading, or why there is none. A window whose share is null does not apply to the plan. */
function windowReading(name: Name | null, block: unknown): Reading | string | null {
  // The status line uses the second name for the same figure.
  const share = member(block, "utilization") ?? member(block, "used_percentage") ??
    member(block, "percent");
  const resetsAt = v.parse(instantOrNull, member(block, "resets_at"));
  if (share === undefined) return resetsAt === null ? null : "no figure";
  if (share === null) return null;
  const used = v.safeParse(lenientNumber, share);
  if (!used.success) return "its figure is not a number";
  if (name === null) return "no name";
  return percentReading(name.quota, name.label, used.output, name.window, resetsAt);
}

/** Reads a limit of the list, which repeats the windows and adds those of single models and anything new. */
function limitReading(limit: unknown, all: readonly unknown[]): Reading | string | null {
  return windowReading(limitName(limit, all), limit);
}

function limitWords(limit: unknown): string {
  const model = textAt(limit, "scope", "model", "display_name");
  return `limits ${textAt(limit, "kind") ?? "without a kind"}${
    model === undefined ? "" : ` ${model.slice(0, 60)}`
  }`;
}

function limitName(limit: unknown, all: readonly unknown[]): Name | null {
  const kind = textAt(limit, "kind")?.toLowerCase();
  const model = textAt(limit, "scope", "model", "display_name");
  if (kind === "session") return SESSION;
  if (kind === "weekly_all") return WEEK;
  if (kind === "weekly_scoped") {
    if (model === undefined) return toWeek(scopeWords(limit)[0] ?? "");
    return slug(model) === "all-models" ? WEEK : toWeek(nameOfModel(limit, model, all));
  }
  return kind === undefined ? null : newKind(kind, limit);
}

/** Distinguishes two models with the same name by their ids, so that neither hides the other. */
function nameOfModel(limit: unknown, model: string, all: readonly unknown[]): string {
  const id = textAt(limit, "scope", "model", "id");
  const isShared = all.some((other) => {
    const name = textAt(other, "scope", "model", "display_name");
    return textAt(other, "kind")?.toLowerCase() === "weekly_scoped" && name !== undefined &&
      slug(name) === slug(model) &&
      textAt(other, "scope", "model", "id") !== id;
  });
  return isShared && id !== undefined ? `${model} ${id}` : model;
}

/** Returns what a limit is for, in the vendor's words: a surface, a model. */
function scopeWords(limit: unknown): readonly string[] {
  const scope = member(limit, "scope");
  return Object.values(isRecord(scope) ? scope : {})
    .map((one) => typeof one === "string" ? one : textAt(one, "display_name") ?? textAt(one, "id"))
    .filter((one) => one !== undefined);
}

/** The window length implied by the first word of a kind. */
const LENGTHS: readonly (readonly [beginning: RegExp, window: Window])[] = [
  [/^(?:session|five_hour)/, FIVE_HOURS],
  [/^(?:daily|day)/, ONE_DAY],
  [/^(?:weekly|week|seven_day)/, ONE_WEEK],
];

/** Names an unknown kind after itself; without a clear length it just ends at its reset. */
function newKind(kind: string, limit: unknown): Name | null {
  const words = [kind, ...scopeWords(limit)].join(" ").slice(0, 80).replaceAll("_", " ").trim();
  const quota = slug(words);
  if (quota === "" || quota === LAST) return null;
  const group = textAt(limit, "group") ?? "";
  const window = LENGTHS.find(([beginning]) => beginning.test(kind) || beginning.test(group))?.[1] ??
    CALENDAR;
  return { quota, label: words.charAt(0).toUpperCase() + words.slice(1), window };
}

const Extra = v.object({
  is_enabled: v.literal(true),
  monthly_limit: limitOrNull,
  used_credits: amountOrNull,
  currency: orNull(v.pipe(v.string(), v.trim(), v.toUpperCase(), v.regex(/^[A-Z]{3}$/))),
  decimal_places: orNull(v.pipe(lenientNumber, v.integer(), v.minValue(0), v.maxValue(6))),
});

/** Translates the newer block of extra spend to the older one's fields. */
function extraOfSpend(spend: unknown): unknown {
  if (!isRecord(spend) || spend.enabled !== true) return null;
  const { used, limit } = spend;
  return {
    is_enabled: true,
    monthly_limit: isStated(limit) ? member(limit, "amount_minor") ?? "unknown" : null,
    used_credits: member(used, "amount_minor") ?? null,
    currency: member(used, "currency"),
    decimal_places: member(used, "exponent"),
    disabled_reason: spend.disabled_reason,
  };
}

/**
 * Returns the reading of spend beyond the plan in cents, or why
 * there is none. The end of its month is not stated.
 */
function extraUsage(block: unknown): Reading | string | null {
  if (!isRecord(block) || block.is_enabled === false || block.is_enabled === null) return null;
  const result = v.safeParse(Extra, block);
  if (!result.success) return containsFigure(block) ? "the answer does not say whether it is on" : null;
  const { monthly_limit, used_credits, currency, decimal_places } = result.output;
  // Another currency, or ten times the amount, would be shown as if it were right.
  if (currency === null && isStated(block.currency)) return "its currency is unknown";
  if (decimal_places === null && isStated(block.decimal_places)) return "its amounts are in an unknown unit";
  const inCoins = (amount: number | null) => amount === null ? null : amount / 10 ** (decimal_places ?? 2);
  const [used, limit] = [inCoins(used_credits), inCoins(monthly_limit)];
  if (limit === 0 && !used) return used === null ? "its figure is not an amount" : null;
  if (limit === null && isStated(block.monthly_limit) && !isNoLimit(block.monthly_limit)) {
    return "its limit is not an amount";
  }
  if (used === null && limit === null) {
    return isStated(block.used_credits) ? "its figure is not an amount" : null;
  }
  const isForeign = currency !== null && currency !== "USD";
  return {
    quota: LAST,
    label: "Extra usage (monthly)",
    unit: isForeign ? "credits" : "usd",
    used,
    limit,
    remaining: computeRest(limit, used),
    window: CALENDAR,
    resetsAt: null,
    ...isForeign ? { currency } : {},
    // It is on, but the vendor says why it cannot be used.
    ...textAt(block, "disabled_reason") === undefined ? {} : { allowed: false },
  };
}
