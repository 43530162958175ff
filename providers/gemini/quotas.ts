/** What Code Assist says is left of each model, gathered into the pools that models share. */
import * as v from "valibot";
import { badResponse, instantOrNull, isRecord, lenientNumber, slug } from "../../lib/decode.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { ONE_DAY, percentReading } from "../../lib/readings.ts";

const Bucket = v.object({
  modelId: v.pipe(v.string(), v.minLength(1)),
  remainingFraction: lenientNumber,
  resetTime: instantOrNull,
});

type Bucket = v.InferOutput<typeof Bucket>;

/** Tried in this order: the name of one family is part of the name of another. */
const FAMILIES: readonly (readonly [part: string, label: string])[] = [
  ["flash-lite", "Gemini Flash-Lite models"],
  ["flash", "Gemini Flash models"],
  ["pro", "Gemini Pro models"],
];
const ORDER = ["pro", "flash", "flash-lite"];

/**
 * One reading for each pool; none where the account has no quotas.
 * @throws {ProviderError} `bad_response` where nothing is recognised
 */
export function quotaReadings(body: unknown): readonly Reading[] {
  if (!isRecord(body) || body.error !== undefined) throw badResponse("Google answered with no quotas", body);
  const buckets = body.buckets ?? [];
  if (!Array.isArray(buckets)) throw badResponse("Google answered with quotas that are no list", body);
  const lowest = new Map<string, readonly [bucket: Bucket, label: string]>();
  for (const item of buckets) {
    const result = v.safeParse(Bucket, item);
    if (!result.success) continue;
    const bucket = result.output;
    const model = bucket.modelId.toLowerCase();
    const [quota, label] = FAMILIES.find(([part]) => model.includes(part)) ??
      [slug(model), bucket.modelId.slice(0, 80)];
    const before = lowest.get(quota)?.[0];
    if (quota !== "" && (!before || isLower(bucket, before))) lowest.set(quota, [bucket, label]);
  }
  if (lowest.size === 0 && buckets.length > 0) {
    throw badResponse("Google answered with no quota that is known", body);
  }
  return [...lowest].map(([quota, [bucket, label]]) =>
    percentReading(quota, label, (1 - bucket.remainingFraction) * 100, ONE_DAY, bucket.resetTime)
  ).toSorted((a, b) => rank(a.quota) - rank(b.quota));
}

/** The pool stands where its most used member does; of two the one that resets first. */
function isLower(one: Bucket, than: Bucket): boolean {
  if (one.remainingFraction !== than.remainingFraction) return one.remainingFraction < than.remainingFraction;
  return (one.resetTime ?? Infinity) < (than.resetTime ?? Infinity);
}

function rank(quota: string): number {
  const index = ORDER.indexOf(quota);
  return index < 0 ? ORDER.length : index;
}
