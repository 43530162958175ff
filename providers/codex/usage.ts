/** What the usage endpoint of Codex says: windows told apart by their length, never by their place. */
import * as v from "valibot";
import {
  amountOrNull,
  badResponse,
  camelNames,
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
import type { Answer } from "../../lib/provider.ts";
import { CALENDAR, DAY_SECONDS, FIVE_HOURS, ONE_WEEK, percentReading } from "../../lib/readings.ts";

const KNOWN = [
  "planType",
  "rateLimit",
  "codeReviewRateLimit",
  "additionalRateLimits",
  "credits",
  "spendControl",
];
/** Later resets are mistakes. */
const LONGEST_WAIT_SECONDS = 400 * DAY_SECONDS;

/**
 * The readings, those of the plan first; none where the plan has credits alone.
 * @throws {ProviderError} `bad_response` where nothing is recognised
 */
export function usageAnswer(body: unknown, now: number): Answer {
  const answer = camelNames(body);
  if (!isRecord(answer) || !KNOWN.some((name) => Object.hasOwn(answer, name))) {
    throw badResponse("Codex answered with nothing that is known", body);
  }
  const found = new Map<string, Reading>();
  let isBroken = false;
  const add = (reading: Reading | "broken" | null) => {
    if (reading === "broken") isBroken = true;
    else if (reading && !found.has(reading.quota)) found.set(reading.quota, reading);
  };
  for (const [block, namer] of blocksIn(answer)) {
    if (block !== null && block !== undefined && !isRecord(block)) isBroken = true;
    add(windowReading(member(block, "primaryWindow"), "primary", namer, now));
    add(windowReading(member(block, "secondaryWindow"), "secondary", namer, now));
  }
  add(spendLimit(member(answer.spendControl, "individualLimit") ?? answer.individualLimit));
  if (found.size === 0 && isBroken) throw badResponse("Codex answered with no window that is known", body);
  const plan = textAt(answer, "planType");
  const readings = [...found.values()];
  return plan === undefined ? { readings } : { readings, plan };
}

/** What a window is called within its block. */
type Namer = (length: Length, place: Place) => { readonly quota: string; readonly label: string };
type Place = "primary" | "secondary";

interface Length {
  readonly key: string;
  readonly label: string;
  readonly window: Window;
}

function blocksIn(answer: Readonly<Record<string, unknown>>): readonly (readonly [unknown, Namer])[] {
  const { rateLimit, codeReviewRateLimit, additionalRateLimits } = answer;
  const more = Array.isArray(additionalRateLimits) ? additionalRateLimits : [];
  return [
    [rateLimit, ({ key, label }) => ({ quota: key, label })],
    [
      codeReviewRateLimit,
      ({ key, label }, place) =>
        place === "primary"
          ? { quota: "code-review", label: "Code review" }
          : { quota: `code-review-${key}`, label: `Code review, ${label}` },
    ],
    ...more.map((limit): readonly [unknown, Namer] => {
      const name = textAt(limit, "limitName") ?? textAt(limit, "meteredFeature") ?? "";
      const part = slug(name) || "extra";
      return [member(limit, "rateLimit"), ({ key, label }) => ({
        quota: `${part}-${key}`,
        label: `${name.slice(0, 80) || "Extra"}, ${label}`,
      })];
    }),
  ];
}

const WindowBlock = v.object({
  usedPercent: lenientNumber,
  limitWindowSeconds: orNull(lenientNumber),
  resetAt: instantOrNull,
  resetAfterSeconds: orNull(v.pipe(lenientNumber, v.minValue(0), v.maxValue(LONGEST_WAIT_SECONDS))),
});

function windowReading(block: unknown, place: Place, namer: Namer, now: number): Reading | "broken" | null {
  if (block === undefined || block === null) return null;
  const result = v.safeParse(WindowBlock, block);
  if (!result.success) return "broken";
  const { usedPercent, limitWindowSeconds, resetAt, resetAfterSeconds } = result.output;
  const length = lengthOf(limitWindowSeconds, place);
  const { quota, label } = namer(length, place);
  const resetsAt = resetAt ??
    (resetAfterSeconds === null ? null : Math.trunc(now + resetAfterSeconds * 1000));
  return percentReading(quota, label, usedPercent, length.window, resetsAt);
}

const SESSION: Length = { key: "five-hour", label: "5-hour limit", window: FIVE_HOURS };
const WEEK: Length = { key: "seven-day", label: "Weekly limit", window: ONE_WEEK };
const LENGTHS: readonly Length[] = [SESSION, WEEK, {
  key: "thirty-day",
  label: "30-day limit",
  window: { kind: "fixed", seconds: 30 * DAY_SECONDS },
}];
/** Lengths are given to the second and may be a little off. */
const TOLERANCE = 0.05;

/** Plans differ in which windows they have, so the place decides only where no length is given. */
function lengthOf(seconds: number | null, place: Place): Length {
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

/** What one person of a workspace may spend. */
function spendLimit(block: unknown): Reading | null {
  const result = v.safeParse(SpendLimit, block);
  if (!result.success) return null;
  const { limit, remaining, resetAt } = result.output;
  const used = result.output.used ?? restOf(limit, remaining);
  if ((limit === null && used === null) || (limit === 0 && !used)) return null;
  return {
    quota: "spend-limit",
    label: "Individual spend limit",
    unit: "credits",
    used,
    limit,
    remaining: remaining ?? restOf(limit, used),
    window: CALENDAR,
    resetsAt: resetAt,
  };
}
