/**
 * Synthetic (synthetic.new): one call returns every quota. Three generations of the response are in use; each
 * block is optional and may come and go, so each is read separately.
 */
import * as v from "valibot";
import { Secret } from "../lib/provider/context.ts";
import {
  amountOrNull,
  badResponseError,
  camelNames,
  computeRest,
  computeUsed,
  instantOrNull,
  isNoLimit,
  isRecord,
  isStated,
  type KnownMembers,
  lenientNumber,
  limitOrNull,
  member,
  moneyText,
  orNull,
  slug,
  tidy,
  unknownFigures,
} from "../lib/provider_kit/decode.ts";
import type { Reading, Window } from "../lib/model/quota.ts";
import type { Answer, Provider } from "../lib/provider/contract.ts";
import { CALENDAR, countFigures, createAnswer, createGathering } from "../lib/provider_kit/readings.ts";
import { requestJson } from "../lib/provider_kit/request_json.ts";
import { KEY_PLACES, keyOfTools, PI_FOLDER } from "./synthetic/keys.ts";

const QUOTAS_URL = "https://api.synthetic.new/v2/quotas";
const CAP_BYTES = 64 * 1024;

const HOUR = 3600;
const FIVE_HOURS: Window = { kind: "fixed", seconds: 5 * HOUR };
const ONE_HOUR: Window = { kind: "fixed", seconds: HOUR };
const ONE_DAY: Window = { kind: "fixed", seconds: 24 * HOUR };
// These refill a little every few minutes and never reset as a whole: their next tick is not a reset.
const ROLLING_FIVE_HOURS: Window = { kind: "rolling", seconds: 5 * HOUR };
const ROLLING_WEEK: Window = { kind: "rolling", seconds: 7 * 24 * HOUR };

export const synthetic: Provider = {
  id: "synthetic",
  name: "Synthetic",
  hosts: ["api.synthetic.new"],
  official: true,
  vendor: {
    letters: "Sy",
    colour: "#4b5563",
    usage: "https://synthetic.new/",
    status: "https://status.synthetic.new/",
  },
  pools: [
    { counts: "use", quotas: ["weekly-credits", "five-hour", "subscription"] },
    { counts: "use", quotas: ["search"] },
    { counts: "use", quotas: ["tool-calls"] },
    { counts: "none", quotas: ["other-*"] },
  ],
  places: KEY_PLACES,
  settings: [
    { name: "SYNTHETIC_API_KEY", secret: true, help: "API key of synthetic.new, usually syn_..." },
    PI_FOLDER,
  ],
  everyMs: 10_000,

  async accounts(ctx) {
    const found = ctx.find("SYNTHETIC_API_KEY") ?? await keyOfTools(ctx);
    return found ? [{ name: "default", source: found.source, secret: new Secret(found.value) }] : [];
  },

  async read(ctx, account): Promise<Answer> {
    const { body } = await requestJson(ctx, { vendor: "Synthetic", account }, QUOTAS_URL, {
      headers: { authorization: `Bearer ${account.secret.reveal()}` },
      capBytes: CAP_BYTES,
    });
    return quotaAnswer(body);
  },
};

const COUNTER = { limit: true, requests: "amount", renewsAt: "instant" } as const;
const KNOWN: KnownMembers = {
  subscription: COUNTER,
  search: { hourly: COUNTER },
  freeToolCalls: COUNTER,
  toolCallDiscounts: COUNTER,
  rollingFiveHourLimit: {
    max: "figure",
    remaining: "amount",
    tickPercent: true,
    nextTickAt: true,
    limited: true,
  },
  weeklyTokenLimit: {
    maxCredits: true,
    remainingCredits: true,
    percentRemaining: true,
    nextRegenAt: true,
    nextRegenCredits: true,
  },
};

