/**
 * Checks that a provider's answer honours the contract, and bounds what is stored: neither a provider's
 * bug nor a vendor's endless text may reach the store. Pure.
 */
import { DAY_MS } from "../model/duration.ts";
import { countPhrase } from "../model/insights/words.ts";
import {
  describeFarReset,
  type Dropped,
  type Part,
  type Reading,
  UNITS,
  WINDOW_KINDS,
} from "../model/quota.ts";
import type { Answer } from "../provider/contract.ts";
import { plain, roundNoise } from "../base/text.ts";

const QUOTA_ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Maximum quotas of one account; pages and history grow with each. */
export const MAX_QUOTAS = 200;
const MAX_HINT = 400;
export const MAX_LABEL = 120;
export const MAX_PLAN = 80;
/** Maximum named parts of one use, such as its models. */
const MAX_PARTS = 20;
const MAX_FACTS = 20;
const MAX_DROPPED = 50;
/** Clocks differ. */
const MIN_RESET_SLACK_MS = 10 * 60_000;
/**
 * Stated lengths are rounded, and a day on which clocks go back has 25 hours. Providers whose windows are exact drop more
 * by themselves, see `createGathering`.
 */
const RESET_SLACK_SHARE = 0.05;
/** No billing period is longer than a year, and no pool takes longer to refill. */
const MAX_PERIOD_MS = 400 * DAY_MS;

/**
 * Returns the answer to store: no more quotas than people can view, and names that are one line of harmless
 * text of a displayable length. A reset further ahead than its window can be long is unknown: taken as
 * stated, it would hide the real ones. `dropped` reports what was cut off.
 *
 * @param now when it arrived, epoch milliseconds
 */
export function limitAnswer(answer: Answer, now: number): Answer {
  const dropped: Dropped[] = [];
  const cutOff = (what: string, text: string, max: number) => {
    const safe = plain(text, max).trim();
    if (text.length > max && safe.endsWith("\u2026")) {
      dropped.push({ what, why: `longer than ${max} characters` });
    }
    return safe;
  };
  const withPlausibleReset = (reading: Reading): Reading => {
    if (!isTooFar(reading, now)) return reading;
    dropped.push(describeFarReset(reading));
    return { ...reading, resetsAt: null };
  };
  const readings = answer.readings.slice(0, MAX_QUOTAS).map((reading) => {
    const label = cutOff(`label of ${reading.quota}`, reading.label, MAX_LABEL) || reading.quota;
    const { parts } = reading;
    return withPlausibleReset({ ...reading, label, ...parts && { parts: limitParts(parts) } });
  });
  const tooMany = answer.readings.length - readings.length;
  if (tooMany > 0) {
    dropped.push({ what: countPhrase(tooMany, "quota"), why: `more than ${MAX_QUOTAS} of one account` });
  }
  const plan = typeof answer.plan === "string" ? cutOff("plan", answer.plan, MAX_PLAN) : "";
  const tooManyFacts = (answer.facts?.length ?? 0) - MAX_FACTS;
  if (tooManyFacts > 0) {
    dropped.push({ what: countPhrase(tooManyFacts, "fact"), why: `more than ${MAX_FACTS} of one account` });
  }
  const facts = answer.facts?.slice(0, MAX_FACTS).map((fact) => ({
    ...fact,
    label: plain(fact.label, MAX_LABEL).trim() || fact.key,
  }));
  const reported = [...dropped, ...answer.dropped ?? []].slice(0, MAX_DROPPED)
    .map(({ what, why }) => ({ what: plain(what, MAX_LABEL), why: plain(why, MAX_LABEL) }));
  return {
    readings,
    ...plan === "" ? {} : { plan },
    ...facts === undefined ? {} : { facts },
    ...reported.length > 0 ? { dropped: reported } : {},
    ...answer.unread === undefined ? {} : { unread: answer.unread },
    ...answer.hint === undefined ? {} : { hint: plain(answer.hint, MAX_HINT) },
    ...answer.identity === undefined ? {} : { identity: answer.identity },
  };
}

/** Returns the parts of a use with harmless names; of too many, the largest, and what the others add up to. */
function limitParts(parts: readonly Part[]): readonly Part[] {
  const named = parts.map(({ name, used }) => ({ name: plain(name, MAX_LABEL).trim() || "Unnamed", used }));
  if (named.length <= MAX_PARTS) return named;
  const largest = named.toSorted((a, b) => b.used - a.used);
  const rest = largest.splice(MAX_PARTS - 1).reduce((sum, { used }) => sum + used, 0);
  return [...largest, { name: "The rest", used: roundNoise(rest) }];
}

function isTooFar({ window: { kind, seconds }, resetsAt }: Reading, now: number): boolean {
  // Money and reserved capacity may end in years.
  if (resetsAt === null || kind === "balance" || kind === "allocation") return false;
  if (kind !== "fixed" || seconds === null) return resetsAt - now > MAX_PERIOD_MS;
  const windowMs = seconds * 1000;
  return resetsAt - now > windowMs + Math.max(MIN_RESET_SLACK_MS, windowMs * RESET_SLACK_SHARE);
}

/** Returns what is wrong with an answer, or null when it is valid. */
export function answerProblem(answer: Answer): string | null {
  if (!Array.isArray(answer?.readings)) return "The provider gave no list of readings";
  const seen = new Set<string>();
  for (const reading of answer.readings as readonly Reading[]) {
    const problem = readingProblem(reading);
    if (problem !== null) return `The provider gave an unusable reading: ${problem}`;
    if (seen.has(reading.quota)) return `The provider gave two readings of "${reading.quota}"`;
    seen.add(reading.quota);
  }
  return null;
}

function readingProblem(reading: Reading): string | null {
  const { quota, label, unit, window } = reading ?? {};
  if (typeof quota !== "string" || !QUOTA_ID.test(quota)) return "its id is not in kebab-case";
  if (typeof label !== "string") return `"${quota}" has no label`;
  if (!UNITS.includes(unit)) return `the unit of "${quota}" is unknown`;
  if (!WINDOW_KINDS.includes(window?.kind)) return `the window of "${quota}" is unknown`;
  for (const name of ["used", "limit", "remaining"] as const) {
    const value = reading[name];
    if (value !== null && !Number.isFinite(value)) {
      return `"${name}" of "${quota}" is neither a number nor null`;
    }
  }
  const { resetsAt } = reading;
  if (reading.startedAt !== undefined && !Number.isSafeInteger(reading.startedAt)) {
    return `"startedAt" of "${quota}" is not whole milliseconds`;
  }
  if (resetsAt !== null && !Number.isSafeInteger(resetsAt)) {
    return `"resetsAt" of "${quota}" is neither whole milliseconds nor null`;
  }
  return null;
}
