/**
 * Parses the text in which Amp shows what is left, line by line. It
 * is made for people, and its format has changed often.
 */
import { DAY_MS } from "../../lib/model/duration.ts";
import * as v from "valibot";
import { monthsLater, nextHour } from "../../lib/provider_kit/calendar.ts";
import {
  computeRest,
  computeUsed,
  lenientNumber,
  orNull,
  slug,
  tidy,
} from "../../lib/provider_kit/decode.ts";
import type { Dropped, Reading } from "../../lib/model/quota.ts";
import {
  balanceReading,
  CALENDAR,
  createGathering,
  ONE_DAY,
  percentReading,
  withStart,
} from "../../lib/provider_kit/readings.ts";
import { freeTierReading } from "./free_tier.ts";

export interface Shown {
  readonly readings: readonly Reading[];
  readonly dropped: readonly Dropped[];
  readonly plan?: string;
  /** The email address in the text; must not be stored. */
  readonly signedInAs?: string;
  /** True when any line was understood. */
  readonly recognised: boolean;
}

const HOUR_SECONDS = 3600;
/** An amount in dollars, `$13.20` or `-$1`. */
const MONEY = String.raw`(-?\$-?\d+(?:\.\d+)?)`;
const NUMBER = String.raw`(-?\d+(?:\.\d+)?)`;

/** Parses a line; undefined when it is of another kind. */
type Line = (line: string, now: number) => ParsedLine | undefined;

interface ParsedLine {
  readonly readings: readonly Reading[];
  readonly plan?: string;
}

const LINES: readonly Line[] = [
  freeTier,
  freeTierToday,
  parseTier,
  parseSubscription,
  parseIndividual,
  parseWorkspace,
];

export function ofText(text: string, now: number): Shown {
  const found = createGathering();
  let plan: string | undefined;
  let signedInAs: string | undefined;
  let recognised = false;
  for (const line of parseLines(text)) {
    signedInAs ??= /^signed in as (\S+)/i.exec(line)?.[1]?.toLowerCase();
    let isUnderstood = false;
    for (const said of LINES.map((read) => read(line, now))) {
      if (!said) continue;
      recognised = isUnderstood = true;
      plan ??= said.plan;
      for (const reading of said.readings) found.add(reading);
    }
    // The part after the name may be private: report only the start.
    if (!isUnderstood && FIGURE.test(line) && !/^signed in/i.test(line)) {
      found.drop(`the line "${firstWords(line)}"`, "an unknown format");
    }
  }
  plan ??= found.readings.some(({ quota }) => quota === "free-tier") ? "free" : undefined;
  return {
    readings: found.readings,
    dropped: found.dropped,
    recognised,
    ...plan === undefined ? {} : { plan },
    ...signedInAs === undefined ? {} : { signedInAs },
  };
}

/** Money, a share or hours. */
const FIGURE = /-?\$-?\d|\d\s?%|\d\s?h\b/;

/** Returns the first words of a line, which name its subject, without anything after a sign. */
export function firstWords(line: string): string {
  return /^[A-Za-z ]{0,24}/.exec(line.trim())?.[0].trim() ?? "";
}

