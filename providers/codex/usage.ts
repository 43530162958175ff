/** Decodes Codex's usage endpoint: windows are identified by their length, never by their position. */
import * as v from "valibot";
import {
  amountOrNull,
  badResponseError,
  camelNames,
  computeRest,
  computeUsed,
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
import type { Dropped, Reading, Window } from "../../lib/model/quota.ts";
import type { Answer } from "../../lib/provider/contract.ts";
import {
  CALENDAR,
  createAnswer,
  createGathering,
  DAY_SECONDS,
  FIVE_HOURS,
  type Gathering,
  ONE_WEEK,
  percentReading,
} from "../../lib/provider_kit/readings.ts";

const FORMS = [
  "planType",
  "rateLimit",
  "codeReviewRateLimit",
  "additionalRateLimits",
  "credits",
  "spendControl",
];

const WINDOW = {
  usedPercent: true,
  limitWindowSeconds: true,
  resetAt: "instant",
  resetAfterSeconds: "figure",
} as const;
const BLOCK: KnownMembers = {
  primaryWindow: WINDOW,
  secondaryWindow: WINDOW,
  allowed: true,
  limitReached: true,
  rateLimitReachedType: true,
};
const SPEND_LIMIT: KnownMembers = {
  source: true,
  limit: "figure",
  used: true,
  remaining: true,
  remainingPercent: true,
  usedPercent: true,
  resetAfterSeconds: true,
  resetAt: "instant",
};
const KNOWN: KnownMembers = {
  userId: true,
  accountId: true,
  email: true,
  planType: true,
  // Each block is checked separately.
  rateLimit: true,
  codeReviewRateLimit: true,
  additionalRateLimits: { limitName: true, meteredFeature: true, rateLimit: true },
  spendControl: { reached: true, individualLimit: SPEND_LIMIT },
  individualLimit: SPEND_LIMIT,
  rateLimitReachedType: true,
  // Credits, banked resets and models: none of them is a limit of the plan.
  credits: true,
  rateLimitResetCredits: { availableCount: "amount", "*": true },
  modelUsage: true,
};
/** Later resets are errors. */
const MAX_WAIT_SECONDS = 400 * DAY_SECONDS;

/**
 * Decodes the readings, those of the plan first; none when the plan has only credits.
 * @throws {ProviderError} `bad_response` when nothing is recognised, or none of the plan's limits
 */
export function usageAnswer(body: unknown, now: number): Answer {
  const answer = camelNames(body);
  if (!isRecord(answer) || !FORMS.some((name) => Object.hasOwn(answer, name))) {
    throw badResponseError("Codex answered in an unknown format", body);
  }
  const gathering = createGathering(now);
  for (const { what, why } of unknownFigures(answer, KNOWN)) gathering.drop(what, why);
  const spend = spendLimit(answer);
  for (const { name, block, namer, isPlan } of blocksIn(answer)) {
    const { readings, unknown, strangers } = blockReadings(block, namer, now);
    for (const what of unknown) gathering.drop(`${name}.${what}`, "not understood");
    for (const { what, why } of unknownFigures(block, BLOCK)) gathering.drop(`${name}.${what}`, why);
    const allowed = readAllowed(block) ??
      (isPlan ? planVerdict(answer, typeof spend !== "object" || spend === null) : undefined);
    const known = readings.some(({ reading }) => reading.used !== null);
    // Without its own limits a plan would seem to have room, whatever else was understood.
    const isUnread = unknown.length + strangers.length > 0 || (isPlan === true && isRenamed(answer));
    if (isUnread && !known && isPlan) throw badResponseError(NO_WINDOW, body);
    if (isPlan && readings.length === 0 && allowed === false) readings.push(blockedPlan());
    for (const one of readings) add(gathering, withVerdict(one, allowed));
  }
  const { additionalRateLimits: more } = answer;
  if (isStated(more) && !Array.isArray(more)) gathering.drop("additional_rate_limits", "no list of limits");
  if (typeof spend === "string") gathering.drop("spend_control", spend);
  else if (spend !== null) gathering.add(spend, "spend_control");
  const plan = textAt(answer, "planType");
  return createAnswer("Codex", body, gathering, plan === undefined ? {} : { plan });
}

const NO_WINDOW = "Codex answered without any known window";

/** A reading, with an alternative name if its name is taken; null when there is none. */
interface Candidate {
  readonly reading: Reading;
  readonly other: Pick<Reading, "quota" | "label"> | null;
}

/** Shows two windows of the same length; when even the alternative name is taken, the fuller wins. */
function add(gathering: Gathering, { reading, other }: Candidate): void {
  const isTaken = gathering.readings.some((one) => one.quota === reading.quota);
  gathering.add(isTaken && other !== null ? { ...reading, ...other } : reading, reading.label);
}

function withVerdict({ reading, other }: Candidate, allowed: boolean | undefined): Candidate {
  return { reading: allowed === undefined ? reading : { ...reading, allowed }, other };
}

/** Shows a refusal that no window explains. */
function blockedPlan(): Candidate {
  const reading: Reading = { ...percentReading("plan", "Plan", null, CALENDAR, null), limit: null };
  return { reading: { ...reading, allowed: false }, other: null };
}

/**
 * Returns the vendor's verdict on a block of windows; undefined when it gives none. A share under 100%
 * permits nothing, and a missing permission is not a permission.
 */
function readAllowed(block: unknown): boolean | undefined {
  const allowed = member(block, "allowed");
  if (allowed === false || member(block, "limitReached") === true) return false;
  return allowed === true ? true : undefined;
}

/** Reports whether the plan's limits have moved and an unknown field appeared beside them. */
function isRenamed(answer: Readonly<Record<string, unknown>>): boolean {
  return !Object.hasOwn(answer, "rateLimit") &&
    Object.entries(answer).some(([name, value]) =>
      !Object.hasOwn(KNOWN, name) && typeof value === "object" && containsFigure(value)
    );
}

/**
 * Returns false when the vendor says that a limit is reached, or that the workspace has spent its allowance.
 */
function planVerdict(answer: Readonly<Record<string, unknown>>, countsSpend: boolean): false | undefined {
  const { rateLimitReachedType: reached } = answer;
  const type = typeof reached === "string" ? reached : textAt(reached, "type") ?? "";
  return type.trim() !== "" ? false : countsSpend ? spendVerdict(answer) : undefined;
}

/** Returns false when the workspace has spent its allowance; not having reached it is no permission. */
function spendVerdict(answer: Readonly<Record<string, unknown>>): false | undefined {
  return member(answer.spendControl, "reached") === true ? false : undefined;
}

/** Names a window within its block. */
type Namer = (length: Length, place: Place) => { readonly quota: string; readonly label: string };
type Place = "primary" | "secondary";

interface Length {
  readonly key: string;
  readonly label: string;
  readonly window: Window;
}

interface Block {
  /** In the vendor's words. */
  readonly name: string;
  readonly block: unknown;
  readonly namer: Namer;
  /** True when it holds the limits of the plan itself. */
  readonly isPlan?: boolean;
}

function blocksIn(answer: Readonly<Record<string, unknown>>): readonly Block[] {
  const { rateLimit, codeReviewRateLimit, additionalRateLimits } = answer;
  return [
    {
      name: "rate_limit",
      block: rateLimit,
      namer: ({ key, label }) => ({ quota: key, label }),
      isPlan: true,
    },
    {
      name: "code_review_rate_limit",
      block: codeReviewRateLimit,
      namer: ({ key, label }, place) =>
        place === "primary"
          ? { quota: "code-review", label: "Code review" }
          : { quota: `code-review-${key}`, label: `Code review, ${label}` },
    },
    ...extraBlocks(Array.isArray(additionalRateLimits) ? additionalRateLimits : []),
  ];
}

/** Returns the limits of single models. Several with one name are distinguished by the feature they meter. */
function extraBlocks(limits: readonly unknown[]): readonly Block[] {
  const named = limits.map((limit) => {
    const feature = textAt(limit, "meteredFeature") ?? "";
    const name = textAt(limit, "limitName") ?? feature;
    return { limit, name, feature, part: slug(name) || "extra" };
  });
  return named.map(({ limit, name, feature, part }): Block => {
    const isShared = named.filter((one) => one.part === part).length > 1;
    const own = isShared && slug(feature) !== "" && slug(feature) !== part;
    const quota = own ? slug(`${part.slice(0, 30)}-${feature}`) : part;
    const title = `${name.slice(0, 80) || "Extra"}${own ? ` (${feature.slice(0, 40)})` : ""}`;
    return {
      name: `additional_rate_limits ${name.slice(0, 80)}`.trim(),
      block: member(limit, "rateLimit"),
      namer: ({ key, label }) => ({ quota: `${quota}-${key}`, label: `${title}, ${label}` }),
    };
  });
}

const PLACES: readonly (readonly [name: string, place: Place])[] = [
  ["primaryWindow", "primary"],
  ["secondaryWindow", "secondary"],
];

/** Decodes a block's windows, and lists the names of those that are unknown or not understood. */
function blockReadings(block: unknown, namer: Namer, now: number) {
  const readings: Candidate[] = [];
  const unknown: string[] = [];
  if (block === null || block === undefined) return { readings, unknown, strangers: [] };
  if (!isRecord(block)) return { readings, unknown: [`a value of type ${typeof block}`], strangers: [] };
  for (const [name, place] of PLACES) {
    const window = windowReading(block[name], place, namer, now);
    if (window === "broken") unknown.push(name);
    else if (window) {
      readings.push(window);
      if (window.reading.used === null) unknown.push(`${name} without a figure`);
    }
  }
  const strangers = Object.entries(block).filter(([name, one]) =>
    !Object.hasOwn(BLOCK, name) && isRecord(one)
  );
  // A new window says by its length what it is; it is reported anyway.
  for (const [name, one] of strangers) {
    const window = v.safeParse(WindowBlock, one);
    if (!window.success || window.output.usedPercent === null || !window.output.limitWindowSeconds) {
      if (containsFigure(one)) unknown.push(`${name.slice(0, 80)} without a figure or a length`);
      continue;
    }
    const known = windowReading(one, "secondary", namer, now);
    if (known === null || known === "broken" || slug(name) === "") continue;
    const other = {
      quota: `${known.reading.quota}-${slug(name)}`,
      label: `${known.reading.label} (${name.slice(0, 40)})`,
    };
    readings.push({ ...known, other });
  }
  // Those with figures are reported together with all other unknown figures.
  const silent = strangers.filter(([, one]) => !containsFigure(one)).map(([name]) => name.slice(0, 80));
  return { readings, unknown: [...unknown, ...silent], strangers };
}

const WindowBlock = v.object({
  usedPercent: orNull(v.pipe(lenientNumber, v.minValue(0))),
  limitWindowSeconds: orNull(lenientNumber),
  resetAt: instantOrNull,
  resetAfterSeconds: orNull(v.pipe(lenientNumber, v.minValue(0), v.maxValue(MAX_WAIT_SECONDS))),
});

/** Decodes a window; reports one with an unknown figure, because it may be the limit that blocks work. */
function windowReading(block: unknown, place: Place, namer: Namer, now: number): Candidate | "broken" | null {
  if (block === undefined || block === null) return null;
  const result = v.safeParse(WindowBlock, block);
  if (!result.success) return "broken";
  const { usedPercent, limitWindowSeconds, resetAt, resetAfterSeconds } = result.output;
  if (usedPercent === null && limitWindowSeconds === null) return "broken";
  const isUnread = limitWindowSeconds === null && isStated(member(block, "limitWindowSeconds"));
  const length = isUnread ? UNREAD[place] : chooseLength(limitWindowSeconds, place);
  const { quota, label } = namer(length, place);
  const resetsAt = resetAt ??
    (resetAfterSeconds === null ? null : Math.trunc(now + resetAfterSeconds * 1000));
  return {
    reading: percentReading(quota, label, usedPercent, length.window, resetsAt),
    other: { quota: `${quota}-${place}`, label: `${label} (${place})` },
  };
}

const SESSION: Length = { key: "five-hour", label: "5-hour limit", window: FIVE_HOURS };
const WEEK: Length = { key: "seven-day", label: "Weekly limit", window: ONE_WEEK };
/** When the stated length is unreadable, the position says nothing about it. */
const UNREAD: Readonly<Record<Place, Length>> = {
  primary: { key: "window-primary", label: "First limit", window: CALENDAR },
  secondary: { key: "window-secondary", label: "Second limit", window: CALENDAR },
};
const LENGTHS: readonly Length[] = [SESSION, WEEK, {
  key: "thirty-day",
  label: "30-day limit",
  window: { kind: "fixed", seconds: 30 * DAY_SECONDS },
}];
/** Lengths are stated to the second and may be slightly off. */
const TOLERANCE = 0.05;

/** Returns the window's length. Plans differ in windows, so the position decides only without a length. */
function chooseLength(seconds: number | null, place: Place): Length {
  const whole = seconds === null ? 0 : Math.round(seconds);
  if (whole <= 0) return place === "primary" ? SESSION : WEEK;
  const known = LENGTHS.find(({ window }) =>
    Math.abs(whole - (window.seconds ?? 0)) <= TOLERANCE * (window.seconds ?? 0)
  );
  if (known) return known;
  const hours = Number((whole / 3600).toFixed(1));
  return { key: `window-${whole}s`, label: `${hours}-hour limit`, window: { kind: "fixed", seconds: whole } };
}

const SpendLimit = v.object({
  limit: limitOrNull,
  used: amountOrNull,
  remaining: amountOrNull,
  resetAt: instantOrNull,
});

/**
 * Returns the spend limit of one member of a workspace; null when none is stated, or why there is no reading.
 */
function spendLimit(answer: Readonly<Record<string, unknown>>): Reading | string | null {
  const block = member(answer.spendControl, "individualLimit") ?? answer.individualLimit;
  if (!isStated(block)) return null;
  const result = v.safeParse(SpendLimit, block);
  if (!result.success) return "no block of figures";
  const { limit, remaining, resetAt } = result.output;
  const used = result.output.used ?? computeUsed(limit, remaining);
  const stated = member(block, "limit");
  if (limit === null && remaining !== 0) {
    if (isStated(stated) && !isNoLimit(stated)) return "its limit is not an amount";
    if (!used) return used === null && containsFigure(block) ? "no figure" : null;
  }
  if (limit === 0 && !used) return null;
  return {
    quota: "spend-limit",
    label: "Individual spend limit",
    unit: "credits",
    used,
    limit,
    remaining: remaining ?? computeRest(limit, used),
    window: CALENDAR,
    resetsAt: resetAt,
    ...spendVerdict(answer) === undefined ? {} : { allowed: false },
  };
}

/** Returns how many resets are banked, to be redeemed by hand; null when not stated. */
export function countBankedResets(body: unknown): number | null {
  const block = member(camelNames(body), "rateLimitResetCredits");
  return v.parse(orNull(Count), member(block, "availableCount"));
}

const Count = v.pipe(lenientNumber, v.integer(), v.minValue(0));
const Credit = v.object({ status: v.string(), expiresAt: instantOrNull });

/** Lists what the response about banked resets states and nothing can read. */
export function unreadExpiries(body: unknown): readonly Dropped[] {
  const known: KnownMembers = { credits: { expiresAt: "instant", "*": true }, "*": true };
  return unknownFigures(camelNames(body), known)
    .map(({ what, why }) => ({ what: `banked resets ${what}`, why }));
}

/** Returns when the first banked reset expires, epoch milliseconds; null when none of the rest says so. */
export function findSoonestExpiry(body: unknown, now: number): number | null {
  const list = member(camelNames(body), "credits");
  const ends = (Array.isArray(list) ? list : []).flatMap((item) => {
    const { success, output } = v.safeParse(Credit, item);
    if (!success || output.status !== "available") return [];
    return output.expiresAt !== null && output.expiresAt > now ? [output.expiresAt] : [];
  });
  return ends.length === 0 ? null : Math.min(...ends);
}
