/** Decodes what Code Assist says is left of each model, grouped into the pools that models share. */
import * as v from "valibot";
import {
  badResponseError,
  instantOrNull,
  isRecord,
  type KnownMembers,
  lenientNumber,
  slug,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import { textAt } from "../../lib/provider_kit/login_file.ts";
import type { Answer } from "../../lib/provider/contract.ts";
import { createAnswer, createGathering, ONE_DAY, percentReading } from "../../lib/provider_kit/readings.ts";

const Bucket = v.object({
  modelId: v.pipe(v.string(), v.minLength(1)),
  remainingFraction: v.pipe(lenientNumber, v.minValue(0)),
  resetTime: instantOrNull,
});

type Bucket = v.InferOutput<typeof Bucket>;

/** In this order, because one family's name contains another's. */
const FAMILIES: readonly (readonly [part: string, label: string])[] = [
  ["flash-lite", "Gemini Flash-Lite models"],
  ["flash", "Gemini Flash models"],
  ["pro", "Gemini Pro models"],
];
const ORDER = ["pro", "flash", "flash-lite"];

const KNOWN: KnownMembers = {
  buckets: {
    remainingFraction: true,
    resetTime: "instant",
    remainingAmount: true,
    modelId: true,
    tokenType: true,
  },
};

/**
 * Builds one reading for each pool; none when the account has no quotas.
 * @throws {ProviderError} `bad_response` when nothing is recognised
 */
export function quotaAnswer(body: unknown, more: Pick<Answer, "plan"> = {}): Answer {
  if (!isRecord(body) || body.error !== undefined) {
    throw badResponseError("Google answered without quotas", body);
  }
  const buckets = body.buckets ?? [];
  if (!Array.isArray(buckets)) {
    throw badResponseError("Google answered with quotas that are not a list", body);
  }
  const found = createGathering();
  for (const { what, why } of unknownFigures(body, KNOWN)) found.drop(what, why);
  const lowest = new Map<string, readonly [bucket: Bucket, label: string]>();
  for (const item of buckets) {
    const result = v.safeParse(Bucket, item);
    const name = textAt(item, "modelId")?.slice(0, 80) ?? "a model without a name";
    if (!result.success) {
      found.drop(name, "no readable share");
      continue;
    }
    const bucket = result.output;
    const model = bucket.modelId.toLowerCase();
    const [quota, label] = FAMILIES.find(([part]) => model.includes(part)) ??
      [slug(model), bucket.modelId.slice(0, 80)];
    const before = lowest.get(quota)?.[0];
    if (quota === "") found.drop(name, "no name");
    else if (!before || isLower(bucket, before)) lowest.set(quota, [bucket, label]);
  }
  for (const [quota, [{ modelId, remainingFraction, resetTime }, label]] of lowest) {
    const reading = percentReading(quota, label, (1 - remainingFraction) * 100, ONE_DAY, resetTime);
    if (reading.used === null) found.drop(modelId.slice(0, 80), "more than all is left");
    found.add(reading);
  }
  const readings = found.readings.toSorted((a, b) => rank(a.quota) - rank(b.quota));
  return createAnswer("Google", body, { readings, dropped: found.dropped }, more);
}

/** A pool's level is that of its most used model; between equals, the one that resets first. */
function isLower(one: Bucket, than: Bucket): boolean {
  if (one.remainingFraction !== than.remainingFraction) return one.remainingFraction < than.remainingFraction;
  return (one.resetTime ?? Infinity) < (than.resetTime ?? Infinity);
}

function rank(quota: string): number {
  const index = ORDER.indexOf(quota);
  return index < 0 ? ORDER.length : index;
}