/** Splits into lines, without colours, emphasis and commas in numbers. */
function parseLines(text: string): readonly string[] {
  // deno-lint-ignore no-control-regex -- colours of terminals begin with one
  const plain = text.slice(0, 20_000).replace(/\u001b\[[0-9;]*m/g, "").replaceAll("**", "");
  return plain.replace(/(?<=\d),(?=\d{3})/g, "").split(/\r?\n/).map((line) => line.trim());
}

function parseNumber(text: string | undefined): number | null {
  return v.parse(orNull(lenientNumber), text?.replace("$", ""));
}

/** Parses what is left of Amp Free in dollars; a credit is a cent. */
function freeTier(line: string, now: number): ParsedLine | undefined {
  const match = new RegExp(`^Amp Free: ${MONEY} ?/ ?${MONEY} remaining`, "i").exec(line);
  const remaining = parseNumber(match?.[1]);
  const limit = parseNumber(match?.[2]);
  if (remaining === null || limit === null || limit < 0) return undefined;
  const hourly = parseNumber(new RegExp(`replenishes \\+?${MONEY} ?/ ?hour`, "i").exec(line)?.[1]);
  if (limit === 0 && remaining >= 0) return { readings: [] };
  const used = computeUsed(tidy(limit * 100), tidy(remaining * 100));
  return {
    readings: [
      freeTierReading(
        {
          used,
          limit: tidy(limit * 100),
          hourly: hourly === null || hourly < 0 ? 0 : hourly * 100,
          hours: 24,
        },
        now,
      ),
    ],
  };
}

/** Parses the form that resets each evening in New York. */
function freeTierToday(line: string, now: number): ParsedLine | undefined {
  const left = parseNumber(new RegExp(`^Amp Free: ${NUMBER}% remaining today`, "i").exec(line)?.[1]);
  if (left === null) return undefined;
  const resetsAt = nextHour(now, 20, "America/New_York");
  return { readings: [percentReading("free-tier", "Amp Free", 100 - left, ONE_DAY, resetsAt)] };
}

/** Parses a paid tier: money for agents, hours for machines. */
function parseTier(line: string, now: number): ParsedLine | undefined {
  const plan = /^Amp (.{1,60}?) Tier:/i.exec(line)?.[1];
  if (plan === undefined) return undefined;
  const period = parsePeriod(line, now);
  const money = new RegExp(`agent usage ${MONEY} of ${MONEY} remaining`, "i").exec(line);
  const hours = new RegExp(`orb usage ${NUMBER} ?h of ${NUMBER} ?h`, "i").exec(line);
  return {
    plan,
    readings: [
      ...parseExact(
        "agent-usage",
        "Agent usage",
        "usd",
        parseNumber(money?.[1]),
        parseNumber(money?.[2]),
        period,
      ) ??
        parseShare(line, "agent usage", "agent-usage", "Agent usage", period),
      ...parseExact(
        "orb-usage",
        "Orb hours",
        "seconds",
        inSeconds(parseNumber(hours?.[1])),
        inSeconds(parseNumber(hours?.[2])),
        period,
      ) ?? parseShare(line, "orb usage", "orb-usage", "Orb hours", period),
    ],
  };
}

function inSeconds(hours: number | null): number | null {
  return hours === null ? null : tidy(hours * HOUR_SECONDS);
}

/** Parses amounts; undefined when there are none, empty when the plan does not include it. */
function parseExact(
  quota: string,
  label: string,
  unit: "usd" | "seconds",
  remaining: number | null,
  limit: number | null,
  { startedAt, resetsAt }: Period,
): readonly Reading[] | undefined {
  if (remaining === null || limit === null || limit < 0) return undefined;
  if (limit === 0 && remaining >= 0) return [];
  const used = computeUsed(limit, remaining);
  const remains = computeRest(limit, used);
  const reading: Reading = {
    quota,
    label,
    unit,
    used,
    limit,
    remaining: remains,
    window: CALENDAR,
    resetsAt,
  };
  return [withStart(reading, startedAt)];
}

/** Parses the remaining percentage that follows a name. */
function parseShare(
  line: string,
  name: string,
  quota: string,
  label: string,
  { startedAt, resetsAt }: Period,
): readonly Reading[] {
  const left = parseNumber(new RegExp(`${name} [^,%]{0,60}?${NUMBER}%`, "i").exec(line)?.[1]);
  if (left === null) return [];
  return [withStart(percentReading(quota, label, 100 - left, CALENDAR, resetsAt), startedAt)];
}

/** Parses a subscription, which is stated in percent. */
function parseSubscription(line: string, now: number): ParsedLine | undefined {
  const match = /^(?:Subscription (.{1,60}?)|Amp (.{1,60}?) Subscription):/i.exec(line);
  const plan = match?.[1] ?? match?.[2];
  if (plan === undefined) return undefined;
  const { startedAt, resetsAt } = parsePeriod(line, now);
  const parsePart = (name: string, quota: string, label: string) => {
    const left = parseNumber(new RegExp(`${NUMBER}% ${name} usage`, "i").exec(line)?.[1]);
    if (left === null) return [];
    return [withStart(percentReading(quota, label, 100 - left, CALENDAR, resetsAt), startedAt)];
  };
  return {
    plan,
    readings: [
      ...parsePart("(?:other|agent)", "agent-usage", "Agent usage"),
      ...parsePart("orb", "orb-usage", "Orb hours"),
    ],
  };
}

function parseIndividual(line: string): ParsedLine | undefined {
  const amount = parseNumber(new RegExp(`^Individual credits: ${MONEY} remaining`, "i").exec(line)?.[1]);
  return amount === null
    ? undefined
    : { readings: [balanceReading("individual-credits", "Individual credits", amount)] };
}

function parseWorkspace(line: string): ParsedLine | undefined {
  const match = new RegExp(`^Workspace (.{1,80}?): ${MONEY} remaining`, "i").exec(line);
  const amount = parseNumber(match?.[2]);
  const name = match?.[1]?.trim();
  if (amount === null || name === undefined) return undefined;
  const quota = `workspace-credits-${slug(name) || "other"}`;
  return { readings: [balanceReading(quota, `Workspace credits (${name})`, amount)] };
}

/** When a period began and ends, epoch milliseconds; null when not stated. */
interface Period {
  readonly startedAt: number | null;
  readonly resetsAt: number | null;
}

/** Returns the printed period, or else its end counted from now, which is accurate enough to show. */
function parsePeriod(line: string, now: number): Period {
  const [, from, to] = /period (\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)/i.exec(line) ?? [];
  const resetsAt = parseDate(to);
  if (resetsAt !== null) return { startedAt: parseDate(from), resetsAt };
  const match = /renewal in (\d{1,4}) (day|month)s?/i.exec(line);
  const count = Number(match?.[1]);
  if (!match || !Number.isFinite(count)) return { startedAt: null, resetsAt: null };
  const isMonths = match[2]?.toLowerCase() === "month";
  return {
    startedAt: null,
    resetsAt: isMonths ? monthsLater(now, Math.min(count, 120)) : now + count * DAY_MS,
  };
}

function parseDate(date: string | undefined): number | null {
  const at = date === undefined ? Number.NaN : Date.parse(`${date}T00:00:00Z`);
  return Number.isFinite(at) ? at : null;
}
