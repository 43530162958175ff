/**
 * Synthetic (synthetic.new): one call gives every quota. Three generations of the answer
 * are in use; each block is optional and may come and go, so each is read by itself.
 */
import * as v from "valibot";
import { type Asking, Secret } from "../lib/asking.ts";
import {
  amountOrNull,
  badResponse,
  camelNames,
  instantOrNull,
  isRecord,
  lenientNumber,
  limitOrNull,
  member,
  moneyText,
  orNull,
  restOf,
  tidy,
} from "../lib/decode.ts";
import type { Reading, Window } from "../lib/model/quota.ts";
import type { Account, Answer, Provider } from "../lib/provider.ts";
import { requestJson } from "../lib/request_json.ts";
import { KEY_PLACES, keyOfTools, PI_FOLDER } from "./synthetic/keys.ts";

const QUOTAS_URL = "https://api.synthetic.new/v2/quotas";
const CAP_BYTES = 64 * 1024;

const HOUR = 3600;
const FIVE_HOURS: Window = { kind: "fixed", seconds: 5 * HOUR };
const ONE_HOUR: Window = { kind: "fixed", seconds: HOUR };
const ONE_DAY: Window = { kind: "fixed", seconds: 24 * HOUR };
// These refill a little every few minutes and never reset as a whole: their next tick is no reset.
const ROLLING_FIVE_HOURS: Window = { kind: "rolling", seconds: 5 * HOUR };
const ROLLING_WEEK: Window = { kind: "rolling", seconds: 7 * 24 * HOUR };

export const synthetic: Provider = {
  id: "synthetic",
  name: "Synthetic",
  hosts: ["api.synthetic.new"],
  official: true,
  places: KEY_PLACES,
  settings: [
    { name: "SYNTHETIC_API_KEY", secret: true, help: "API key of synthetic.new, usually syn_..." },
    PI_FOLDER,
  ],
  everyMs: 10_000,

  async accounts(ask) {
    const found = ask.find("SYNTHETIC_API_KEY") ?? await keyOfTools(ask);
    return found ? [{ name: "default", source: found.source, secret: new Secret(found.value) }] : [];
  },

  async read(ask, account): Promise<Answer> {
    const { body } = await requestJson(ask, { vendor: "Synthetic", account }, QUOTAS_URL, {
      headers: { authorization: `Bearer ${account.secret.reveal()}` },
      capBytes: CAP_BYTES,
    });
    return { readings: readingsOf(ask, account, body) };
  },
};

function readingsOf(ask: Asking, account: Account, body: unknown): readonly Reading[] {
  const named = camelNames(body);
  const answer = isRecord(member(named, "data")) ? member(named, "data") : named;
  if (!isRecord(answer)) throw badResponse("Synthetic answered with something else than an object", body);

  const rolling = pool(member(answer, "rollingFiveHourLimit"));
  const blocks: readonly [name: string, reading: Reading | Absence][] = [
    // Beside the rolling pool the old block is still sent, but nothing is counted in it any more.
    rolling === "absent" || rolling === "unknown"
      ? [
        "subscription",
        counter("subscription", "Subscription requests", FIVE_HOURS, member(answer, "subscription")),
      ]
      : ["subscription", "absent"],
    ["rollingFiveHourLimit", rolling],
    ["weeklyTokenLimit", weeklyCredits(member(answer, "weeklyTokenLimit"))],
    ["search", counter("search", "Search", ONE_HOUR, member(member(answer, "search"), "hourly"))],
    ["tool calls", counter("tool-calls", "Tool calls", ONE_DAY, toolCalls(answer))],
  ];
  const readings: Reading[] = [];
  let recognised = false;
  for (const [name, reading] of blocks) {
    if (reading === "unknown") {
      ask.log.warn("A block of the answer was not understood", { account: account.name, block: name });
    }
    if (reading === "empty") recognised = true;
    if (typeof reading === "object") readings.push(reading);
  }
  if (readings.length === 0 && !recognised) {
    throw badResponse("Synthetic answered with nothing that is known", body);
  }
  return readings;
}

/** Why there is no reading: the block is not there, is not understood, or is not part of the plan. */
type Absence = "absent" | "unknown" | "empty";

const Counter = v.object({ limit: limitOrNull, requests: amountOrNull, renewsAt: instantOrNull });

/** A block that counts up from nothing to its limit. */
function counter(quota: string, label: string, window: Window, block: unknown): Reading | Absence {
  if (block === undefined || block === null) return "absent";
  const result = v.safeParse(Counter, block);
  if (!result.success) return "unknown";
  const { limit, requests: used, renewsAt } = result.output;
  if (limit === null && used === null) return "unknown";
  if (limit === 0 && !used) return "empty";
  const remaining = restOf(limit, used);
  return { quota, label, unit: "requests", used, limit, remaining, window, resetsAt: renewsAt };
}

/** The newer name counts where both are sent. */
function toolCalls(answer: unknown): unknown {
  return member(answer, "freeToolCalls") ?? member(answer, "toolCallDiscounts");
}

/** By the vendor's documentation the rolling pool gains its share every quarter of an hour. */
const TICKS_PER_HOUR = 4;
/** And the weekly one a fiftieth in a fiftieth of the week. */
const REGEN_HOURS = 7 * 24 / 50;

const Pool = v.object({
  max: limitOrNull,
  remaining: amountOrNull,
  tickPercent: v.fallback(orNull(lenientNumber), null),
});

/** The rolling five-hour pool counts down from `max`. */
function pool(block: unknown): Reading | Absence {
  if (block === undefined || block === null) return "absent";
  const result = v.safeParse(Pool, block);
  if (!result.success) return "unknown";
  const { max: limit, remaining, tickPercent } = result.output;
  if (limit === null && remaining === null) return "unknown";
  if (limit === 0 && !remaining) return "empty";
  return {
    quota: "five-hour",
    label: "Rolling five-hour requests",
    unit: "requests",
    used: restOf(limit, remaining),
    limit,
    remaining,
    window: ROLLING_FIVE_HOURS,
    resetsAt: null,
    ...refill(limit === null || tickPercent === null ? null : limit * tickPercent * TICKS_PER_HOUR),
  };
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

/** The weekly pool in dollars, or in percent where the amounts cannot be read. */
function weeklyCredits(block: unknown): Reading | Absence {
  if (block === undefined || block === null) return "absent";
  const result = v.safeParse(Weekly, block);
  if (!result.success) return "unknown";
  const { maxCredits: limit, remainingCredits, percentRemaining, nextRegenCredits } = result.output;
  const common = { quota: "weekly-credits", label: "Weekly credits", window: ROLLING_WEEK, resetsAt: null };
  if (limit !== null && limit >= 0 && remainingCredits !== null) {
    if (limit === 0 && remainingCredits <= 0) return "empty";
    const used = restOf(limit, remainingCredits);
    const gained = refill(nextRegenCredits === null ? null : nextRegenCredits / REGEN_HOURS);
    return { ...common, unit: "usd", used, limit, remaining: Math.max(0, remainingCredits), ...gained };
  }
  if (percentRemaining === null) return "unknown";
  const remaining = Math.max(0, percentRemaining);
  return {
    ...common,
    unit: "percent",
    used: tidy(Math.max(0, 100 - percentRemaining)),
    limit: 100,
    remaining,
  };
}
