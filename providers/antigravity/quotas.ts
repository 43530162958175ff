/**
 * Decodes what Antigravity reports as left: pools by window, or
 * models that share pools. Fractions of 1, counting down.
 */
import * as v from "valibot";
import {
  camelNames,
  containsFigure,
  instantOrNull,
  isRecord,
  isStated,
  type KnownMembers,
  lenientNumber,
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
  ONE_WEEK,
  percentReading,
} from "../../lib/provider_kit/readings.ts";

const POOLS: Readonly<Record<string, readonly [quota: string, label: string]>> = {
  "gemini-5h": ["gemini-five-hour", "Gemini models, 5 hours"],
  "gemini-weekly": ["gemini-weekly", "Gemini models, week"],
  "3p-5h": ["third-party-five-hour", "Claude and GPT models, 5 hours"],
  "3p-weekly": ["third-party-weekly", "Claude and GPT models, week"],
};
const WINDOWS: Readonly<Record<string, Window>> = { "5h": FIVE_HOURS, weekly: ONE_WEEK };

const BUCKET: KnownMembers = {
  bucketId: true,
  id: true,
  displayName: true,
  name: true,
  description: true,
  window: true,
  disabled: true,
  remainingFraction: true,
  remaining: { case: true, value: true, remainingFraction: true },
  resetTime: "instant",
};
const GROUP: KnownMembers = { displayName: true, name: true, description: true, buckets: BUCKET };

/** Returns the pools of a summary in any of its wrappers, or null when it is not one. */
export function summaryAnswer(body: unknown, now: number): Answer | null {
  const answer = camelNames(body);
  const summary = [member(answer, "response"), member(answer, "summary"), answer]
    .find((one) => Array.isArray(member(one, "groups")));
  return summary === undefined ? null : groupsAnswer(member(summary, "groups"), now);
}

/**
 * Returns the pools of an account; which ones exist depends on the plan, and a starter has only weekly ones.
 */
export function groupsAnswer(groups: unknown, now: number): Answer | null {
  if (!Array.isArray(groups) || groups.length === 0) return null;
  const gathering = createGathering(now);
  for (const { what, why } of unknownFigures(groups, GROUP)) gathering.drop(what, why);
  let buckets = 0;
  for (const group of groups) {
    const list = member(group, "buckets");
    for (const bucket of Array.isArray(list) ? list : []) {
      buckets++;
      if (member(bucket, "disabled") === true) continue;
      const reading = bucketReading(bucket, textAt(group, "displayName") ?? textAt(group, "name") ?? "");
      const name = textAt(bucket, "bucketId") ?? textAt(bucket, "id") ?? "a pool without a name";
      if (reading) gathering.add(reading, name.slice(0, 80));
      if (!reading || (reading.used === null && isStated(fractionIn(bucket)))) {
        gathering.drop(name.slice(0, 80), "no figure");
      }
    }
  }
  return buckets === 0 ? null : createAnswer("Antigravity", groups, gathering);
}

const Left = v.object({
  remainingFraction: orNull(v.pipe(lenientNumber, v.maxValue(1))),
  resetTime: instantOrNull,
});

function bucketReading(bucket: unknown, group: string): Reading | null {
  const id = textAt(bucket, "bucketId") ?? textAt(bucket, "id");
  const part = id === undefined ? "" : slug(id);
  if (id === undefined || part === "") return null;
  const known = Object.hasOwn(POOLS, id) ? POOLS[id] : undefined;
  const window = (textAt(bucket, "window") ?? id.split("-").at(-1) ?? "").toLowerCase();
  const own = textAt(bucket, "displayName") ?? textAt(bucket, "name") ?? id;
  return leftReading(
    known ?? [part, `${group} ${own}`.trim().slice(0, 80)],
    { ...isRecord(bucket) ? bucket : {}, remainingFraction: fractionIn(bucket) },
    Object.hasOwn(WINDOWS, window) ? WINDOWS[window] : undefined,
  );
}

function fractionIn(bucket: unknown): unknown {
  const remaining = member(bucket, "remaining");
  return member(bucket, "remainingFraction") ?? member(remaining, "remainingFraction") ??
    member(remaining, "value");
}

/** A missing fraction may be 0 or unknown, so it is not reported. */
function leftReading(
  [quota, label]: readonly [quota: string, label: string],
  block: unknown,
  window: Window = CALENDAR,
): Reading | null {
  const result = v.safeParse(Left, block);
  if (!result.success) return null;
  const { remainingFraction, resetTime } = result.output;
  if (remainingFraction === null && resetTime === null) return null;
  const used = remainingFraction === null ? null : (1 - remainingFraction) * 100;
  return percentReading(quota, label, used, window, resetTime);
}

/** Returns the plan and the pools that models share from a user status; null when it is not one. */
export function statusAnswer(body: unknown, now: number): Answer | null {
  const status = member(body, "userStatus");
  const configs = member(member(status, "cascadeModelConfigData"), "clientModelConfigs") ??
    member(body, "clientModelConfigs");
  if (!Array.isArray(configs) || configs.length === 0) return null;
  const pools = new Map<string, Reading>();
  const found = createGathering(now);
  for (const config of configs) {
    const label = textAt(config, "label") ?? "";
    const pool = findPool(label);
    const quota = member(config, "quotaInfo");
    if (pool === undefined) {
      // Models that are not counted, such as those that complete code, state nothing.
      if (containsFigure(quota)) found.drop(label.slice(0, 60) || "a model without a name", "no known pool");
      continue;
    }
    for (const { what, why } of listUnknownFigures(config)) found.drop(`${label.slice(0, 60)}: ${what}`, why);
    const reading = leftReading(pool, quota);
    const isUnread = !reading || (reading.used === null && isStated(member(quota, "remainingFraction")));
    if (isUnread && isStated(quota) && Object.keys(Object(quota)).length > 0) {
      found.drop(label.slice(0, 60), "no figure");
    }
    const before = reading && pools.get(reading.quota);
    // Models of one pool share it, so when two differ, one merely lags behind.
    if (reading && (!before || isLower(reading, before))) pools.set(reading.quota, reading);
  }
  for (const reading of pools.values()) found.add(reading);
  const plan = textAt(status, "userTier", "name") ?? textAt(status, "planStatus", "planInfo", "planName");
  return createAnswer("Antigravity", body, found, plan === undefined ? {} : { plan });
}

const QUOTA: KnownMembers = { quotaInfo: { remainingFraction: true, resetTime: "instant" } };

/** Lists unknown figures in a model's quota, or in a block that replaced it. */
function listUnknownFigures(config: unknown): ReturnType<typeof unknownFigures> {
  const blocks = Object.entries(isRecord(config) ? config : {})
    .filter(([name, value]) =>
      name === "quotaInfo" || (name !== "modelOrAlias" && isRecord(value) && containsFigure(value))
    );
  return unknownFigures(Object.fromEntries(blocks), QUOTA);
}

function findPool(label: string): readonly [quota: string, label: string] | undefined {
  if (/gemini/i.test(label)) return ["gemini", "Gemini models"];
  return /claude|gpt/i.test(label) ? ["third-party", "Claude and GPT models"] : undefined;
}

/** Prefers known over unknown, then the most used; between equals, the first to reset. */
function isLower(one: Reading, than: Reading): boolean {
  if (one.used !== than.used) return one.used !== null && (than.used === null || one.used > than.used);
  return (one.resetsAt ?? Infinity) < (than.resetsAt ?? Infinity);
}