function quotaAnswer(body: unknown): Answer {
  const named = camelNames(body);
  const answer = isRecord(member(named, "data")) ? member(named, "data") : named;
  if (!isRecord(answer)) {
    throw badResponseError("Synthetic answered with something other than an object", body);
  }
  const found = createGathering();
  for (const { what, why } of unknownFigures(answer, KNOWN)) {
    // Whole blocks are reported below.
    if (!Object.hasOwn(KNOWN, what)) found.drop(what, why);
  }

  const rolling = readPool(answer.rollingFiveHourLimit);
  // The old block is still sent beside the rolling pool, but no longer counts: a 0 in it says nothing, even
  // when the pool is unreadable.
  const old = readCounter("subscription", "Subscription requests", FIVE_HOURS, answer.subscription);
  const isCounted = rolling === "absent" || (rolling === "unknown" && typeof old === "object" && !!old.used);
  const blocks: readonly (readonly [name: string, reading: Reading | Absence])[] = [
    ["subscription", isCounted ? old : "absent"],
    ["rollingFiveHourLimit", rolling],
    ["weeklyTokenLimit", weeklyCredits(answer.weeklyTokenLimit)],
    ["search", readCounter("search", "Search", ONE_HOUR, member(answer.search, "hourly"))],
    ["toolCalls", readCounter("tool-calls", "Tool calls", ONE_DAY, toolCalls(answer))],
  ];
  for (const [name, reading] of blocks) {
    if (reading === "unknown") found.drop(name, "no readable figure");
    else if (typeof reading === "object") found.add(reading, name);
  }
  // New blocks appear under their own names, and are reported.
  if (found.readings.length > 0) {
    for (const [name, block] of listStrangers(answer)) {
      const reading = strangerReading(name, block);
      if (typeof reading === "object" && countFigures(reading) >= 0) found.add(reading, name);
      else if (reading === "unknown" || typeof reading === "object") {
        found.drop(`limit of ${name.slice(0, 80)}`, "no figure that can be read");
      }
    }
  }
  if (blocks.every(([, reading]) => reading === "absent") && found.dropped.length === 0) {
    throw badResponseError("Synthetic answered in an unknown format", body);
  }
  return createAnswer("Synthetic", body, found);
}

/** Lists the blocks with unknown names. */
function listStrangers(answer: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  const beside = Object.entries(isRecord(answer.search) ? answer.search : {})
    .filter(([name]) => name !== "hourly").map(([name, block]) => [`search ${name}`, block] as const);
  return [...Object.entries(answer).filter(([name]) => !Object.hasOwn(KNOWN, name)), ...beside];
}

/** Reads a block whose length is not known, in the form of those that are. */
function strangerReading(name: string, block: unknown): Reading | Absence {
  const words = name.slice(0, 60).replace(/([a-z])(?=[A-Z0-9])/g, "$1 ").toLowerCase();
  const quota = slug(`other ${words}`);
  const label = words.charAt(0).toUpperCase() + words.slice(1);
  const has = (...names: readonly string[]) => names.some((one) => member(block, one) !== undefined);
  if (has("limit", "requests")) return readCounter(quota, label, CALENDAR, block);
  if (!has("max", "remaining")) return "absent";
  const reading = readPool(block);
  if (typeof reading === "string") return reading;
  const { refillPerHour: _, ...rest } = reading;
  return { ...rest, quota, label, window: CALENDAR };
}

/** Why there is no reading: the block is missing, not understood, or not part of the plan. */
type Absence = "absent" | "unknown" | "empty";

const Counter = v.object({ limit: limitOrNull, requests: amountOrNull, renewsAt: instantOrNull });

/** Reads a block that counts up from 0 to its limit. */
function readCounter(quota: string, label: string, window: Window, block: unknown): Reading | Absence {
  if (block === undefined || block === null) return "absent";
  const result = v.safeParse(Counter, block);
  if (!result.success) return "unknown";
  const { limit, requests: used, renewsAt } = result.output;
  if (limit === null && (used === null || isBroken(block, "limit"))) return "unknown";
  if (limit === 0 && !used) return "empty";
  const remaining = computeRest(limit, used);
  return { quota, label, unit: "requests", used, limit, remaining, window, resetsAt: renewsAt };
}

