/** Maintains the open sums: the current buckets and recent consumption. Pure. */
import { type Bucket, bucketStart, createBucket, merge, STEPS } from "./bucket.ts";
import { convert } from "./mark.ts";
import type { Reading } from "../quota.ts";
import type { Slot } from "./state.ts";

/** Minimum length of a slot of recent consumption, which bounds the number of slots. */
const SLOT_MS = 5 * 60_000;

export function openBuckets(
  before: readonly Bucket[],
  { at, reading }: { readonly at: number; readonly reading: Reading },
  entry: { readonly consumed: number; readonly reset: boolean },
): readonly Bucket[] {
  return STEPS.map((step) => {
    const own = createBucket(reading, at, entry, step);
    const under = before.find((bucket) => bucket.step === step);
    return under && under.start === own.start ? merge(under, own) : own;
  });
}

/** Computes the same sums as a store does for an `adjust`. */
export function adjustBuckets(
  open: readonly Bucket[],
  at: number,
  by: number,
  resets: number,
): readonly Bucket[] {
  return open.map((bucket) =>
    bucket.start === bucketStart(at, bucket.step)
      ? { ...bucket, consumed: Math.max(0, bucket.consumed + by), resets: bucket.resets + resets }
      : bucket
  );
}

export function adjustSlots(recent: readonly Slot[], at: number, by: number): readonly Slot[] {
  return recent.map((slot) =>
    slot.from < at && at <= slot.to ? { ...slot, consumed: Math.max(0, slot.consumed + by) } : slot
  );
}

export function addSlot(
  recent: readonly Slot[],
  beforeAt: number,
  at: number,
  consumed: number,
  recentMs: number,
): readonly Slot[] {
  // Nothing is inferred inside a gap: after a long one the rate starts over.
  if (at - beforeAt > recentMs) return [];
  const kept = recent.filter((slot) => slot.to > at - recentMs);
  const last = kept.at(-1);
  if (last && last.to - last.from < SLOT_MS && last.to === beforeAt) {
    return [...kept.slice(0, -1), { from: last.from, to: at, consumed: last.consumed + consumed }];
  }
  return [...kept, { from: beforeAt, to: at, consumed }];
}

/** Converts a bucket to another unit: `factor` new units equal one old unit. */
export function convertBucket(bucket: Bucket, factor: number): Bucket {
  const to = (amount: number | null) => amount === null ? null : convert(amount, factor);
  return {
    ...bucket,
    first: to(bucket.first),
    last: to(bucket.last),
    low: to(bucket.low),
    high: to(bucket.high),
    leftLow: to(bucket.leftLow),
    leftHigh: to(bucket.leftHigh),
    leftSum: convert(bucket.leftSum, factor),
    limit: to(bucket.limit),
    consumed: convert(bucket.consumed, factor),
  };
}
