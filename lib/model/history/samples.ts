/**
 * The history of several quotas of one account as rows with shared instants, for
 * tables and for programs that expect that. Keeps peaks: a slot in which a
 * quota's peak exceeds its end yields two rows, the peak and the end.
 */
import { type Bucket, bucketStart, rollUp } from "../engine/bucket.ts";
import { readingShare, type Window } from "../quota.ts";

/** The figures of one quota at one instant. */
export interface Figures {
  readonly used: number | null;
  readonly limit: number | null;
  /** Used share of the limit, not clamped. */
  readonly share: number | null;
  /** Consumption of the row by the ledger; absent if not provided. */
  readonly consumed?: number;
}

/** One row: the figures of each quota, by quota id. */
export interface Sample {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly figures: ReadonlyMap<string, Figures>;
}

export interface QuotaReadings {
  readonly quota: string;
  /** Its window; without it, the quota has a whole. */
  readonly window?: Window;
  readonly readings: readonly {
    readonly at: number;
    readonly used: number | null;
    readonly limit: number | null;
    readonly remaining?: number | null;
    readonly consumed?: number;
  }[];
}

export interface QuotaBuckets {
  readonly quota: string;
  readonly buckets: readonly Bucket[];
}

/** The figures of one quota in one time slot. */
interface Cell {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly high: Figures;
  readonly last: Figures;
}

const COUNTED: Window = { kind: "fixed", seconds: null };

type Slots = Map<number, Map<string, Cell>>;

/**
 * Builds rows from raw readings, oldest first.
 *
 * @param slotMs readings within a slot of this length become
 * one row, or two with a peak; 1 keeps them separate
 */
export function samplesFromReadings(series: readonly QuotaReadings[], slotMs = 1): readonly Sample[] {
  const slots: Slots = new Map();
  for (const { quota, readings, window = COUNTED } of series) {
    for (const { at, used, limit, remaining = null, consumed } of readings) {
      const figures: Figures = { used, limit, share: readingShare({ used, limit, remaining, window }) };
      const slot = slotAt(slots, bucketStart(at, slotMs));
      const before = slot.get(quota);
      slot.set(quota, {
        firstAt: before?.firstAt ?? at,
        lastAt: at,
        high: before && isAbove(before.high, figures) ? before.high : figures,
        last: consumed === undefined
          ? figures
          : { ...figures, consumed: (before?.last.consumed ?? 0) + consumed },
      });
    }
  }
  return toSamples(slots);
}

/** Builds rows from stored buckets rolled up to `showMs`, oldest first. */
export function samplesFromBuckets(series: readonly QuotaBuckets[], showMs: number): readonly Sample[] {
  const slots: Slots = new Map();
  for (const { quota, buckets } of series) {
    for (const bucket of rollUp(buckets, showMs)) {
      const { firstAt, lastAt, limit } = bucket;
      slotAt(slots, bucket.start).set(quota, {
        firstAt,
        lastAt,
        high: { used: bucket.high, limit, share: bucket.shareHigh },
        last: { used: bucket.last, limit, share: bucket.shareLast },
      });
    }
  }
  return toSamples(slots);
}

function slotAt(slots: Slots, start: number): Map<string, Cell> {
  let slot = slots.get(start);
  if (!slot) slots.set(start, slot = new Map());
  return slot;
}

function toSamples(slots: Slots): readonly Sample[] {
  const samples: Sample[] = [];
  for (const [, slot] of [...slots].sort(([a], [b]) => a - b)) {
    const cells = [...slot];
    const firstAt = Math.min(...cells.map(([, cell]) => cell.firstAt));
    const lastAt = Math.max(...cells.map(([, cell]) => cell.lastAt));
    // The time of the peak is not stored; it lies before the end, so take the middle.
    const peakAt = Math.floor((firstAt + lastAt) / 2);
    if (cells.some(([, { high, last }]) => isAbove(high, last))) {
      samples.push({ at: peakAt, figures: new Map(cells.map(([quota, { high }]) => [quota, high])) });
    }
    samples.push({ at: lastAt, figures: new Map(cells.map(([quota, { last }]) => [quota, last])) });
  }
  return samples;
}

/** Compares what is used, or its shares where only those are known. */
function isAbove(a: Figures, b: Figures): boolean {
  const by = a.used === null && b.used === null ? "share" : "used";
  return (a[by] ?? -Infinity) > (b[by] ?? -Infinity);
}