/** Reports whether a limit is unreadable; a negative one means none. */
function isBroken(block: unknown, name: string): boolean {
  const stated = member(block, name);
  return !isNoLimit(stated) && (isStated(stated) || !Object.hasOwn(Object(block), name));
}

/** Prefers the newer name when both are sent. */
function toolCalls(answer: unknown): unknown {
  return member(answer, "freeToolCalls") ?? member(answer, "toolCallDiscounts");
}

/** By the vendor's documentation, the rolling pool gains its share every quarter of an hour. */
const TICKS_PER_HOUR = 4;
/** The weekly pool gains a fiftieth in every fiftieth of the week. */
const REGEN_HOURS = 7 * 24 / 50;

const Pool = v.object({
  max: limitOrNull,
  remaining: amountOrNull,
  tickPercent: v.fallback(orNull(lenientNumber), null),
});

/** Reads the rolling five-hour pool, which counts down from `max`. */
function readPool(block: unknown): Reading | Absence {
  if (block === undefined || block === null) return "absent";
  const result = v.safeParse(Pool, block);
  if (!result.success) return "unknown";
  const { max: limit, remaining, tickPercent } = result.output;
  // A refusal counts even without a figure.
  if (limit === null && remaining === null && parseVerdict(block).allowed !== false) return "unknown";
  if (limit === 0 && !remaining) return "empty";
  return {
    quota: "five-hour",
    label: "Rolling five-hour requests",
    unit: "requests",
    used: computeUsed(limit, remaining),
    limit,
    remaining,
    window: ROLLING_FIVE_HOURS,
    resetsAt: null,
    ...parseVerdict(block),
    ...refill(limit === null || tickPercent === null ? null : limit * tickPercent * TICKS_PER_HOUR),
  };
}

/** A pool states itself whether calls are refused, however much is left. */
function parseVerdict(block: unknown): Pick<Reading, "allowed"> {
  const limited = member(block, "limited");
  return typeof limited === "boolean" ? { allowed: !limited } : {};
}

const Weekly = v.object({
  maxCredits: orNull(moneyText),
  remainingCredits: orNull(moneyText),
  percentRemaining: orNull(lenientNumber),
  nextRegenCredits: v.fallback(orNull(moneyText), null),
});

function refill(perHour: number | null): Pick<Reading, "refillPerHour"> {
  return perHour !== null && perHour > 0 && Number.isFinite(perHour) ? { refillPerHour: tidy(perHour) } : {};
}

/** Reads the weekly pool in dollars, or in percent when the amounts are unreadable. */
function weeklyCredits(block: unknown): Reading | Absence {
  if (block === undefined || block === null) return "absent";
  const result = v.safeParse(Weekly, block);
  if (!result.success) return "unknown";
  const { maxCredits: limit, remainingCredits, percentRemaining, nextRegenCredits } = result.output;
  const common = { quota: "weekly-credits", label: "Weekly credits", window: ROLLING_WEEK, resetsAt: null };
  if (limit !== null && limit >= 0 && remainingCredits !== null && remainingCredits >= 0) {
    if (limit === 0 && remainingCredits === 0) return "empty";
    const used = computeUsed(limit, remainingCredits);
    const gained = refill(nextRegenCredits === null ? null : nextRegenCredits / REGEN_HOURS);
    return { ...common, unit: "usd", used, limit, remaining: remainingCredits, ...gained };
  }
  // Nothing left means used up, even with an unknown limit.
  if (percentRemaining === null && remainingCredits === 0) {
    return { ...common, unit: "usd", used: null, limit: null, remaining: 0 };
  }
  if (percentRemaining === null || percentRemaining < 0 || percentRemaining > 100) return "unknown";
  return {
    ...common,
    unit: "percent",
    used: computeUsed(100, percentRemaining),
    limit: 100,
    remaining: percentRemaining,
  };
}
